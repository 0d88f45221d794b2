"""Who would become a candidate on a later date, if nothing else were recorded.

A birthday, a year of registration, a pain code that has lain long enough: dates alone bring people
onto a list. Each later date is searched as `identify` would search it, on the extract as it is, so
that the answer is that of running it day by day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.codelists import Library
from instep_cohort.cohort.finding import NO_PRACTICE_LIST
from instep_cohort.cohort.lists import pinned_lists
from instep_cohort.cohort.preparing import categories_of, prepare
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.engine.frames import engine_of
from instep_cohort.engine.running import run_for_people
from instep_cohort.engine.uses import uses_of
from instep_cohort.errors import UsageError
from instep_cohort.extracts import Store
from instep_cohort.small_tables import html_table, text_table
from instep_cohort.study import Plan, Study, compile_study, steps_of

if TYPE_CHECKING:
    import pandas as pd

LONGEST_HORIZON = 366

CROSSINGS = pa.schema(
    [
        ("patient_id", pa.string()),
        ("practice_id", pa.string()),
        ("left_out_at", pa.string()),
        ("crosses_on", pa.date32()),
    ]
)


@dataclass(frozen=True, repr=False)
class Crossings:
    """Who is no candidate yet and would be one. Shows itself as counts; people only when asked for.

    Attributes:
        table: one row for each such person (`CROSSINGS`), by date and patient_id.
        title: which study, from when to when.
        warnings: what must be known of the lists.
    """

    table: pa.Table = field(repr=False)
    title: str
    warnings: tuple[str, ...]

    @property
    def people(self) -> pd.DataFrame:
        """One row for each person: for the practice only."""
        frame: pd.DataFrame = self.table.to_pandas(date_as_object=False)
        return frame

    def counts(self) -> list[tuple[str, str, int]]:
        """How many people cross in each month, by the step that leaves them out now."""
        counted: dict[tuple[str, str], int] = {}
        days, steps = (self.table[name].to_pylist() for name in ("crosses_on", "left_out_at"))
        for day, step in zip(days, steps, strict=True):
            key = (f"{day:%Y-%m}", step)
            counted[key] = counted.get(key, 0) + 1
        return [(*key, people) for key, people in sorted(counted.items())]

    def __repr__(self) -> str:
        return text_table(self.title, _HEAD, self.counts())

    def _repr_html_(self) -> str:
        return html_table(self.title, _HEAD, self.counts())


_HEAD = ("month", "left out now at", "people")


def crossings(
    study: Study,
    store: Store,
    *,
    on: date,
    horizon: int,
    opt_outs: Path | str | None = None,
    opt_outs_on: date | None = None,
    no_opt_out_list: str | None = None,
    parameters: Mapping[str, str] | None = None,
    codelists: Path | str | None = None,
    allow_stale: bool = False,
    strict: bool = False,
    engine: str = "duckdb",
    progress: Callable[[str], None] = lambda _: None,
) -> Crossings:
    """Who is no candidate on the search date and would be one within so many days after it.

    `crosses_on` is the first such date, if nothing else were recorded until then. What is refused
    by `identify` is refused here. It takes as many searches as there are days.

    Args:
        study: a study, from `load_study`.
        store: an ingested extract, from `open_store`.
        on: the search date.
        horizon: days to look ahead, 1 to 366.
        opt_outs: the practice's own opt-out list.
        opt_outs_on: the day on which it was drawn up.
        no_opt_out_list: the name and role of whoever answers that there is no such list.
        parameters: values for the study's parameters, by name, as text.
        codelists: a folder of codelists; the shipped ones where none is given.
        allow_stale: accept an extract or opt-out list that is too old to write letters by.
        strict: make a codelist that matches nothing in the extract an error.
        engine: duckdb, polars or spark.
        progress: told what is being done.

    Raises:
        UsageError: the horizon is none, or what `identify` raises it for.
        DefinitionError: as `identify` does.
        SafetyRefusal: as `identify` does.
    """
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise UsageError(f"A horizon of {horizon} days; ask for 1 to {LONGEST_HORIZON}.")
    answers = OptOutAnswers(Path(opt_outs) if opt_outs else None, opt_outs_on, no_opt_out_list)
    lists = pinned_lists(study, Library(Path(codelists) if codelists else None))
    categories = categories_of(lists)

    def plan_on(day: date) -> Plan:
        return compile_study(study, day, overrides=parameters or {}, categories=categories)

    plan = plan_on(on)
    ready = prepare(
        plan, lists, store, answers, reading=plan, allow_stale=allow_stale, strict=strict
    )
    listed = ready.practice_list.table() if answers.file else NO_PRACTICE_LIST
    names = [step.name for step in steps_of(plan, practice_list=answers.file is not None)]

    def people_on(day: date) -> pa.Table:
        then = plan_on(day)
        with engine_of(engine) as running:
            return run_for_people(
                running,
                store,
                then,
                uses_of(then, ready.resolutions),
                steps=names,
                practice_list=listed,
            )

    now = people_on(on)
    crosses: dict[int, date] = {}
    candidates = set(_candidates(now))
    for ahead in range(1, horizon + 1):
        day = on + timedelta(days=ahead)
        progress(f"searching on {day}")
        for key in _candidates(people_on(day)):
            if key not in candidates:
                crosses.setdefault(key, day)
    table = _table(now, names, crosses)
    last = on + timedelta(days=horizon)
    title = f"{study.study} {study.version}: who would become a candidate, {on} to {last}"
    return Crossings(table, title, tuple(ready.warnings))


def _candidates(people: pa.Table) -> list[int]:
    keys: list[int] = people["patient_key"].filter(pc.less(people["dropped"], 0)).to_pylist()
    return keys


def _table(people: pa.Table, steps: list[str], crosses: Mapping[int, date]) -> pa.Table:
    rows = people.filter(pc.is_in(people["patient_key"], pa.array(list(crosses), pa.int32())))
    found = [
        {
            "patient_id": row["patient_id"],
            "practice_id": row["practice_id"],
            "left_out_at": steps[row["dropped"]],
            "crosses_on": crosses[row["patient_key"]],
        }
        for row in rows.to_pylist()
    ]
    found.sort(key=lambda row: (row["crosses_on"], row["patient_id"]))
    return pa.Table.from_pylist(found, schema=CROSSINGS)
