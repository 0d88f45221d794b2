"""Cells as spreadsheets give them back: what is the same all the same, and which day is meant."""

import datetime

import pytest

from instep_cohort.recruitment.screening.answers import read_day
from instep_cohort.recruitment.screening.cells import (
    changed_cells,
    clean,
    is_as_written,
    plain,
    row_check,
)
from instep_cohort.recruitment.screening.verifying import spans

DAY = datetime.date(2026, 11, 24)


@pytest.mark.parametrize(
    "cell",
    [
        DAY,
        datetime.datetime(2026, 11, 24),
        datetime.datetime(2026, 11, 24, 9, 30),
        46350,
        46350.0,
        46350.75,
        "46350",
        "2026-11-24",
        "2026-11-24 00:00:00",
        "2026-11-24T00:00:00",
        "24/11/2026",
        "24/11/26",
        "24.11.2026",
        "24-11-2026",
        "24 Nov 2026",
        "24-Nov-26",
        "24 November 2026",
        "  24/11/2026 ",
    ],
)
def test_a_day_is_read_however_a_spreadsheet_wrote_it(cell):
    assert read_day(cell) == DAY


@pytest.mark.parametrize(
    "cell",
    [
        *("", None, "today", "2026-11", "11/24/2026", "31/02/2026", "2026-02-30", "24/11"),
        *(True, False, 0, -3, 1e9, float("nan"), float("inf"), "####", "24 Foo 2026", "99999999"),
    ],
)
def test_what_is_no_day_is_none(cell):
    assert read_day(cell) is None


@pytest.mark.parametrize(
    ("written", "came_back"),
    [
        ("0001759821", 1759821.0),
        ("0001759821", "1759821"),
        ("45", 45.0),
        ("45", 45),
        ("", None),
        ("=cmd|x", "'=cmd|x"),
        ("two  words ", "two words"),
        ("a\u00a0b", "a b"),
        ("2026-11-24", DAY),
        ("2026-11-24", datetime.datetime(2026, 11, 24)),
        ("TRUE", True),
        ("0", 0.0),
    ],
)
def test_what_a_spreadsheet_does_to_a_cell_that_it_only_saves_changes_nothing(written, came_back):
    assert plain(written) == plain(came_back)


@pytest.mark.parametrize(
    ("written", "came_back"),
    [
        ("45", 46),
        ("a", "b"),
        ("12345678901234567890", 1.2345678901234567e19),
        ("a", ""),
        ("a", "A"),
    ],
)
def test_what_says_something_else_is_something_else(written, came_back):
    assert plain(written) != plain(came_back)


def test_text_is_cleaned_once_and_for_all():
    text = clean(" a\tb\r\nc\x07\x85\ud800 \u2028d ")
    assert text == "a b c ? d"
    assert clean(text) == text == plain(text)


def test_a_check_holds_a_row_to_its_list_and_names_the_cell():
    check = row_check("f" * 64, ["a", "b", ""])
    assert is_as_written(check, "f" * 64, ["a", "b", ""])
    assert not is_as_written(check, "e" * 64, ["a", "b", ""])
    assert not is_as_written(check, "f" * 64, ["a", "", "b"])
    assert not is_as_written(check, "f" * 64, ["ab", "", ""])
    assert changed_cells(check, ["a", "x", ""]) == [1]
    assert changed_cells(check, ["a", "b", ""]) == []
    assert changed_cells("short.00", ["a", "b", ""]) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [([3], "row 3"), ([9, 3, 4, 5], "rows 3-5, 9"), ([2, 2], "row 2"), ([2, 4], "rows 2, 4")],
)
def test_rows_are_named_in_spans(rows, said):
    assert spans(rows) == said
