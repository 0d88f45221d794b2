"""A study on a search date: the day numbers, and what only the date shows to be wrong."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from studies import study_of

from instep_cohort.errors import DefinitionError
from instep_cohort.study import compile_study, date_of, plan_warnings
from instep_cohort.study.plan import (
    AnchoredWindow,
    AtLeast,
    FitNotePlan,
    FixedWindow,
    Line,
    LinePlan,
    Measured,
    Not,
    OptOutPlan,
    PopulationPlan,
    WorkStatusPlan,
)

ON = date(2026, 11, 1)


def measured(body: str, on: date = ON, **sections: str | None):
    """The plan of one measure m."""
    text = f"{{a: {{events: pain}}, b: {{medicines: opioids}}, m: {{events: pain, {body}}}}}"
    return compile_study(study_of(measures=text, **sections), on).measures["m"]


# body, search date, first and last day
WINDOWS = [
    ("at_least: 1", "2026-11-01", None, "2026-11-01"),
    ("within: 0 days", "2026-11-01", "2026-11-01", "2026-11-01"),
    ("within: 182 days", "2026-11-01", "2026-05-03", "2026-11-01"),
    ("within: 26 weeks", "2026-11-01", "2026-05-03", "2026-11-01"),
    ("within: 3 months", "2026-05-31", "2026-02-28", "2026-05-31"),
    ("within: 3 months", "2024-05-31", "2024-02-29", "2024-05-31"),
    ("within: 1 year", "2024-02-29", "2023-02-28", "2024-02-29"),
    ("within: 12 months", "2026-03-01", "2025-03-01", "2026-03-01"),
    ("within: 80 years", "2026-11-01", "1946-11-01", "2026-11-01"),
    ("between: {from: 24 months, to: 6 months}", "2026-08-31", "2024-08-31", "2026-02-28"),
    ("between: {from: 0 days, to: 0 days}", "2026-11-01", "2026-11-01", "2026-11-01"),
    ("between: {from: 1 month, to: 30 days}", "2026-11-01", "2026-10-01", "2026-10-02"),
    ("after: 2026-11-01", "2026-11-01", "2026-11-01", "2026-11-01"),
    ("after: 2020-02-29", "2026-11-01", "2020-02-29", "2026-11-01"),
    ("before: 2020-02-29", "2026-11-01", None, "2020-02-29"),
    ("before: 2030-01-01", "2026-11-01", None, "2026-11-01"),
    ("after: 2020-01-01, before: 2030-01-01", "2026-11-01", "2020-01-01", "2026-11-01"),
]


@pytest.mark.parametrize(("body", "on", "first", "last"), WINDOWS)
def test_a_window_is_two_days(body: str, on: str, first: str | None, last: str) -> None:
    measure = measured(body, date.fromisoformat(on))
    window = measure.window
    assert isinstance(window, FixedWindow)
    assert (window.first is None and first is None) or str(date_of(window.first)) == first
    assert str(date_of(window.last)) == last
    assert measure.windowed == (body != "at_least: 1")


def test_day_numbers_count_from_1970() -> None:
    assert measured("within: 182 days").window == FixedWindow(20576, 20758)
    assert measured("after: 1969-12-31", date(1970, 1, 2)).window == FixedWindow(-1, 1)


ANCHORS = {
    "after: a.first": AnchoredWindow("a", "first", 0, 28),
    "before: a.last": AnchoredWindow("a", "last", 28, 0),
    "around: b.last": AnchoredWindow("b", "last", 28, 28),
}


@pytest.mark.parametrize(("anchor", "window"), ANCHORS.items())
def test_a_window_can_hang_on_a_measure(anchor: str, window: AnchoredWindow) -> None:
    measure = measured(f"within: {{span: 4 weeks, {anchor}}}")
    assert measure.window == window
    assert measure.windowed


# body, at_least, at_most, whether no rows meet it
BOUNDS = [
    ("pick: last", 1, None, False),
    ("at_least: 2", 2, None, False),
    ("at_most: 2", None, 2, True),
    ("at_least: 1, at_most: 2", 1, 2, False),
    ("exactly: 2", 2, 2, False),
    ("exactly: 0", 0, 0, True),
    ("spanning: 9 days", 1, None, False),
]


@pytest.mark.parametrize(("body", "least", "most", "empty"), BOUNDS)
def test_bounds(body: str, least: int | None, most: int | None, empty: bool) -> None:
    measure = measured(body)
    assert (measure.at_least, measure.at_most, measure.met_by_no_rows) == (least, most, empty)


def test_the_rest_of_a_measure() -> None:
    measure = measured(
        "category: [x, y, x], value: {min: 1, max: 2.5}, counting: rows, pick: first"
    )
    assert (measure.source, measure.lists) == ("events", ("pain",))
    assert measure.categories == {"x", "y"}
    assert (measure.value_min, measure.value_max) == (1, 2.5)
    assert (measure.counting, measure.pick) == ("rows", "first")
    assert measured("apart: 2 weeks").apart == 14
    assert measured("in_any: 90 days").in_any == 90
    assert measured("spanning: 1 week").spanning == 7
    plan = compile_study(
        study_of(measures="{a: {events: pain}, b: {medicines: [opioids, pain, opioids]}}"), ON
    )
    assert (plan.measures["b"].source, plan.measures["b"].lists) == (
        "medicines",
        ("opioids", "pain"),
    )
    assert plan.measures["b"].categories is None


def test_lines_are_logic_over_measures_and_lines() -> None:
    plan = compile_study(
        study_of(
            include="{a: a, p: {all: [a, {not: q}]}, n: {at_least: {n: 2, of: [a, b, p]}}}",
            exclude="{q: {any: [b]}}",
        ),
        ON,
    )
    assert plan.lines == (
        LinePlan("a", "include", Measured("a")),
        LinePlan("p", "include", AtLeast(2, (Measured("a"), Not(Line("q"))))),
        LinePlan("n", "include", AtLeast(2, (Measured("a"), Measured("b"), Line("p")))),
        LinePlan("q", "exclude", AtLeast(1, (Measured("b"),))),
    )


def test_the_population() -> None:
    assert compile_study(study_of(), ON).population == PopulationPlan(
        None, None, frozenset({"regular"}), None, confidential_included=False
    )
    asked = (
        "{age: {min: 18, max: 64}, registered: {kind: [temporary, other], for: 12 months},"
        " confidential: include}"
    )
    plan = compile_study(study_of(population=asked), date(2024, 2, 29))
    assert plan.population == PopulationPlan(
        18, 64, frozenset({"temporary", "other"}), 19416, confidential_included=True
    )
    assert str(date_of(19416)) == "2023-02-28"
    only_for = compile_study(study_of(population="{registered: {for: 1 day}}"), ON)
    assert only_for.population.kinds == {"regular"}


def test_opt_outs_and_flags() -> None:
    plan = compile_study(
        study_of(
            opt_outs='{events: [out, work], type_1_overridden_by: "A. Nother, Caldicott guardian"}',
            flags="{f: {fit_notes: notes}, g: {work_status: work}}",
        ),
        ON,
    )
    assert plan.opt_outs == OptOutPlan(("out", "work"), "A. Nother, Caldicott guardian")
    assert plan.fit_notes == FitNotePlan("f", "notes", None, 0, 35, False, False)
    # dated exactly 12 months before: fresh
    assert plan.work_status == WorkStatusPlan("g", "work", 20758 - 365)
    other = compile_study(
        study_of(
            opt_outs=None,
            flags="{f: {fit_notes: notes, within: 12 months, gap: 1 week, issue_gap: 0 days,"
            " headings: count, private: count}, g: {work_status: work, fresh_for: 0 days}}",
        ),
        ON,
    )
    assert other.opt_outs is None
    assert other.fit_notes == FitNotePlan("f", "notes", 20393, 7, 0, True, True)
    assert other.work_status.fresh_from == 20758
    bare = compile_study(study_of(), ON)
    assert (bare.fit_notes, bare.work_status) == (None, None)


def test_the_search_date_is_a_date() -> None:
    plan = compile_study(study_of(), datetime(2026, 11, 1, 23, 59))
    assert (plan.on, plan.search_day) == (ON, 20758)
    assert type(plan.on) is date
    assert (plan.study, plan.version) == ("small", "1.0.0")


FIT = "ask for less, or look longer"
# body, what is said on 1 November 2026
ONLY_ON_A_DATE = {
    "between: {from: 6 months, to: 24 months}": (
        "measures.m.between: nobody can meet it: on 2026-11-01 6 months back is later than"
        " 24 months back (write from: 24 months, to: 6 months)"
    ),
    "between: {from: 30 days, to: 1 month}": (
        "measures.m.between: nobody can meet it: on 2026-11-01 30 days back is later than"
        " 1 month back (write from: 1 month, to: 30 days)"
    ),
    "after: 2026-11-02": (
        "measures.m.after: nobody can meet it: 2026-11-02 is later than the search date 2026-11-01"
    ),
    "within: 3000 years": (
        "measures.m.within: 3000 years before 2026-11-01 is before the calendar begins"
    ),
    "between: {from: 3000 years, to: 1 year}": (
        "measures.m.between.from: 3000 years before 2026-11-01 is before the calendar begins"
    ),
    "within: 0 days, at_least: 2": (
        f"measures.m: nobody can meet it: 2 dates are asked for, and there can be 1 ({FIT})"
    ),
    "within: 1 month, exactly: 33": (
        f"measures.m: nobody can meet it: 33 dates are asked for, and there can be 32 ({FIT})"
    ),
    "within: 182 days, apart: 90 days, at_least: 4": (
        f"measures.m: nobody can meet it: 4 dates are asked for, and there can be 3 ({FIT})"
    ),
    "in_any: 7 days, at_least: 8": (
        f"measures.m: nobody can meet it: 8 dates are asked for, and there can be 7 ({FIT})"
    ),
    "within: {span: 3 days, around: a.first}, at_least: 8": (
        f"measures.m: nobody can meet it: 8 dates are asked for, and there can be 7 ({FIT})"
    ),
    "pick: first, at_least: 2": (
        "measures.m: nobody can meet it: 2 dates are asked for, and there can be 1"
        " (pick leaves one date)"
    ),
    "within: 90 days, spanning: 13 weeks": (
        f"measures.m: nobody can meet it: 91 days cannot span 91 from first to last ({FIT})"
    ),
    "pick: last, spanning: 1 day": (
        "measures.m: nobody can meet it: 1 days cannot span 1 from first to last"
        " (pick leaves one date)"
    ),
}


@pytest.mark.parametrize(("body", "expected"), ONLY_ON_A_DATE.items())
def test_what_only_the_date_shows(body: str, expected: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        measured(body)
    (fault,) = caught.value.faults
    assert str(fault) == f"small.yaml:5 {expected}"


@pytest.mark.parametrize(
    "body",
    [
        "within: 0 days, at_least: 2, counting: rows",
        "within: 1 month, exactly: 32",
        "within: 182 days, apart: 90 days, at_least: 3",
        "in_any: 7 days, at_least: 7",
        "apart: 90 days, at_least: 99",
        "within: 13 weeks, spanning: 90 days",
        "pick: first, at_least: 9, counting: rows",
        "within: 0 days, at_most: 5",
    ],
)
def test_what_can_just_be_met(body: str) -> None:
    assert measured(body)


def test_the_same_window_may_be_right_on_another_date() -> None:
    assert measured("between: {from: 30 days, to: 1 month}", date(2026, 3, 1))


def test_every_fault_of_the_date_and_the_lists_comes_at_once() -> None:
    study = study_of(
        population="{registered: {for: 3000 years}}",
        measures="{a: {events: pain, after: 2027-01-01}, b: {medicines: opioids, category: stong}}",
        flags=(
            "{f: {fit_notes: notes, within: 3000 years},"
            " g: {work_status: work, fresh_for: 3000 years}}"
        ),
    )
    categories = {
        "opioids": ["weak", "strong"],
        "notes": ["not_fit", "maybe_fit"],
        "work": ["in_work", "student"],
        "out": ["research_dissent", "type_2"],
    }
    with pytest.raises(DefinitionError) as caught:
        compile_study(study, ON, categories=categories)
    assert sorted(str(f).split(" ", 1)[1] for f in caught.value.faults) == [
        (
            "flags.f.fit_notes: the codelist notes has a category maybe_fit that means nothing here"
            " (did you mean may_be_fit?)"
        ),
        "flags.f.within: 3000 years before 2026-11-01 is before the calendar begins",
        "flags.g.fresh_for: 3000 years before 2026-11-01 is before the calendar begins",
        (
            "flags.g.work_status: the codelist work has a category student that means nothing here"
            " (one of absence, benefit_form, in_work, job_loss, not_seeking, other, out_of_work,"
            " unfit_for_work)"
        ),
        "measures.a.after: nobody can meet it: 2027-01-01 is later than the search date 2026-11-01",
        "measures.b.category: opioids has no category stong (did you mean strong?)",
        (
            "opt_outs.events: the codelist out has a category type_2 that means nothing here"
            " (one of caution, research_dissent, research_withdrawn, type_1_dissent,"
            " type_1_withdrawn)"
        ),
        "population.registered.for: 3000 years before 2026-11-01 is before the calendar begins",
    ]


def test_a_category_has_to_be_in_one_list_of_the_union() -> None:
    study = study_of(measures="{a: {events: [pain, work], category: [x, y]}, b: {events: pain}}")
    assert compile_study(study, ON, categories={"pain": ["x"], "work": ["y"]})
    assert compile_study(study, ON, categories={"pain": ["x"]})  # work is not judged
    with pytest.raises(DefinitionError, match="pain and work has no category y"):
        compile_study(study, ON, categories={"pain": ["x"], "work": []})


ALL_GOOD = {
    "out": ["research_dissent", "type_1_dissent", "type_1_withdrawn"],
    "notes": ["not_fit", "duplicate", "length_days"],
    "work": ["in_work"],
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        (
            {"out": ["research_dissent"]},
            ["out has no type_1_dissent: type 1 dissents are not seen"],
        ),
        ({"notes": ["duplicate"]}, ["notes has no category of certified absence"]),
        ({"work": ["other"]}, ["work has no category of a work status"]),
    ],
)
def test_lists_that_cannot_do_what_they_are_for_are_warned_of(
    changed: dict, expected: list
) -> None:
    plan = compile_study(study_of(flags="{f: {fit_notes: notes}, g: {work_status: work}}"), ON)
    assert plan_warnings(plan, ALL_GOOD | changed) == expected
    assert plan_warnings(plan, {}) == []


def test_a_study_without_opt_outs_and_flags_has_no_warning() -> None:
    assert plan_warnings(compile_study(study_of(opt_outs=None), ON), ALL_GOOD) == []
