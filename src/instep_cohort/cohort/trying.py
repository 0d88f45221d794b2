"""A study with other thresholds: how many candidates each setting would give, from one pass."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from instep_cohort.codelists import Library
from instep_cohort.cohort.finding import NO_PRACTICE_LIST
from instep_cohort.cohort.lists import pinned_lists
from instep_cohort.cohort.preparing import categories_of, prepare, unknown_ids
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.engine.frames import engine_of
from instep_cohort.engine.grid import candidates, merged
from instep_cohort.engine.uses import uses_of
from instep_cohort.errors import DefinitionError, UsageError
from instep_cohort.extracts import Store
from instep_cohort.study import Plan, Study, compile_study
from instep_cohort.study.variations import points_of


class Tried(NamedTuple):
    """One setting of the parameters, and what it gives.

    Attributes:
        values: the value of each varied parameter, as text.
        candidates: how many there are; ``None`` where no study can be made of these values.
        fault: why not; empty where there is one.
    """

    values: Mapping[str, str]
    candidates: int | None
    fault: str = ""


class Grid(NamedTuple):
    """Every combination of the varied parameters, and what whoever reads it must know.

    Attributes:
        study: name and version.
        on: the search date.
        own: the study's own value of each varied parameter.
        rows: the combinations, the last parameter changing first.
        warnings: what identify would say of the lists.
    """

    study: str
    on: date
    own: Mapping[str, str]
    rows: Sequence[Tried]
    warnings: Sequence[str]

    def as_dict(self) -> dict[str, Any]:
        """The grid as plain values, for JSON."""
        return {
            "study": self.study,
            "search_date": self.on.isoformat(),
            "own_values": dict(self.own),
            "grid": [
                {**row.values, "candidates": row.candidates}
                | ({"fault": row.fault} if row.fault else {})
                for row in self.rows
            ],
            "warnings": list(self.warnings),
        }

    def faults(self) -> list[str]:
        """Why some settings make no study, each reason once."""
        return list(dict.fromkeys(row.fault for row in self.rows if row.fault))

    def as_csv(self) -> str:
        """The grid as CSV: a column for each parameter, and candidates (empty: no study)."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*self.own, "candidates"])
        writer.writerows(
            [*row.values.values(), "" if row.candidates is None else row.candidates]
            for row in self.rows
        )
        return out.getvalue()

    def as_text(self) -> str:
        """The grid for a terminal: of two parameters a table, of others a row for each setting."""
        names = list(self.own)
        own = ", ".join(f"{name} = {value}" for name, value in self.own.items())
        head = [f"{self.study} on {self.on}: candidates (the study itself has {own})", ""]
        return "\n".join([*head, *(self._table(*names) if len(names) == 2 else self._list(names))])  # noqa: PLR2004

    def _list(self, names: Sequence[str]) -> list[str]:
        cells = [[*names, "candidates"]]
        cells += [[*row.values.values(), _shown(row)] for row in self.rows]
        return _aligned(cells)

    def _table(self, down: str, across: str) -> list[str]:
        columns = list(dict.fromkeys(row.values[across] for row in self.rows))
        by_place = {tuple(row.values.values()): _shown(row) for row in self.rows}
        lines = list(dict.fromkeys(row.values[down] for row in self.rows))
        cells = [[f"{down} \\ {across}", *columns]]
        cells += [[line, *(by_place[line, column] for column in columns)] for line in lines]
        return _aligned(cells)


