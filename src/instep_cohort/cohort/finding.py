"""A compiled study met with a store: the tables of the result, nothing refused any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.codelists import Resolution
from instep_cohort.cohort.candidates import candidate_tables
from instep_cohort.cohort.facts import facts_table
from instep_cohort.cohort.result import TableName
from instep_cohort.cohort.tier_table import tier_table
from instep_cohort.engine.attrition import AttritionRow, attrition
from instep_cohort.engine.evidence import evidence_table
from instep_cohort.engine.frames import Engine
from instep_cohort.engine.running import Findings, in_population, run
from instep_cohort.engine.uses import ListUse, Uses, uses_of
from instep_cohort.extracts import Store
from instep_cohort.study import Plan, Step, describe_step, steps_of

ATTRITION = pa.schema(
    [
        ("step", pa.string()),
        ("kind", pa.string()),
        ("text", pa.string()),
        ("before", pa.int64()),
        ("dropped", pa.int64()),
        ("after", pa.int64()),
        ("gained_if_removed", pa.int64()),
    ]
)

NO_PRACTICE_LIST = pa.table(
    {
        "patient_id": pa.array([], pa.string()),
        "practice_list": pa.array([], pa.bool_()),
        "national": pa.array([], pa.bool_()),
    }
)


class Found(NamedTuple):
    """The tables of a result, its attrition as rows, and the id of every patient."""

    tables: Mapping[TableName, pa.Table]
    attrition: Sequence[AttritionRow]
    patient_ids: pa.ChunkedArray


def find(
    plan: Plan,
    resolutions: Mapping[ListUse, Resolution],
    store: Store,
    engine: Engine,
    *,
    practice_list: pa.Table | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Found:
    """Candidates, evidence, facts, spells, runs and attrition of a study in a store.

    Args:
        plan: the compiled study.
        resolutions: what each of its lists is among the store's codes of each kind.
        store: the extract.
        engine: where it runs.
        practice_list: the practice's own opt-outs (patient_id, practice_list, national); None
            where there is none, and then no step of that name.
        progress: told what is being done.
    """
    steps = steps_of(plan, practice_list=practice_list is not None)
    uses = uses_of(plan, resolutions)
    findings = run(
        engine,
        store,
        plan,
        uses,
        steps=[step.name for step in steps],
        practice_list=NO_PRACTICE_LIST if practice_list is None else practice_list,
        progress=progress,
    )
    return tables_of(plan, uses, findings, steps, store.codes())


def tables_of(
    plan: Plan, uses: Uses, findings: Findings, steps: Sequence[Step], codes: pa.Table
) -> Found:
    """What the engine found, as the tables that people read.

    Args:
        plan: the compiled study.
        uses: its uses.
        findings: what the engine found.
        steps: the steps of its attrition, in order.
        codes: the store's codes, by code_key.
    """
    people, evidence = findings.people, findings.evidence
    population = in_population(people, sum(step.kind == "population" for step in steps))
    looked_at = people["patient_key"].filter(population)
    shown = evidence.filter(pc.is_in(evidence["patient_key"], looked_at))
    names = [step.name for step in steps]
    listed = candidate_tables(plan, uses, findings, codes["term"].to_pylist())
    texts = [(step.name, step.kind, describe_step(plan, step)) for step in steps]
    counted = attrition(people, texts)
    tables: dict[TableName, pa.Table] = {
        "candidates": listed.candidates,
        "evidence": evidence_table(shown, uses, people["patient_id"], codes),
        "facts": facts_table(plan, uses, people.filter(population), findings.facts, names),
        "spells": listed.spells,
        "runs": listed.runs,
        "tiers": tier_table(plan, listed.candidates),
        "attrition": pa.Table.from_pylist([row._asdict() for row in counted], schema=ATTRITION),
    }
    return Found(tables, counted, people["patient_id"])
