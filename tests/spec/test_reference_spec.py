"""RULES.md's own worked cases, and its edges, asked of the reference itself.

Each table is rows and what must come out. ``D`` is the search date, 2026-11-01, unless a row says
another. Rows read ``date code [value [unit]]``, joined by commas; a date may be ``2026-05``,
``2026`` or ``-`` (none).
"""

# ruff: noqa: E501 - the tables are read across, one argument for each column
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
    "pain": {"p": {"explicit"}, "q": {"other"}, "b": {"explicit", "other"}},
    "burns": {"b": {"hot"}, "c": {"hot"}},
    "pills": {"o": {"weak"}},
    "notes": {name: {name} for name in (*ref.CERTIFIED, *ref.NOT_CERTIFIED, *ref.LENGTHS)},
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
    return None if text in ("", "-") else date.fromisoformat(text)


def answer(text):
    return {"yes": True, "no": False, "-": None}[text]


def rows_of(text, patient_id="1"):
    """Rows from ``date code [value [unit]]``, joined by commas."""
    rows = []
    for one in filter(None, (part.split() for part in text.split(","))):
        when, code, *rest = one
        value = float(rest[0]) if rest else None
        unit = rest[1] if len(rest) > 1 else None
        rows.append(ref.row(patient_id, "" if when == "-" else when, code, value, unit))
    return rows


def one_person(events="", medicines="", **about):
    """An extract of one adult who is registered."""
    about = {"birth": date(1980, 6, 15), "birth_precision": "day"} | about
    return Extract(
        [Patient("1", **about)],
        [Registration("1", date(2000, 1, 1))],
        rows_of(events),
        rows_of(medicines),
        D,
    )


def run_one(study, events="", opt_outs=None, on=D, **about):
    """The result of a study on one person."""
    study = yaml.safe_load(STUDY) | yaml.safe_load(study)
    return ref.run(study, on, one_person(events, **about), LISTS, opt_outs)


# ---------------------------------------------------------------- §3


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


@pytest.mark.parametrize(
    ("birth", "precision", "on", "low", "high", "kept", "age"),
    table("""
    birth      | precision | on         | min | max | kept | age
    2008-11-01 | day       | 2026-11-01 | 18  | 64  | yes  | 18
    2008-11-02 | day       | 2026-11-01 | 18  | 64  | no   | 17
    1961-11-02 | day       | 2026-11-01 | 18  | 64  | yes  | 64
    1961-11-01 | day       | 2026-11-01 | 18  | 64  | no   | 65
    2008-02-29 | day       | 2026-02-28 | 18  | 64  | no   | 17
    2008-02-29 | day       | 2026-03-01 | 18  | 64  | yes  | 18
    2004-02-29 | day       | 2024-02-29 | 20  | 64  | yes  | 20
    2008-11-01 | month     | 2026-11-01 | 18  | 64  | yes  | 17
    2008-12-01 | month     | 2026-11-01 | 18  | 64  | no   | 17
    2008-01-01 | year      | 2026-11-01 | 18  | 64  | yes  | 17
    1961-01-01 | year      | 2026-11-01 | 18  | 64  | yes  | 64
    1961-11-01 | month     | 2026-11-01 | 18  | 64  | yes  | 64
    1961-10-01 | month     | 2026-11-01 | 18  | 64  | no   | 65
    1960-01-01 | year      | 2026-11-01 | 18  | 64  | no   | 65
    -          | -         | 2026-11-01 | 0   | 200 | no   | -
    2026-11-02 | day       | 2026-11-01 | 0   | 200 | no   | -
    2026-11-01 | month     | 2026-11-01 | 0   | 200 | yes  | 0
    """),
)
def test_ages(birth, precision, on, low, high, kept, age):
    patient = Patient("1", birth=day(birth), birth_precision=precision)
    rule = {"min": int(low), "max": int(high)}
    assert ref.in_age(patient, rule, day(on)) is answer(kept)
    ages = ref.possible_ages(patient.birth, precision, day(on))
    assert (ages[0] if ages else None) == (None if age == "-" else int(age))


