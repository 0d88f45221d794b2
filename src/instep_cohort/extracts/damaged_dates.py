"""Texts that were dates once: a spreadsheet's numbers for days, and dates in another order.

Nothing here is sure of more than can be: a text that may be two days is said to be two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from instep_cohort.extracts.dates import written
from instep_cohort.extracts.source_tables import DateStyles

#: The day 0 of a spreadsheet. From 1900, since it takes 1900 for a leap year, it is 1899-12-30 for
#: each day from 1900-03-01 on; from 1904 is what old files of Excel for Mac do (Microsoft, "Date
#: systems in Excel").
FROM_1900 = date(1899, 12, 30)
FROM_1904 = date(1904, 1, 1)

_TIME = r"(?:[ T]\d{1,2}:\d{2}.*)?"
#: A number of five digits is a day from 1927 to 2173; four digits are a year.
NUMBER = r"([1-9]\d{4})(?:\.\d+)?"
#: Two numbers and a year, whichever of the two is the day.
TURNED = rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}){_TIME}"

_NUMBER = re.compile(NUMBER)
_TURNED = re.compile(TURNED)
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NAMED = re.compile(rf"(\d{{1,2}})[- /]([A-Za-z]{{3,9}})[- /](\d{{4}}){_TIME}")
_SHORT = re.compile(rf"\d{{1,2}}[-/. ](?:\d{{1,2}}|[A-Za-z]{{3,9}})[-/. ]\d{{2}}{_TIME}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_FUTURE_SHARE = 0.01  # a few rows of any extract are dated after it


class Others(NamedTuple):
    """What the texts of one column of one file say together.

    Attributes:
        numbers: how many are a spreadsheet's numbers for days.
        late_numbers: how many of these would lie after the extract if counted from 1904.
        day_first: how many can only be a day, a month and a year.
        month_first: how many can only be a month, a day and a year.
    """

    numbers: int
    late_numbers: int
    day_first: int
    month_first: int


def last_number(extract_date: date) -> int:
    """The number of the extract date where a spreadsheet counts from 1904."""
    return (extract_date - FROM_1904).days


def mend_date(text: str, styles: DateStyles, others: Others) -> tuple[str, str] | None:
    """What a text may have been, written as its table writes dates, and why.

    Empty and why where it may be too much; ``None`` where it is nothing that is known.

    Args:
        text: a cell that is no date of its table.
        styles: how the table writes dates; the first of them is used.
        others: what the column says as a whole.
    """
    style = styles if isinstance(styles, str) else styles[0]
    found = _number(text, others) or _turned(text, others) or _in_order(text)
    if found is None:
        if _SHORT.fullmatch(text):
            return "", "a year of two digits: the century cannot be told"
        return None
    days, why = found
    return " or ".join(written(day, style) for day in days), why


def _number(text: str, others: Others) -> tuple[Sequence[date], str] | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    number = timedelta(int(found[1]))
    early, late = FROM_1900 + number, FROM_1904 + number
    if others.late_numbers > _FUTURE_SHARE * others.numbers:
        return [early], (
            f"a spreadsheet's number for {early}, counted from 1900; counted from 1904, as some "
            "spreadsheets do, dates of this column would lie after the extract"
        )
    return [early, late], (
        f"a spreadsheet's number for a day: {early} where it counts from 1900, {late} where it "
        "counts from 1904; the column does not tell which"
    )


def _turned(text: str, others: Others) -> tuple[Sequence[date], str] | None:
    found = _TURNED.fullmatch(text)
    if found is None:
        return None
    one, other, year = map(int, found.groups())
    british, american = _day(year, other, one), _day(year, one, other)
    days = [day for day in dict.fromkeys((british, american)) if day is not None]
    if not days:
        return None
    if len(days) > 1:
        return days, (
            "dd/mm/yyyy or mm/dd/yyyy: of the others in this column of the file "
            f"{others.day_first:,} can only be dd/mm/yyyy and {others.month_first:,} only "
            "mm/dd/yyyy"
        )
    if british is not None:
        return days, "dd/mm/yyyy: it can be no other day"
    return days, (
        "mm/dd/yyyy: it can be no other day. Where a table writes dd/mm/yyyy, dates of this file "
        "up to the 12th may have been read with day and month exchanged: take the extract again"
    )


def _in_order(text: str) -> tuple[Sequence[date], str] | None:
    """A date whose parts say themselves what they are."""
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        day, why = _day(*map(int, found.groups())), "year, month and day in this order"
    elif (found := _NAMED.fullmatch(text)) and found[2][:3].lower() in _MONTHS:
        month = _MONTHS.index(found[2][:3].lower()) + 1
        day, why = _day(int(found[3]), month, int(found[1])), "the month by its name"
    else:
        return None
    return None if day is None else ([day], f"{why}: it can be no other day")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
