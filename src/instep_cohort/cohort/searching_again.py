"""A run's study asked once more, of a newer extract: what each person fails now, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.finding import NO_PRACTICE_LIST
from instep_cohort.cohort.practice_list import PracticeList
from instep_cohort.cohort.preparing import unknown_ids
from instep_cohort.cohort.reading_anew import plan_on, read_anew
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.engine.ages import start_of
from instep_cohort.engine.frames import engine_of
from instep_cohort.engine.logic import lines_held
from instep_cohort.engine.measures import measure
from instep_cohort.engine.opt_outs import coded_opt_outs
from instep_cohort.engine.people import measures_met, passes
from instep_cohort.engine.population import population
from instep_cohort.engine.rows import matched_rows, used_rows
from instep_cohort.extracts import Store
from instep_cohort.study import Plan, steps_of
from instep_cohort.study.spans import day_number

_PERSON = ("patient_id", "practice_id", "birth_day", "birth_precision")
CODED_OPT_OUTS = ("research_dissent", "type_1")


class PersonNow(NamedTuple):
    """One person of the newer extract.

    Attributes:
        practice_id: whose patient the extract says they are.
        fails: the steps of the study that they fail, all of them: population steps on the mailing
            date, lines and coded opt-outs on the extract date. `type_1` is among them whenever the
            dissent stands, also where the study overrides it.
        birth_day, birth_precision: of the record; None where it has no date of birth.
    """

    practice_id: str
    fails: frozenset[str]
    birth_day: int | None
    birth_precision: str | None

    def may_be_born_on(self, day: date) -> bool:
        """Whether the record's date of birth, as far as it is known, is that day."""
        if self.birth_day is None or self.birth_precision is None:
            return True
        return day_number(start_of(day, self.birth_precision)) == self.birth_day


@dataclass(frozen=True, repr=False)
class SearchedAgain:
    """The people asked for, as the newer extract has them. It shows nobody.

    Attributes:
        people: by patient_id; whoever is not in the extract is not in it.
        everybody: the patient_id of each patient of the extract.
        practices: every practice that the extract holds patients of.
        include, exclude: the names of the study's lines, in order.
        practice_list: the practice's own opt-outs; empty where no list was given.
        listed_in_extract: how many rows of it name somebody of the extract.
        lists_without_rows: the study's opt-out lists that no row of the extract matches.
        warnings: what must be said of the lists and of the study.
    """

    people: Mapping[str, PersonNow]
    everybody: pa.ChunkedArray
    practices: frozenset[str]
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    practice_list: PracticeList
    listed_in_extract: int
    lists_without_rows: tuple[str, ...]
    warnings: tuple[str, ...]


def search_again(
    manifest: Mapping[str, Any],
    store: Store,
    patient_ids: Collection[str],
    *,
    mailing_on: date,
    answers: OptOutAnswers,
    codelists: Path | str | None = None,
    engine: str = "duckdb",
) -> SearchedAgain:
    """What these people fail now of the study that a run followed.

    Lines and coded opt-outs are asked on the extract date of the store, death, registration and
    age on the mailing date.

    Args:
        manifest: of the run: its study, parameters and list versions are followed.
        store: a newer extract of the same practice.
        patient_ids: whom to look at.
        mailing_on: the day on which letters go out.
        answers: what the caller says of opt-outs that no code holds.
        codelists: a folder of codelists; the shipped ones where none is given.
        engine: duckdb, polars or spark.

    Raises:
        UsageError: the practice's list cannot be read.
        DefinitionError: a codelist is wrong or gone.
        SafetyRefusal: what `identify` would refuse of this extract.
        ExtractError: the run or the store cannot be read.
    """
    plan, ready, uses = read_anew(
        manifest, store, on=store.extract_date, answers=answers, codelists=codelists
    )
    mailing = plan_on(manifest, mailing_on)
    with engine_of(engine) as running:
        held = store if running.name == "spark" else store.held()
        matched = matched_rows(running, held, uses, plan.search_day)
        used = used_rows(running, matched, uses)
        facts = running.take(measure(running, used, uses, plan).facts)
        opt_outs = running.take(coded_opt_outs(used, uses, plan.search_day))
        looked_at = population(running, held, mailing, day_number(store.extract_date))
    met = measures_met(plan, uses, facts, looked_at["patient_key"])
    passed = passes(plan, lines_held(plan, met), looked_at, opt_outs, NO_PRACTICE_LIST)
    unknown = ready.practice_list.unknown_lines(looked_at["patient_id"])
    return SearchedAgain(
        _people(plan, looked_at, passed, patient_ids),
        looked_at["patient_id"],
        frozenset(str(one) for one in pc.unique(looked_at["practice_id"]).to_pylist() if one),
        tuple(line.name for line in plan.lines if line.role == "include"),
        tuple(line.name for line in plan.lines if line.role == "exclude"),
        ready.practice_list,
        len(ready.practice_list.rows) - len(unknown),
        _without_rows(plan, ready.resolutions),
        (*ready.warnings, *unknown_ids(ready.practice_list, looked_at["patient_id"])),
    )


def _people(
    plan: Plan,
    looked_at: pa.Table,
    passed: Mapping[str, pa.ChunkedArray],
    patient_ids: Collection[str],
) -> dict[str, PersonNow]:
    asked = [step.name for step in steps_of(plan, practice_list=False)]
    steps = list(dict.fromkeys((*asked, *CODED_OPT_OUTS)))
    wanted = pc.is_in(looked_at["patient_id"], value_set=pa.array(list(patient_ids), pa.string()))
    columns = {name: looked_at[name] for name in _PERSON}
    table = pa.table({**columns, **{name: passed[name] for name in steps}}).filter(wanted)
    return {
        str(row["patient_id"]): PersonNow(
            str(row["practice_id"]),
            frozenset(name for name in steps if not row[name]),
            row["birth_day"],
            row["birth_precision"],
        )
        for row in table.to_pylist()
    }


def _without_rows(plan: Plan, resolutions: Mapping[Any, Any]) -> tuple[str, ...]:
    lists = plan.opt_outs.lists if plan.opt_outs else ()
    return tuple(
        name
        for name in lists
        if all(one.is_empty for (listed, _), one in resolutions.items() if listed == name)
    )
