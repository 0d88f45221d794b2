"""From a study and a store to a cohort: the whole way, in the order in which it can be refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa

from instep_cohort.codelists import Library
from instep_cohort.cohort.finding import find
from instep_cohort.cohort.lists import (
    list_warnings,
    pinned_lists,
    resolution_table,
    resolve_lists,
    systems_of,
)
from instep_cohort.cohort.manifest import manifest_of
from instep_cohort.cohort.practice_list import EMPTY, PracticeList, read_practice_list
from instep_cohort.cohort.result import Cohort, tier_counts
from instep_cohort.cohort.safety import OptOutAnswers, refuse_unless_safe
from instep_cohort.engine.frames import Engine, engine_of
from instep_cohort.extracts import Store
from instep_cohort.study import Study, compile_study, plan_warnings

_LINES_SHOWN = 10


def identify(
    study: Study,
    store: Store,
    *,
    on: date,
    opt_outs: Path | str | None = None,
    opt_outs_on: date | None = None,
    no_opt_out_list: str | None = None,
    parameters: Mapping[str, str] | None = None,
    codelists: Path | str | None = None,
    allow_stale: bool = False,
    strict: bool = False,
    engine: str | Engine | object = "duckdb",
    progress: Callable[[str], None] = lambda _: None,
) -> Cohort:
    """The people whom the practice may want to invite, with the evidence for each.

    Args:
        study: a study, from `load_study`.
        store: an ingested extract, from `open_store`.
        on: the search date; rows dated after it are never used.
        opt_outs: the practice's own opt-out list, a CSV with patient_id, kind, recorded_on.
        opt_outs_on: the day on which it was drawn up.
        no_opt_out_list: the name and role of whoever answers that there is no such list.
        parameters: values for the study's parameters, by name, as text.
        codelists: a folder of codelists; the shipped ones where none is given.
        allow_stale: accept an extract or opt-out list that is too old to write letters by.
        strict: make a codelist that matches nothing in the extract an error.
        engine: duckdb, polars or spark; or a Spark session, which is used as it is.
        progress: told what is being done.

    Raises:
        UsageError: the call contradicts itself, or a file or parameter is not there.
        DefinitionError: the study or a codelist is wrong; every fault is named.
        SafetyRefusal: a list could reach somebody who asked not to be written to.
        ExtractError: the store cannot be read.

    Example:
        >>> import datetime, tempfile, instep_cohort as ic
        >>> folder = tempfile.mkdtemp()
        >>> _ = ic.make_practice(f"{folder}/extract", patients=500)
        >>> on = datetime.date(2026, 11, 1)
        >>> store = ic.ingest(
        ...     f"{folder}/extract", profile="standard", extract_date=on, out=f"{folder}/store"
        ... )
        >>> cohort = ic.identify(
        ...     ic.load_study("instep"), store, on=on,
        ...     opt_outs=f"{folder}/extract/opt-outs.csv", opt_outs_on=on,
        ... )
        >>> list(cohort.attrition["step"])[:3]
        ['alive', 'registered', 'age']
    """
    answers = OptOutAnswers(Path(opt_outs) if opt_outs else None, opt_outs_on, no_opt_out_list)
    lists = pinned_lists(study, Library(Path(codelists) if codelists else None))
    categories = {name: tuple(one.categories) for name, one in lists.items()}
    plan = compile_study(study, on, overrides=parameters or {}, categories=categories)
    practice_list = read_practice_list(answers.file) if answers.file else EMPTY
    codes = store.codes()
    resolutions = resolve_lists(plan, lists, codes)
    warnings = [
        *list_warnings(lists, resolutions, codes, strict=strict),
        *plan_warnings(plan, categories),
    ]
    if allow_stale:
        warnings.append("run with --allow-stale: do not send letters from a list too old for it.")
    refuse_unless_safe(
        plan,
        [lists[name] for name in (plan.opt_outs.lists if plan.opt_outs else ())],
        answers,
        extract_date=store.extract_date,
        clinical_systems=systems_of(codes, "clinical"),
        allow_stale=allow_stale,
    )
    with engine_of(engine) as running:
        found = find(
            plan,
            resolutions,
            store,
            running,
            practice_list=practice_list.table() if answers.file else None,
            progress=progress,
        )
        engine_name = running.name
    warnings += unknown_ids(practice_list, found.patient_ids)
    resolution = resolution_table(resolutions.values())
    manifest = manifest_of(
        study,
        plan,
        store,
        lists.values(),
        answers=answers,
        practice_list=practice_list,
        parameters=parameters or {},
        engine=engine_name,
        resolution=resolution,
        attrition=found.attrition,
        tiers=tier_counts(found.tables["candidates"]),
        warnings=warnings,
        allowances={"allow_stale": allow_stale, "strict": strict},
    )
    return Cohort({**found.tables, "resolution": resolution}, manifest, tuple(warnings))


def unknown_ids(practice_list: PracticeList, patient_ids: pa.ChunkedArray) -> list[str]:
    """A warning where rows of the practice's own list name nobody of the extract, else nothing."""
    lines = practice_list.unknown_lines(patient_ids)
    if not lines:
        return []
    shown = ", ".join(map(str, lines[:_LINES_SHOWN])) + (" …" if len(lines) > _LINES_SHOWN else "")
    where = f"line {shown}" if len(lines) == 1 else f"lines {shown}"
    warning = (
        f"{len(lines)} of {len(practice_list.rows)} rows of the opt-out list name nobody in this "
        f"extract ({where}): check that its ids are those of the extract, leading zeros too."
    )
    return [warning]
