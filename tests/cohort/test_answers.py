"""The share in work per tier, from answers."""

from types import SimpleNamespace

import pyarrow as pa
import pytest

from instep_cohort.cohort.answers import wilson, work_answers
from instep_cohort.errors import UsageError

PEOPLE = [
    # id      tier  certified  long-term  may be fit
    ("007", "A", False, False, 0),
    ("008", "A", True, False, 1),
    ("009", "B", True, True, 0),
    ("010", "B", True, False, 2),
    ("011", "C", False, False, 0),
    ("012", "X", False, False, 0),
]
NAMES = ("patient_id", "tier", "certified_sickness", "long_term", "may_be_fit_notes")


def run_of(people=PEOPLE, names=NAMES):
    columns = dict(zip(names, zip(*people, strict=True), strict=True))
    return SimpleNamespace(
        tables={"candidates": pa.table({k: list(v) for k, v in columns.items()})}
    )


def answered(tmp_path, text):
    path = tmp_path / "answers.csv"
    path.write_text(text, encoding="utf-8")
    return work_answers(run_of(), path)


def test_each_group_counts_those_who_answered(tmp_path):
    found = answered(
        tmp_path,
        "patient_id,answer,asked_by\n007,not in work,GP\n008,in work,GP\n009,not in work,\n"
        "010,IN WORK,\n011,,\n 012 ,in work,\n",
    )
    counts = {one.group: (one.candidates, one.answered, one.in_work) for one in found.shares}
    assert counts == {
        "tier A": (2, 2, 1),
        "tier B": (2, 2, 1),
        "tier C": (1, 0, 0),
        "tier X": (1, 1, 1),
        "everybody": (6, 5, 3),
        "certified sickness": (3, 3, 2),
        "long term": (1, 1, 0),
        "may be fit": (2, 2, 2),
    }
    assert found.warnings == ()
    shown = repr(found)
    assert "everybody                    6         5        3  60.0%   23.1% to 88.2%" in shown
    assert not any(who in shown for who, *_ in PEOPLE)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # by hand from the formula, to three places; 5 of 10 is the usual example: 0.237 to 0.763
        (5, 10, 0.237, 0.763),
        (0, 10, 0.0, 0.278),
        (10, 10, 0.722, 1.0),
        (1, 1, 0.207, 1.0),
        (81, 263, 0.255, 0.366),
    ],
)
def test_wilsons_interval(successes, trials, low, high):
    assert tuple(round(bound, 3) for bound in wilson(successes, trials)) == (low, high)


def test_without_answers_there_is_no_interval(tmp_path):
    assert wilson(0, 0) == (None, None)
    found = answered(tmp_path, "patient_id,answer\n")
    assert [one.share for one in found.shares] == [None] * 8


def test_answers_of_others_are_named_by_line(tmp_path):
    found = answered(tmp_path, "patient_id,answer\n007,in work\n999,in work\n7,in work\n")
    assert found.warnings == (
        (
            "2 rows of the answers name nobody on the run's list (lines 3, 4): check that the answers "
            "are to this run."
        ),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("patient_id,answer\n007,yes\n", ":2: the answer is none of in work, not in work"),
        ("patient_id,answer\n007,in work\n\n007,in work\n", ":4: the same patient_id as on line 2"),
        ("patient_id,answer\n,in work\n", ":2: the row has no patient_id"),
        ("patient_id\n007\n", "missing: answer"),
        ("patient_id,answer\n007\n", ":2: the row has 1 cells"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_line(tmp_path, text, says):
    with pytest.raises(UsageError) as caught:
        answered(tmp_path, text)
    assert says in str(caught.value)
    assert "007" not in str(caught.value)


def test_a_study_without_flags_has_no_tiers(tmp_path):
    with pytest.raises(UsageError, match="no tiers"):
        work_answers(run_of([("007",)], ("patient_id",)), tmp_path / "answers.csv")
