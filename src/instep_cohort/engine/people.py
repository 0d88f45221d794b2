"""Every patient of the extract with every fact and every step, a row each (RULES.md §5, §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import pyarrow as pa

from instep_cohort.engine.frames import Engine
from instep_cohort.engine.opt_outs import coded_opt_outs
from instep_cohort.engine.population import in_age, is_alive, registered_patients
from instep_cohort.engine.uses import Uses
from instep_cohort.extracts import Store
from instep_cohort.study.plan import AtLeast, Line, LinePlan, Logic, Measured, Not, Plan

if TYPE_CHECKING:
    from instep_cohort.engine.frames import Frame


def people(
    engine: Engine,
    store: Store,
    plan: Plan,
    uses: Uses,
    *,
    facts: Frame,
    used: Frame,
    practice_list: pa.Table,
    extract_day: int,
    steps: Sequence[str],
) -> pa.Table:
    """One row for each patient of the extract, in the order of patient_key.

    Columns: patient_key, patient_id, practice_id, sex, birth_day, birth_precision; for the measure
    with use_key k `m{k}_met`; for each line of the plan, by its place, `l{i}`; `caution`,
    `national`; `dropped`: the number of the first step that is not passed (-1: none), and
    `failed`: how many are not.

    Args:
        engine: where the frames live.
        store: the extract.
        plan: the study.
        uses: its uses.
        facts: what `measures.measure` gave.
        used: what `rows.used_rows` gave.
        practice_list: patient_id, practice_list, national: the practice's own, maybe no rows.
        extract_day: the day of the extract.
        steps: the names of the steps in the order of RULES.md §6.
    """
    registered = registered_patients(engine, store, plan.population, plan.search_day)
    # each part is set aside: an engine that plans at every step then plans small frames
    parts = [
        engine.keep(registered.with_columns(nw.lit(value=True).alias("registered"))),
        engine.keep(coded_opt_outs(used, uses, plan.search_day)),
        engine.keep(_wide(facts, uses)),
    ]
    frame = engine.open(store.table_path("patients"))
    for part in parts:
        frame = frame.join(part, on="patient_key", how="left")
    frame = frame.join(engine.bring(practice_list), on="patient_id", how="left")
    frame = frame.with_columns(*_without_rows(plan, uses))
    frame = _with_lines(frame, plan, uses)
    passes = _passes(plan, extract_day)
    failed = [~passes[step] for step in steps]
    found = frame.select(
        *("patient_key", "patient_id", "practice_id", "sex", "birth_day", "birth_precision"),
        *(f"m{key}_met" for key in uses.measures.values()),
        *(f"l{i}" for i in range(len(plan.lines))),
        *("caution", "national"),
        _first_true(failed).alias("dropped"),
        _count_true(failed).alias("failed"),
    )
    return engine.take(found).sort_by("patient_key")


def _wide(facts: Frame, uses: Uses) -> Frame:
    """One row for each patient of whom there are facts: 1 where a measure is met, 0 where not."""
    met = nw.when(nw.col("met")).then(nw.lit(1)).otherwise(nw.lit(0))
    facts = facts.select("patient_key", "use_key", met.alias("met"))
    columns = (
        nw.when(nw.col("use_key") == key).then(nw.col("met")).max().alias(f"m{key}_met")
        for key in uses.measures.values()
    )
    return facts.group_by("patient_key").agg(*columns)


def _without_rows(plan: Plan, uses: Uses) -> Sequence[nw.Expr]:
    """What holds for a patient of whom a part says nothing."""
    absent = ("registered", "research_dissent", "type_1", "caution", "practice_list", "national")
    columns = [nw.col(name).fill_null(value=False) for name in absent]
    for name, key in uses.measures.items():
        met, without_rows = f"m{key}_met", int(plan.measures[name].met_by_no_rows)
        columns.append((nw.col(met).fill_null(without_rows) == 1).alias(met))
    return columns


def _with_lines(frame: Frame, plan: Plan, uses: Uses) -> Frame:
    """Each line as a boolean column, those that others name before the ones that name them."""
    place = {line.name: i for i, line in enumerate(plan.lines)}
    done: set[str] = set()

    def expression(logic: Logic) -> nw.Expr:
        match logic:
            case Measured(name):
                return nw.col(f"m{uses.measures[name]}_met")
            case Line(name):
                return nw.col(f"l{place[name]}")
            case Not(part):
                return ~expression(part)
            case AtLeast(n, parts):
                return _at_least(n, [expression(part) for part in parts])

    waiting: list[LinePlan] = list(plan.lines)
    while waiting:
        ready = [line for line in waiting if named_lines(line.logic) <= done]
        frame = frame.with_columns(
            *(expression(line.logic).alias(f"l{place[line.name]}") for line in ready)
        )
        done |= {line.name for line in ready}
        waiting = [line for line in waiting if line.name not in done]
    return frame


def named_lines(logic: Logic) -> set[str]:
    """The lines that a piece of logic names itself."""
    match logic:
        case Line(name):
            return {name}
        case Not(part):
            return named_lines(part)
        case AtLeast(_, parts):
            return set().union(*(named_lines(part) for part in parts))
        case _:
            return set()


def _at_least(n: int, parts: Sequence[nw.Expr]) -> nw.Expr:
    if n == 1:
        return nw.any_horizontal(*parts, ignore_nulls=False)
    if n == len(parts):
        return nw.all_horizontal(*parts, ignore_nulls=False)
    return _count_true(parts) >= n


def _count_true(parts: Sequence[nw.Expr]) -> nw.Expr:
    ones = [nw.when(part).then(nw.lit(1)).otherwise(nw.lit(0)) for part in parts]
    return nw.sum_horizontal(*ones).cast(nw.Int32())


def _first_true(parts: Sequence[nw.Expr]) -> nw.Expr:
    """The place of the first part that is true, -1 where none is."""
    result: nw.Expr = nw.lit(-1)
    for place, part in reversed(list(enumerate(parts))):
        result = nw.when(part).then(nw.lit(place)).otherwise(result)
    return result.cast(nw.Int32())


def _passes(plan: Plan, extract_day: int) -> dict[str, nw.Expr]:
    """For each step of RULES.md §6 whether a patient passes it."""
    passes = {
        "alive": is_alive(plan.search_day, extract_day),
        "registered": nw.col("registered"),
        "age": in_age(plan.population, plan.on),
        "test": ~nw.col("is_test"),
        "confidential": ~nw.col("is_confidential"),
    }
    for i, line in enumerate(plan.lines):
        holds = nw.col(f"l{i}")
        passes[line.name] = holds if line.role == "include" else ~holds
    for name in ("research_dissent", "type_1", "practice_list"):
        passes[name] = ~nw.col(name)
    return passes
