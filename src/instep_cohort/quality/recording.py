"""Recording over time: months without rows, sudden drops, and an end before the extract's.

A practice records something every month. So a month without any row, while the months around it
have many, is more likely to have been lost than to have been idle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from instep_cohort.quality.opened import Opened
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Finding, Seen, Table, Unit

#: How many rows a month has where it has many.
MANY = 20
#: Below this share of the months before, many rows have dropped.
DROP = 0.25
#: Months that are looked at on either side.
AROUND = 6
_BEFORE_A_DROP = 2 * MANY  # so that a quarter of it is no accident


class Stretch(NamedTuple):
    """Months in a row, from the first to the last, as year * 12 + month - 1."""

    first: int
    last: int

    @property
    def months(self) -> int:
        """How many they are."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        start, end = month_name(self.first), month_name(self.last)
        return start if start == end else f"{start} to {end}"


def month_name(month: int) -> str:
    """A month as ``2026-05``."""
    return f"{month // 12}-{month % 12 + 1:02}"


def look_at_months(store: Opened) -> Seen:
    """Gaps, drops and early ends of recording, by practice and table; the rows of every month."""
    counted = store.rows(
        "SELECT practice, taken_day, record, month, CAST(sum(rows) AS BIGINT) FROM counted "
        "JOIN practices USING (practice_no) WHERE month IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
    findings: list[Finding] = []
    series: dict[tuple[str, int, str], dict[int, int]] = {}
    for practice, day, table, month, rows in counted:
        series.setdefault((practice, day, table), {})[month] = rows
    for (practice, day, table), rows_of in series.items():
        last = last_whole_month(date(1970, 1, 1) + timedelta(days=day))
        for rule, stretch in oddities(rows_of, last):
            findings.append(
                finding(
                    rule,
                    stretch.months,
                    unit=Unit.MONTHS,
                    practice=practice,
                    table=table,
                    place=str(stretch),
                )
            )
    rows = [(p, table, month_name(month), number) for p, _, table, month, number in counted]
    header = ("practice", "table", "month", "rows")
    return Seen(findings, [Table("rows_by_month", "rows of each month", header, rows)])


def last_whole_month(extract_date: date) -> int:
    """The last month that was over on the day of the extract."""
    following = extract_date + timedelta(days=1)
    return following.year * 12 + following.month - 2


def oddities(rows_of: dict[int, int], last: int) -> Iterator[tuple[str, Stretch]]:
    """The stretches of months that are odd, each with the rule that says how.

    Args:
        rows_of: the rows of each month that has any.
        last: the last whole month before the extract.
    """
    first = min((month for month in rows_of if month <= last), default=last + 1)
    rows = [rows_of.get(month, 0) for month in range(first, last + 1)]
    for start, end in _runs([number == 0 for number in rows]):
        before = _typical(rows[max(0, start - AROUND) : start])
        stretch = Stretch(first + start, first + end - 1)
        if end == len(rows):
            if before >= MANY:
                yield "stops", stretch
        elif min(before, _typical(rows[end : end + AROUND])) >= MANY:
            yield "gap", stretch
    dropped = [
        0 < number < DROP * before
        for number, before in zip(rows, _levels_before(rows), strict=True)
    ]
    for start, end in _runs(dropped):
        yield "drop", Stretch(first + start, first + end - 1)


def _levels_before(rows: Sequence[int]) -> Iterator[float]:
    """For each month the level of the months before it, 0 where that is too low to drop from.

    Months that have dropped themselves, or are empty, do not make a level.
    """
    level: list[int] = []
    for number in rows:
        typical = _typical(level[-2 * AROUND :]) if len(level) >= AROUND else 0
        usable = typical if typical >= _BEFORE_A_DROP else 0
        yield usable
        if number and number >= DROP * usable:
            level.append(number)


def _typical(rows: Sequence[int]) -> float:
    return median(rows) if rows else 0


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The places where runs of true begin, and where each of them is over."""
    start = None
    for place, flag in enumerate((*flags, False)):
        if flag and start is None:
            start = place
        elif not flag and start is not None:
            yield start, place
            start = None