@pytest.mark.parametrize(
    ("stays", "rule", "holds"),
    table("""
    stays (start end kind)                                        | rule                      | holds
    2020-01-01 - regular                                          | {}                        | yes
    2026-11-01 - regular                                          | {}                        | yes
    2026-11-02 - regular                                          | {}                        | no
    2020-01-01 2026-11-01 regular                                 | {}                        | no
    2020-01-01 2026-11-02 regular                                 | {}                        | yes
    - - regular                                                   | {}                        | no
    2020-01-01 - temporary                                        | {}                        | no
    2020-01-01 - temporary                                        | {kind: [regular, temporary]} | yes
    2025-11-01 - regular                                          | {for: 12 months}          | yes
    2025-11-02 - regular                                          | {for: 12 months}          | no
    2020-01-01 2026-03-05 regular, 2026-03-05 - regular           | {for: 12 months}          | yes
    2020-01-01 2026-03-05 regular, 2026-03-06 - regular           | {for: 12 months}          | yes
    2020-01-01 2026-03-05 regular, 2026-03-07 - regular           | {for: 12 months}          | no
    2020-01-01 2026-03-05 regular, 2026-02-01 - regular           | {for: 12 months}          | yes
    2020-01-01 2025-10-30 regular, 2025-11-01 - regular           | {for: 12 months}          | yes
    2020-01-01 2026-03-05 temporary, 2026-03-06 - regular         | {for: 12 months}          | no
    2020-01-01 2026-03-05 temporary, 2026-03-06 - regular         | {for: 12 months, kind: [temporary, regular]} | yes
    2020-01-01 2026-10-31 regular, 2026-11-01 - regular           | {for: 12 months}          | yes
    2026-11-01 2026-11-01 regular                                 | {}                        | no
    """),
)
def test_registration(stays, rule, holds):
    given_stays = [
        Registration("1", day(start), day(end), kind)
        for start, end, kind in (stay.split() for stay in stays.split(","))
    ]
    assert ref.is_registered(given_stays, yaml.safe_load(rule), D) is answer(holds)


@pytest.mark.parametrize(
    ("death", "extract_date", "alive"),
    table("""
    death      | extract    | alive
    -          | 2026-11-01 | yes
    2026-11-01 | 2026-10-01 | no
    2026-11-02 | 2026-10-01 | yes
    2026-11-02 | 2026-11-02 | no
    2026-11-03 | 2026-11-02 | yes
    """),
)
def test_alive(death, extract_date, alive):
    patient = Patient("1", death=day(death))
    assert ref.is_alive(patient, D, day(extract_date)) is answer(alive)


# ---------------------------------------------------------------- §2, §4


