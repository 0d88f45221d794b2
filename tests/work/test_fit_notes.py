"""RULES.md §7, certified sickness absence, on the notes of one patient."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep_cohort.work.fit_notes import (
    FitNoteRules,
    NoteRow,
    certified_absence,
    length_in_days,
    notes_of,
)

ON = date(2026, 11, 1)
RULES = FitNoteRules(first=None, gap=0, issue_gap=35)


def note(issued, days=None, says="not_fit", unit="days"):
    return NoteRow(date.fromisoformat(issued), frozenset({says}), days, unit if days else None)


def flag(rows, on=ON, rules=RULES):
    absence = certified_absence(rows, rules, on)
    return absence.flag, absence.spells


# first the worked cases of RULES.md §7, then those that a published script got wrong
@pytest.mark.parametrize(
    ("notes", "gap", "spells"),
    [
        # start of notes and their days          gap   (days, covered days) of each spell
        (["2020-01-01 28", "2020-01-20 28"], 0, [(47, 47)]),  # renewed before the end
        (["2020-01-01 28", "2020-01-29 28"], 0, [(56, 56)]),  # renewed on the end
        ([f"2020-0{1 + k // 3}-{1 + k % 3 * 10:02} 10" for k in range(3)], 0, [(30, 30)]),
        (["2020-01-01 28", "2020-02-01 28"], 0, [(28, 28), (28, 28)]),  # a hole of 3 days
        (["2020-01-01 28", "2020-02-01 28"], 2, [(28, 28), (28, 28)]),
        (["2020-01-01 28", "2020-02-01 28"], 3, [(59, 56)]),  # bridged
        (["2020-01-01 28", "2020-01-05 7"], 0, [(28, 28)]),  # nested
        (["2020-01-01 10", "2020-01-12 10", "2020-01-23 10", "2020-02-03 10", "2020-02-14 10"],
         1, [(54, 50)]),  # five notes, 11 days apart: the fifth is read
        (["2020-01-01 10", "2020-01-11 10", "2020-01-21 10", "2020-01-31 10", "2020-02-10 10"],
         0, [(50, 50)]),
    ],
)  # fmt: skip
def test_spells_are_the_union_of_intervals(notes, gap, spells):
    rows = [note(text.split()[0], int(text.split()[1])) for text in notes]
    _, found = flag(rows, rules=RULES._replace(gap=gap))
    assert [(s.days, s.covered_days) for s in found] == spells


days_from = st.integers(0, 60)


@given(
    notes=st.lists(st.tuples(st.integers(0, 80), st.integers(1, 30)), min_size=1, max_size=8),
    gap=st.integers(0, 5),
)
def test_spells_equal_days_ticked_off_on_a_calendar(notes, gap):
    origin = date(2024, 2, 1)
    rows = [NoteRow(origin + timedelta(s), frozenset({"not_fit"}), d, "days") for s, d in notes]
    _, spells = flag(rows, on=origin + timedelta(400), rules=RULES._replace(gap=gap))
    longest = {s: max(d for t, d in notes if t == s) for s, _ in notes}
    ticked = sorted({s + k for s, d in longest.items() for k in range(d)})
    expected = [[ticked[0]]]
    for day in ticked[1:]:
        if day - expected[-1][-1] - 1 <= gap:
            expected[-1].append(day)
        else:
            expected.append([day])
    assert [(s.start, s.last_day, s.covered_days) for s in spells] == [
        (origin + timedelta(e[0]), origin + timedelta(e[-1]), len(e)) for e in expected
    ]


@pytest.mark.parametrize(
    ("issued", "value", "unit", "days"),
    [
        ("2026-01-31", 1, "months", 28),  # 31 January + 1 month is 28 February
        ("2024-01-31", 1, "months", 29),
        ("2026-03-15", 2, "months", 61),
        ("2026-03-15", 12, "months", 365),
        ("2023-03-15", 12, "months", 366),
        ("2026-03-15", 13, "months", None),
        ("2026-03-15", 2, "weeks", 14),
        ("2026-03-15", 53, "weeks", None),
        ("2026-03-15", 366, "days", 366),
        ("2026-03-15", 367, "days", None),
        ("2026-03-15", 0, "days", None),
        ("2026-03-15", -3, "days", None),
        ("2026-03-15", 1.5, "weeks", None),
    ],
)
def test_a_length_is_whole_and_between_1_and_366_days(issued, value, unit, days):
    assert length_in_days(date.fromisoformat(issued), value, unit) == days


@pytest.mark.parametrize(
    ("rows", "statement", "days"),
    [
        ([note("2026-05-01", says="unspecified"), note("2026-05-01", says="may_be_fit")],
         "may_be_fit", None),
        ([note("2026-05-01", says="may_be_fit"), note("2026-05-01", says="not_fit")],
         "not_fit", None),
        ([note("2026-05-01", 7), note("2026-05-01", 14, "may_be_fit")], "not_fit", 14),
        ([note("2026-05-01"), note("2026-05-01", 3, "length_weeks", "anything")], "not_fit", 21),
        ([note("2026-05-01", 7, unit="Day")], "not_fit", 7),
        ([note("2026-05-01", 7, unit="mg")], "not_fit", None),
    ],
)  # fmt: skip
def test_of_several_rows_on_a_date_the_strongest_and_the_longest_stand(rows, statement, days):
    assert notes_of(rows, RULES) == [(date(2026, 5, 1), statement, days)]


@pytest.mark.parametrize(
    "says", ["duplicate", "negated", "fit", "self_certificate", "private", "heading",
             "administrative", "length_days"]
)  # fmt: skip
def test_what_is_no_certified_absence_counts_for_nothing(says):
    columns, spells = flag([note("2026-10-01", 14, says)])
    assert columns == (False, 0, None, None, None, False, None, None, None, 0, False)
    assert not spells


@pytest.mark.parametrize(
    ("says", "rule"), [("private", "private_counts"), ("heading", "headings_count")]
)
def test_private_notes_and_headings_count_where_the_flag_says_so(says, rule):
    columns, _ = flag([note("2026-10-01", says=says)], rules=RULES._replace(**{rule: True}))
    assert (columns.certified_sickness, columns.last_statement) == (True, "unspecified")


def test_the_window_decides_the_flag_and_never_cuts_a_spell():
    rules = RULES._replace(first=date(2026, 10, 1))
    columns, _ = flag([note("2026-08-01", 62), note("2026-10-01", 40, "may_be_fit")], rules=rules)
    assert columns.fit_notes == 1
    assert columns.fit_note_first == columns.fit_note_last == date(2026, 10, 1)
    assert columns.last_statement == "may_be_fit"
    assert (columns.spell_start, columns.spell_days) == (date(2026, 8, 1), 101)
    assert columns.certified_until == date(2026, 11, 9)
    outside, _ = flag([note("2026-08-01", 10)], rules=rules)
    assert (outside.certified_sickness, outside.last_statement) == (False, None)
    assert outside.spell_days == 10


def test_one_note_without_a_length_leaves_every_length_unsaid():
    columns, spells = flag([note("2026-10-01", 14), note("2026-10-20")])
    assert not columns.length_known
    assert (columns.spell_start, columns.spell_days, columns.certified_until) == (None, None, None)
    assert not spells


@pytest.mark.parametrize(
    ("dates", "runs"),
    [(["2026-01-01", "2026-02-05"], 1), (["2026-01-01", "2026-02-06"], 2), (["2026-01-01"], 1)],
)
def test_runs_are_of_issue_dates_at_most_the_issue_gap_apart(dates, runs):
    assert flag([note(d) for d in dates])[0].issued_runs == runs


@pytest.mark.parametrize(
    ("notes", "long_term"),
    [
        (["2026-08-02 92"], True),  # open, began 91 days before, last certified day is the 1st
        (["2026-08-02 91"], False),  # ended on 31 October
        (["2026-08-03 100"], False),  # began 90 days before
        (["2026-07-01", "2026-08-01", "2026-09-01", "2026-09-30"], True),  # 91 days, 32 days ago
        (["2026-07-02", "2026-08-01", "2026-09-01", "2026-09-30"], False),  # 90 days
        (["2026-06-25", "2026-07-25", "2026-08-25", "2026-09-26"], False),  # 36 days ago
    ],
)
def test_long_term_is_91_days_of_an_open_spell_or_of_a_run(notes, long_term):
    rows = [note(t.split()[0], int(t.split()[1]) if " " in t else None) for t in notes]
    assert flag(rows)[0].long_term is long_term
