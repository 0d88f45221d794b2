"""A study met with several stores side by side: one result, in which nobody is mixed up.

Each store is searched by itself, with its own codes, dictionary, extract date and opt-out list. The
people stand beside one another in the result; counts of people add up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from instep_cohort.codelists import Codelist, Library
from instep_cohort.cohort.finding import ATTRITION, Found, find
from instep_cohort.cohort.lists import pinned_lists, resolution_table
from instep_cohort.cohort.manifest import manifest_of
from instep_cohort.cohort.over_time.newly import with_newly_crossed
from instep_cohort.cohort.practice_list import PracticeList
from instep_cohort.cohort.preparing import Prepared, categories_of, prepare, unknown_ids
from instep_cohort.cohort.result import Cohort, TableName
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.cohort.several_answers import answered_for, answers_of_each
from instep_cohort.cohort.tier_table import tier_counts
from instep_cohort.engine.attrition import AttritionRow
from instep_cohort.engine.frames import Engine, engine_of
from instep_cohort.errors import DefinitionError, ExtractError, Fault, SafetyRefusal
from instep_cohort.extracts import Store
from instep_cohort.extracts.manifest import SEVERAL
from instep_cohort.extracts.side_by_side import (
    distinct_practices,
    named_stores,
    qualified,
    refuse_unless_apart,
)
from instep_cohort.study import Plan, Study, compile_study

_PEOPLE: tuple[TableName, ...] = ("candidates", "evidence", "facts", "spells", "runs")


class _Search(NamedTuple):
    """What is asked of every store alike."""

    study: Study
    plan: Plan
    lists: Mapping[str, Codelist]
    parameters: Mapping[str, str]
    allow_stale: bool
    strict: bool
    qualify_ids: bool
    has_practice_list: bool


class _One(NamedTuple):
    """One of the stores, what is said of its opt-outs, and what its lists are in it."""

    name: str
    store: Store
    answers: OptOutAnswers
    ready: Prepared


def identify_side_by_side(
    study: Study,
    stores: Sequence[Store],
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
    """As `identify`, over several stores of different practices.

    Nothing is read of any store before all of them may be searched. A list of opt-outs that is
    given for all removes whoever has one of its ids, in whichever store.

    Args:
        study: a study.
        stores: two or more stores.
        on: the search date.
        opt_outs: one list for all stores, or a list by the store's name: its folder's.
        opt_outs_on: the day on which it was drawn up, or the days by name.
        no_opt_out_list: who answers that there is no list, for all or by name.
        parameters: values for the study's parameters.
        codelists: a folder of codelists.
        allow_stale: accept extracts and lists that are too old to write letters by.
        strict: make a codelist that matches nothing in one of the extracts an error.
        previous: an earlier run of the study, over the same stores.
        engine: duckdb, polars or spark.
        progress: told what is being done.
        qualify_ids: write each patient_id as ``PRACTICE/ID``, where ids may be in several stores.

    Raises:
        UsageError: the call contradicts itself, or a file or parameter is not there.
        DefinitionError: the study or a codelist is wrong.
        SafetyRefusal: two people could be taken for one, or a list could reach somebody who asked
            not to be written to.
        ExtractError: a store cannot be read.
    """
    named = named_stores(stores)
    answers = answers_of_each(list(named), opt_outs, opt_outs_on, no_opt_out_list)
    lists = pinned_lists(study, Library(Path(codelists) if codelists else None))
    plan = compile_study(study, on, overrides=parameters or {}, categories=categories_of(lists))
    has_list = any(one.file for one in answers.values())
    search = _Search(
        study, plan, lists, parameters or {}, allow_stale, strict, qualify_ids, has_list
    )
    prepared = [_prepared(search, name, store, answers[name]) for name, store in named.items()]
    refuse_unless_apart(named, qualify_ids=qualify_ids)
    with engine_of(engine) as running:
        held = [
            one if running.name == "spark" else one._replace(store=one.store.held())
            for one in prepared
        ]
        found = [_found(search, one, running, progress) for one in held]
        engine_name = running.name
    tables = _together(search, held, found)
    if previous is not None:
        tables["candidates"] = with_newly_crossed(
            tables["candidates"], previous, study.study, on.isoformat()
        )
    warnings = list(_warnings(search, held, found))
    if allow_stale:
        warnings.append("run with --allow-stale: do not send letters from a list too old for it.")
    cohort = Cohort(tables, {}, tuple(warnings))
    manifest = _manifest(search, held, found, cohort, engine=engine_name, previous=previous)
    return replace(cohort, manifest=manifest)


def _prepared(search: _Search, name: str, store: Store, answers: OptOutAnswers) -> _One:
    with _of_the_store(name):
        ready = prepare(
            search.plan,
            search.lists,
            store,
            answers,
            reading=search.plan,
            allow_stale=search.allow_stale,
            strict=search.strict,
        )
    return _One(name, store, answers, ready)


@contextmanager
def _of_the_store(name: str) -> Iterator[None]:
    """Says of which store it is that something is wrong."""
    try:
        yield
    except SafetyRefusal as error:
        raise SafetyRefusal(f"Of the store {name}: {error}") from None
    except ExtractError as error:
        raise ExtractError(f"Of the store {name}: {error}") from None
    except DefinitionError as error:
        raise DefinitionError(
            Fault(one.where, f"{name}: {one.found}", one.repair, one.file, one.line)
            for one in error.faults
        ) from None


def _found(search: _Search, one: _One, engine: Engine, progress: Callable[[str], None]) -> Found:
    listed = None
    if search.has_practice_list:  # a step that one of the stores has is a step of all of them
        listed = _own_list(one.ready.practice_list, one.store, qualify_ids=search.qualify_ids)
    with _of_the_store(one.name):
        return find(
            search.plan,
            one.ready.resolutions,
            one.store,
            engine,
            practice_list=None if listed is None else listed.table(),
            progress=lambda text: progress(f"{one.name}: {text}"),
        )


def _own_list(listed: PracticeList, store: Store, *, qualify_ids: bool) -> PracticeList:
    """The list with the ids of the store, where they may be written with their practice, too."""
    if not qualify_ids:
        return listed
    people = _people(store)
    plain = dict(zip(_qualified(people).to_pylist(), people["patient_id"].to_pylist(), strict=True))
    also = [(line, plain[who], kind) for line, who, kind in listed.rows if who in plain]
    return listed._replace(rows=[*listed.rows, *also])


def _together(
    search: _Search, every: Sequence[_One], found: Sequence[Found]
) -> dict[TableName, pa.Table]:
    tables: dict[TableName, pa.Table] = {}
    for name in _PEOPLE:
        parts = [one.tables[name] for one in found]
        if search.qualify_ids:
            people = [_people(one.store) for one in every]
            parts = [_with_practice(part, of) for part, of in zip(parts, people, strict=True)]
        tables[name] = _by_patient(parts)
    summed = [row._asdict() for row in _summed([one.attrition for one in found])]
    tables["attrition"] = pa.Table.from_pylist(summed, schema=ATTRITION)
    tables["tiers"] = _added_up([one.tables["tiers"] for one in found])
    tables["resolution"] = pa.concat_tables(
        resolution_table(one.ready.resolutions.values(), store=one.name) for one in every
    )
    return tables


def _people(store: Store) -> pa.Table:
    return pq.read_table(store.table_path("patients"), columns=["patient_id", "practice_id"])


def _qualified(people: pa.Table) -> pa.ChunkedArray:
    return qualified(people["patient_id"], people["practice_id"])


def _with_practice(table: pa.Table, people: pa.Table) -> pa.Table:
    """The table with each patient_id qualified by the practice of that patient."""
    field = table.schema.field("patient_id")
    ids = pc.cast(table["patient_id"], pa.string())
    places = pc.index_in(ids, value_set=people["patient_id"].combine_chunks())
    written = _qualified(people).take(places)
    column = written.dictionary_encode() if pa.types.is_dictionary(field.type) else written
    return table.set_column(table.schema.get_field_index("patient_id"), field, column)


def _by_patient(parts: Sequence[pa.Table]) -> pa.Table:
    """The rows of all parts in the order of patient_id; those of one person stay in their order."""
    together = pa.concat_tables(parts).unify_dictionaries()
    ids = pc.cast(together["patient_id"], pa.string())
    return together.take(pc.sort_indices(ids))


def _summed(every: Sequence[Sequence[AttritionRow]]) -> list[AttritionRow]:
    """The steps with the people of all stores."""
    return [
        rows[0]._replace(
            before=sum(row.before for row in rows),
            dropped=sum(row.dropped for row in rows),
            after=sum(row.after for row in rows),
            gained_if_removed=sum(row.gained_if_removed for row in rows),
        )
        for rows in zip(*every, strict=True)
    ]


def _added_up(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables of the same rows with their numbers added up."""
    together = tables[0]
    for table in tables[1:]:
        for place, field in enumerate(together.schema):
            if pa.types.is_integer(field.type):
                added = pc.add(together[field.name], table[field.name])
                together = together.set_column(place, field, added)
    return together


