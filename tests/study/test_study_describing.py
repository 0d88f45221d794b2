"""The English of a compiled study, and the steps of its attrition."""

from __future__ import annotations

from datetime import date

import pytest
from studies import study_of

from instep_cohort.study import (
    compile_study,
    describe_line,
    describe_measure,
    describe_step,
    load_study,
    steps_of,
)

ON = date(2026, 11, 1)

MEASURES = {
    "events: pain": "at least 1 date of pain (events) ever, up to 2026-11-01",
    "medicines: opioids, within: 182 days, at_least: 3": (
        "at least 3 dates of opioids (medicines) from 2026-05-03 to 2026-11-01"
    ),
    "events: [pain, work], category: x": (
        "at least 1 date of pain or work [x] (events) ever, up to 2026-11-01"
    ),
    "events: pain, category: [z, x, y]": (
        "at least 1 date of pain [x, y or z] (events) ever, up to 2026-11-01"
    ),
    "events: pain, counting: rows, at_most: 1": (
        "at most 1 row (or none) of pain (events) ever, up to 2026-11-01"
    ),
    "events: pain, exactly: 0": "no date of pain (events) ever, up to 2026-11-01",
    "events: pain, exactly: 2": "exactly 2 dates of pain (events) ever, up to 2026-11-01",
    "events: pain, at_least: 2, at_most: 4": "2 to 4 dates of pain (events) ever, up to 2026-11-01",
    "events: pain, at_least: 2, apart: 90 days": (
        "at least 2 dates, each 90 days or more after the last that was counted, of pain (events)"
        " ever, up to 2026-11-01"
    ),
    "events: pain, at_least: 2, in_any: 1 week": (
        "at least 2 dates within 7 days in a row of pain (events) ever, up to 2026-11-01"
    ),
    "events: pain, spanning: 90 days": (
        "at least 1 date, from first to last 90 days or more, of pain (events)"
        " ever, up to 2026-11-01"
    ),
    "events: pain, value: {min: 7}": (
        "at least 1 date of pain (events) with a value 7 or more ever, up to 2026-11-01"
    ),
    "events: pain, value: {max: 7.5}": (
        "at least 1 date of pain (events) with a value 7.5 or less ever, up to 2026-11-01"
    ),
    "events: pain, value: {min: 7, max: 10}, pick: last, within: 1 year": (
        "at least 1 date of pain (events) with a value 7 to 10 from 2025-11-01 to 2026-11-01"
        " on the last such date alone"
    ),
    "events: pain, within: 0 days": "at least 1 date of pain (events) on 2026-11-01",
    "events: pain, before: 2020-01-01": "at least 1 date of pain (events) up to 2020-01-01",
    "events: pain, within: {span: 90 days, after: b.first}": (
        "at least 1 date of pain (events) in the 90 days from the first date of b on"
    ),
    "events: pain, within: {span: 1 day, before: b.last}": (
        "at least 1 date of pain (events) in the 1 day up to the last date of b"
    ),
    "events: pain, within: {span: 30 days, around: b.last}": (
        "at least 1 date of pain (events) from 30 days before to 30 days after the last date of b"
    ),
    "events: pain, within: {span: 0 days, around: b.last}": (
        "at least 1 date of pain (events) on the last date of b"
    ),
}


@pytest.mark.parametrize(("body", "expected"), MEASURES.items())
def test_a_measure_says_what_it_asks(body: str, expected: str) -> None:
    text = f"{{a: {{events: pain}}, b: {{medicines: opioids}}, m: {{{body}}}}}"
    plan = compile_study(study_of(measures=text), ON)
    assert describe_measure(plan.measures["m"]) == expected


A = "at least 1 date of pain (events) ever, up to 2026-11-01"
B = "at least 1 date of opioids (medicines) ever, up to 2026-11-01"
LINES = {
    "a": A,
    "{any: [a]}": A,
    "{any: [a, b]}": f"({A}) or ({B})",
    "{all: [a, {not: b}]}": f"({A}) and (not ({B}))",
    "{at_least: {n: 2, of: [a, b, other]}}": f"at least 2 of ({A}), ({B}), (other holds)",
    "{all: [a, {not: no_b}]}": f"({A}) and (not (no_b holds))",
}