@pytest.mark.parametrize(
    ("spec", "rows", "met", "count", "first", "last"),
    table("""
    measure                                    | rows                                        | met | count | first | last
    {events: pain}                             |                                             | no  | 0 | -          | -
    {events: pain}                             | 2026-11-01 p                                | yes | 1 | 2026-11-01 | 2026-11-01
    {events: pain}                             | 2026-11-02 p                                | no  | 0 | -          | -
    {events: pain}                             | 1980-06-14 p                                | no  | 0 | -          | -
    {events: pain}                             | 1980-06-15 p                                | yes | 1 | 1980-06-15 | 1980-06-15
    {events: pain}                             | 2020-01-01 c                                | no  | 0 | -          | -
    {events: [pain, burns], counting: rows}    | 2020-01-01 c, 2020-01-01 b                  | yes | 2 | 2020-01-01 | 2020-01-01
    {events: pain, category: explicit}         | 2020-01-01 q, 2021-01-01 b                  | yes | 1 | 2021-01-01 | 2021-01-01
    {events: pain, category: [explicit, other], counting: rows} | 2021-01-01 b               | yes | 1 | 2021-01-01 | 2021-01-01
    {events: pain, category: [explicit, other]} | 2021-01-01 p                               | yes | 1 | 2021-01-01 | 2021-01-01
    {events: pain, counting: rows}             | 2021-01-01 p, 2021-01-01 p                  | yes | 2 | 2021-01-01 | 2021-01-01
    {events: pain, at_least: 2}                | 2021-01-01 p, 2021-01-01 q                  | no  | 1 | 2021-01-01 | 2021-01-01
    {events: pain, within: 182 days}           | 2026-05-03 p                                | yes | 1 | 2026-05-03 | 2026-05-03
    {events: pain, within: 182 days}           | 2026-05-02 p                                | no  | 0 | -          | -
    {events: pain, within: 0 days}             | 2026-11-01 p, 2026-10-31 p                  | yes | 1 | 2026-11-01 | 2026-11-01
    {events: pain, between: {from: 24 months, to: 6 months}} | 2024-11-01 p, 2026-05-01 p, 2024-10-31 p, 2026-05-02 p | yes | 2 | 2024-11-01 | 2026-05-01
    {events: pain, after: 2026-01-01}          | 2026-01-01 p, 2025-12-31 p                  | yes | 1 | 2026-01-01 | 2026-01-01
    {events: pain, before: 2026-01-01}         | 2026-01-01 p, 2026-01-02 p                  | yes | 1 | 2026-01-01 | 2026-01-01
    {events: pain, after: 2026-01-01, before: 2026-01-03} | 2025-12-31 p, 2026-01-01 p, 2026-01-03 p, 2026-01-04 p | yes | 2 | 2026-01-01 | 2026-01-03
    {events: pain, value: {min: 2, max: 5}}    | 2020-01-01 p 2, 2020-01-02 p 5, 2020-01-03 p 5.5, 2020-01-04 p 1.5, 2020-01-05 p | yes | 2 | 2020-01-01 | 2020-01-02
    {events: pain, pick: first, counting: rows} | 2020-01-01 p, 2020-01-01 q, 2021-01-01 p   | yes | 2 | 2020-01-01 | 2020-01-01
    {events: pain, pick: last}                 | 2020-01-01 p, 2021-01-01 p                  | yes | 1 | 2021-01-01 | 2021-01-01
    {events: pain, value: {min: 5}, pick: last} | 2020-01-01 p 5, 2021-01-01 p 1             | yes | 1 | 2020-01-01 | 2020-01-01
    {events: pain, at_most: 0}                 |                                             | yes | 0 | -          | -
    {events: pain, exactly: 0}                 |                                             | yes | 0 | -          | -
    {events: pain, exactly: 0}                 | - p                                         | no  | 1 | -          | -
    {events: pain, at_least: 1, at_most: 2}    | 2020-01-01 p, 2020-01-02 p, 2020-01-03 p    | no  | 3 | 2020-01-01 | 2020-01-03
    {events: pain, at_least: 2, apart: 90 days} | 2026-01-01 p, 2026-04-01 p                 | yes | 2 | 2026-01-01 | 2026-04-01
    {events: pain, at_least: 2, apart: 90 days} | 2026-01-01 p, 2026-03-31 p                 | no  | 1 | 2026-01-01 | 2026-03-31
    {events: pain, at_least: 3, apart: 30 days} | 2026-01-01 p, 2026-01-29 p, 2026-01-31 p, 2026-03-02 p | yes | 3 | 2026-01-01 | 2026-03-02
    {events: pain, at_least: 2, apart: 1 week} | 2026-01-01 p, 2026-01-08 p, 2026-01-15 p, 2026-01-22 p, 2026-01-29 p | yes | 3 | 2026-01-01 | 2026-01-29
    {events: pain, apart: 1 day}               | 2026-01-01 p, 2026-01-02 p, 2026-01-03 p    | yes | 2 | 2026-01-01 | 2026-01-03
    {events: pain, apart: 1 day, at_most: 1}   | 2026-01-01 p, 2026-01-02 p, 2026-01-03 p    | no  | 2 | 2026-01-01 | 2026-01-03
    {events: pain, apart: 1 day, exactly: 2}   | 2026-01-01 p, 2026-01-02 p, 2026-01-03 p, 2026-01-04 p | no | 3 | 2026-01-01 | 2026-01-04
    {events: pain, in_any: 90 days, at_least: 2} | 2026-01-01 p, 2026-03-31 p                | yes | 2 | 2026-01-01 | 2026-03-31
    {events: pain, in_any: 90 days, at_least: 2} | 2026-01-01 p, 2026-04-01 p                | no  | 1 | 2026-01-01 | 2026-04-01
    {events: pain, in_any: 3 days}             | 2020-01-01 p, 2026-01-01 p, 2026-01-02 p, 2026-01-03 p, 2026-01-04 p | yes | 3 | 2020-01-01 | 2026-01-04
    {events: pain, spanning: 90 days}          | 2026-01-01 p, 2026-04-01 p                  | yes | 2 | 2026-01-01 | 2026-04-01
    {events: pain, spanning: 90 days}          | 2026-01-01 p, 2026-03-31 p                  | no  | 2 | 2026-01-01 | 2026-03-31
    {events: pain, spanning: 1 day}            |                                             | no  | 0 | -          | -
    {events: pain}                             | - p                                         | yes | 1 | -          | -
    {events: pain, at_least: 2}                | - p, 2026-05 p, 2026 q                      | no  | 1 | -          | -
    {events: pain, at_least: 2}                | - p, 2020-01-01 p                           | no  | 1 | 2020-01-01 | 2020-01-01
    {events: pain, counting: rows, at_least: 3} | - p, 2026-05 p, 2020-01-01 p               | yes | 3 | 2020-01-01 | 2020-01-01
    {events: pain, within: 5 years}            | - p, 2026-05 p                              | no  | 0 | -          | -
    {events: pain, pick: first}                | - p                                         | no  | 0 | -          | -
    {events: pain, apart: 1 day}               | - p                                         | no  | 0 | -          | -
    {events: pain, in_any: 1 day}              | - p                                         | no  | 0 | -          | -
    {events: pain, spanning: 1 day}            | - p                                         | no  | 0 | -          | -
    {events: pain}                             | 2026-11 p                                   | yes | 1 | -          | -
    {events: pain}                             | 2026-12 p                                   | no  | 0 | -          | -
    {events: pain}                             | 2027 p                                      | no  | 0 | -          | -
    {events: pain}                             | 1980-05 p                                   | no  | 0 | -          | -
    {events: pain}                             | 1980-06 p                                   | yes | 1 | -          | -
    """),
)
def test_measures(spec, rows, met, count, first, last):
    study = f"measures: {{m: {spec}}}\ninclude: {{line: m}}\npopulation: {{}}"
    facts = run_one(study, rows).facts["1"]
    assert facts["m_met"] is answer(met)
    assert facts["m_count"] == int(count)
    assert (facts["m_first"], facts["m_last"]) == (day(first), day(last))


