"""The known answers as one format can give them: it may not hold what decides some of them.

A birth without its day keeps whoever may be of age (RULES.md §3); a test or a confidential patient
who is not marked as one looks like anybody else; codeine for the bowel is told from codeine for
pain by its Read or CTV3 code alone.
"""

from __future__ import annotations

import calendar
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.synthetic.archetypes import BOWEL_CODEINE, Archetype, years_before

if TYPE_CHECKING:
    from instep_cohort.synthetic.formats.layout import Holds

_YOUNGEST, _OLDEST = 18, 64  # of the shipped study `instep`
_FINENESS = ("day", "month", "year")


class Answer(NamedTuple):
    """What the study makes of somebody: ``step`` drops them, none if empty."""

    step: str

    @property
    def expected(self) -> str:
        """Whether the study finds them: ``in`` or ``out``."""
        return "out" if self.step else "in"


def answer(kind: Archetype, holds: Holds, on: date) -> Answer:
    """The answer for an archetype of a search on that day, in a format that holds so much."""
    if kind.step == "test" and not holds.is_test:
        return Answer("")
    if kind.step == "confidential" and not holds.is_confidential:
        return Answer("")
    if not holds.read_of_products and any(code == BOWEL_CODEINE for code, _ in kind.issues):
        return Answer("")
    if kind.step in ("", "age") and kind.birth is not None:
        coarser = max(kind.precision, holds.birth, key=_FINENESS.index)
        return Answer("" if _may_be_of_age(kind.birth, coarser, on) else "age")
    return Answer(kind.step)


def _may_be_of_age(birth: date, precision: str, on: date) -> bool:
    """Whether any day that the birth may be, as it is written, is that of somebody of age."""
    first, last = _range(birth, precision)
    # born on the first of these days they are the oldest, born on the last the youngest
    return last > years_before(on, _OLDEST + 1) and first <= years_before(on, _YOUNGEST)


def _range(birth: date, precision: str) -> tuple[date, date]:
    if precision == "day":
        return birth, birth
    if precision == "month":
        return birth.replace(day=1), birth.replace(
            day=calendar.monthrange(birth.year, birth.month)[1]
        )
    return date(birth.year, 1, 1), date(birth.year, 12, 31)
