"""One sorted store made of several. Whatever is asked of it is answered as of the parts together.

What an extract's own dictionary says of a code holds for the rows of that extract alone: a code of
which two parts say different things is two codes of the merged store. So a code that is local to
one practice is never taken for another practice's code of the same name.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from instep_cohort.errors import ExtractError, InstepError, UsageError
from instep_cohort.extracts.code_systems import systems_of
from instep_cohort.extracts.findings import Findings
from instep_cohort.extracts.manifest import SEVERAL, FileCounts, Manifest, Part, TableCounts
from instep_cohort.extracts.record_rows import SAID, TARGETS
from instep_cohort.extracts.records import row_order
from instep_cohort.extracts.side_by_side import (
    BETWEEN,
    distinct_practices,
    named_stores,
    refuse_unless_apart,
)
from instep_cohort.extracts.sql import literal, path_literal
from instep_cohort.extracts.store import Store, open_store
from instep_cohort.extracts.tables import SCHEMA_VERSION, TABLES
from instep_cohort.extracts.working_database import connect
from instep_cohort.extracts.writing import replacing, write_table

SAID_DIFFERENTLY = "two extracts say different things of one code: kept apart"

_CODE = ("kind", "system", "code", *SAID)


def merge_stores(
    stores: Sequence[Store],
    *,
    out: Path | str,
    qualify_ids: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Store:
    """One store with everything that the stores hold, each person and each row once.

    Its extract date is the latest of theirs, since nobody who is known to be dead by then may be
    taken for alive; whether it is too old is judged by each part's own date. The same stores give
    the same bytes, in whatever order they are named.

    Args:
        stores: two or more stores of different practices.
        out: the folder of the new store; an earlier store is replaced.
        qualify_ids: write each patient_id as ``PRACTICE/ID``, where ids may be in several stores.
        progress: is told what is being done.

    Raises:
        UsageError: fewer than two stores, one of them twice, or ``out`` is one of them or a folder
            that is no store.
        SafetyRefusal: two people could be taken for one, or one for two.
        ExtractError: a store cannot be read.
    """
    out, tell = Path(out).absolute(), progress or (lambda _: None)
    named = {name: store.held() for name, store in named_stores(stores).items()}
    if out.resolve() in {store.path.resolve() for store in stores}:
        raise UsageError(f"{out}: this store is one of those to be merged; choose another folder")
    for store in named.values():
        _refuse_damaged(store)
    refuse_unless_apart(named, qualify_ids=qualify_ids)
    with replacing(out) as folder:
        scratch = folder.parent / "scratch"
        scratch.mkdir()
        try:
            with connect(scratch) as connection:
                _build(_Order(connection, named, qualify_ids, folder, tell))
        except duckdb.Error as error:
            # Its text may show records, so only its kind is passed on.
            raise InstepError(
                f"the stores could not be merged: {type(error).__name__} while working on it"
            ) from None
    return open_store(out)


def _refuse_damaged(store: Store) -> None:
    for name, schema in TABLES.items():
        try:
            is_whole = pq.read_schema(store.table_path(name)).equals(schema)
        except (OSError, pa.ArrowException):
            is_whole = False
        if not is_whole:
            raise ExtractError(
                f"{store.path}: the store's table {name} is damaged; make it again with "
                "`instep-cohort ingest`"
            )


class _Order(NamedTuple):
    """What is to be merged, and where."""

    connection: duckdb.DuckDBPyConnection
    stores: dict[str, Store]
    qualify_ids: bool
    folder: Path
    tell: Callable[[str], None]

    def every(self, table: str, columns: str = "*") -> str:
        """The rows of a table of every part, with the part's number."""
        return " UNION ALL ".join(
            f"SELECT {part} AS part, {columns} FROM {_read(store, table)}"
            for part, store in enumerate(self.stores.values())
        )


def _read(store: Store, table: str) -> str:
    return f"read_parquet({path_literal(store.table_path(table))})"


def _build(order: _Order) -> None:
    findings = Findings()
    for store in order.stores.values():
        for one in store.manifest.findings:
            findings.note(one.table, one.finding, one.rows)
    _number_people(order)
    findings.add("codes", SAID_DIFFERENTLY, _number_codes(order))
    tables = _tables(order)
    manifests = [store.manifest for store in order.stores.values()]
    Manifest(
        schema_version=SCHEMA_VERSION,
        instep_cohort=importlib.metadata.version("instep-cohort"),
        profile=_common({one.profile for one in manifests}),
        profile_version=_common({one.profile_version for one in manifests}),
        extract_date=max(one.extract_date for one in manifests),
        files=tuple(_files(order)),
        unused_files=tuple(
            f"{name}/{file}"
            for name, store in order.stores.items()
            for file in store.manifest.unused_files
        ),
        tables=tables,
        findings=findings.listed(),
        parts=tuple(_parts(order)),
    ).write(order.folder)


