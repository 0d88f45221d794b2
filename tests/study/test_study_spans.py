"""Spans: what may be written, and the day that lies a span away (RULES.md §3)."""

from __future__ import annotations

from datetime import date

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from instep_cohort.study.spans import Span, date_of, day_number, span_repair

# span, day, the day before, the day after
STEPS = """
0 days     2026-11-01  2026-11-01  2026-11-01
1 day      2024-03-01  2024-02-29  2024-03-02
182 days   2026-11-01  2026-05-03  2027-05-02
2 weeks    2026-01-07  2025-12-24  2026-01-21
3 months   2026-05-31  2026-02-28  2026-08-31
3 months   2024-05-31  2024-02-29  2024-08-31
1 month    2026-01-31  2025-12-31  2026-02-28
1 month    2026-12-31  2026-11-30  2027-01-31
6 months   2026-08-29  2026-02-28  2027-02-28
12 months  2024-02-29  2023-02-28  2025-02-28
1 year     2024-02-29  2023-02-28  2025-02-28
4 years    2024-02-29  2020-02-29  2028-02-29
5 years    2026-11-01  2021-11-01  2031-11-01
0 months   2024-02-29  2024-02-29  2024-02-29
"""


@pytest.mark.parametrize("row", STEPS.strip().splitlines())
def test_steps_of_the_calendar(row: str) -> None:
    span, day, before, after = row.split("  ", 1)[0], *row.split()[2:]
    day = date.fromisoformat(day)
    assert str(Span.parse(span).before(day)) == before
    assert str(Span.parse(span).after(day)) == after


@given(
    st.integers(0, 200),
    st.sampled_from(["day", "week", "month", "year"]),
    st.dates(date(1500, 1, 1), date(2500, 1, 1)),
)
def test_agrees_with_an_independent_calendar(n: int, unit: str, day: date) -> None:
    step = relativedelta(**{f"{unit}s": n})
    assert Span(n, unit).before(day) == day - step
    assert Span(n, unit).after(day) == day + step


@given(st.integers(0, 999_999), st.sampled_from(["day", "week", "month", "year"]))
def test_what_is_written_is_read_back(n: int, unit: str) -> None:
    assert Span.parse(str(Span(n, unit))) == Span(n, unit)
    assert Span.parse(f"{n} {unit}") == Span.parse(f"{n} {unit}s")


# what was written, and how to write it
NO_SPANS = {
    "182days": "write 182 days",
    "182 Days": "write 182 days",
    "182": "write 182 days",
    "5 yrs": "write 5 years",
    "1 y": "write 1 year",
    "6 mths": "write 6 months",
    "26w": "write 26 weeks",
    "3  months": "write 3 months",
    "-3 days": "a span is N days, weeks, months or years, such as 182 days",
    "1.5 years": "a span is N days, weeks, months or years, such as 182 days",
    "3 hours": "a span is N days, weeks, months or years, such as 182 days",
    "1234567 days": "a span is N days, weeks, months or years, such as 182 days",
    "٣ days": "a span is N days, weeks, months or years, such as 182 days",
    "": "a span is N days, weeks, months or years, such as 182 days",
    "a year": "a span is N days, weeks, months or years, such as 182 days",
}


@pytest.mark.parametrize(("written", "repair"), NO_SPANS.items())
def test_anything_else_is_no_span(written: str, repair: str) -> None:
    with pytest.raises(ValueError, match="is not a span"):
        Span.parse(written)
    assert span_repair(written) == repair


def test_only_days_and_weeks_have_a_number_of_days() -> None:
    assert (Span.parse("90 days").in_days, Span.parse("13 weeks").in_days) == (90, 91)
    for text in ("1 month", "0 years"):
        with pytest.raises(ValueError, match="no fixed number of days"):
            _ = Span.parse(text).in_days


@pytest.mark.parametrize("span", ["3000 years", "999999 days", "999999 weeks", "30000 months"])
def test_a_day_before_the_calendar_is_an_overflow(span: str) -> None:
    with pytest.raises(OverflowError):
        Span.parse(span).before(date(2026, 11, 1))


def test_days_are_counted_from_1970() -> None:
    assert [day_number(date.fromisoformat(d)) for d in ("1970-01-01", "1969-12-31")] == [0, -1]
    assert day_number(date(2026, 11, 1)) == 20758
    assert date_of(20758) == date(2026, 11, 1)