@pytest.mark.parametrize(
    ("within", "rows", "count"),
    table("""
    within                                | rows                                                    | count
    {span: 90 days, after: pain.first}    | 2026-01-01 p, 2026-01-01 c, 2026-04-01 c, 2026-04-02 c, 2025-12-31 c | 2
    {span: 90 days, before: pain.first}   | 2026-04-01 p, 2026-04-01 c, 2026-01-01 c, 2025-12-31 c, 2026-04-02 c | 2
    {span: 2 days, around: pain.last}     | 2020-01-01 p, 2026-01-10 p, 2026-01-08 c, 2026-01-12 c, 2026-01-07 c, 2026-01-13 c | 2
    {span: 1 week, after: pain.first}     | 2026-10-30 p, 2026-11-01 c, 2026-11-02 c                | 1
    {span: 90 days, after: pain.first}    | - p, 2026-01-01 c                                       | 0
    {span: 90 days, after: pain.first}    | 2026-11-02 p, 2026-11-01 c                              | 0
    {span: 0 days, after: never_met.last} | 2026-01-10 p, 2026-01-10 c                              | 1
    """),
)
def test_anchored_windows(within, rows, count):
    study = f"""
    measures:
      pain: {{events: pain, category: explicit}}
      never_met: {{events: pain, at_least: 9}}
      m: {{events: burns, category: hot, within: {within}}}
    include: {{line: pain}}
    population: {{}}
    """
    assert run_one(study, rows).facts["1"]["m_count"] == int(count)


def test_after_death_is_not_used_by_measures():
    patient = Patient("1", death=date(2026, 3, 1))
    person = ref.Person(patient)
    rows = rows_of("2026-03-01 p, 2026-03-02 p, 2026-03 p, 2026-04 p")
    person.events = [ref.Placed("events", place, one) for place, one in enumerate(rows)]
    rules = ref.Rules({"measures": {"m": {"events": "pain", "counting": "rows"}}}, LISTS, D)
    found = rules.measure("m", person)
    assert [placed.index for placed in found.rows] == [0, 2]


def test_evidence_is_all_rows_up_to_pick_met_or_not():
    study = """
    measures: {m: {events: pain, at_least: 9, apart: 5 days}, picked: {events: pain, pick: last}}
    include: {line: picked}
    """
    result = run_one(study, "2026-01-01 p, 2026-01-02 p, 2026-01-02 p, - p, 2026-12-01 p")
    assert [(one.used_by, one.index) for one in result.evidence] == [
        ("m", 0),
        ("m", 1),
        ("m", 2),
        ("picked", 1),
        ("picked", 2),
    ]


# ---------------------------------------------------------------- §5, §6


@pytest.mark.parametrize(
    ("node", "rows", "holds"),
    table("""
    criterion                                     | rows                       | holds
    {any: [pain, burns]}                          | 2026-01-01 c               | yes
    {all: [pain, burns]}                          | 2026-01-01 c               | no
    {all: [pain, {not: burns}]}                   | 2026-01-01 p               | yes
    {at_least: {n: 2, of: [pain, burns, now]}}    | 2026-11-01 p               | yes
    {at_least: {n: 2, of: [pain, burns, now]}}    | 2026-01-01 p               | no
    {any: [has_pain]}                             | 2026-01-01 p               | yes
    burns                                         | 2026-01-01 c               | no
    """),
)
def test_logic(node, rows, holds):
    """A line called `burns` is not the measure of that name: the measure wins."""
    include = f"{{has_pain: pain, burns: {{all: [pain, burns]}}, line: {node}}}"
    if node == "burns":
        include = "{burns: {all: [pain, {not: now}]}, line: {all: [burns, pain]}}"
    facts = run_one(f"include: {include}", rows).facts["1"]
    assert facts["line"] is answer(holds)


