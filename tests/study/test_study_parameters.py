"""Parameters: where they may stand, and what a run may set them to (RULES.md §1)."""

from __future__ import annotations

from datetime import date

import pytest
from studies import study_of

from instep_cohort.errors import DefinitionError, UsageError
from instep_cohort.study import bind, compile_study, study_warnings

EVERYWHERE = {
    "parameters": (
        "{low: {value: 18, source: s}, kind: {value: [regular, other], source: s},"
        " span: {value: 9 days, source: s}, list: {value: pain, source: s},"
        " cats: {value: [x, y], source: s}, day: {value: 2020-01-01, source: s},"
        " n: {value: 2, source: s}, edge: {value: first, source: s},"
        " at: {value: a.last, source: s}, high: {value: 7.5, source: s},"
        " notes: {value: notes, source: s}, c: {value: count, source: s}}"
    ),
    "population": "{age: {min: $low}, registered: {kind: $kind, for: $span}}",
    "measures": (
        "{a: {events: $list, category: [$cats, z], within: $span, pick: $edge},"
        " b: {events: [$list], within: {span: $span, after: $at}, value: {max: $high}},"
        " c: {events: pain, after: $day, at_least: $n, apart: $span}}"
    ),
    "exclude": None,
    "flags": "{f: {fit_notes: $notes, within: $span, gap: $span, private: $c}}",
}


def test_a_parameter_stands_for_any_value_of_its_sections() -> None:
    plan = compile_study(study_of(**EVERYWHERE), date(2026, 11, 1))
    assert plan.population.age_min == 18
    assert plan.population.kinds == {"regular", "other"}
    assert plan.population.unbroken_from == 20758 - 9
    a, b, c = plan.measures["a"], plan.measures["b"], plan.measures["c"]
    assert (a.lists, a.categories, a.pick) == (("pain",), {"x", "y", "z"}, "first")
    assert (a.window.first, a.window.last) == (20749, 20758)
    assert (b.window.anchor, b.window.edge, b.window.after) == ("a", "last", 9)
    assert b.value_max == 7.5
    assert (c.window.first, c.at_least, c.apart) == (18262, 2, 9)
    assert plan.fit_notes.codelist == "notes"
    assert (plan.fit_notes.first, plan.fit_notes.gap) == (20749, 9)
    assert plan.fit_notes.private_counts


def test_binding_leaves_no_name_behind_and_keeps_what_was_set() -> None:
    study = study_of()
    bound = bind(study, {"n": "5", "w": "1 year"})
    assert (bound.measures["b"].at_least, bound.measures["b"].within) == (5, "1 year")
    assert bound.parameters["n"].value == 5
    assert bound.parameters["n"].source == "set for this run; the study has 3: a paper"
    assert study.measures["b"].at_least == "$n"
    assert "$" not in str(bound.data()["measures"])
    assert bind(bound) is bound


def test_a_bound_study_can_no_longer_be_set() -> None:
    bound = bind(study_of())
    with pytest.raises(UsageError, match="n has its value already"):
        bind(bound, {"n": "4"})


# the text of an override, and what it says
READ = {
    "3": 3,
    "0": 0,
    "2.5": 2.5,
    "182 days": "182 days",
    '"3"': "3",
    "[a, b]": ["a", "b"],
    "no": "no",
}


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_an_override_is_read_as_yaml(text: str, value: object) -> None:
    study = study_of(
        parameters="{n: {value: 1, source: s}}",
        measures="{a: {events: pain}}",
        exclude=None,
        include="{x: a}",
    )
    assert bind(study, {"n": text}).data()["parameters"]["n"]["value"] == value


@pytest.mark.parametrize(
    "text", ["", "~", "\udc80", "{a: 1}", "[1, [2]]", "[", "a: b", "!x 1", "[1, ~]", "[]", "true"]
)
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"n cannot be set to .*: it "):
        bind(study_of(), {"n": text})


def test_a_name_that_is_not_there_is_a_wrong_call() -> None:
    with pytest.raises(UsageError) as caught:
        compile_study(study_of(), date(2026, 11, 1), overrides={"N_": "3"})
    assert str(caught.value) == "the study has no parameter N_ to set (did you mean n?)"
    bare = study_of(parameters=None, measures="{a: {events: pain}, b: {events: pain}}")
    with pytest.raises(UsageError, match=r"no parameter n to set \(the study has no parameters\)"):
        bind(bare, {"n": "3"})


def test_a_value_that_is_set_is_checked_like_one_that_is_written() -> None:
    with pytest.raises(DefinitionError) as caught:
        bind(study_of(), {"n": "three", "w": "182"})
    assert [str(fault) for fault in caught.value.faults] == [
        "small.yaml:5 measures.b.within: 182 is not a span; it is the value of $w (write 182 days)",
        (
            'small.yaml:5 measures.b.at_least: "three" is not a whole number from 0 up;'
            " it is the value of $n (such as 3)"
        ),
    ]
    bounded = study_of(measures="{a: {events: pain}, b: {events: pain, at_least: $n, at_most: 4}}")
    with pytest.raises(DefinitionError, match="nobody can meet it: at_least 5 is above at_most 4"):
        bind(bounded, {"n": "5"})


def test_what_no_rule_uses_is_said() -> None:
    study = study_of(
        codelists="{pain: 1.0.0, opioids: 1.0.0, out: 1.0.0, spare: 1.0.0}",
        parameters=(
            "{n: {value: 3, source: s}, l: {value: opioids, source: s},"
            " idle: {value: 1, source: s}}"
        ),
        measures="{a: {events: pain, at_least: $n}, b: {medicines: $l}}",
    )
    assert study_warnings(study) == [
        "parameter idle is used by no rule: setting it changes nothing",
        "codelist spare is pinned, and no rule uses it",
    ]
    assert (
        study_warnings(
            study_of(
                flags="{f: {fit_notes: notes}, g: {work_status: work}}",
                parameters="{n: {value: 3, source: s}, w: {value: 1 day, source: s}}",
            )
        )
        == []
    )
