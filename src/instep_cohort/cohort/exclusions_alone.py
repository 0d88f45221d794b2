"""People held against the exclusions of a study alone: its include lines are told, and bar nobody.

For those whom the search has not found, and somebody has named: population, exclude lines and
opt-outs are asked of them, all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.candidates import candidate_schema, candidate_tables
from instep_cohort.cohort.finding import NO_PRACTICE_LIST
from instep_cohort.cohort.preparing import Prepared, unknown_ids
from instep_cohort.cohort.reading_anew import plan_on, read_anew
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.engine.frames import Engine, engine_of
from instep_cohort.engine.opt_outs import PAIRS
from instep_cohort.engine.running import run, run_for_people
from instep_cohort.engine.uses import uses_of
from instep_cohort.errors import UsageError
from instep_cohort.extracts import Store
from instep_cohort.study import Plan, Step, describe_step, steps_of


@dataclass(frozen=True, repr=False)
class LookedAt:
    """People of a practice, held against a study without its include lines. It shows nobody.

    Attributes:
        left_out_at: patient id → the first step that leaves them out; "" for nobody left out.
            Who is not in it is no patient of the practice in this extract.
        texts: step → what a patient has to be, or not to be, to pass it.
        not_met: patient id → the include lines that do not hold.
        rows: patient id → the columns of a candidate, of those whom nothing leaves out; `reason`
            is empty, since it speaks of include lines.
        schema: of these rows.
        type_1_overridden: whether somebody answers for writing to people with a type 1 dissent.
        warnings: what must be known of lists and opt-outs.
    """

    left_out_at: Mapping[str, str]
    texts: Mapping[str, str]
    not_met: Mapping[str, Sequence[str]]
    rows: Mapping[str, Mapping[str, Any]]
    schema: pa.Schema
    type_1_overridden: bool
    warnings: Sequence[str]


def exclusions_alone(
    manifest: Mapping[str, Any],
    store: Store,
    patient_ids: Collection[str],
    *,
    practice: str,
    on: date,
    answers: OptOutAnswers,
    codelists: Path | None = None,
    allow_stale: bool = False,
    engine: str = "duckdb",
    progress: Callable[[str], None] = lambda _: None,
) -> LookedAt:
    """Which of these people the study would leave out, whatever its include lines say.

    It is the search of the run once more, with the run's study and parameters, on another day and
    perhaps a newer extract: what `identify` refuses is refused here, missing opt-outs above all.
    Coded opt-outs are asked as of the extract as well, since a withdrawal that is dated after it
    was not there to be recorded.

    Args:
        manifest: of the run whose study it is.
        store: the extract.
        patient_ids: who is asked about.
        practice: whose patients they have to be.
        on: the day for which ages, registrations and opt-outs are looked at.
        answers: the practice's own opt-out list, or who answers that there is none.
        codelists: a folder of codelists; the shipped ones where none is given.
        allow_stale: accept an extract or opt-out list that is too old to write letters by.
        engine: duckdb, polars or spark.
        progress: told what is being done.

    Raises:
        UsageError: the practice's list cannot be read, or the store holds nobody of the practice.
        DefinitionError: a codelist of the study is not there.
        SafetyRefusal: nobody can say who asked not to be written to, or the data are too old.
        ExtractError: the run or the store cannot be read.
    """
    plan, ready, uses = read_anew(
        manifest, store, on=on, answers=answers, codelists=codelists, allow_stale=allow_stale
    )
    listed = ready.practice_list.table() if answers.file else NO_PRACTICE_LIST
    steps = _exclusions(plan, practice_list=answers.file is not None)
    with engine_of(engine) as running:
        findings = run(
            running,
            store,
            plan,
            uses,
            steps=[step.name for step in steps],
            practice_list=listed,
            progress=progress,
        )
        opted_out = _opted_out_then(running, manifest, store, ready, steps)
    everybody = findings.people
    _refuse_strangers(everybody["practice_id"], practice)
    asked = pc.is_in(everybody["patient_id"], pa.array(sorted(set(patient_ids)), pa.string()))
    theirs = pc.and_(asked, pc.equal(everybody["practice_id"], practice))
    people = everybody.filter(theirs)
    rows = candidate_tables(
        plan, uses, replace(findings, people=people), store.codes()["term"].to_pylist()
    ).candidates
    names = ["", *(step.name for step in steps)]
    left_out_at = {
        row["patient_id"]: names[row["dropped"] + 1] or opted_out.get(row["patient_id"], "")
        for row in people.to_pylist()
    }
    return LookedAt(
        left_out_at=left_out_at,
        texts={step.name: describe_step(plan, step) for step in steps},
        not_met=_not_met(plan, people),
        rows={
            row["patient_id"]: row | {"reason": ""}
            for row in rows.to_pylist()
            if not left_out_at[row["patient_id"]]
        },
        schema=candidate_schema(plan),
        type_1_overridden=bool(plan.opt_outs and plan.opt_outs.type_1_overridden_by),
        warnings=[*ready.warnings, *unknown_ids(ready.practice_list, everybody["patient_id"])],
    )


def _refuse_strangers(practices: pa.ChunkedArray, practice: str) -> None:
    there = sorted(str(one) for one in pc.unique(practices).to_pylist() if one)
    if practice not in there:
        raise UsageError(
            f"The store holds nobody of practice {practice}, but of {', '.join(there[:5])}: give "
            "that practice's extract."
        )


def _opted_out_then(
    running: Engine,
    manifest: Mapping[str, Any],
    store: Store,
    ready: Prepared,
    steps: Sequence[Step],
) -> dict[str, str]:
    """Patient id → the coded opt-out that stood on the day of the extract."""
    plan = plan_on(manifest, store.extract_date)
    coded = [step.name for step in steps if step.name in PAIRS]
    people = run_for_people(
        running,
        store,
        plan,
        uses_of(plan, ready.resolutions),
        steps=coded,
        practice_list=NO_PRACTICE_LIST,
    )
    barred = people.filter(pc.greater_equal(people["dropped"], 0))
    return {row["patient_id"]: coded[row["dropped"]] for row in barred.to_pylist()}


def _exclusions(plan: Plan, *, practice_list: bool) -> list[Step]:
    return [step for step in steps_of(plan, practice_list=practice_list) if step.kind != "include"]


def _not_met(plan: Plan, people: pa.Table) -> dict[str, list[str]]:
    places = [(place, line) for place, line in enumerate(plan.lines) if line.role == "include"]
    return {
        row["patient_id"]: [line.name for place, line in places if not row[f"l{place}"]]
        for row in people.to_pylist()
    }
