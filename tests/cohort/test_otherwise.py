"""What would have had to be otherwise, for each kind of logic (RULES.md §5)."""

import pytest

from cohort.hand_made_runs import made, used

MEASURES = """\
measures:
  a: {events: aches}
  b: {events: aches, at_least: 3}
  c: {medicines: pills, at_most: 1}
  sure: {events: aches}
"""
# one date of a, two of b, none of c: a and c are met, b is not
FACTS = {"a": 1, "b": 2, "c": (0, True), "sure": 1, "on_record": True}
EVIDENCE = [used("a", "2026-05-10"), used("b", "2026-05-10"), used("b", "2026-06-10")]
A_OUT = "a has 1 date, 2026-05-10 (Back ache); with none it would not be met"
C_OUT = "c has no date; with more than 1 it would not be met"
B_IN = "b has 2 dates; 3 needed"


def change(include="a", exclude=None, also="", **lines):
    rules = f"{MEASURES}include: {{on_record: sure, taken: {include}{also}}}\n"
    if exclude:
        rules += f"exclude: {{left: {exclude}}}\n"
    explanation = made(rules, FACTS | lines, EVIDENCE).explain("00ZQ77")
    return next(step.change for step in explanation.steps if step.dropped_here)


def tree(one):
    return (one.text, [tree(part) for part in one.parts]) if one.parts else one.text


INCLUDED = {
    "b": B_IN,
    "{any: [b]}": B_IN,
    "{any: [b, {not: a}]}": ("one of these", [B_IN, A_OUT]),
    "{all: [a, b]}": B_IN,
    "{all: [b, {not: a}, c]}": ("all of these", [B_IN, A_OUT]),
    "{not: a}": A_OUT,
    "{not: {not: b}}": B_IN,
    "{not: {any: [a, c]}}": ("all of these", [A_OUT, C_OUT]),
    "{not: {all: [a, c]}}": ("one of these", [A_OUT, C_OUT]),
    "{at_least: {n: 2, of: [b, {not: a}, {not: c}, a]}}": ("one of these", [B_IN, A_OUT, C_OUT]),
    "{at_least: {n: 3, of: [b, {not: a}, {not: c}, a]}}": ("2 of these 3", [B_IN, A_OUT, C_OUT]),
    "{any: [b, {all: [{not: a}, b, c]}]}": (
        "one of these",
        [B_IN, ("all of these", [A_OUT, B_IN])],
    ),
}


@pytest.mark.parametrize("logic", INCLUDED)
def test_of_an_include_line_that_does_not_hold(logic):
    found = change(include=logic, taken=False, dropped_at="taken")
    assert tree(found) == INCLUDED[logic]


EXCLUDED = {
    "a": A_OUT,
    "{any: [a, b]}": A_OUT,
    "{any: [a, c]}": ("all of these", [A_OUT, C_OUT]),
    "{all: [a, c]}": ("one of these", [A_OUT, C_OUT]),
    "{not: b}": B_IN,
    "{at_least: {n: 2, of: [a, b, c, {not: b}]}}": ("2 of these 3", [A_OUT, C_OUT, B_IN]),
}


@pytest.mark.parametrize("logic", EXCLUDED)
def test_of_an_exclude_line_that_holds(logic):
    found = change(exclude=logic, taken=True, left=True, dropped_at="left")
    assert tree(found) == EXCLUDED[logic]


def test_a_line_that_another_names_is_followed_to_its_measures():
    named = {"taken": True, "dropped_at": "more"}
    found = change(also=", more: {not: taken}", **named, more=False)
    assert tree(found) == f"taken: {A_OUT}"
    found = change(include="{any: [a, c]}", also=", more: {not: taken}", **named, more=False)
    assert tree(found) == ("taken: all of these", [A_OUT, C_OUT])
