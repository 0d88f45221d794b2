"""What stands beside the list for whoever fills it in: how to, tiers, reason codes, counts."""

from __future__ import annotations

from typing import NamedTuple

from instep_cohort.recruitment.screening.columns import EDITABLE, MEANINGS
from instep_cohort.recruitment.screening.listing import ScreeningList
from instep_cohort.recruitment.vocabulary import (
    SCREENING_REASONS,
    Decision,
    KnownWorkStatus,
    ReasonGroup,
)
from instep_cohort.work.tiers import TIERS

GROUPS = {
    ReasonGroup.TRIAL: "the trial does not take them",
    ReasonGroup.PRACTICE_JUDGEMENT: "the practice's judgement",
    ReasonGroup.ADMINISTRATIVE: "administrative",
}
DECISIONS = {
    Decision.INVITE: "may be written to; takes no reason code",
    Decision.DO_NOT_INVITE: "is not written to; needs a reason code",
    Decision.DISCUSS_WITH_GP: "is not written to until somebody decides",
    Decision.SPEAK_AT_NEXT_VISIT: "is not written to, and is spoken to when they come",
}
_HOW_TO = """\
Choose a decision in each row. "Do not invite" needs a reason code, "invite" takes none.
Say who decided (screened_by) and on which day (screened_on). Fill in one row, then copy it down.
A row without a decision is not screened, and its person is never invited.
Filter as you like. Only the coloured columns can be written in; an altered list is refused.
Type nothing else about a patient. What fits no code goes on paper, under its sensitive_note_no.
Fit notes are evidence of sickness, never of having no job; work status unknown is not in work.
"""


class Section(NamedTuple):
    """A part of the legend: its heading, and pairs of a word and what it means."""

    heading: str
    lines: list[tuple[str, str]]


def reason_words(code: str, meaning: str) -> str:
    """A reason as the drop-down offers it: the code first, so that typing it finds it."""
    return f"{code}: {meaning}"


def reason_choices() -> list[str]:
    """Every reason that a screener can give, as the drop-down offers it."""
    return [reason_words(reason.value, reason.meaning) for reason in SCREENING_REASONS]


def legend(listed: ScreeningList) -> list[Section]:
    """The whole legend, in the order in which it is read."""
    which = listed.identity
    about = [
        ("class", f"{which.artefact_class}: it does not leave the practice"),
        ("study", f"{which.study}: {listed.title}" if listed.title else which.study),
        ("practice", which.practice),
        ("searched for", which.search_date),
        ("list", f"{which.short}, {int(which.rows):,} on it, none cut off"),
        ("order", f"by tier, and within a tier at random by the seed {which.seed}"),
        ("who may decide", ", ".join(which.names)),
    ]
    about += [("left out", f"{count:,}: {why}") for why, count in listed.left_out.items()]
    if not listed.left_out:
        about.append(("left out", "nobody: no candidate is barred for good by the ledger"))
    if listed.hidden:
        about.append(("not shown", f"{listed.hidden:,} rows of codes that tell who somebody is"))
    tiers = [
        (tier, f"{TIERS.get(tier, 'nominated or self-referred')}: {count:,} on this list")
        for tier, count in listed.tiers.items()
        if tier
    ]
    reasons = [
        (reason.value, f"{reason.meaning} ({GROUPS[reason.group]})") for reason in SCREENING_REASONS
    ]
    columns = [*listed.columns, *EDITABLE]
    how_to = [(str(number), text) for number, text in enumerate(_HOW_TO.splitlines(), 1)]
    return [
        Section("How to fill it in", how_to),
        Section("This list", about),
        Section("Decisions", [(one.value, words) for one, words in DECISIONS.items()]),
        *([Section("Tiers: the order of letters", tiers)] if tiers else []),
        Section("Reason codes", reasons),
        Section("Work status, if you know it", [(one.value, "") for one in KnownWorkStatus]),
        Section("Columns", [(column.name, MEANINGS[column.name]) for column in columns]),
    ]