def _warnings(search: _Search, every: Sequence[_One], found: Sequence[Found]) -> Iterator[str]:
    """What is to be said of all stores once, then what is to be said of one, then of the lists."""
    said = [one.ready.warnings for one in every]
    of_all = [text for text in said[0] if all(text in texts for texts in said[1:])]
    yield from of_all
    for one in every:
        for text in one.ready.warnings:
            if text not in of_all:
                yield f"{one.name}: {text}"
    for file in dict.fromkeys(one.answers.file for one in every if one.answers.file):
        holders = [
            (one, ids) for one, ids in zip(every, found, strict=True) if one.answers.file == file
        ]
        known = [chunk for _, ids in holders for chunk in ids.patient_ids.chunks]
        if search.qualify_ids:
            known += [c for one, _ in holders for c in _qualified(_people(one.store)).chunks]
        names = (
            "" if len(holders) == len(every) else f"{', '.join(one.name for one, _ in holders)}: "
        )
        for text in unknown_ids(holders[0][0].ready.practice_list, pa.chunked_array(known)):
            yield names + text


def _manifest(
    search: _Search,
    every: Sequence[_One],
    found: Sequence[Found],
    cohort: Cohort,
    *,
    engine: str,
    previous: Cohort | None,
) -> dict[str, Any]:
    """As of one store, with what is true of each under `stores`."""

    def of(one: _One, resolution: pa.Table, steps: Sequence[AttritionRow], tiers: pa.Table) -> Any:
        return manifest_of(
            search.study,
            search.plan,
            one.store,
            search.lists.values(),
            answers=one.answers,
            practice_list=one.ready.practice_list,
            parameters=search.parameters,
            engine=engine,
            resolution=resolution,
            attrition=steps,
            tiers=tier_counts(tiers),
            warnings=cohort.warnings,
            allowances={"allow_stale": search.allow_stale, "strict": search.strict},
            previous=previous.manifest if previous else None,
        )

    tables = cohort.tables
    summed = [AttritionRow(**row) for row in tables["attrition"].to_pylist()]
    together = of(every[0], tables["resolution"], summed, tables["tiers"])
    each = {}
    for one, its in zip(every, found, strict=True):
        resolution = resolution_table(one.ready.resolutions.values())
        each[one.name] = of(one, resolution, its.attrition, its.tables["tiers"])
    hashes = "".join(f"{one.name}\t{one.store.sha256}\n" for one in every)
    profiles = {one.store.profile for one in every}
    return {
        **together,
        "answered_for": answered_for({name: one["answered_for"] for name, one in each.items()}),
        "store": {
            "sha256": hashlib.sha256(hashes.encode()).hexdigest(),
            "profile": profiles.pop() if len(profiles) == 1 else SEVERAL,
            "extract_date": min(one.store.extract_date for one in every).isoformat(),
        },
        "ids_qualified": search.qualify_ids,
        "stores": [
            {
                "name": one.name,
                "practices": distinct_practices([one.store]),
                **each[one.name]["store"],
                "answered_for": each[one.name]["answered_for"],
                "resolution_sha256": each[one.name]["resolution_sha256"],
                "counts": each[one.name]["counts"],
                "attrition": [_counts(row) for row in its.attrition],
            }
            for one, its in zip(every, found, strict=True)
        ],
    }


def _counts(row: AttritionRow) -> dict[str, Any]:
    return {key: value for key, value in row._asdict().items() if key not in ("kind", "text")}
