"""RULES.md §6: every row of the attrition table closes, and says what the step alone costs."""

import pyarrow as pa
import pytest

from instep_cohort.engine.attrition import attrition

STEPS = [("alive", "population", "t1"), ("pain", "include", "t2"), ("type_1", "opt_out", "t3")]


def people(*failures):
    """One person for each set of the numbers of the steps that they do not pass."""
    return pa.table(
        {
            "dropped": pa.array([min(f, default=-1) for f in failures], pa.int32()),
            "failed": pa.array([len(f) for f in failures], pa.int32()),
        }
    )


def test_people_are_counted_at_their_first_step_and_gained_by_their_only_one():
    rows = attrition(people({0}, {0, 2}, {1}, {1}, {2}, {1, 2}, set(), set()), STEPS)
    assert [tuple(row) for row in rows] == [
        ("alive", "population", "t1", 8, 2, 6, 1),
        ("pain", "include", "t2", 6, 3, 3, 2),
        ("type_1", "opt_out", "t3", 3, 1, 2, 1),
    ]


@pytest.mark.parametrize(
    "everybody", [people(), people(set()), people({0, 1, 2}, {2}), people({1}, {1})]
)
def test_the_arithmetic_closes(everybody):
    rows = attrition(everybody, STEPS)
    assert [row.step for row in rows] == ["alive", "pain", "type_1"]
    before = everybody.num_rows
    for row in rows:
        assert row.before == before == row.dropped + row.after
        assert 0 <= row.gained_if_removed <= row.dropped
        before = row.after
    assert before == everybody["dropped"].to_pylist().count(-1)
