"""Ranges of dates, ages and numbers, as the keys of the study language that mean exactly the same.

A bound that the language cannot say to the day is refused, never rounded to a neighbouring one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from instep_cohort.emis_search.bounds import (
    Bound,
    ends_of,
    number_of,
    operator_of,
    refuse_other_days,
    unit_of,
)
from instep_cohort.emis_search.expressions import Age, Always, Expression, RegisteredFor, all_of
from instep_cohort.emis_search.findings import CannotSayError
from instep_cohort.emis_search.parsing import Element

Window = tuple[tuple[str, object], ...]

# Nobody's record is older, so it stands for no bound where the language needs one.
EVER = "150 years"

_CALENDAR = ("month", "year")
_MONTHS = 12
_ONE_DAY = timedelta(days=1)


class DateWindow(NamedTuple):
    """The days that a range of dates takes in.

    Attributes:
        keys: the window's keys in the study language; empty for every day up to the search date.
        first_day: the keys of a window of its first day alone, where that day is to be left out.
    """

    keys: Window = ()
    first_day: Window = ()


def date_window(range_value: Element) -> DateWindow:
    """The window of a range of dates.

    Raises:
        CannotSayError: the study language has no such window.
    """
    lower, upper = ends_of(range_value)
    if any(bound and bound.day for bound in (lower, upper)):
        return _literal_window(range_value, lower, upper)
    to = _back_to(upper) if upper else None
    if lower is None:
        return DateWindow((("between", (EVER, to)),)) if to else DateWindow()
    back, strict = _back_from(lower)
    if to:
        keys: Window = (("between", (back, to)),)
    else:
        keys = (("within", back),)
    return DateWindow(keys, (("between", (back, back)),) if strict else ())


def number_range(range_value: Element) -> tuple[float | None, float | None]:
    """The least and the most of a range of numbers, both included.

    Raises:
        CannotSayError: a bound is left out of the range itself, or is no number.
    """
    refuse_other_days(range_value)
    least: float | None = None
    most: float | None = None
    for name in ("rangeFrom", "rangeTo"):
        if (end := range_value.child(name)) is None:
            continue
        operator, number = operator_of(end), number_of(end)
        value = end.child("value")
        if value and value.said("unit"):
            raise CannotSayError(end, "values are compared without their units")
        if operator in ("GT", "LT"):
            why = "a value range takes both its bounds in, so more than and less than are not said"
            raise CannotSayError(end, why)
        if operator in ("GTEQ", "EQ"):
            least = number if least is None else max(least, number)
        if operator in ("LTEQ", "EQ"):
            most = number if most is None else min(most, number)
    if least is None and most is None:
        raise CannotSayError(range_value, "the range has no bound")
    return least, most


def age_range(range_value: Element) -> Expression:
    """The ages of a range, in completed years on the search date.

    Raises:
        CannotSayError: the ages are not in whole years.
    """
    refuse_other_days(range_value)
    parts: list[Expression] = []
    for name in ("rangeFrom", "rangeTo"):
        if (end := range_value.child(name)) is None:
            continue
        operator, number, unit = operator_of(end), number_of(end), unit_of(end)
        if unit != "year" or number != int(number) or number < 0:
            raise CannotSayError(end, "an age is asked for in completed years only")
        parts.append(_ages(operator, int(number)))
    if not parts:
        raise CannotSayError(range_value, "the range has no bound")
    return all_of(parts)


def _ages(operator: str, years: int) -> Expression:
    match operator:
        case "GTEQ":
            return Age(least=years)
        case "GT":
            return Age(least=years + 1)
        case "LTEQ":
            return Age(most=years)
        case "LT":
            return Age(most=years - 1) if years else Always(holds=False)
    return Age(years, years)


def birth_range(range_value: Element) -> Expression:
    """What a range of dates of birth says of the age.

    Raises:
        CannotSayError: it is not the same as a number of completed years.
    """
    lower, upper = ends_of(range_value)
    parts: list[Expression] = []
    for bound in (lower, upper):
        if bound is None or _is_search_date(bound, "LTEQ"):
            continue
        years = _whole_years(bound)
        if bound.operator == "LTEQ":
            parts.append(Age(least=years))
        elif bound.operator == "GT" and years:
            parts.append(Age(most=years - 1))
        else:
            why = "on the birthday itself it differs from every number of completed years"
            raise CannotSayError(bound.element, why)
    return all_of(parts)


def registration_range(range_value: Element) -> Expression:
    """What a range of dates of registration says of how long it has lasted.

    Raises:
        CannotSayError: it is not "at least so long".
    """
    lower, upper = ends_of(range_value)
    if lower is not None:
        why = "only a registration that has lasted at least so long can be asked for"
        raise CannotSayError(lower.element, why)
    if upper is None or _is_search_date(upper, "LTEQ"):
        return Always(holds=True)
    if upper.day:
        raise CannotSayError(upper.element, "a registration is counted back from the search date")
    to = _back_to(upper)
    return RegisteredFor(to) if to else Always(holds=True)


class DayRange(NamedTuple):
    """How many days a linked record lies after the main one; ``None``: no bound."""

    least: int | None
    most: int | None


def days_between(range_value: Element) -> DayRange:
    """The days between two records of a link.

    Raises:
        CannotSayError: they are not counted in days or weeks.
    """
    refuse_other_days(range_value)
    lower, upper = ends_of(range_value)
    found: list[int | None] = []
    for bound, step in ((lower, 1), (upper, -1)):
        if bound is None:
            found.append(None)
            continue
        if bound.offset is None or bound.unit in _CALENDAR or not bound.element.child("value"):
            raise CannotSayError(bound.element, "days between two records are days or weeks")
        days = bound.offset * (7 if bound.unit == "week" else 1)
        found.append(days + step if bound.is_strict else days)
    if found == [None, None]:
        raise CannotSayError(range_value, "the range has no bound")
    return DayRange(*found)


def _literal_window(range_value: Element, lower: Bound | None, upper: Bound | None) -> DateWindow:
    keys: list[tuple[str, object]] = []
    if lower:
        if lower.day is None:
            why = "one end is a calendar date and the other counts from the search date"
            raise CannotSayError(range_value, why)
        keys.append(("after", (lower.day + _ONE_DAY * lower.is_strict).isoformat()))
    if upper and upper.day:
        keys.append(("before", (upper.day - _ONE_DAY * upper.is_strict).isoformat()))
    elif upper and _back_to(upper):
        why = "one end is a calendar date and the other counts from the search date"
        raise CannotSayError(range_value, why)
    return DateWindow(tuple(keys))


def _back_from(lower: Bound) -> tuple[str, bool]:
    """The span from a lower bound to the search date, and whether its first day is left out."""
    offset = lower.offset or 0
    if lower.unit == "day":
        offset, strict = offset + lower.is_strict, False
    else:
        strict = lower.is_strict
    if offset > 0:
        raise CannotSayError(lower.element, "records after the search date are never used")
    return _span(-offset, lower.unit), strict


def _back_to(upper: Bound) -> str | None:
    """The span from an upper bound to the search date; ``None`` where the bound is no earlier."""
    offset = upper.offset or 0
    unit = upper.unit
    if upper.is_strict:
        if unit in _CALENDAR and offset < 0:
            why = f"a window takes its last day in, so before so many {unit}s is not said"
            raise CannotSayError(upper.element, why)
        if unit == "week":
            offset, unit = offset * 7, "day"
        offset -= unit == "day"
    return _span(-offset, unit) if offset < 0 else None


def _span(n: int, unit: str) -> str:
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"


def _is_search_date(bound: Bound, operator: str) -> bool:
    return bound.offset == 0 and bound.operator == operator


def _whole_years(bound: Bound) -> int:
    if bound.offset is None or bound.offset > 0:
        raise CannotSayError(bound.element, "a date of birth is counted back from the search date")
    months = -bound.offset * {"month": 1, "year": _MONTHS}.get(bound.unit, 0)
    if not months or months % _MONTHS:
        raise CannotSayError(bound.element, "an age is asked for in completed years only")
    return months // _MONTHS
