"""Every table of selectors and codes holds, and what it means in the evidence."""

from datetime import date
from types import SimpleNamespace

import pytest

from codelists.made_lists import code, codes_table, made_list, select
from generative.to_standard import study_text
from instep_cohort.codelists import CodeIndex, resolve
from instep_cohort.engine.uses import uses_of
from instep_cohort.study import compile_study, parse_study
from spec.language import name_of, specs_of
from spec.matches import Matches, matched, matched_by_reference
from spec.world import study_of

CASES = [
    pytest.param(
        case, spec.kind, id=f"{name_of(spec)}: {case['selectors']} ~ {case['code of the extract']}"
    )
    for spec in specs_of(Matches)
    for case in spec.cases
]


@pytest.mark.parametrize(("case", "kind"), CASES)
def test_a_selector_meets_a_code(case, kind):
    assert matched(case, kind) == case["met"]


@pytest.mark.parametrize(("case", "kind"), CASES)
def test_looking_at_everything_says_the_same(case, kind):
    if not case["met"].startswith("error"):
        assert matched_by_reference(case, kind) == case["met"]


def labels(study, lists, rows):
    """What each code is to the measure `m` of a study, given the selectors of its lists."""
    index = CodeIndex.from_columns(codes_table(*map(code, rows)))
    plan = compile_study(parse_study(study_text(study_of(study)), "spec.yaml"), date(2026, 11, 1))
    made = {
        (name, "clinical"): resolve(made_list(*map(select, selectors), name=name), index)
        for name, selectors in lists.items()
    }
    nothing = SimpleNamespace(
        codelist=SimpleNamespace(version="1.0.0"), categories_by_key={}, matched_by_key={}
    )
    asked = {("seen", "clinical"): nothing, ("opt-outs", "clinical"): nothing, **made}
    found = uses_of(plan, asked).labels
    return {one.code_key: one for one in found if one.used_by == "m"}


def test_an_exclusion_is_of_its_own_list_only():
    lists = {
        "pain": ["read_v2 descendants N05..", "read_v2 exclude N05zL"],
        "burns": ["read_v2 exact N05zL"],
    }
    rows = ["read_v2 N05zL", "read_v2 N051."]
    alone = labels("measures: {m: {events: pain}}", {"pain": lists["pain"]}, rows)
    assert set(alone) == {1}
    union = labels("measures: {m: {events: [pain, burns]}}", lists, rows)
    assert {key: one.codelist for key, one in union.items()} == {0: "burns", 1: "pain"}


def test_a_weaker_match_is_flagged_in_the_evidence():
    rows = ["read_v2 13J3.", "read_v2 13J3.11"]
    found = labels("measures: {m: {events: pain}}", {"pain": ["read_v2 exact 13J3.11"]}, rows)
    assert {key: one.matched_by for key, one in found.items()} == {
        0: "code (5 characters)",
        1: "code",
    }
