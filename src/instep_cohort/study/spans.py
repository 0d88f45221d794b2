"""Spans of time as a study writes them, and days as whole numbers (RULES.md §3)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, cast, get_args

Unit = Literal["day", "week", "month", "year"]

UNITS: tuple[Unit, ...] = get_args(Unit)
# Six digits are 2,700 years of days: what is longer is a slip, not a span.
SPAN_PATTERN = rf"[0-9]{{1,6}} (?:{'|'.join(UNITS)})s?"
_SPAN = re.compile(rf"([0-9]{{1,6}}) ({'|'.join(UNITS)})s?")
_LOOSE = re.compile(r"\s*([0-9]{1,6})\s*([A-Za-z]*)\.?\s*")
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Span:
    """``n`` days, weeks, months or years; months and years are steps of the calendar."""

    n: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Span:
        """The span that the text says, such as ``182 days``.

        Raises:
            ValueError: the text is not ``N day(s)|week(s)|month(s)|year(s)``.
        """
        match = _SPAN.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is not a span")
        return cls(int(match[1]), cast("Unit", match[2]))

    def before(self, day: date) -> date:
        """The day that lies this span before ``day``.

        A day that does not exist becomes the last of that month.

        Raises:
            OverflowError: it would lie before the year 1.
        """
        return self._moved(day, -1)

    def after(self, day: date) -> date:
        """The day that lies this span after ``day``, by the rules of ``before``."""
        return self._moved(day, 1)

    @property
    def in_days(self) -> int:
        """The length in days of a span in days or weeks.

        Raises:
            ValueError: the span is in months or years, whose length depends on the date.
        """
        if self.unit == "day":
            return self.n
        if self.unit == "week":
            return 7 * self.n
        raise ValueError(f"{self} has no fixed number of days")

    def __str__(self) -> str:
        """The span as a study writes it."""
        return f"{self.n} {self.unit}{'' if self.n == 1 else 's'}"

    def _moved(self, day: date, direction: int) -> date:
        if self.unit in ("day", "week"):
            return day + timedelta(days=direction * self.in_days)
        months = self.n * (12 if self.unit == "year" else 1)
        year, month = divmod(day.year * 12 + day.month - 1 + direction * months, 12)
        if not date.min.year <= year <= date.max.year:
            raise OverflowError("date value out of range")
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last))


def span_repair(written: str) -> str:
    """How to write the span that the writer may have meant."""
    match = _LOOSE.fullmatch(written)
    unit = next((u for u in UNITS if match and u[0] == (match[2] or "d")[0].lower()), None)
    if match and unit:
        return f"write {Span(int(match[1]), unit)}"
    return "a span is N days, weeks, months or years, such as 182 days"


def day_number(day: date) -> int:
    """The day as a whole number of days since 1970-01-01."""
    return (day - _EPOCH).days


@lru_cache(maxsize=50_000)  # a long life has so many days
def date_of(number: int) -> date:
    """The date of a day number."""
    return _EPOCH + timedelta(days=number)
