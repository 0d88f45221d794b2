"""Ages as bounds on the day of birth, so that an age rule is two comparisons (RULES.md §3)."""

from __future__ import annotations

from datetime import date, timedelta


def last_birth(years: int, on: date) -> date:
    """The last date of birth of those who have completed so many years on a date.

    Somebody born on 29 February completes a year on 1 March in a common year.
    """
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February in a common year
        return on.replace(year=on.year - years, day=28)


def completed_years(born: date, on: date) -> int:
    """Completed years of age on a date; 29 February completes one on 1 March in a common year."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def last_possible_birth(first: date, precision: str) -> date:
    """The last day that a birth known to the day, month or year can have been."""
    if precision == "day":
        return first
    if precision == "year":
        return date(first.year, 12, 31)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return following - timedelta(days=1)


def start_of(when: date, precision: str) -> date:
    """The first day of the date's month or year, or the date itself."""
    if precision == "day":
        return when
    return date(when.year, when.month if precision == "month" else 1, 1)
