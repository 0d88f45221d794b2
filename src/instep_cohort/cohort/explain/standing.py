"""Whether a coded dissent of one person stands, and why (RULES.md §8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from instep_cohort.cohort.explain.values import EvidenceRow

# step → the categories of its dissent and its withdrawal
PAIRS = {
    "research_dissent": ("research_dissent", "research_withdrawn"),
    "type_1": ("type_1_dissent", "type_1_withdrawn"),
}


class Standing(NamedTuple):
    """Whether a dissent stands (None: the run does not tell), and the rows in words."""

    stands: bool | None
    text: str


def standing(
    rows: Iterable[EvidenceRow],
    step: str,
    *,
    on: date,
    born_by: date | None,
    known: bool | None = None,
) -> Standing:
    """Whether the dissent of a step stands.

    A withdrawal dated before birth does not count, and a run does not keep the birth. What the
    study's age rule says of it often settles that; else the step itself, where it was reached.

    Args:
        rows: the opt-out codes on record.
        step: `research_dissent` or `type_1`.
        on: the search date.
        born_by: the day by which the person was born for certain; None where nothing is known.
        known: whether the dissent stands, where the step at which the person was left out tells.
    """
    rows = list(rows)
    dissent, withdrawal = PAIRS[step]
    dissents = [row.date for row in rows if row.category == dissent]
    withdrawals = [row.date for row in rows if row.category == withdrawal]
    if not dissents:
        return Standing(stands=False, text="no dissent on record")
    if None in dissents:
        return Standing(stands=True, text="a dissent without a date, which stands for good")
    dissented = max(day for day in dissents if day is not None)
    later = [day for day in withdrawals if day is not None and dissented < day <= on]
    if not later:
        uncounted = _uncounted(withdrawals, dissented, on)
        return Standing(stands=True, text=f"dissent of {dissented} stands{uncounted}")
    if born_by is not None and max(later) >= born_by:
        known = False
    return _withdrawn(dissented, max(later), known)


def _withdrawn(dissented: date, withdrawn: date, stands: bool | None) -> Standing:  # noqa: FBT001
    if stands:
        why = f"the withdrawal of {withdrawn} does not count: it is dated before birth"
        return Standing(stands, f"dissent of {dissented} stands; {why}")
    text = f"dissent of {dissented}, withdrawn on {withdrawn}"
    if stands is None:
        text += "; that would not count if dated before birth, and a run does not keep the birth"
    return Standing(stands, text)


def _uncounted(withdrawals: Sequence[date | None], dissent: date, on: date) -> str:
    """Why withdrawals on record do not count, with a semicolon before."""
    why = []
    if None in withdrawals:
        why.append("an undated withdrawal does not count")
    dated = [day for day in withdrawals if day is not None]
    why += [
        f"the withdrawal of {day} does not count: it is dated after {on}"
        if day > on
        else f"the withdrawal of {day} does not count: it is not later than the dissent"
        for day in sorted(dated)
        if day > on or day <= dissent
    ]
    return "".join(f"; {text}" for text in why)