def _number_people(order: _Order) -> None:
    """Makes ``people``: every patient with a new key, in the order of patient_id."""
    own = "patient_id"
    if order.qualify_ids:
        own = f"practice_id || {literal(BETWEEN)} || patient_id"
    order.connection.execute(
        "CREATE TABLE people AS SELECT * EXCLUDE (patient_key), patient_key AS old_key, "
        "row_number() OVER (ORDER BY patient_id) - 1 AS patient_key "
        f"FROM (SELECT * REPLACE ({own} AS patient_id) FROM ({order.every('patients')}))"
    )


def _number_codes(order: _Order) -> int:
    """How many codes two parts speak of differently. Makes ``every_code`` with new keys."""
    by = ", ".join(f"{name} NULLS LAST" for name in _CODE)
    order.connection.execute(
        "CREATE TABLE every_code AS SELECT * EXCLUDE (code_key), code_key AS old_key, "
        f"dense_rank() OVER (ORDER BY {by}) - 1 AS code_key FROM ({order.every('codes')})"
    )
    [(differing,)] = order.connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM every_code GROUP BY kind, system, code "
        "HAVING count(DISTINCT code_key) > 1)"
    ).fetchall()
    return int(differing)


def _tables(order: _Order) -> dict[str, TableCounts]:
    said = ", ".join(f"any_value({name}) AS {name}" for name in _CODE)
    queries = {
        "patients": "FROM people ORDER BY patient_key",
        "registrations": (
            "SELECT p.patient_key, r.* EXCLUDE (part, patient_key) FROM "
            f"({order.every('registrations')}) r JOIN people p ON p.part = r.part "
            "AND p.old_key = r.patient_key ORDER BY ALL"
        ),
        "codes": (
            f"SELECT code_key, {said}, sum(rows) AS rows FROM every_code GROUP BY code_key "
            "ORDER BY code_key"
        ),
        **{target.table: _records(order, target.table) for target in TARGETS.values()},
        "quarantine": _quarantine(order),
    }
    order_of = {target.table: row_order(kind) for kind, target in TARGETS.items()}
    written = {}
    for name in TABLES:
        order.tell(f"writing {name}")
        query = queries[name]
        if name in order_of:
            query = f"FROM ({query}) ORDER BY {order_of[name]}"
        written[name] = write_table(order.connection, name, query, order.folder)
        _refuse_lost_rows(order, name, written[name].rows)
    return written


def _records(order: _Order, table: str) -> str:
    return " UNION ALL ".join(
        f"SELECT p.patient_key, c.code_key, r.* EXCLUDE (patient_key, code_key) "
        f"FROM {_read(store, table)} r "
        f"JOIN (FROM people WHERE part = {part}) p ON p.old_key = r.patient_key "
        f"JOIN (FROM every_code WHERE part = {part}) c ON c.old_key = r.code_key"
        for part, store in enumerate(order.stores.values())
    )


def _quarantine(order: _Order) -> str:
    parts = " UNION ALL ".join(
        f"SELECT * REPLACE ({literal(name + '/')} || file AS file) "
        f"FROM {_read(store, 'quarantine')}"
        for name, store in order.stores.items()
    )
    return f"FROM ({parts}) ORDER BY ALL"


def _refuse_lost_rows(order: _Order, name: str, written: int) -> None:
    before = sum(store.manifest.tables[name].rows for store in order.stores.values())
    if name != "codes" and written != before:
        raise InstepError(f"rows of {name} were lost: a fault of this program")


def _files(order: _Order) -> Iterator[FileCounts]:
    for name, store in order.stores.items():
        for file in store.manifest.files:
            yield file.model_copy(update={"file": f"{name}/{file.file}"})


def _parts(order: _Order) -> Iterator[Part]:
    for name, store in order.stores.items():
        if store.parts:
            for part in store.parts:
                yield part.model_copy(update={"name": f"{name}/{part.name}"})
        else:
            yield as_part(name, store)


def as_part(name: str, store: Store) -> Part:
    """A store as one of several, under the name that it goes by there."""
    return Part(
        name=name,
        sha256=store.sha256,
        profile=store.profile,
        profile_version=store.manifest.profile_version,
        extract_date=store.extract_date,
        practices=tuple(distinct_practices([store])),
        patients=pq.read_metadata(store.table_path("patients")).num_rows,
        clinical_systems=tuple(systems_of(store.codes(), "clinical")),
    )


def _common(values: set[str]) -> str:
    return values.pop() if len(values) == 1 else SEVERAL
