"""What is known of everybody in the population, so that *why not?* has an answer."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.engine.uses import Uses
from instep_cohort.study.plan import Plan


def facts_table(
    plan: Plan, uses: Uses, people: pa.Table, facts: pa.Table, steps: Sequence[str]
) -> pa.Table:
    """One row per patient of the population, in the order of patient_id.

    Columns: patient_id, practice_id; `<measure>_met` (bool), `_count` (int32), `_first` and
    `_last` (date) for each measure; one boolean per line of the study; `dropped_at`, the step that
    dropped the patient ("" for a candidate).

    Args:
        plan: the study.
        uses: its uses.
        people: the population's rows of `people.people`.
        facts: what each measure came to (`running.Findings`).
        steps: the names of the steps, in order.
    """
    columns: dict[str, pa.ChunkedArray] = {
        "patient_id": people["patient_id"],
        "practice_id": people["practice_id"],
    }
    keys = people["patient_key"]
    every_key = pa.chunked_array([*keys.chunks, *facts["patient_key"].chunks], keys.type)
    highest = pc.max(every_key).as_py() if len(every_key) else -1
    for name, key in uses.measures.items():
        own = facts.filter(pc.equal(facts["use_key"], key))
        # where in `own` each patient is; keys run from 0 without holes
        place = pc.inverse_permutation(own["patient_key"], max_index=highest).take(keys)
        columns[f"{name}_met"] = people[f"m{key}_met"]
        counts = pc.cast(own["count"], pa.int32()).take(place)
        columns[f"{name}_count"] = pc.fill_null(counts, 0)
        for edge in ("first", "last"):
            day = pc.cast(own[edge], pa.int32()).take(place)
            columns[f"{name}_{edge}"] = pc.cast(day, pa.date32())
    for i, line in enumerate(plan.lines):
        columns[line.name] = people[f"l{i}"]
    named = pa.array(["", *steps], pa.string())
    columns["dropped_at"] = named.take(pc.add(pc.cast(people["dropped"], pa.int32()), 1))
    return pa.table(columns)
