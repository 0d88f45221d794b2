"""Gaps, drops and early ends of recording, as small series of months."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep_cohort.quality.recording import last_whole_month, month_name, oddities

JANUARY = 2024 * 12

CASES = [
    # rows of each month from January 2024 on, the last whole month's number, what is odd
    ([50] * 12, 11, []),
    ([50] * 6 + [0] + [50] * 5, 11, [("gap", "2024-07")]),
    ([50] * 5 + [0, 0] + [50] * 5, 11, [("gap", "2024-06 to 2024-07")]),
    ([19] * 6 + [0] + [50] * 5, 11, []),  # few before it
    ([50] * 6 + [0] + [19] * 5, 11, []),  # few after it
    ([0] * 6 + [50] * 6, 11, []),  # before the first row nothing is missing
    ([50] * 12, 13, [("stops", "2025-01 to 2025-02")]),
    ([3] * 12, 13, []),
    ([50] * 12, 10, []),  # a month that was not over
    ([80] * 8 + [10] + [80] * 3, 11, [("drop", "2024-09")]),
    ([80] * 8 + [20] + [80] * 3, 11, []),  # a quarter is no drop
    ([80] * 8 + [10, 5, 8, 9], 11, [("drop", "2024-09 to 2024-12")]),
    ([39] * 8 + [1] * 4, 11, []),  # too few to drop from
    ([80] * 5 + [10] + [80] * 6, 11, []),  # too early to know what is usual
    (
        [80] * 8 + [0, 10, 80, 80],
        11,
        [("gap", "2024-09"), ("drop", "2024-10")],
    ),
]


def odd(rows, last):
    rows_of = {JANUARY + n: number for n, number in enumerate(rows) if number}
    return [(rule, str(stretch)) for rule, stretch in oddities(rows_of, JANUARY + last)]


@pytest.mark.parametrize(("rows", "last", "expected"), CASES)
def test_oddities(rows, last, expected):
    assert odd(rows, last) == expected


@given(st.lists(st.integers(0, 200), max_size=60), st.integers(0, 70))
def test_stretches_lie_within_the_series_and_do_not_touch(rows, last):
    found = list(oddities({JANUARY + n: r for n, r in enumerate(rows) if r}, JANUARY + last))
    for rule in ("gap", "drop", "stops"):
        ends = [(one.first, one.last) for name, one in found if name == rule]
        assert all(first <= end <= JANUARY + last for first, end in ends)
        assert all(end + 1 < first for (_, end), (first, _) in pairwise(ends))
    for rule, stretch in found:
        months = [
            rows[m - JANUARY] if m - JANUARY < len(rows) else 0
            for m in range(stretch.first, stretch.last + 1)
        ]
        assert all(months) if rule == "drop" else not any(months)


@given(st.lists(st.integers(60, 100), min_size=1, max_size=60))
def test_ordinary_months_are_not_odd(rows):
    assert odd(rows, len(rows) - 1) == []


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 11, 1), "2026-10"),
        (date(2026, 11, 29), "2026-10"),
        (date(2026, 11, 30), "2026-11"),
        (date(2026, 12, 31), "2026-12"),
        (date(2027, 1, 1), "2026-12"),
    ],
)
def test_the_last_whole_month(day, month):
    assert month_name(last_whole_month(day)) == month