def test_attrition_closes_and_says_what_each_step_costs():
    study = yaml.safe_load(STUDY) | yaml.safe_load("""
    population: {age: {min: 18, max: 64}}
    include: {has_pain: pain}
    exclude: {burnt: burns}
    """)
    adult = {"birth": date(1980, 1, 1), "birth_precision": "day"}
    patients = [
        Patient("1", **adult),
        Patient("2", **adult),  # also burnt
        Patient("3", birth=date(1950, 1, 1), birth_precision="day"),  # too old, nothing else
        Patient("4", **adult, death=D),
        Patient("5", **adult, is_test=True),
        Patient("6", **adult, is_confidential=True),
        Patient("7", **adult),  # dissent and burnt: no single step brings them back
        Patient("8", **adult),  # on the practice's list
        Patient("9", **adult),  # not registered
    ]
    events = [one for p in patients for one in rows_of("2026-01-01 p", p.patient_id)]
    events += rows_of("2026-01-01 c", "2") + rows_of("2026-01-01 c, - research_dissent", "7")
    stays = [Registration(p.patient_id, date(2000, 1, 1)) for p in patients[:8]]
    extract = Extract(patients, stays, events, [], D)
    result = ref.run(study, D, extract, LISTS, [("8", "research"), ("1", "national")])
    assert [(a.step, a.kind, a.before, a.dropped, a.after, a.gained_if_removed) for a in result.attrition] == [
        ("alive", "population", 9, 1, 8, 1),
        ("registered", "population", 8, 1, 7, 1),
        ("age", "population", 7, 1, 6, 1),
        ("test", "population", 6, 1, 5, 1),
        ("confidential", "population", 5, 1, 4, 1),
        ("has_pain", "include", 4, 0, 4, 0),
        ("burnt", "exclude", 4, 2, 2, 1),
        ("research_dissent", "opt_out", 2, 0, 2, 0),
        ("type_1", "opt_out", 2, 0, 2, 0),
        ("practice_list", "opt_out", 2, 1, 1, 1),
    ]  # fmt: skip
    assert list(result.candidates) == ["1"]
    assert {who: one["dropped_at"] for who, one in result.facts.items()} == {
        "1": "",
        "2": "burnt",
        "7": "burnt",
        "8": "practice_list",
    }
    assert result.facts["2"]["burnt"] is True


def test_steps_that_are_not_asked_have_no_row():
    study = """
    population: {confidential: include}
    opt_outs: {events: opt-outs, type_1_overridden_by: "A Partner, GP"}
    """
    result = run_one(study, "2026-01-01 p, 2026-01-01 type_1_dissent", is_confidential=True)
    steps = [one.step for one in result.attrition]
    assert steps == ["alive", "registered", "test", "has_pain", "research_dissent"]
    assert list(result.candidates) == ["1"]


@pytest.mark.parametrize(
    ("exclude", "rows", "cautions"),
    table("""
    exclude                          | rows                           | cautions
    {line: burns}                    | 2026-11-02 c                   | line
    {line: burns}                    | 2026-12 c                      | line
    {line: burns}                    | 2027 c                         | line
    {line: burns}                    | 1980-05 c                      |
    {line: burns}                    | 1980-06-14 c                   |
    {line: recent}                   | - c                            | line
    {line: recent}                   | 2019 c                         | line
    {line: recent}                   | 1980-05 c                      |
    {line: recent}                   | 2019-01-01 c                   |
    {line: {all: [recent, {not: hot}]}} | 2026-11-02 c                | line
    {line: other}                    | - p                            |
    {line: picked}                   | - c                            | line
    {line: shaped}                   | - c                            | line
    {line: many}                     | 2026-11-01 c                   |
    {line: many}                     | - c                            |
    {line: high}                     | 2026-11-02 c                   |
    {line: high}                     | 2026-11-02 c 5                 | line
    {line: anchored}                 | 2026-11-02 p                   |
    {line: {all: [second, recent]}, second: hot} | 2026-11-02 c       | line; second
    """),
)
def test_cautions(exclude, rows, cautions):
    study = f"""
    measures:
      pain: {{events: pain, category: explicit, before: 2020-01-01}}
      burns: {{events: burns}}
      hot: {{events: burns, category: hot, within: 1 day}}
      recent: {{events: burns, within: 182 days}}
      other: {{events: pain, category: other}}
      picked: {{events: burns, pick: last}}
      shaped: {{events: burns, in_any: 5 days, at_least: 2}}
      many: {{events: burns, at_least: 9}}
      high: {{events: burns, value: {{min: 5}}}}
      anchored: {{events: burns, within: {{span: 5 days, after: pain.first}}}}
    include: {{line_in: pain}}
    exclude: {exclude}
    """
    result = run_one(study, f"2015-01-01 p, {rows}")
    assert result.candidates["1"]["cautions"] == cautions


def test_cautions_in_their_order_each_once():
    study = "exclude: {second: burns, first: {any: [burns, second]}}"
    result = run_one(
        study,
        "2026-01-01 p, 2026-12-01 c, 2026-12-02 c, 2027-01-01 caution",
        opt_outs=[("1", "national"), ("1", "national")],
    )
    words = "second; first; opt-out: caution; opt-out: national"
    assert result.candidates["1"]["cautions"] == words


# ---------------------------------------------------------------- §7


def certified(flag, notes, on=D):
    study = f"flags: {{sick: {{fit_notes: notes, {flag}}}}}"
    return run_one(study, f"2010-01-01 p, {notes}", on=on).candidates["1"]


