"""A ledger file as it stands: whose it is, its rows, and whether it can be believed."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from instep_cohort.recruitment.ledger.chain import FORMAT, Identity, Row, chain_faults, first_hash
from instep_cohort.recruitment.ledger.entries import Entry, as_entries
from instep_cohort.recruitment.ledger.rules import add_batch
from instep_cohort.recruitment.ledger.standing import Standing
from instep_cohort.recruitment.ledger.tables import APPLICATION_ID, SCHEMA, USER_VERSION

_IDENTITY_TYPES = (int, str, str, str, str, str)
_ROW_TYPES = (int, str, int, int, str, str, str, str)


@dataclass(frozen=True)
class Contents:
    """What a ledger file holds, and everything that is wrong with it (empty: nothing)."""

    identity: Identity | None
    rows: Sequence[Row]
    faults: Sequence[str]

    @property
    def head(self) -> str:
        """The hash that the next row will stand on; empty where it is nobody's ledger."""
        if self.rows:
            return self.rows[-1].hash
        return first_hash(self.identity) if self.identity else ""

    def hashes(self) -> list[str]:
        """Every head that the ledger has had, from its beginning."""
        beginning = [first_hash(self.identity)] if self.identity else []
        return beginning + [row.hash for row in self.rows]


def contents(connection: sqlite3.Connection) -> Contents:
    """Everything in a ledger file, its schema and its chain checked."""
    faults = schema_faults(connection)
    if any(fault.startswith("table") for fault in faults):
        return Contents(None, (), faults)
    identity = identity_of(connection)
    if identity is None:
        return Contents(None, (), [*faults, "it does not say whose ledger it is"])
    if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        faults.append("the file is damaged within")
    rows = rows_after(connection, 0)
    return Contents(identity, rows, [*faults, *row_faults(first_hash(identity), 0, rows)])


def rows_after(connection: sqlite3.Connection, number: int) -> list[Row]:
    """The rows behind the row with that number, in their order."""
    columns = ", ".join(Row._fields)
    asked = f"SELECT {columns} FROM entries WHERE number > ? ORDER BY number"
    return list(map(Row._make, connection.execute(asked, (number,))))


def row_faults(previous: str, after: int, rows: Sequence[Row]) -> list[str]:
    """What is wrong with rows that follow the row ``after`` whose hash is ``previous``."""
    for row in rows:
        if not _typed(row, _ROW_TYPES):
            return [f"row {row.number} was changed: it holds another kind of value"]
    return chain_faults(previous, after, rows)


def schema_faults(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with tables, triggers and settings of the file, one sentence each."""
    there = dict(connection.execute("SELECT name, sql FROM sqlite_master"))
    if not there:
        return ["table entries is missing: the file is empty, cut, or its making was broken off"]
    faults = [f"{_kind(name)} {name} is missing" for name in SCHEMA if name not in there]
    faults += [
        f"{_kind(name)} {name} was changed"
        for name, made in SCHEMA.items()
        if there.get(name, made) != made
    ]
    # what somebody called it is not repeated
    strangers = len(there.keys() - SCHEMA.keys())
    if strangers:
        faults.append(f"{strangers} things were added that a ledger does not have")
    return faults + _setting_faults(connection)


def foreign(identity: Identity, practice: str | None, study: str | None) -> list[str]:
    """Whose ledger it is instead, where it is not of this practice or this study.

    None stands for any.
    """
    wanted = (("practice", identity.practice, practice), ("study", identity.study, study))
    return [
        f"it is of the {what} {found}, not of {asked}"
        for what, found, asked in wanted
        if asked is not None and found != asked
    ]


def replay(standing: Standing, rows: Sequence[Row]) -> list[str]:
    """Takes the rows in; the first rule that one of them breaks, as a list of none or one."""
    try:
        with _without_collecting():
            return _replayed(standing, rows, as_entries([row.body for row in rows]))
    except ValueError:
        return ["an entry is of no kind that this version knows"]


def _replayed(standing: Standing, rows: Sequence[Row], entries: Sequence[Entry]) -> list[str]:
    start = 0
    while start < len(rows):
        end = start + rows[start].size
        broken = add_batch(standing, entries[start:end])
        if broken:
            return [f"the batch from row {rows[start].number} on, {broken}"]
        start = end
    return []


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No garbage collection: of 100,000 entries that all stay it takes half of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _setting_faults(connection: sqlite3.Connection) -> list[str]:
    def setting(name: str) -> object:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]

    faults = []
    if (setting("application_id"), setting("user_version")) != (APPLICATION_ID, USER_VERSION):
        faults.append("the file is not marked as a ledger of this format")
    if setting("journal_mode") == "wal":
        faults.append("it keeps a write-ahead log, which is not safe on a network drive")
    return faults


def identity_of(connection: sqlite3.Connection) -> Identity | None:
    """Whose ledger it is; None where it does not say so, or in another format."""
    columns = ", ".join(Identity._fields)
    rows = connection.execute(f"SELECT {columns} FROM identity").fetchall()
    if len(rows) != 1 or not _typed(rows[0], _IDENTITY_TYPES) or rows[0][0] != FORMAT:
        return None
    return Identity(*rows[0])


def _typed(row: Sequence[object], types: Sequence[type]) -> bool:
    return tuple(map(type, row)) == types


def _kind(name: str) -> str:
    return SCHEMA[name].split(maxsplit=2)[1].lower()
