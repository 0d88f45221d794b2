"""The candidates of many variants of a study, from one pass over the store.

What is shared is fetched and measured once: the variants' measures are put together under new
names, each distinct one once, and the engine runs them as the measures of one plan. Which people
each variant takes is then only true and false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.engine.frames import Engine
from instep_cohort.engine.logic import lines_held
from instep_cohort.engine.measures import anchor_levels, measure
from instep_cohort.engine.opt_outs import coded_opt_outs
from instep_cohort.engine.people import measures_met, passes
from instep_cohort.engine.population import population
from instep_cohort.engine.rows import matched_rows, used_rows
from instep_cohort.engine.uses import Uses
from instep_cohort.extracts import Store
from instep_cohort.study import steps_of
from instep_cohort.study.plan import AnchoredWindow, MeasurePlan, Plan, PopulationPlan
from instep_cohort.study.spans import day_number


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
    practice_list: pa.Table,
) -> list[pa.ChunkedArray]:
    """The patient_id of every candidate of each variant, in the order of patient_key.

    Args:
        engine: where it runs.
        store: the extract.
        variants: the plans, which differ by their parameters only.
        shared: what `merged` made of them.
        uses: the uses of its plan.
        practice_list: patient_id, practice_list, national: the practice's own, maybe no rows.
    """
    matched = matched_rows(engine, store, uses, shared.plan.search_day)
    used = used_rows(engine, matched, uses)
    facts = engine.take(measure(engine, used, uses, shared.plan).facts)
    opt_outs = engine.take(coded_opt_outs(used, uses, shared.plan.search_day))
    extract_day = day_number(store.extract_date)
    looked_at: dict[PopulationPlan, pa.Table] = {}
    met: dict[str, pa.ChunkedArray] = {}
    found = []
    for plan, names in zip(variants, shared.names, strict=True):
        if plan.population not in looked_at:
            looked_at[plan.population] = population(engine, store, plan, extract_day)
        people = looked_at[plan.population]
        met = met or measures_met(shared.plan, uses, facts, people["patient_key"])
        lines = lines_held(plan, {name: met[common] for name, common in names.items()})
        passed = passes(plan, lines, people, opt_outs, practice_list)
        # a practice list without rows drops nobody
        steps = [step.name for step in steps_of(plan, practice_list=True)]
        taken = reduce(pc.and_, (passed[step] for step in steps))
        found.append(people["patient_id"].filter(taken))
    return found
