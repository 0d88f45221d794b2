"""Small numbers of patients are not shown, nor can they be worked out from what is.

What is printed of one code: its patients, its rows, and both for each year.

- 1 to 4 patients are shown as `<5`, and the rows behind them not at all: 1 row is 1 patient.
- Of a code with fewer than 5 patients no year is shown.
- Of any other code a year with `<5` could be worked out from the code's whole number. So the year
  with the next fewest patients is not shown either, and where even then one of 1, 2, 3, 4 can be
  ruled out for such a year by what is printed, none of the code's years are.
- No sum over codes is printed but of codes whose own numbers are: the hidden ones are left out of
  it. Patients of several codes are rounded down to a multiple of 5, or two lists that differ by one
  code would give away how many patients have that one alone.

All of it depends on the extract alone, not on the list, the words or the years that were asked for:
what one run hides no other run shows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

SMALLEST_SHOWN = 5
_LARGEST_HIDDEN = SMALLEST_SHOWN - 1


class Hidden(StrEnum):
    """What stands where a number is not shown."""

    SMALL = "<5"  # 1 to 4 patients
    APART = "hidden"  # left out so that another number cannot be worked out


Number = int | Hidden


class Count(NamedTuple):
    """How many patients have a code, and in how many rows."""

    patients: Number
    rows: Number

    @property
    def is_shown(self) -> bool:
        """Whether both numbers are shown."""
        return self.patients not in tuple(Hidden)


class Exact(NamedTuple):
    """Patients and rows as they are."""

    patients: int
    rows: int


Years = Mapping[str, Exact]


def masked(count: Exact) -> Count:
    """The count as it may be shown: 0 as 0, 1 to 4 patients as `<5` without their rows."""
    if 0 < count.patients < SMALLEST_SHOWN:
        return Count(Hidden.SMALL, Hidden.APART)
    return Count(*count)


def rounded_down(patients: int) -> int:
    """The number of patients with any of several codes, as a multiple of 5."""
    return patients - patients % SMALLEST_SHOWN


def masked_years(whole: Exact, years: Years) -> dict[str, Count] | None:
    """The years of a code as they may be shown beside its whole number; ``None`` where none may.

    Args:
        whole: the patients and rows of the code. A patient may have rows in several years, so
            that patients do not add up over years; rows do.
        years: the same for each year, and for *undated*; together they have all rows.
    """
    if whole.patients < SMALLEST_SHOWN:
        return None
    shown = {year: masked(count) for year, count in years.items()}
    small = [year for year, count in shown.items() if count.patients is Hidden.SMALL]
    if not small:
        return shown
    large = [year for year, count in years.items() if count.patients >= SMALLEST_SHOWN]
    apart = min(large, key=lambda year: years[year].patients, default=None)
    if apart is not None:
        shown[apart] = Count(Hidden.APART, Hidden.APART)
    seen = {year: years[year] for year in large if year != apart}
    before = list(years).index(apart) if apart is not None else 0
    at_most = [
        # of years with as many patients the first is set apart: those before it have more
        count.patients - (list(years).index(year) < before)
        for year, count in seen.items()
    ]
    limits = None if apart is None else (SMALLEST_SHOWN, min(at_most, default=whole.patients))
    return shown if _says_nothing(whole, seen.values(), len(small), limits) else None


def _says_nothing(
    whole: Exact, seen: Collection[Exact], small: int, apart: tuple[int, int] | None
) -> bool:
    """Whether each of the small years may still have any of 1, 2, 3 and 4 patients.

    A reader knows: the rows of all years add up to the whole's, no year has fewer rows than
    patients, and the whole has no more patients than all years together.

    Args:
        whole: the code's own numbers.
        seen: the years whose numbers are shown.
        small: how many years are shown as `<5`.
        apart: the least and the most patients that the year set apart may have; ``None`` where
            there is none.
    """
    if not apart and small == 1:
        return False  # it is what the others lack
    least, most = apart or (0, 0)
    rows = whole.rows - sum(count.rows for count in seen)  # of all hidden years
    others = small - 1
    may_be_four = rows >= _LARGEST_HIDDEN + others + least
    hidden = min(rows, 1 + _LARGEST_HIDDEN * others + most)
    may_be_one = whole.patients <= sum(count.patients for count in seen) + hidden
    return may_be_four and may_be_one


def shown_patients(count: Count) -> int:
    """The patients by which counts are put in order: a hidden number comes last, as 0 does."""
    return count.patients if isinstance(count.patients, int) else 0