def try_study(
    study: Study,
    store: Store,
    *,
    on: date,
    vary: Mapping[str, Sequence[str]],
    opt_outs: Path | str | None = None,
    opt_outs_on: date | None = None,
    no_opt_out_list: str | None = None,
    parameters: Mapping[str, str] | None = None,
    codelists: Path | str | None = None,
    allow_stale: bool = False,
    strict: bool = False,
    engine: str | object = "duckdb",
    progress: Callable[[str], None] = lambda _: None,
) -> Grid:
    """How many candidates `identify` would find under each combination of parameter values.

    The rows are fetched once and every distinct measure is measured once, however many
    combinations there are. What is refused by `identify` is refused here.

    Args:
        study: a study, from `load_study`.
        store: an ingested extract, from `open_store`.
        on: the search date.
        vary: values to try, as text, by parameter; `study.variations` reads the short forms.
        opt_outs: the practice's own opt-out list.
        opt_outs_on: the day on which it was drawn up.
        no_opt_out_list: the name and role of whoever answers that there is no such list.
        parameters: values of other parameters, the same in every combination.
        codelists: a folder of codelists; the shipped ones where none is given.
        allow_stale: accept an extract or opt-out list that is too old to write letters by.
        strict: make a codelist that matches nothing in the extract an error.
        engine: duckdb, polars or spark.
        progress: told what is being done.

    Raises:
        UsageError: the call contradicts itself, or a file or parameter is not there.
        DefinitionError: the study or a codelist is wrong, or no combination makes a study.
        SafetyRefusal: a list could reach somebody who asked not to be written to.
        ExtractError: the store cannot be read.
    """
    answers = OptOutAnswers(Path(opt_outs) if opt_outs else None, opt_outs_on, no_opt_out_list)
    fixed = parameters or {}
    _refuse_unclear(fixed, vary)
    lists = pinned_lists(study, Library(codelists))
    categories = categories_of(lists)
    points = points_of(vary)
    plans = [_plan(study, on, {**fixed, **point}, categories) for point in points]
    variants = _variants(plans)
    shared = merged(variants)
    ready = prepare(
        variants[0],
        lists,
        store,
        answers,
        reading=shared.plan,
        allow_stale=allow_stale,
        strict=strict,
    )
    warnings = [*ready.warnings, *unknown_ids(ready.practice_list, _patient_ids(store))]
    progress(f"measuring {len(shared.plan.measures)} measures for {len(variants)} settings")
    with engine_of(engine) as running:
        found = candidates(
            running,
            store if running.name == "spark" else store.held(),
            variants,
            shared,
            uses_of(shared.plan, ready.resolutions),
            practice_list=ready.practice_list.table() if answers.file else NO_PRACTICE_LIST,
        )
    numbers = map(len, found)
    rows = [
        Tried(point, next(numbers)) if isinstance(plan, Plan) else Tried(point, None, str(plan))
        for point, plan in zip(points, plans, strict=True)
    ]
    own = {name: _text(study.parameters[name].value) for name in vary}
    return Grid(f"{study.study} {study.version}", on, own, rows, warnings)


def _patient_ids(store: Store) -> pa.ChunkedArray:
    import pyarrow.parquet as pq

    return pq.read_table(store.table_path("patients"), columns=["patient_id"])["patient_id"]


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _refuse_unclear(fixed: Mapping[str, str], vary: Mapping[str, Sequence[str]]) -> None:
    if not vary or not all(vary.values()):
        raise UsageError("there is nothing to vary: give --vary NAME=VALUE,VALUE.")
    both = [name for name in vary if name in fixed]
    if both:
        raise UsageError(f"{', '.join(both)} is both set and varied: keep one of --set and --vary.")


def _plan(
    study: Study, on: date, values: Mapping[str, str], categories: Mapping[str, Sequence[str]]
) -> Plan | DefinitionError:
    """The plan under these values, or why there is none."""
    try:
        return compile_study(study, on, overrides=values, categories=categories)
    except DefinitionError as error:
        return error


def _variants(plans: Sequence[Plan | DefinitionError]) -> list[Plan]:
    found = [plan for plan in plans if isinstance(plan, Plan)]
    if not found:
        raise next(plan for plan in plans if isinstance(plan, DefinitionError))
    return found


def _shown(row: Tried) -> str:
    return "no study" if row.candidates is None else f"{row.candidates:,}"


def _aligned(cells: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]
