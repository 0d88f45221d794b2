"""The reference by itself: its steps of the calendar, its faults, and the made-up studies it judges.

What it finds in patients is asked by the tables of the study language (`test_spec_people.py`).
"""

from __future__ import annotations

import csv
from datetime import date

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

import reference as ref
from generative.strategies import cases, refused, scenario, scenarios
from generative.to_standard import write_extract, write_scenario
from reference import Extract, Patient, Registration

D = date(2026, 11, 1)
LISTS = {
    "pain": {"p": {"explicit"}},
    "burns": {"c": {"hot"}},
    "work": {name: {name} for name in (*ref.STATUSES, *ref.NO_STATUSES)},
    "opt-outs": {name: {name} for name in ref.OPT_OUT_CATEGORIES},
}
STUDY = """
population: {age: {min: 18, max: 64}}
measures: {pain: {events: pain}, now: {events: pain, within: 30 days}, burns: {events: burns}}
include: {has_pain: pain}
opt_outs: {events: opt-outs}
"""


def table(text):
    """The lines of a table, each as its stripped cells."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines[1:]]
    return [pytest.param(*row, id=" | ".join(row)) for row in rows]


def day(text):
    return date.fromisoformat(text)


def one_person(when="2010-01-01"):
    """An extract of one adult who is registered and has one row."""
    return Extract(
        [Patient("1", birth=date(1980, 6, 15), birth_precision="day")],
        [Registration("1", date(2000, 1, 1))],
        [ref.row("1", when, "p")],
        [],
        D,
    )


# ---------------------------------------------------------------- steps of the calendar


@pytest.mark.parametrize(
    ("start", "span", "back", "on_again"),
    table("""
    start      | span      | back       | forward
    2026-05-31 | 3 months  | 2026-02-28 | 2026-08-31
    2024-05-31 | 3 months  | 2024-02-29 | 2024-08-31
    2024-03-31 | 1 month   | 2024-02-29 | 2024-04-30
    2024-02-29 | 1 year    | 2023-02-28 | 2025-02-28
    2024-02-29 | 4 years   | 2020-02-29 | 2028-02-29
    2026-01-15 | 1 month   | 2025-12-15 | 2026-02-15
    2026-11-01 | 182 days  | 2026-05-03 | 2027-05-02
    2026-11-01 | 26 weeks  | 2026-05-03 | 2027-05-02
    2026-11-01 | 0 days    | 2026-11-01 | 2026-11-01
    2026-12-31 | 10 months | 2026-02-28 | 2027-10-31
    """),
)
def test_spans(start, span, back, on_again):
    assert ref.step(day(start), span, -1) == day(back)
    assert ref.step(day(start), span, 1) == day(on_again)


def test_without_opt_outs_nothing_runs():
    study = yaml.safe_load(STUDY)
    del study["opt_outs"]
    with pytest.raises(ref.RefusedError):
        ref.run(study, D, one_person(), LISTS)


# ---------------------------------------------------------------- definitions


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ("include: {line: {not: pain}}", "include: selects everybody"),
        ("include: {a: pain, b: {not: c}, c: b}", "lines.b: cycle"),
        ("include: {pain: pain}", None),
        ("include: {line: {any: []}}", "include.line: empty"),
        ("include: {line: {at_least: {n: 2, of: [pain]}}}", "include.line: n cannot be met"),
        ("include: {line: pian}", "include.line: unknown name"),
        ("exclude: {has_pain: burns}", "exclude.has_pain: two lines"),
        ("exclude: {type_1: burns}", "type_1: named like a step"),
        ("population: {age: {min: 65, max: 18}}", "population.age: cannot be met"),
        ("measures: {pain: {events: pain, at_most: 0}}", "include: selects everybody"),
        ("opt_outs: {events: pain}", "pain: unknown category"),
        ("flags: {f: {fit_notes: work}}", "work: unknown category"),
        ("flags: {f: {work_status: work}, g: {work_status: work}}", "flags: two of a kind"),
        (
            "measures: {pain: {events: pain, at_least: 3, at_most: 2}}",
            "measures.pain: cannot be met",
        ),
        (
            "measures: {pain: {events: pain, between: {from: 1 month, to: 32 days}}}",
            "measures.pain: cannot be met",
        ),
        (
            "measures: {pain: {events: pain, within: {span: 1 day, after: pain.first}}}",
            "measures.pain: cycle",
        ),
        (
            "{measures: {pain: {events: pain, at_most: $n}}, parameters: {n: {value: 0}}}",
            "include: selects everybody",
        ),
    ],
)
def test_faults(changed, fault):
    found = ref.faults(yaml.safe_load(STUDY) | yaml.safe_load(changed), D, LISTS)
    assert found[:1] == ([fault] if fault else [])


def test_parameters_stand_for_values_below_three_parts_only():
    study = yaml.safe_load("""
    parameters: {n: {value: 3, source: x}, span: {value: 2 years, source: x}}
    title: $n
    measures: {m: {events: pain, at_least: $n, within: {span: $span, after: k.first}}}
    """)
    got = ref.substituted(study, {"n": 5})
    assert got["title"] == "$n"
    assert got["measures"]["m"]["at_least"] == 5
    assert got["measures"]["m"]["within"]["span"] == "2 years"


# ---------------------------------------------------------------- the made-up studies


def test_made_up_scenarios_are_valid_and_their_attrition_closes():
    seen = set()
    for given_case in scenarios(40, seed=100):
        assert given_case.refusal() is None
        result = given_case.expected()
        before = len(given_case.extract.patients)
        for step in result.attrition:
            assert (step.before, step.after) == (before, before - step.dropped)
            assert step.gained_if_removed <= step.dropped
            before = step.after
            seen.add((step.step if step.kind != "include" else "include", step.dropped > 0))
        assert before == len(result.candidates)
        for columns in result.candidates.values():
            seen.update(("tier", columns.get("tier")) for _ in columns if columns.get("tier"))
    dropped = {"alive", "registered", "age", "test", "confidential", "include"}
    dropped |= {"research_dissent", "type_1", "practice_list"}
    assert {(step, True) for step in dropped} <= seen
    assert {("tier", tier) for tier in "XABC"} <= seen


def test_the_same_number_is_the_same_scenario():
    assert scenario(7) == scenario(7)
    assert scenario(7) != scenario(8)


def test_one_person_alone_comes_out_as_in_the_crowd():
    whole = scenario(3)
    expected = whole.expected()
    for who, facts in expected.facts.items():
        alone = whole.narrowed(who).expected()
        assert alone.facts == {who: facts}
        assert alone.candidates.get(who) == expected.candidates.get(who)


def test_broken_scenarios_end_with_their_exit_codes():
    exits = [one.refusal() and one.refusal().exit_code for one in refused(scenario(11))]
    assert exits == [2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, None, None, None]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(cases())
def test_small_cases_are_valid(case):
    assert case.refusal() is None
    result = case.expected()
    assert set(result.candidates) <= set(result.facts)


def test_written_scenario_says_the_same(tmp_path):
    given_case = scenario(5)
    written = write_scenario(given_case, tmp_path)
    assert yaml.safe_load(written.study.read_text()) == given_case.study
    with (written.extract / "events.csv").open(encoding="utf-8") as file:
        events = list(csv.DictReader(file))
    rows = given_case.extract.events
    assert [(e["patient_id"], e["code"]) for e in events] == [(r.patient_id, r.code) for r in rows]
    for event, row in zip(events, rows, strict=True):
        if row.precision != "none":
            assert ref.row(row.patient_id, event["date"], row.code).earliest == row.earliest
    with (written.codelists / "notes" / "1.0.0.csv").open(encoding="utf-8") as file:
        selectors = list(csv.DictReader(file))
    assert {(one["code"], one["category"]) for one in selectors} == {
        (code, category) for code, of in given_case.lists["notes"].items() for category in of
    }


def test_registration_columns_of_patients_hold_one_each(tmp_path):
    extract = one_person()
    write_extract(extract, tmp_path, registrations_file=False)
    with (tmp_path / "patients.csv").open(encoding="utf-8") as file:
        (patient,) = csv.DictReader(file)
    assert (patient["registration_start"], patient["registration_end"]) == ("2000-01-01", "")
    assert patient["registration_kind"] == "regular"
    assert not (tmp_path / "registrations.csv").exists()
    twice = Extract(extract.patients, [*extract.registrations] * 2, [], [], D)
    with pytest.raises(ValueError, match="one registration each"):
        write_extract(twice, tmp_path, registrations_file=False)
