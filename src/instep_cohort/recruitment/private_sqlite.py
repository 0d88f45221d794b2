"""A private SQLite file on a disk that may be full, shared or pulled out: one way to open it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from instep_cohort.errors import SafetyRefusal, UsageError

OWNER_ONLY = 0o600
PATIENCE = 30.0  # seconds for which another writer is waited for


def create_file(path: Path, what: str) -> None:
    """Makes the empty file, readable by its owner alone; SQLite gives its journal the same mode.

    Raises:
        UsageError: there is one already, or none can be made there.
    """
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY)
    except FileExistsError:
        raise UsageError(f"{path} is there already: open it, or name another file.") from None
    except OSError as error:
        raise UsageError(f"The {what} {path} cannot be made ({error.strerror}).") from None
    os.close(handle)


@contextmanager
def reading(path: Path, what: str) -> Iterator[sqlite3.Connection]:
    """The file within one read transaction, so that everything read is of one moment.

    Raises:
        UsageError: there is no such file.
        SafetyRefusal: it cannot be read; SQLite's own words are withheld, since they can quote.
    """
    with _connected(path, what) as connection:
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.rollback()


@contextmanager
def writing(path: Path, what: str) -> Iterator[sqlite3.Connection]:
    """The file within one write transaction: committed at its end, or nothing of it is there.

    Another writer is waited for. The commit is on the disk when this ends.

    Raises:
        UsageError: there is no such file.
        SafetyRefusal: it is in use for too long, the disk is full, or it cannot be written.
    """
    with _connected(path, what) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.commit()
        except BaseException:
            connection.rollback()
            raise


@contextmanager
def _connected(path: Path, what: str) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise UsageError(f"There is no {what} {path}.")
    try:
        with closing(_opened(path)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            # EXTRA is FULL, and the folder too is synced once the journal is gone from it: without
            # that a power cut right after a commit can bring the journal back, and undo it
            connection.execute("PRAGMA synchronous = EXTRA")
            yield connection
    except sqlite3.Error as error:
        raise _refusal(path, what, error) from None


def _opened(path: Path) -> sqlite3.Connection:
    # mode=rw: a file that has gone in between is not made anew, as an empty one
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, timeout=PATIENCE, isolation_level=None, uri=True)


def _refusal(path: Path, what: str, error: sqlite3.Error) -> SafetyRefusal:
    name = getattr(error, "sqlite_errorname", "")
    return SafetyRefusal(f"The {what} {path} {_trouble(name)}")


_TROUBLES: Mapping[str, str] = {
    "SQLITE_BUSY": "is in use by somebody else; nothing was written: try again.",
    "SQLITE_LOCKED": "is in use by somebody else; nothing was written: try again.",
    "SQLITE_FULL": "cannot grow, the disk is full; nothing was written: make room and try again.",
    "SQLITE_READONLY": "may only be read here; nothing was written.",
    "SQLITE_NOTADB": "is no such file, or is damaged: verify it, and take the latest whole copy.",
    "SQLITE_CORRUPT": "is damaged: verify it, and take the latest whole copy.",
}


def _trouble(name: str) -> str:
    for code, said in _TROUBLES.items():
        if name == code or name.startswith(f"{code}_"):
            return said
    return (
        f"could not be read or written ({name or 'unknown'}); nothing was acknowledged: make sure "
        "that the disk is there and has room, and try again."
    )
