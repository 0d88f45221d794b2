"""From a study and a store to a cohort: the whole way, in the order in which it can be refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from instep_cohort.codelists import Library
from instep_cohort.cohort.finding import find
from instep_cohort.cohort.lists import pinned_lists, resolution_table
from instep_cohort.cohort.manifest import manifest_of
from instep_cohort.cohort.over_time.newly import with_newly_crossed
from instep_cohort.cohort.preparing import categories_of, prepare, unknown_ids
from instep_cohort.cohort.result import Cohort
from instep_cohort.cohort.several_answers import answers_of_each
from instep_cohort.cohort.several_stores import identify_side_by_side
from instep_cohort.cohort.tier_table import tier_counts
from instep_cohort.engine.frames import Engine, engine_of
from instep_cohort.extracts import Store
from instep_cohort.study import Study, compile_study


def identify(
    study: Study,
    store: Store | Sequence[Store],
    *,
    on: date,
    opt_outs: Path | str | Mapping[str, Path | str] | None = None,
    opt_outs_on: date | Mapping[str, date] | None = None,
    no_opt_out_list: str | Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    codelists: Path | str | None = None,
    allow_stale: bool = False,
    strict: bool = False,
    previous: Cohort | None = None,
    engine: str | Engine | object = "duckdb",
    progress: Callable[[str], None] = lambda _: None,
    qualify_ids: bool = False,
) -> Cohort:
    """The people whom the practice may want to invite, with the evidence for each.

    Args:
        study: a study, from `load_study`.
        store: an ingested extract, from `open_store`; or several, of different practices, whose
            people then stand beside one another (`several_stores`).
        on: the search date; rows dated after it are never used.
        opt_outs: the practice's own opt-out list, a CSV with patient_id, kind, recorded_on. Of
            several stores it is for all of them, or a list by the name of each store's folder; so
            are the two that follow.
        opt_outs_on: the day on which it was drawn up.
        no_opt_out_list: the name and role of whoever answers that there is no such list.
        parameters: values for the study's parameters, by name, as text.
        codelists: a folder of codelists; the shipped ones where none is given.
        allow_stale: accept an extract or opt-out list that is too old to write letters by.
        strict: make a codelist that matches nothing in the extract an error.
        previous: an earlier run of the study; the candidates then say who is `newly_crossed`.
        engine: duckdb, polars or spark; or a Spark session, which is used as it is.
        progress: told what is being done.
        qualify_ids: of several stores: write each patient_id as ``PRACTICE/ID``, where one id may
            be in several of them.

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
    if isinstance(store, Sequence) and len(store) == 1:
        [store] = store
    if isinstance(store, Sequence):
        return identify_side_by_side(
            study,
            store,
            on=on,
            opt_outs=opt_outs,
            opt_outs_on=opt_outs_on,
            no_opt_out_list=no_opt_out_list,
            parameters=parameters,
            codelists=codelists,
            allow_stale=allow_stale,
            strict=strict,
            previous=previous,
            engine=engine,
            progress=progress,
            qualify_ids=qualify_ids,
        )
    [answers] = answers_of_each([store.path.name], opt_outs, opt_outs_on, no_opt_out_list).values()
    lists = pinned_lists(study, Library(Path(codelists) if codelists else None))
    plan = compile_study(study, on, overrides=parameters or {}, categories=categories_of(lists))
    ready = prepare(
        plan, lists, store, answers, reading=plan, allow_stale=allow_stale, strict=strict
    )
    warnings = ready.warnings
    if allow_stale:
        warnings.append("run with --allow-stale: do not send letters from a list too old for it.")
    with engine_of(engine) as running:
        found = find(
            plan,
            ready.resolutions,
            store if running.name == "spark" else store.held(),
            running,
            practice_list=ready.practice_list.table() if answers.file else None,
            progress=progress,
        )
        engine_name = running.name
    tables = {**found.tables}
    if previous is not None:
        tables["candidates"] = with_newly_crossed(
            tables["candidates"], previous, study.study, on.isoformat()
        )
    warnings += unknown_ids(ready.practice_list, found.patient_ids)
    resolution = resolution_table(ready.resolutions.values())
    manifest = manifest_of(
        study,
        plan,
        store,
        lists.values(),
        answers=answers,
        practice_list=ready.practice_list,
        parameters=parameters or {},
        engine=engine_name,
        resolution=resolution,
        attrition=found.attrition,
        tiers=tier_counts(found.tables["tiers"]),
        warnings=warnings,
        allowances={"allow_stale": allow_stale, "strict": strict},
        previous=previous.manifest if previous else None,
    )
    return Cohort({**tables, "resolution": resolution}, manifest, tuple(warnings))
