"""Several screeners on one person: what each said, where they disagree, and what is recorded.

The more cautious decision is the one that stands. Nobody is invited while one of those who looked
says otherwise; every disagreement is listed, and a list exported anew can settle it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from instep_cohort.recruitment.ledger import Decided, Standing
from instep_cohort.recruitment.screening.answers import Answer
from instep_cohort.recruitment.screening.cells import plain
from instep_cohort.recruitment.screening.person_lines import decided_before
from instep_cohort.recruitment.screening.verifying import Row
from instep_cohort.recruitment.vocabulary import Decision, KnownWorkStatus

LEDGER = "ledger"
_CAUTION = {
    Decision.INVITE: 0,
    Decision.SPEAK_AT_NEXT_VISIT: 1,
    Decision.DISCUSS_WITH_GP: 2,
    Decision.DO_NOT_INVITE: 3,
}


class Opinion(NamedTuple):
    """What one screener said of a person: in which file and row, or in the ledger already."""

    file: str
    row: int | None
    answer: Answer


class Outcome(NamedTuple):
    """What comes of all that was said of one person.

    Attributes:
        person: the token.
        opinions: the least cautious first; the last one stands.
        to_record: those that go into the ledger, in this order.
        before: the decision that the ledger had.
    """

    person: str
    opinions: list[Opinion]
    to_record: list[Opinion]
    before: Answer | None

    @property
    def disagree(self) -> bool:
        """Whether different screeners decided differently, or gave other reasons."""
        said = {(one.answer.decision, one.answer.reason) for one in self.opinions}
        return len(said) > 1

    @property
    def after(self) -> Answer | None:
        """The decision that stands once it is recorded."""
        return self.to_record[-1].answer if self.to_record else self.before

    @property
    def is_changed(self) -> bool:
        """Whether an earlier decision gives way to another one."""
        before, after = self.before, self.after
        return bool(before and after and before.decision is not after.decision)


def outcomes(files: Mapping[str, Sequence[Row]], standing: Standing) -> list[Outcome]:
    """For each person whom somebody decided, what was said and what is recorded, in list order."""
    opinions: dict[str, list[tuple[Opinion, Row]]] = {}
    for file, rows in files.items():
        for row in rows:
            if row.answer is not None:
                said = (Opinion(file, row.number, row.answer), row)
                opinions.setdefault(row.token, []).append(said)
    return [_outcome(person, said, standing) for person, said in opinions.items()]


def _outcome(person: str, said: Sequence[tuple[Opinion, Row]], standing: Standing) -> Outcome:
    decided = standing.decision(person)
    before = answer_of(decided) if decided else None
    opinions = [opinion for opinion, _ in said]
    # what the ledger had when the list was made was seen, and is decided anew; what came into it
    # since is another screener's word on the same person
    unseen = before is not None and any(
        row.decided_before != plain(decided_before(decided))
        and not _own_change(opinion.answer, before)
        for opinion, row in said
    )
    least = 0
    if before is not None and unseen:
        opinions = [Opinion(LEDGER, None, before), *opinions]
        least = _CAUTION[before.decision]
    ordered = sorted(_unlike(opinions), key=lambda one: _caution(one.answer))
    if ordered[-1].answer == before:
        return Outcome(person, ordered, [], before)
    to_record = [
        one for one in ordered if one.answer != before and _CAUTION[one.answer.decision] >= least
    ]
    return Outcome(person, ordered, to_record, before)


def _own_change(answer: Answer, before: Answer) -> bool:
    """Whether the screener whose decision the ledger has thought again, later or the same day."""
    return answer.screened_by == before.screened_by and answer.screened_on >= before.screened_on


def _unlike(opinions: Sequence[Opinion]) -> list[Opinion]:
    """One of each answer: two files with the very same answer say it once."""
    first: dict[Answer, Opinion] = {}
    for one in opinions:
        first.setdefault(one.answer, one)
    return list(first.values())


def _caution(answer: Answer) -> tuple[int, bool]:
    in_work = answer.knows_work_status is KnownWorkStatus.IN_WORK
    return _CAUTION[answer.decision], in_work


def answer_of(decided: Decided) -> Answer:
    """The answer that a ledger's entry recorded."""
    return Answer(
        decided.decision,
        decided.reason,
        decided.knows_work_status,
        decided.screened_by,
        decided.screened_on,
    )
