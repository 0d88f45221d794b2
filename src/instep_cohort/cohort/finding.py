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
from instep_cohort.engine.attrition import AttritionRow, attrition
from instep_cohort.engine.evidence import evidence_table
from instep_cohort.engine.frames import Engine
from instep_cohort.engine.running import in_population, run
from instep_cohort.engine.uses import ListUse, uses_of
from instep_cohort.extracts import Store
from instep_cohort.study import Plan, describe_step, steps_of

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
    """Candidates, evidence, facts, spells and attrition of a study in a store.

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
    names = [step.name for step in steps]
    uses = uses_of(plan, resolutions)
    findings = run(
        engine,
        store,
        plan,
        uses,
        steps=names,
        practice_list=NO_PRACTICE_LIST if practice_list is None else practice_list,
        progress=progress,
    )
    people = findings.people
    population = in_population(people, sum(step.kind == "population" for step in steps))
    codes = store.codes()
    looked_at = people["patient_key"].filter(population)
    evidence = findings.evidence
    shown = evidence.filter(pc.is_in(evidence["patient_key"], looked_at))
    listed = candidate_tables(plan, uses, findings, codes["term"].to_pylist())
    texts = [(step.name, step.kind, describe_step(plan, step)) for step in steps]
    counted = attrition(people, texts)
    tables: dict[TableName, pa.Table] = {
        "candidates": listed.candidates,
        "evidence": evidence_table(shown, uses, people["patient_id"], codes),
        "facts": facts_table(plan, uses, people.filter(population), findings.facts, names),
        "spells": listed.spells,
        "attrition": pa.Table.from_pylist([row._asdict() for row in counted], schema=ATTRITION),
    }
    return Found(tables, counted, people["patient_id"])
