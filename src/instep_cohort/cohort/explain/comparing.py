"""What a measure found against what it needs, in words: ``2 dates, 61 days apart; 90 needed``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from instep_cohort.cohort.explain.chains import closest, densest_stretch, greedy_chain
from instep_cohort.study.plan import MeasurePlan

_TWO = 2


class Counted(NamedTuple):
    """What there was to count.

    Attributes:
        dates: the distinct dates of the rows, oldest first.
        rows: how many rows there are, undated ones too.
        undated: how many of them have no date.
    """

    dates: Sequence[date]
    rows: int
    undated: int


class Compared(NamedTuple):
    """What was found, and what is needed of it, one clause each."""

    found: str
    needed: str


def counted_dates(measure: MeasurePlan, dates: Sequence[date]) -> tuple[date, ...]:
    """The dates that `apart` or `in_any` counted; none for a measure without them."""
    if measure.apart is not None:
        return greedy_chain(dates, apart=measure.apart, cap=measure.chain_cap)
    if measure.in_any is not None:
        return densest_stretch(dates, days=measure.in_any)
    return ()


def compare(measure: MeasurePlan, counted: Counted) -> Compared:
    """What a measure found against what it needs."""
    if len(counted.dates) > 1:
        if measure.apart is not None:
            return _apart(measure, measure.apart, counted)
        if measure.in_any is not None:
            return _in_any(measure, measure.in_any, counted)
        if measure.spanning is not None:
            return _spanning(measure, measure.spanning, counted)
    return Compared(_number(measure, counted), _all_needed(measure))


def unmet_with(measure: MeasurePlan) -> str:
    """With what a measure that is met would not be, such as ``with fewer than 3``."""
    least, most = measure.at_least, measure.at_most
    if least == most:
        text = "with any" if most == 0 else "with another number"
    elif most is None:
        text = "with none" if least == 1 else f"with fewer than {least}"
    elif least is None:
        text = f"with more than {most}"
    else:
        text = f"with fewer than {least} or more than {most}"
    if measure.apart is not None:
        text += " that lie so far apart"
    if measure.in_any is not None:
        text += " that lie so close together"
    if measure.spanning is not None:
        text += f", or less than {days(measure.spanning)} from first to last"
    return text


def days(number: int) -> str:
    """The number with its unit."""
    return several(number, "day")


def several(number: int, unit: str) -> str:
    """The number with its unit, in the plural where it is not 1."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _number(measure: MeasurePlan, counted: Counted) -> str:
    undated = several(counted.undated, "undated row")
    if not counted.rows:
        return f"no {measure.counting[:-1]}"
    if measure.counting == "rows":
        beside = [f"{counted.undated} undated"] if counted.undated else []
        return several(counted.rows, "row") + _beside(beside)
    if not counted.dates:
        return f"{undated}, which count{'s' * (counted.undated == 1)} as one date"
    dated = counted.rows - counted.undated
    beside = [f"{dated} rows"] if dated > len(counted.dates) else []
    beside += [f"{undated} beside, not counted"] if counted.undated else []
    return several(len(counted.dates), "date") + _beside(beside)


def _beside(notes: Sequence[str]) -> str:
    return f" ({', '.join(notes)})" if notes else ""


def _needed(measure: MeasurePlan) -> str:
    least, most = measure.at_least, measure.at_most
    if most == 0:
        return "none allowed"
    if least == most:
        return f"exactly {least} needed"
    if most is None:
        return f"{least} needed"
    return f"at most {most} allowed" if least is None else f"{least} to {most} needed"


def _all_needed(measure: MeasurePlan) -> str:
    """What is needed, the distances too, for somebody who has no two dates to measure between."""
    text = _needed(measure)
    if measure.apart is not None and (measure.at_least or 0) > 1:
        text += f", {_each(measure)}"
    if measure.in_any is not None and (measure.at_least, measure.at_most) != (1, None):
        text += f" within {days(measure.in_any)} in a row"
    if measure.spanning is not None:
        text += f", with {days(measure.spanning)} from first to last"
    return text


def _each(measure: MeasurePlan) -> str:
    far = f"{days(measure.apart or 0)} or more"
    return f"{far} apart" if measure.at_least == _TWO else f"each {far} after the one before"


def _apart(measure: MeasurePlan, apart: int, counted: Counted) -> Compared:
    chain = counted_dates(measure, counted.dates)
    every, far = _number(measure, counted), f"{days(apart)} or more"
    reach = (counted.dates[-1] - counted.dates[0]).days
    two_asked = (measure.at_least, measure.at_most) == (_TWO, None)
    if two_asked and len(counted.dates) == _TWO:
        return Compared(f"{every}, {days(reach)} apart", f"{apart} needed")
    if two_asked and len(chain) == 1:
        return Compared(f"{every}, {days(reach)} from first to last", f"{apart} needed")
    if len(chain) == 1:
        text = f"{every}, of which 1 counts ({chain[0]}): none lies {far} after it"
        return Compared(text, _all_needed(measure))
    if len(chain) == len(counted.dates):
        return Compared(f"{every}, each {far} after the one before", _needed(measure))
    more = " or more" if len(chain) == measure.chain_cap else ""
    text = f"{every}, of which {len(chain)}{more} count, each {far} after the one before"
    text += f" ({', '.join(map(str, chain))}"
    after = (counted.dates[-1] - chain[-1]).days
    if len(chain) < (measure.at_least or 0) and after:
        text += f"; the last date only {days(after)} later"
    return Compared(f"{text})", _needed(measure))


def _in_any(measure: MeasurePlan, stretch: int, counted: Counted) -> Compared:
    every, most = _number(measure, counted), counted_dates(measure, counted.dates)
    least = measure.at_least or 0
    near = closest(counted.dates, least) if least > len(most) else None
    if near is not None:
        text = f"{every}, the closest {least} within {days(near)} in a row"
        return Compared(text, f"{least} within {stretch} needed")
    if len(most) == len(counted.dates):
        return Compared(f"{every}, within {days(stretch)} in a row", _needed(measure))
    place = most[0].isoformat() if len(most) == 1 else f"{most[0]} to {most[-1]}"
    fullest = f"no more than {len(most)} within {days(stretch)} in a row ({place})"
    return Compared(f"{every}, {fullest}", _needed(measure))


def _spanning(measure: MeasurePlan, spanning: int, counted: Counted) -> Compared:
    reach = (counted.dates[-1] - counted.dates[0]).days
    needed = f"{spanning} needed"
    least = measure.at_least or 0
    if least > 1:
        needed = f"{several(least, measure.counting[:-1])} and {days(spanning)} needed"
    return Compared(f"{_number(measure, counted)}, {days(reach)} from first to last", needed)
