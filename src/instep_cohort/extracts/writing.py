"""Writing the store: each table as Parquet, the folder put in place at the very end."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from instep_cohort.errors import InstepError, UsageError
from instep_cohort.extracts.exchanging import exchange
from instep_cohort.extracts.manifest import FILE_NAME, TableCounts
from instep_cohort.extracts.sql import identifier, literal
from instep_cohort.extracts.survey import sha256
from instep_cohort.extracts.tables import ROW_GROUP_ROWS, TABLES

_SQL_TYPES = {
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.string(): "VARCHAR",
}


def table_file(folder: Path, name: str) -> Path:
    """Where a store in ``folder`` keeps the table ``name``."""
    return folder / f"{name}.parquet"


def write_table(
    connection: duckdb.DuckDBPyConnection, name: str, query: str | None, folder: Path
) -> TableCounts:
    """The counts of a table, written with exactly the columns that `tables` declares.

    Args:
        connection: the DuckDB that has the data.
        name: the table of the store.
        query: gives its rows, in their order; ``None`` for a table without rows.
        folder: the store's folder.
    """
    schema = TABLES[name]
    path = table_file(folder, name)
    columns = ", ".join(
        f"CAST({'NULL' if query is None else identifier(field.name)} AS {_SQL_TYPES[field.type]}) "
        f"AS {identifier(field.name)}"
        for field in schema
    )
    rows = f"SELECT {columns} " + ("WHERE false" if query is None else f"FROM ({query})")
    connection.execute(
        f"COPY ({rows}) TO {literal(str(path))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS})"
    )
    written = pq.read_metadata(path)
    if not written.schema.to_arrow_schema().equals(schema):
        raise InstepError(f"the table {name} was not written as declared: a fault of this program")
    return TableCounts(rows=written.num_rows, sha256=sha256(path))


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A folder beside ``out`` that takes its place when the block ends, and goes away if it fails.

    Raises:
        UsageError: what stands at ``out`` is neither a store nor an empty folder, or no folder can
            be made beside it.
    """
    try:
        refuse_foreign(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise UsageError(
            f"{out}: no store can be written there: {error.strerror}; the folder {out.parent} must "
            "be one that you may write in"
        ) from None
    try:
        store = building / "store"
        store.mkdir()
        yield store
        refuse_foreign(out)
        _swap(store, out, building / "previous")
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _swap(store: Path, out: Path, previous: Path) -> None:
    """Puts the store in the place of what is there, in one step where the system can do that."""
    if out.exists() and exchange(store, out):
        return
    if out.exists():
        out.rename(previous)
    try:
        store.rename(out)
    except OSError:
        if previous.exists():
            previous.rename(out)
        raise


def refuse_foreign(out: Path) -> None:
    """Nothing, where ``out`` is free, empty, or a store that may be replaced.

    Raises:
        UsageError: something else stands there.
    """
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir() or out.is_symlink():
        raise UsageError(f"{out}: there is a file of this name; choose another --out")
    ours = {FILE_NAME, *(table_file(out, name).name for name in TABLES)}
    there = {path.name for path in out.iterdir()}
    if there and (FILE_NAME not in there or there - ours):
        example = min(there - ours, default="no store.json")
        raise UsageError(
            f"{out}: a folder that is no store (it holds {example}) is not replaced; choose "
            "another --out or empty it"
        )
