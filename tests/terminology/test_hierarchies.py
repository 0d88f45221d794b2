"""Hierarchy tables."""

from instep_cohort.terminology import Hierarchy

PAIRS = [("b", "a"), ("c", "b"), ("d", "b"), ("d", "a"), ("e", "d"), ("x", "y")]


def test_descendants_are_those_of_every_depth_and_the_code_itself():
    hierarchy = Hierarchy.from_pairs(PAIRS)
    assert hierarchy.descendants("a") == {"a", "b", "c", "d", "e"}
    assert hierarchy.descendants("d") == {"d", "e"}
    assert hierarchy.descendants("e") == {"e"}
    assert hierarchy.descendants("nowhere") == {"nowhere"}


def test_a_circle_in_a_table_ends():
    hierarchy = Hierarchy.from_pairs([("a", "b"), ("b", "c"), ("c", "a")])
    assert hierarchy.descendants("a") == {"a", "b", "c"}
