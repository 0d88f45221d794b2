"""Every patient of the extract with every fact and every step, a row each (RULES.md §5, §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.engine.logic import count_true, lines_held
from instep_cohort.engine.uses import Uses
from instep_cohort.study.plan import Plan

_PERSON = ("patient_key", "patient_id", "practice_id", "sex", "birth_day", "birth_precision")
_POPULATION = ("alive", "registered", "age", "test", "confidential")


def people(
    plan: Plan,
    uses: Uses,
    *,
    population: pa.Table,
    facts: pa.Table,
    opt_outs: pa.Table,
    practice_list: pa.Table,
    steps: Sequence[str],
) -> pa.Table:
    """One row for each patient of the extract, in the order of patient_key.

    Columns: patient_key, patient_id, practice_id, sex, birth_day, birth_precision; for the measure
    with use_key k `m{k}_met`; for each line of the plan, by its place, `l{i}`; `caution`,
    `national`; `dropped`: the number of the first step that is not passed (-1: none), and
    `failed`: how many are not.

    Args:
        plan: the study.
        uses: its uses.
        population: what `population.population` gave.
        facts: what `measures.measure` gave.
        opt_outs: what `opt_outs.coded_opt_outs` gave.
        practice_list: patient_id, practice_list, national: the practice's own, maybe no rows.
        steps: the names of the steps in the order of RULES.md §6.
    """
    met = measures_met(plan, uses, facts, population["patient_key"])
    lines = lines_held(plan, met)
    passed = passes(plan, lines, population, opt_outs, practice_list)
    failed = [pc.invert(passed[step]) for step in steps]
    columns = {
        **{name: population[name] for name in _PERSON},
        **{f"m{key}_met": met[name] for name, key in uses.measures.items()},
        **{f"l{i}": lines[line.name] for i, line in enumerate(plan.lines)},
        "caution": said_of(population, "patient_key", opt_outs, "caution"),
        "national": said_of(population, "patient_id", practice_list, "national"),
        "dropped": _first_true(failed),
        "failed": count_true(failed),
    }
    return pa.table(columns)


def measures_met(
    plan: Plan, uses: Uses, facts: pa.Table, patients: pa.ChunkedArray
) -> dict[str, pa.ChunkedArray]:
    """Whether each measure is met, for each of the patients, by their keys."""
    met = {}
    for name, key in uses.measures.items():
        own = facts.filter(pc.equal(facts["use_key"], key))
        holds = pc.is_in(patients, value_set=own["patient_key"].filter(own["met"]))
        if plan.measures[name].met_by_no_rows:
            without_rows = pc.invert(pc.is_in(patients, value_set=own["patient_key"]))
            holds = pc.or_(holds, without_rows)
        met[name] = holds
    return met


def passes(
    plan: Plan,
    lines: Mapping[str, pa.ChunkedArray],
    population: pa.Table,
    opt_outs: pa.Table,
    practice_list: pa.Table,
) -> dict[str, pa.ChunkedArray]:
    """For each step of RULES.md §6, asked for or not, whether each patient passes it."""
    passed = {name: population[name] for name in _POPULATION}
    for line in plan.lines:
        holds = lines[line.name]
        passed[line.name] = holds if line.role == "include" else pc.invert(holds)
    for name in ("research_dissent", "type_1"):
        passed[name] = pc.invert(said_of(population, "patient_key", opt_outs, name))
    listed = said_of(population, "patient_id", practice_list, "practice_list")
    return passed | {"practice_list": pc.invert(listed)}


def said_of(people: pa.Table, on: str, said: pa.Table, what: str) -> pa.ChunkedArray:
    """Whether a table, which has a row for few of the people, says something of each of them."""
    return pc.is_in(people[on], value_set=said[on].filter(said[what]))


def _first_true(parts: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """The place of the first part that is true, -1 where none is (int32)."""
    first = pa.scalar(-1, pa.int32())
    for place, part in reversed(list(enumerate(parts))):
        first = pc.if_else(part, pa.scalar(place, pa.int32()), first)
    return first