@pytest.mark.parametrize(("body", "expected"), LINES.items())
def test_a_line_says_what_it_asks(body: str, expected: str) -> None:
    study = study_of(
        measures="{a: {events: pain}, b: {medicines: opioids}}",
        include=f"{{other: a, l: {body}}}",
        exclude="{no_b: {not: b}}",
    )
    plan = compile_study(study, ON)
    assert describe_line(plan, plan.line("l")) == expected


def test_the_attrition_of_instep_in_words() -> None:
    plan = compile_study(load_study("instep"), ON)
    rows = [
        (step.name, step.kind, describe_step(plan, step))
        for step in steps_of(plan, practice_list=True)
    ]
    assert rows == [
        ("alive", "population", "not dead by 2026-11-01, nor by the date of the extract"),
        ("registered", "population", "registered (regular) on 2026-11-01"),
        ("age", "population", "aged 18 to 64 years on 2026-11-01"),
        ("test", "population", "no test or dummy patient"),
        ("confidential", "population", "no record that is marked confidential"),
        (
            "chronic_pain",
            "include",
            (
                "(at least 1 date of chronic-pain [explicit] (events)"
                " from 2021-11-01 to 2026-11-01) or (at least 2 dates, each 90 days or more"
                " after the last that was counted, of chronic-pain"
                " [inflammatory, musculoskeletal or neuropathic] (events)"
                " from 2024-11-01 to 2026-11-01)"
            ),
        ),
        (
            "pain_medicine",
            "include",
            (
                "(at least 3 dates of opioids (medicines) from 2026-05-03 to 2026-11-01) or"
                " ((at least 3 dates of gabapentinoids (medicines)"
                " from 2026-05-03 to 2026-11-01) and (not (at least 1 date of epilepsy (events)"
                " ever, up to 2026-11-01)))"
            ),
        ),
        (
            "palliative_care",
            "exclude",
            "not: at least 1 date of palliative-care (events) ever, up to 2026-11-01",
        ),
        (
            "research_dissent",
            "opt_out",
            "no standing dissent from contact for research (research-opt-out)",
        ),
        ("type_1", "opt_out", "no standing type 1 dissent (research-opt-out)"),
        (
            "practice_list",
            "opt_out",
            "not on the practice's own opt-out list (research or type 1)",
        ),
    ]


def test_other_populations_in_words() -> None:
    study = study_of(
        population="{age: {min: 18}, registered: {kind: [other, regular], for: 6 months}}"
    )
    plan = compile_study(study, date(2026, 8, 31))
    words = {s.name: describe_step(plan, s) for s in steps_of(plan, practice_list=False)}
    assert words["age"] == "aged 18 or more years on 2026-08-31"
    assert words["registered"] == (
        "registered (other or regular) on 2026-08-31, without a break since 2026-02-28"
    )


# sections, whether there is a practice list, the steps that differ from all of them
STEPS = [
    ({"population": "{age: {max: 64}}"}, True, set()),
    ({}, True, {"age"}),
    ({"population": "{age: {min: 18}, confidential: include}"}, True, {"confidential"}),
    ({"population": "{age: {min: 18}}"}, False, {"practice_list"}),
    (
        {"population": "{age: {min: 0}}", "opt_outs": "{events: out, type_1_overridden_by: A}"},
        True,
        {"type_1"},
    ),
    (
        {"population": "{age: {min: 0}}", "opt_outs": None},
        False,
        {"research_dissent", "type_1", "practice_list"},
    ),
]


@pytest.mark.parametrize(("sections", "practice_list", "left_out"), STEPS)
def test_a_step_that_is_not_asked_for_has_no_row(sections, practice_list, left_out) -> None:
    every = (
        *("alive", "registered", "age", "test", "confidential", "second", "first"),
        *("no_b", "no_a", "research_dissent", "type_1", "practice_list"),
    )
    study = study_of(
        include="{second: a, first: b}", exclude="{no_b: {not: b}, no_a: {not: a}}", **sections
    )
    found = steps_of(compile_study(study, ON), practice_list=practice_list)
    assert [step.name for step in found] == [name for name in every if name not in left_out]
    assert [s.kind for s in found if s.name in ("second", "no_b")] == ["include", "exclude"]
