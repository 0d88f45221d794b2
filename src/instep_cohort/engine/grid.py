"""The candidates of many variants of a study, from one pass over the store.

What is shared is fetched and measured once: the variants' measures are put together under new
names, each distinct one once, and the engine runs them as the measures of one plan. Which people
each variant takes is then only true and false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.engine.frames import Engine
from instep_cohort.engine.measures import anchor_levels, measure
from instep_cohort.engine.people import people
from instep_cohort.engine.population import in_age, registered_patients
from instep_cohort.engine.rows import matched_rows, used_rows
from instep_cohort.engine.uses import Uses
from instep_cohort.extracts import Store
from instep_cohort.study.plan import (
    AnchoredWindow,
    AtLeast,
    Line,
    Logic,
    Measured,
    MeasurePlan,
    Not,
    Plan,
    PopulationPlan,
)
from instep_cohort.study.spans import day_number

_SHARED = ("alive", "test", "confidential", "research_dissent", "type_1", "practice_list")


@dataclass(frozen=True)
class Merged:
    """The variants of one study as one plan.

    Attributes:
        plan: every distinct measure of the variants, no lines and no flags.
        names: for each variant, the name in ``plan`` of each of its measures.
    """

    plan: Plan
    names: Sequence[dict[str, str]]


def merged(variants: Sequence[Plan]) -> Merged:
    """The plan that measures what all the variants measure; they share their search date."""
    known: dict[MeasurePlan, str] = {}
    names = [_names_in(plan, known) for plan in variants]
    measures = {name: replace(one, name=name) for one, name in known.items()}
    plan = replace(variants[0], measures=measures, lines=(), fit_notes=None, work_status=None)
    return Merged(plan, names)


def _names_in(plan: Plan, known: dict[MeasurePlan, str]) -> dict[str, str]:
    """The common name of each measure of a plan; those that are new are added to ``known``."""
    names: dict[str, str] = {}
    for level in anchor_levels(plan):
        for one in level:
            window = one.window
            if isinstance(window, AnchoredWindow):
                window = replace(window, anchor=names[window.anchor])
            # the same question has the same name, whatever each variant calls it
            question = replace(one, name="", window=window)
            names[one.name] = known.setdefault(question, f"m{len(known)}")
    return names


def candidates(
    engine: Engine,
    store: Store,
    variants: Sequence[Plan],
    shared: Merged,
    uses: Uses,
    *,
    steps: Sequence[str],
    practice_list: pa.Table,
) -> list[pa.ChunkedArray]:
    """The patient_id of every candidate of each variant, in the order of patient_key.

    Args:
        engine: where it runs.
        store: the extract.
        variants: the plans, which differ by their parameters only.
        shared: what `merged` made of them.
        uses: the uses of its plan.
        steps: the names of a variant's attrition steps.
        practice_list: patient_id, practice_list, national: the practice's own, maybe no rows.
    """
    matched = matched_rows(engine, store, uses, shared.plan.search_day)
    used = used_rows(engine, matched, uses)
    table = people(
        engine,
        store,
        shared.plan,
        uses,
        facts=measure(engine, used, uses, shared.plan).facts,
        used=used,
        practice_list=practice_list,
        extract_day=day_number(store.extract_date),
        steps=[step for step in steps if step in _SHARED],
    )
    # who fails one of the shared steps is a candidate of no variant
    table = table.filter(pc.equal(table["failed"], 0))
    looked_at: dict[PopulationPlan, pa.ChunkedArray] = {}
    found = []
    for plan, names in zip(variants, shared.names, strict=True):
        if plan.population not in looked_at:
            looked_at[plan.population] = _population(engine, store, table, plan)
        met = {name: table[f"m{uses.measures[common]}_met"] for name, common in names.items()}
        taken = _taken(plan, met, looked_at[plan.population])
        found.append(table["patient_id"].filter(taken))
    return found


def _population(engine: Engine, store: Store, table: pa.Table, plan: Plan) -> pa.ChunkedArray:
    """Who of the table is registered and of the age that a variant asks for."""
    registered = engine.take(
        registered_patients(engine, store, plan.population, plan.search_day).select("patient_key")
    )
    holds = pc.is_in(table["patient_key"], registered["patient_key"].combine_chunks())
    if not plan.population.asks_age:
        return holds
    births = engine.bring(table.select(["patient_key", "birth_day", "birth_precision"]))
    aged = engine.take(births.filter(in_age(plan.population, plan.on)).select("patient_key"))
    return pc.and_(holds, pc.is_in(table["patient_key"], aged["patient_key"].combine_chunks()))


def _taken(
    plan: Plan, met: dict[str, pa.ChunkedArray], population: pa.ChunkedArray
) -> pa.ChunkedArray:
    """Who passes the population and every line of a variant."""
    held: dict[str, pa.ChunkedArray] = {}

    def holds(logic: Logic) -> pa.ChunkedArray:
        match logic:
            case Measured(name):
                return met[name]
            case Line(name):
                if name not in held:
                    held[name] = holds(plan.line(name).logic)
                return held[name]
            case Not(part):
                return pc.invert(holds(part))
            case AtLeast(n, parts):
                return _at_least(n, [holds(part) for part in parts])

    taken = population
    for line in plan.lines:
        passes = holds(Line(line.name))
        taken = pc.and_(taken, passes if line.role == "include" else pc.invert(passes))
    return taken


def _at_least(n: int, parts: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    number = pc.cast(parts[0], pa.int32())
    for part in parts[1:]:
        number = pc.add(number, pc.cast(part, pa.int32()))
    return pc.greater_equal(number, n)
