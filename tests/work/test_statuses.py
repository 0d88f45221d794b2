"""RULES.md §7: work status and tiers."""

from datetime import date

import pytest

from instep_cohort.work.statuses import StatusRow, work_status
from instep_cohort.work.tiers import TIERS, tier

ON = date(2026, 11, 1)
FRESH_FROM = date(2025, 11, 1)


def status(*rows):
    read = [StatusRow(date.fromisoformat(when), frozenset(what)) for when, *what in rows]
    return work_status(read, fresh_from=FRESH_FROM, on=ON)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], ("unknown", None, None, None)),
        ([("2026-10-01", "benefit_form"), ("2026-10-02", "absence")], ("unknown", None, None, None)),
        ([("2026-10-22", "in_work")], ("in_work", date(2026, 10, 22), 10, False)),
        ([("2026-10-22", "job_loss")], ("out_of_work", date(2026, 10, 22), 10, False)),
        ([("2025-11-01", "out_of_work")], ("out_of_work", date(2025, 11, 1), 365, False)),
        ([("2025-10-31", "out_of_work")], ("out_of_work", date(2025, 10, 31), 366, True)),
        ([("2026-01-01", "in_work"), ("2026-11-01", "not_seeking")],
         ("not_seeking", date(2026, 11, 1), 0, False)),
        ([("2026-10-22", "in_work"), ("2026-10-22", "job_loss")],
         ("conflict", date(2026, 10, 22), 10, False)),
        ([("2026-10-22", "out_of_work"), ("2026-10-22", "job_loss")],
         ("out_of_work", date(2026, 10, 22), 10, False)),
        ([("2026-10-22", "unfit_for_work", "other")],
         ("unfit_for_work", date(2026, 10, 22), 10, False)),
    ],
)  # fmt: skip
def test_the_latest_dated_status_stands(rows, expected):
    assert status(*rows) == expected


@pytest.mark.parametrize(
    ("rows", "fresh"),
    [
        ([], None),
        ([("2026-10-22", "in_work")], "in_work"),
        ([("1998-10-22", "in_work")], None),
    ],
)
def test_only_a_fresh_status_decides(rows, fresh):
    assert status(*rows).fresh == fresh


@pytest.mark.parametrize(
    ("fresh", "certified", "expected"),
    [
        ("in_work", True, "X"),
        ("in_work", False, "X"),
        ("out_of_work", True, "A"),
        ("out_of_work", False, "A"),
        ("unfit_for_work", False, "B"),
        (None, True, "B"),
        ("not_seeking", True, "B"),
        ("not_seeking", False, "C"),
        ("conflict", False, "C"),
        ("unknown", False, "C"),
        (None, False, "C"),
    ],
)
def test_tiers_by_first_match(fresh, certified, expected):
    assert tier(fresh, certified=certified) == expected
    assert expected in TIERS
