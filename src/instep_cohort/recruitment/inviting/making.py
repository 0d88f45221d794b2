"""A batch made: opt-outs and letters recorded first, and then the files of what is recorded.

A kill at any moment leaves either nothing, or a batch in the ledger whose files the same command
writes when it is run again: the same people, the same ids, the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from instep_cohort.disclosure.handing_over import HandedOver
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.inviting.considering import Stands, has_come_back
from instep_cohort.recruitment.inviting.drawing import Drawing, Letter, draw
from instep_cohort.recruitment.inviting.files import (
    MadeFrom,
    made_otherwise,
    make_room,
    rehearse,
    write_files,
)
from instep_cohort.recruitment.inviting.opt_outs_found import key_of, opt_outs_found
from instep_cohort.recruitment.inviting.orders import Order
from instep_cohort.recruitment.inviting.slips import refuse_impossible_days, refuse_older_extract
from instep_cohort.recruitment.inviting.sources import Sources
from instep_cohort.recruitment.ledger import BatchDrawn, Invited, OptedOut
from instep_cohort.recruitment.tokens import new_invite_ids
from instep_cohort.recruitment.vocabulary import Decision


@dataclass(frozen=True, repr=False)
class Made:
    """A batch, or what it would be.

    Attributes:
        order: what was asked for.
        drawing: who gets a letter, who does not, and why.
        opt_outs: opt-outs that were new to the ledger.
        files: what was written; nothing on a dry run.
        head: the ledger's head after the batch; empty on a dry run.
        again: whether the batch stood in the ledger before, from a run that did not end.
        left_out: letters of it that are not in the files, since an opt-out, another decision or a
            reply has come in between.
        sent: whether replies to it are there; then only the practice's own lists are written.
    """

    order: Order
    drawing: Drawing = field(repr=False)
    opt_outs: Sequence[OptedOut] = field(repr=False)
    files: tuple[HandedOver, ...] = ()
    head: str = ""
    again: bool = False
    left_out: int = 0
    sent: bool = False


def make_batch(
    order: Order, sources: Sources, *, out: Path, by: str, at: str, dry_run: bool = False
) -> Made:
    """The batch, drawn, recorded in the ledger, and its files written.

    Args:
        order: what is asked for.
        sources: what it is made from.
        out: the folder for its files.
        by: who makes it, by name and role.
        at: when, in UTC, such as ``2026-11-24T09:30:00Z``.
        dry_run: says what would be, and writes nothing at all.

    Raises:
        UsageError: the order is no order, there are too few invitation ids, or another file stands
            in the place of one of the batch's.
        SafetyRefusal: people would be written to by what is missing, too old or foreign; a rule of
            the ledger would be broken; or the batch was made from other settings or files before.
    """
    there = sources.ledger.standing.batches.get(order.batch)
    drawing = draw(order, sources)
    refuse_impossible_days(
        mailing_on=order.mailing_on,
        extract_date=sources.store.extract_date,
        answers=order.answers,
        today=date.fromisoformat(at[:10]),
        past=order.mailing_is_past or there is not None,
    )
    if there is None:
        refuse_older_extract(sources.store.extract_date, sources.key)
    found = opt_outs_found(
        sources.ledger.standing,
        drawing.patients,
        drawing.again,
        extract_date=sources.store.extract_date,
    )
    if there is not None:
        _refuse_other(order, sources, there, drawing, out)
    if dry_run:
        return Made(order, drawing, found, again=there is not None)
    entries = _entries(order, sources, drawing) if there is None and drawing.letters else []
    rehearse(order, sources, drawing, [one for one in entries if isinstance(one, Invited)])
    make_room(out, order.batch, begun=there is not None)
    # first: a key that cannot be written stops it before anything is recorded
    sources.key.remember(sources.ledger.head, sources.store.extract_date)
    if found:
        sources.ledger.append(found, who=by, at=at, batch_key=key_of(found, order.batch))
    if there is None and not entries:
        return Made(order, drawing, found)
    if there is None:
        head = sources.ledger.append(entries, who=by, at=at, batch_key=_key(order.batch)).head
    else:
        head = _head_of(order, sources)
    sources.key.remember(head, sources.store.extract_date)
    made = Made(order, drawing, found, head=head, again=there is not None)
    return _with_files(made, sources, out)


def _with_files(made: Made, sources: Sources, out: Path) -> Made:
    """The recorded batch with its files; whoever is not to be written to any more is in none."""
    order = made.order
    recorded = sources.ledger.standing.batch(order.batch)
    sent = _has_been_sent(order, sources)
    still = [one for one in recorded if sent or not _barred_since(one, order, sources)]
    made_from = MadeFrom(order, sources, made.drawing, made.head)
    try:
        files = write_files(out, made_from, still, mailing=not sent)
    except UsageError as error:
        raise UsageError(
            f"{error} The batch {order.batch} is recorded all the same: mend it, and give the same "
            "command again for its files."
        ) from None
    return replace(made, files=files, left_out=len(recorded) - len(still), sent=sent)


def _entries(order: Order, sources: Sources, drawing: Drawing) -> list[BatchDrawn | Invited]:
    letters = drawing.letters
    ids = _invite_ids(sources, letters)
    drawn = BatchDrawn(
        batch=order.batch,
        legal_basis=order.settings.legal_basis,
        mailing_on=order.mailing_on,
        run=sources.run.sha256,
        seed=None if order.reminds else order.seed,
        invited=len(letters),
        not_sampled=sum(drawing.not_sampled.values()),
        held_back=drawing.count(Stands.HELD_BACK),
        removed=len(drawing.removed),
        type_1_overridden_by=order.settings.type_1_overridden_by,
        settings_sha256=drawing.sha256,
    )
    invited = [
        Invited(
            person=one.token,
            invite_id=ids[one.token],
            batch=order.batch,
            channel=one.channel,
            mailing_on=order.mailing_on,
            letter=one.number,
            tier=one.tier,
        )
        for one in letters
    ]
    return [drawn, *invited]


def _invite_ids(sources: Sources, letters: Sequence[Letter]) -> Mapping[str, str]:
    """Token → invitation id: that of the first letter, or the next one made beforehand, or new."""
    standing = sources.ledger.standing
    known = {one.token: standing.invite_ids[one.token] for one in letters if one.number > 1}
    new = [one.token for one in letters if one.number == 1]
    if sources.invite_ids is None:
        made = new_invite_ids(len(new), taken=standing.invitations)
    else:
        made = sources.invite_ids.unused(standing.invitations, len(new))
    return {**known, **dict(zip(new, made, strict=True))}


def _refuse_other(
    order: Order, sources: Sources, there: BatchDrawn, drawing: Drawing, out: Path
) -> None:
    if there.settings_sha256 != drawing.sha256:
        differing = made_otherwise(out, order.batch, drawing.inputs)
        which = f" What differs: {', '.join(differing)}." if differing else ""
        raise SafetyRefusal(
            f"The batch {order.batch} stands in the ledger, drawn by other settings or from other "
            f"files.{which} To write its files once more give exactly what it was made from; a new "
            "batch needs a new name."
        )
    letters = sources.ledger.standing.batch(order.batch)
    if {one.person for one in letters} != {one.token for one in drawing.letters}:
        raise SafetyRefusal(
            f"The batch {order.batch} in the ledger is not what its settings give: it was made by "
            "another version of instep-cohort. Its files are not written again."
        )


def _key(batch: str) -> str:
    return f"batch:{batch}"


def _head_of(order: Order, sources: Sources) -> str:
    """The ledger's head as it was right after the batch, whatever has come since."""
    ledger = sources.ledger
    recorded = [one for one in ledger.entries() if one.batch_key == _key(order.batch)]
    entries, first = [one.entry for one in recorded], recorded[0]
    # what stands there already is not written again; the receipt has its head
    return ledger.append(entries, who=first.who, at=first.at, batch_key=first.batch_key).head


def _has_been_sent(order: Order, sources: Sources) -> bool:
    """Whether a reply of after the mailing date is there: to write to people again is no repair."""
    standing = sources.ledger.standing
    return any(
        reply.received_on >= order.mailing_on
        for one in standing.batch(order.batch)
        for reply in standing.replies.get(one.invite_id, ())
    )


def _barred_since(one: Invited, order: Order, sources: Sources) -> bool:
    """Whether an opt-out, another decision, or a reply to an earlier letter has come in since."""
    standing = sources.ledger.standing
    decided = standing.decision(one.person)
    if decided is None or decided.decision is not Decision.INVITE:
        return True
    if one.letter > 1 and has_come_back(standing, one):
        return True
    overridden = order.settings.type_1_overridden_by is not None
    basis = order.settings.legal_basis
    barring = standing.barring(one.person, one.channel, basis, type_1_overridden=overridden)
    return bool(barring)
