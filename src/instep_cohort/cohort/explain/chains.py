"""Which dates a spacing rule counted: the chain of `apart`, the stretch of `in_any` (RULES.md §4).

The engine counts on frames; for one person a list of dates is enough, and shows which they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date


def greedy_chain(dates: Sequence[date], *, apart: int, cap: int) -> tuple[date, ...]:
    """The longest chain in which each date is `apart` days or more after the one before.

    Greedy from the first date, which is optimal; it stops at `cap` dates.

    Args:
        dates: distinct, oldest first.
        apart: days.
        cap: the most dates that are looked for.
    """
    chain: list[date] = []
    for day in dates:
        if len(chain) < cap and (not chain or (day - chain[-1]).days >= apart):
            chain.append(day)
    return tuple(chain)


def densest_stretch(dates: Sequence[date], *, days: int) -> tuple[date, ...]:
    """The dates of the fullest stretch of so many consecutive days; the earliest of equal ones.

    Args:
        dates: distinct, oldest first.
        days: how long the stretch is, its first and last day included.
    """
    stretches = [
        tuple(day for day in dates[place:] if (day - first).days < days)
        for place, first in enumerate(dates)
    ]
    return max(stretches, key=len, default=())


def closest(dates: Sequence[date], number: int) -> int | None:
    """How many consecutive days the closest `number` dates take up; None where there are fewer.

    Args:
        dates: distinct, oldest first.
        number: how many dates, 1 or more.
    """
    pairs = zip(dates, dates[number - 1 :], strict=False)
    return min(((last - first).days + 1 for first, last in pairs), default=None)
