"""One pass over a store: fetch the rows a study uses, measure them, and put the people together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.engine.evidence import evidence_rows
from instep_cohort.engine.frames import Engine
from instep_cohort.engine.measures import Measures, measure
from instep_cohort.engine.opt_outs import coded_opt_outs
from instep_cohort.engine.people import people
from instep_cohort.engine.population import population
from instep_cohort.engine.rows import matched_rows, missed_for_their_date, used_rows
from instep_cohort.engine.uses import Uses
from instep_cohort.extracts import Store
from instep_cohort.study.plan import Plan
from instep_cohort.study.spans import day_number

if TYPE_CHECKING:
    from instep_cohort.engine.frames import Frame


@dataclass(frozen=True)
class Findings:
    """What a study found in one store, still in keys.

    Attributes:
        people: one row per patient of the extract (`people.people`).
        facts: what each measure came to for each patient with a row of it: use_key, patient_key,
            met, count, first, last.
        evidence: the rows behind every fact (`evidence.evidence_rows`).
        missed: patient_key, use_key: rows that an exclude line would have used but for their date.
    """

    people: pa.Table
    facts: pa.Table
    evidence: pa.Table
    missed: pa.Table


def run(
    engine: Engine,
    store: Store,
    plan: Plan,
    uses: Uses,
    *,
    steps: Sequence[str],
    practice_list: pa.Table,
    progress: Callable[[str], None] = lambda _: None,
) -> Findings:
    """What the study finds in the store.

    Args:
        engine: the engine to run on.
        store: the extract.
        plan: the compiled study.
        uses: what its lists are on this extract.
        steps: the names of the attrition steps, in order.
        practice_list: the practice's own opt-outs: patient_id, practice_list, national.
        progress: told what is being done.
    """
    read = _read(engine, store, plan, uses, progress)
    progress("putting the people together")
    found = _people(engine, store, plan, uses, read, steps, practice_list)
    progress("collecting the evidence")
    rows = evidence_rows(engine, read.measures.rows, read.used, uses)
    excluding = exclude_measures(plan)
    missed = missed_for_their_date(engine, read.matched, uses, excluding)
    return Findings(found, read.facts, rows, missed)


def run_for_people(
    engine: Engine,
    store: Store,
    plan: Plan,
    uses: Uses,
    *,
    steps: Sequence[str],
    practice_list: pa.Table,
) -> pa.Table:
    """Who passes which step, without the evidence: the `people` of `run`, with its arguments."""
    read = _read(engine, store, plan, uses, lambda _: None)
    return _people(engine, store, plan, uses, read, steps, practice_list)


class _Read(NamedTuple):
    """The rows of a study, as far as they were looked at, and what its measures come to."""

    matched: Frame
    used: Frame
    measures: Measures
    facts: pa.Table


def _read(
    engine: Engine, store: Store, plan: Plan, uses: Uses, progress: Callable[[str], None]
) -> _Read:
    progress("fetching the rows that the codelists name")
    matched = matched_rows(engine, store, uses, plan.search_day)
    used = used_rows(engine, matched, uses)
    progress("measuring")
    measured = measure(engine, used, uses, plan)
    return _Read(matched, used, measured, engine.take(measured.facts))


def _people(
    engine: Engine,
    store: Store,
    plan: Plan,
    uses: Uses,
    read: _Read,
    steps: Sequence[str],
    practice_list: pa.Table,
) -> pa.Table:
    return people(
        plan,
        uses,
        population=population(engine, store, plan, day_number(store.extract_date)),
        facts=read.facts,
        opt_outs=engine.take(coded_opt_outs(read.used, uses, plan.search_day)),
        practice_list=practice_list,
        steps=steps,
    )


def exclude_measures(plan: Plan) -> list[str]:
    """The measures that the exclude lines lead to, each once, in the study's order."""
    led_to = {
        name
        for line in plan.lines
        if line.role == "exclude"
        for name in plan.measures_of(line.logic)
    }
    return [name for name in plan.measures if name in led_to]


def in_population(people: pa.Table, first_line: int) -> pa.ChunkedArray:
    """Who passes every population step: true or false per row of people.

    Args:
        people: what `people.people` gave.
        first_line: the number of the first step after the population's.
    """
    dropped = people["dropped"]
    return pc.or_(pc.less(dropped, 0), pc.greater_equal(dropped, first_line))
