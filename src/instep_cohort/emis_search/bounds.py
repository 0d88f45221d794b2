"""The ends of a range as EMIS writes them: operator, amount, unit, relation."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import NamedTuple

from instep_cohort.emis_search.findings import CannotSayError
from instep_cohort.emis_search.parsing import Element

# No window of a search is longer, so it stands for no bound in days.
MOST_DAYS = 60_000

_OPERATORS = ("GT", "GTEQ", "LT", "LTEQ", "EQ")
_UNITS = {"DAY": "day", "WEEK": "week", "MONTH": "month", "YEAR": "year"}
_LONGEST = {"day": 1, "week": 7, "month": 31, "year": 366}
_OLDEST, _NEWEST = 1800, 9999
_RELATIVE_TO = ("", "BASELINE")


class Bound(NamedTuple):
    """One end of a range; an offset of 0 days stands for the date of the search itself."""

    element: Element
    operator: str
    offset: int | None = None
    unit: str = "day"
    day: date | None = None

    @property
    def is_strict(self) -> bool:
        """Whether the bound itself is left out."""
        return self.operator in ("GT", "LT")


def ends_of(range_value: Element) -> tuple[Bound | None, Bound | None]:
    """The lower and the upper end of a range of dates, ``None`` where it is open.

    Raises:
        CannotSayError: it has neither, or one that is not understood.
    """
    refuse_other_days(range_value)
    ends = [range_value.child("rangeFrom"), range_value.child("rangeTo")]
    if not any(ends):
        raise CannotSayError(range_value, "the range has no bound")
    lower, upper = (_bound(end) if end else None for end in ends)
    for bound, wrong in ((lower, ("LT", "LTEQ")), (upper, ("GT", "GTEQ"))):
        if bound and bound.operator in (*wrong, "EQ"):
            raise CannotSayError(bound.element, f"{bound.operator} is not known at this end")
    return lower, upper


def _bound(end: Element) -> Bound:
    operator, value = operator_of(end), end.child("value")
    if value is None:
        return Bound(end, operator, 0)
    relation, text = value.said("relation").upper(), value.said("value")
    if relation == "ABSOLUTE":
        if value.said("unit").upper() not in ("", "DATE"):
            raise CannotSayError(end, f"the unit of a calendar date is not {value.said('unit')}")
        return Bound(end, operator, day=_day(end, text))
    if relation not in ("", "RELATIVE"):
        raise CannotSayError(end, "the relation is neither RELATIVE nor ABSOLUTE")
    if not re.fullmatch(r"[+-]?[0-9]{1,6}", text):
        raise CannotSayError(end, "it is no whole number of days, weeks, months or years")
    offset, unit = int(text), unit_of(end)
    if abs(offset) * _LONGEST[unit] > MOST_DAYS:
        raise CannotSayError(end, "it reaches further than any record")
    return Bound(end, operator, offset, unit if offset else "day")


def _day(end: Element, text: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{2}/[0-9]{2}/[0-9]{4}", text):
            day = datetime.strptime(text, "%d/%m/%Y").date()
            if _OLDEST < day.year < _NEWEST:
                return day
    except ValueError:
        pass
    raise CannotSayError(end, "it is no date of the form dd/mm/yyyy that a record can have")


def operator_of(end: Element) -> str:
    """The operator of an end.

    Raises:
        CannotSayError: it is not known.
    """
    operator = end.said("operator").upper()
    if operator not in _OPERATORS:
        raise CannotSayError(end, f"the operator {operator or '(none)'} is not known")
    return operator


def unit_of(end: Element) -> str:
    """The unit of an end, as the study language writes it.

    Raises:
        CannotSayError: the study language cannot count it.
    """
    value = end.child("value")
    unit = (value.said("unit") if value else "").upper()
    if unit not in _UNITS:
        raise CannotSayError(end, f"the unit {unit or '(none)'} cannot be counted exactly")
    return _UNITS[unit]


def number_of(end: Element) -> float:
    """The number of an end.

    Raises:
        CannotSayError: it is none.
    """
    value = end.child("value")
    if value and value.said("relation").upper() not in ("", "RELATIVE"):
        raise CannotSayError(end, f"the relation {value.said('relation')} is not known here")
    try:
        number = float(value.said("value") if value else "")
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CannotSayError(end, "it is not a number")
    return number


def refuse_other_days(range_value: Element) -> None:
    """Refuses a range that counts from another day than that of the search.

    Raises:
        CannotSayError: it does.
    """
    other = range_value.attributes.get("relativeTo", "")
    if other.upper() not in _RELATIVE_TO:
        why = f"it is counted from {other}, not from the date of the search"
        raise CannotSayError(range_value, why)
