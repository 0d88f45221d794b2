"""What is said of a batch: counts, for the practice only; nobody is named."""

from __future__ import annotations

from collections import Counter
from typing import Any

from instep_cohort.recruitment.inviting.checking_again import counted
from instep_cohort.recruitment.inviting.considering import Stands
from instep_cohort.recruitment.inviting.making import Made
from instep_cohort.recruitment.vocabulary import Tier
from instep_cohort.small_tables import text_table

_NOT_ASKED = (
    *(Stands.INVITED_BEFORE, Stands.HELD_BACK, Stands.OTHER_TIER),
    *(Stands.SCREENED_LATER, Stands.REPLIED),
)


def as_dict(made: Made, *, dry_run: bool) -> dict[str, Any]:
    """The counts and the files of a batch, as plain values."""
    drawing = made.drawing
    return {
        "batch": made.order.batch,
        "dry_run": dry_run,
        "finished_again": made.again,
        "considered": len(drawing.considered),
        "not_asked": {str(one): drawing.count(one) for one in _NOT_ASKED if drawing.count(one)},
        "removed": [
            {"why": why, "reason_code": code, "people": people}
            for why, code, people in counted(drawing.removed)
        ],
        "not_sampled": sum(drawing.not_sampled.values()),
        "letters": len(drawing.letters),
        "by_channel": dict(Counter(str(one.channel) for one in drawing.letters)),
        "look_at": dict(drawing.kept_with_notes()),
        "new_opt_outs": len(made.opt_outs),
        "left_out_since": made.left_out,
        "has_been_sent": made.sent,
        "files": [str(one.path) for one in made.files],
        "ledger_head": made.head,
        "settings_sha256": drawing.sha256,
        "warnings": list(drawing.warnings),
    }


def as_text(made: Made, *, dry_run: bool) -> str:
    """The counts and the files of a batch, for a terminal."""
    drawing, order = made.drawing, made.order
    of = f"reminds {order.reminds}" if order.reminds else f"tiers {', '.join(order.tiers)}"
    title = f"batch {order.batch}, {of}, to be mailed on {order.mailing_on}"
    parts = [text_table(title, ("", "people"), _steps(made))]
    tiers = Counter(one.tier for one in drawing.letters)
    rows = [
        (str(tier), tiers[tier], drawing.not_sampled.get(tier, 0))
        for tier in Tier
        if tiers[tier] or drawing.not_sampled.get(tier)
    ]
    if rows:
        parts.append(text_table("", ("tier", "letters", "not sampled"), rows))
    removed = counted(drawing.removed)
    if removed:
        title = "removed, everything checked again"
        parts.append(text_table(title, ("why", "reason", "people"), removed))
    notes = drawing.kept_with_notes()
    if notes:
        parts.append(text_table("written to, and worth a look", ("what", "people"), notes))
    return "\n\n".join([*parts, "\n".join(_ending(made, dry_run=dry_run))])


def _steps(made: Made) -> list[tuple[str, int]]:
    drawing = made.drawing
    first = f"of {made.order.reminds}" if made.order.reminds else 'decided "invite"'
    rows = [(first, len(drawing.considered))]
    rows += [(f"  {one}", drawing.count(one)) for one in _NOT_ASKED if drawing.count(one)]
    rows += [("  removed", len(drawing.removed))]
    rows += [("  not sampled", sum(drawing.not_sampled.values()))]
    return [*rows, ("letters", len(drawing.letters))]


def _ending(made: Made, *, dry_run: bool) -> list[str]:
    said = []
    if made.opt_outs:
        one = len(made.opt_outs) == 1
        what = "1 opt-out" if one else f"{len(made.opt_outs)} opt-outs"
        would = "would be" if dry_run else "was" if one else "were"
        said.append(f"{what} new to the ledger {would} recorded in it first")
    if dry_run:
        return [*said, "A dry run: nothing was written."]
    if not made.files:
        return [*said, "Nobody is left to write to: no batch was recorded, and no file written."]
    if made.again and not made.sent:
        said.append(f"{made.order.batch} stood in the ledger already; its files were written again")
    if made.sent:
        said.append(
            f"Replies to {made.order.batch} are in the ledger, so it has been sent: the practice's "
            "own lists were written again, and no mailing list"
        )
    if made.left_out:
        people = "1 person" if made.left_out == 1 else f"{made.left_out} people"
        since = "opted out, replied or were decided on anew since"
        said.append(f"{people} {since}, and are in no mailing list")
    return [*said, *(f"written: {one.path}" for one in made.files), f"ledger head: {made.head}"]