SPELLS = """
    flag           | notes                                                                        | known | start | days | until | runs
                   | 2026-01-01 not_fit 28 days, 2026-01-20 not_fit 28 days                       | yes | 2026-01-01 | 47 | 2026-02-16 | 1
                   | 2026-01-01 not_fit 28 days, 2026-01-29 not_fit 28 days                       | yes | 2026-01-01 | 56 | 2026-02-25 | 1
                   | 2026-01-01 not_fit 10 days, 2026-01-11 not_fit 10 days, 2026-01-21 not_fit 10 days, 2026-01-31 not_fit 10 days, 2026-02-10 not_fit 10 days | yes | 2026-01-01 | 50 | 2026-02-19 | 1
                   | 2026-01-01 not_fit 28 days, 2026-01-30 not_fit 28 days                       | yes | 2026-01-30 | 28 | 2026-02-26 | 1
    gap: 1 day     | 2026-01-01 not_fit 28 days, 2026-01-30 not_fit 28 days                       | yes | 2026-01-01 | 57 | 2026-02-26 | 1
    gap: 1 day     | 2026-01-01 not_fit 28 days, 2026-01-31 not_fit 28 days                       | yes | 2026-01-31 | 28 | 2026-02-27 | 1
    gap: 1 week    | 2026-01-01 not_fit 28 days, 2026-02-05 not_fit 1 day                         | yes | 2026-01-01 | 36 | 2026-02-05 | 1
                   | 2026-01-01 not_fit 90 days, 2026-01-20 not_fit 7 days                        | yes | 2026-01-01 | 90 | 2026-03-31 | 1
                   | 2026-01-31 not_fit 1 month                                                   | yes | 2026-01-31 | 28 | 2026-02-27 | 1
                   | 2026-01-01 not_fit 2 weeks                                                   | yes | 2026-01-01 | 14 | 2026-01-14 | 1
                   | 2026-01-01 not_fit, 2026-01-01 length_weeks 2                                | yes | 2026-01-01 | 14 | 2026-01-14 | 1
                   | 2026-01-01 not_fit 7 days, 2026-01-01 length_days 9, 2026-01-01 length_days 8 | yes | 2026-01-01 | 9 | 2026-01-09 | 1
                   | 2026-01-01 not_fit, 2026-01-02 length_days 9                                 | no  | - | - | - | 1
                   | 2026-01-01 not_fit 28 mg                                                     | no  | - | - | - | 1
                   | 2026-01-01 not_fit 28                                                        | no  | - | - | - | 1
                   | 2026-01-01 not_fit 0 days                                                    | no  | - | - | - | 1
                   | 2026-01-01 not_fit 0.5 weeks                                                 | no  | - | - | - | 1
                   | 2026-01-01 not_fit 2.5 weeks                                                 | no  | - | - | - | 1
                   | 2025-01-01 not_fit 366 days                                                  | yes | 2025-01-01 | 366 | 2026-01-01 | 1
                   | 2025-01-01 not_fit 367 days                                                  | no  | - | - | - | 1
                   | 2025-01-01 not_fit 52 weeks                                                  | yes | 2025-01-01 | 364 | 2025-12-30 | 1
                   | 2025-01-01 not_fit 53 weeks                                                  | no  | - | - | - | 1
                   | 2024-01-01 not_fit 12 months                                                 | yes | 2024-01-01 | 366 | 2024-12-31 | 1
                   | 2025-01-01 not_fit 13 months                                                 | no  | - | - | - | 1
    within: 1 day  | 2020-01-01 not_fit, 2026-11-01 not_fit 5 days                                | no  | - | - | - | 2
                   | 2026-01-01 not_fit 5 days, 2026-02-05 not_fit 5 days, 2026-03-13 not_fit 5 days | yes | 2026-03-13 | 5 | 2026-03-17 | 2
    issue_gap: 5 weeks | 2026-01-01 not_fit, 2026-02-05 not_fit                                   | no  | - | - | - | 1
    issue_gap: 34 days | 2026-01-01 not_fit, 2026-02-05 not_fit                                   | no  | - | - | - | 2
                   | 2026-11-02 not_fit 5 days, - not_fit 5 days, 2026-03 not_fit 5 days          | no  | - | - | - | 0
                   | 2026-01-01 duplicate 5 days                                                  | no  | - | - | - | 0
"""


@pytest.mark.parametrize(
    ("flag", "notes", "known", "start", "days", "until", "runs"), table(SPELLS)
)
def test_spells(flag, notes, known, start, days, until, runs):
    columns = certified(flag, notes)
    assert columns["length_known"] is answer(known)
    assert columns["spell_start"] == day(start)
    assert columns["spell_days"] == (None if days == "-" else int(days))
    assert columns["certified_until"] == day(until)
    assert columns["issued_runs"] == int(runs)


@pytest.mark.parametrize(
    ("flag", "notes", "sick", "count", "first", "last", "statement"),
    table("""
    flag            | notes                                                  | sick | count | first | last | statement
                    | 2026-01-01 may_be_fit, 2026-01-01 not_fit, 2026-01-01 unspecified | yes | 1 | 2026-01-01 | 2026-01-01 | not_fit
                    | 2026-01-01 not_fit, 2026-02-01 may_be_fit, 2026-02-01 unspecified | yes | 2 | 2026-01-01 | 2026-02-01 | may_be_fit
    within: 182 days | 2026-05-02 not_fit, 2026-05-03 unspecified            | yes  | 1 | 2026-05-03 | 2026-05-03 | unspecified
    within: 182 days | 2026-05-02 not_fit                                    | no   | 0 | - | - | -
                    | 2026-01-01 duplicate, 2026-01-01 negated, 2026-01-01 fit, 2026-01-01 self_certificate, 2026-01-01 administrative | no | 0 | - | - | -
                    | 2026-01-01 private, 2026-01-01 heading                 | no   | 0 | - | - | -
    private: count  | 2026-01-01 private, 2026-02-01 heading                 | yes  | 1 | 2026-01-01 | 2026-01-01 | unspecified
    headings: count | 2026-01-01 private, 2026-02-01 heading                 | yes  | 1 | 2026-02-01 | 2026-02-01 | unspecified
                    | 2026-11-01 not_fit, 2026-11-02 not_fit                 | yes  | 1 | 2026-11-01 | 2026-11-01 | not_fit
                    | - not_fit                                              | no   | 0 | - | - | -
    """),
)
def test_certified_sickness(flag, notes, sick, count, first, last, statement):
    columns = certified(flag, notes)
    assert columns["certified_sickness"] is answer(sick)
    assert columns["fit_notes"] == int(count)
    assert (columns["fit_note_first"], columns["fit_note_last"]) == (day(first), day(last))
    assert (columns["last_statement"] or "-") == statement


@pytest.mark.parametrize(
    ("notes", "long_term"),
    table("""
    notes                                                                    | long term
    2026-08-02 not_fit 92 days                                               | yes
    2026-08-03 not_fit 92 days                                               | no
    2026-08-02 not_fit 91 days                                               | no
    2026-05-01 not_fit 184 days                                              | no
    2026-05-01 not_fit 185 days                                              | yes
    2026-08-02 not_fit, 2026-09-05 not_fit, 2026-10-10 not_fit, 2026-11-01 not_fit | yes
    2026-08-03 not_fit, 2026-09-05 not_fit, 2026-10-10 not_fit, 2026-11-01 not_fit | no
    2026-06-28 not_fit, 2026-08-01 not_fit, 2026-09-05 not_fit, 2026-09-27 not_fit | yes
    2026-06-27 not_fit, 2026-08-01 not_fit, 2026-09-05 not_fit, 2026-09-26 not_fit | no
    """),
)
def test_long_term(notes, long_term):
    assert certified("", notes)["long_term"] is answer(long_term)


@pytest.mark.parametrize(
    ("rows", "status", "when", "age", "stale", "tier"),
    table("""
    rows                                            | status         | date       | age | stale | tier
                                                    | unknown        | -          | -   | -     | C
    1980-06-14 in_work                              | unknown        | -          | -   | -     | C
    2026-01-01 other, 2026-01-01 benefit_form       | unknown        | -          | -   | -     | C
    2026-11-01 in_work                              | in_work        | 2026-11-01 | 0   | no    | X
    2025-11-01 in_work                              | in_work        | 2025-11-01 | 365 | no    | X
    2025-10-31 in_work                              | in_work        | 2025-10-31 | 366 | yes   | C
    2026-01-01 job_loss                             | out_of_work    | 2026-01-01 | 304 | no    | A
    2026-01-01 job_loss, 2026-01-01 out_of_work     | out_of_work    | 2026-01-01 | 304 | no    | A
    2026-01-01 job_loss, 2026-01-01 in_work         | conflict       | 2026-01-01 | 304 | no    | C
    2026-01-01 unfit_for_work                       | unfit_for_work | 2026-01-01 | 304 | no    | B
    2020-01-01 unfit_for_work                       | unfit_for_work | 2020-01-01 | 2496 | yes  | C
    2026-01-01 not_seeking, 2025-12-31 in_work      | not_seeking    | 2026-01-01 | 304 | no    | C
    2026-01-01 in_work, 2026-11-02 out_of_work, - out_of_work | in_work | 2026-01-01 | 304 | no  | X
    2026-01-01 out_of_work, 2026-02-01 absence      | out_of_work    | 2026-01-01 | 304 | no    | A
    """),
)
def test_work_status(rows, status, when, age, stale, tier):
    columns = run_one("flags: {w: {work_status: work}}", f"2010-01-01 p, {rows}").candidates["1"]
    assert columns["work_status"] == status
    assert columns["work_status_date"] == day(when)
    assert columns["work_status_age_days"] == (None if age == "-" else int(age))
    assert columns["work_status_stale"] is answer(stale)
    assert columns["tier"] == tier


@pytest.mark.parametrize(
    ("rows", "tier"),
    table("""
    rows                                            | tier
    2026-10-01 not_fit                              | B
    2026-10-01 not_fit, 2026-10-01 in_work          | X
    2026-10-01 not_fit, 2026-10-01 out_of_work      | A
    2026-10-01 not_fit, 2020-10-01 in_work          | B
    2026-10-01 not_fit, 2026-10-01 in_work, 2026-10-01 out_of_work | B
    2020-10-01 not_fit                              | C
    """),
)
def test_tier_with_both_flags(rows, tier):
    flags = "flags: {s: {fit_notes: notes, within: 182 days}, w: {work_status: work}}"
    assert run_one(flags, f"2010-01-01 p, {rows}").candidates["1"]["tier"] == tier


def test_columns_of_undeclared_flags_are_absent():
    columns = run_one("{}", "2010-01-01 p").candidates["1"]
    assert set(columns) == {"age", "sex", "birth_precision", "cautions"}


# ---------------------------------------------------------------- §8


@pytest.mark.parametrize(
    ("rows", "dropped_at"),
    table("""
    rows                                                                | dropped at
    2020-01-01 research_dissent                                         | research_dissent
    2027-01-01 research_dissent                                         | research_dissent
    1970-01-01 research_dissent                                         | research_dissent
    - research_dissent                                                  | research_dissent
    2020-01-01 type_1_dissent                                           | type_1
    2020-01-01 research_dissent, 2020-01-02 research_withdrawn          |
    2020-01-01 research_dissent, 2020-01-01 research_withdrawn          | research_dissent
    2020-01-01 research_dissent, 2026-11-01 research_withdrawn          |
    2020-01-01 research_dissent, 2026-11-02 research_withdrawn          | research_dissent
    2020-01-01 research_dissent, 2021-01-01 type_1_withdrawn            | research_dissent
    2020-01-01 research_dissent, - research_withdrawn                   | research_dissent
    2020-01-01 research_dissent, 2026 research_withdrawn                | research_dissent
    - research_dissent, 2026-10-01 research_withdrawn                   | research_dissent
    2019 research_dissent, 2026-10-01 research_withdrawn                | research_dissent
    2020-01-01 research_dissent, 2021-01-01 research_withdrawn, 2022-01-01 research_dissent | research_dissent
    1970-01-01 research_dissent, 1971-01-01 research_withdrawn          | research_dissent
    1970-01-01 research_dissent, 1990-01-01 research_withdrawn          |
    2020-01-01 research_withdrawn                                       |
    2020-01-01 caution                                                  |
    """),
)
def test_coded_opt_outs(rows, dropped_at):
    assert run_one("{}", f"2010-01-01 p, {rows}").facts["1"]["dropped_at"] == dropped_at


def test_withdrawal_after_death_does_not_count():
    person = ref.Person(Patient("1", death=date(2021, 1, 1)))
    rows = rows_of("2020-01-01 research_dissent, 2021-01-02 research_withdrawn")
    person.events = [ref.Placed("events", place, one) for place, one in enumerate(rows)]
    assert ref.has_dissented(person, "research", LISTS["opt-outs"], D)


@pytest.mark.parametrize(
    ("entries", "kept", "cautions"),
    [
        ([], True, ""),
        ([("1", "research")], False, None),
        ([("1", "type_1")], False, None),
        ([("1", "national"), ("2", "research")], True, "opt-out: national"),
        ([("1", "national"), ("1", "research")], False, None),
    ],
)
def test_practice_list_removes_also_under_an_override(entries, kept, cautions):
    study = "opt_outs: {events: opt-outs, type_1_overridden_by: A Partner}"
    result = run_one(study, "2010-01-01 p, 2020-01-01 type_1_dissent", entries)
    assert [one.step for one in result.attrition][-2:] == ["research_dissent", "practice_list"]
    assert ("1" in result.candidates) is kept
    if kept:
        assert result.candidates["1"]["cautions"] == cautions


def test_without_opt_outs_nothing_runs():
    study = yaml.safe_load(STUDY)
    del study["opt_outs"]
    with pytest.raises(ref.RefusedError):
        ref.run(study, D, one_person("2010-01-01 p"), LISTS)


# ---------------------------------------------------------------- §1, §5: definitions


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
    extract = one_person("2020-01-01 p")
    write_extract(extract, tmp_path, registrations_file=False)
    with (tmp_path / "patients.csv").open(encoding="utf-8") as file:
        (patient,) = csv.DictReader(file)
    assert (patient["registration_start"], patient["registration_end"]) == ("2000-01-01", "")
    assert patient["registration_kind"] == "regular"
    assert not (tmp_path / "registrations.csv").exists()
    twice = Extract(extract.patients, [*extract.registrations] * 2, [], [], D)
    with pytest.raises(ValueError, match="one registration each"):
        write_extract(twice, tmp_path, registrations_file=False)
