"""The ledger of one practice and study: a file that only grows."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Self

from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.ledger import chain
from instep_cohort.recruitment.ledger.chain import FORMAT, Identity, Row, first_hash
from instep_cohort.recruitment.ledger.entries import NAME_PATTERN, Entry, as_entries
from instep_cohort.recruitment.ledger.loading import (
    Contents,
    contents,
    foreign,
    identity_of,
    replay,
    row_faults,
    rows_after,
    schema_faults,
)
from instep_cohort.recruitment.ledger.rules import add_batch
from instep_cohort.recruitment.ledger.standing import Standing
from instep_cohort.recruitment.ledger.tables import APPLICATION_ID, SCHEMA, USER_VERSION
from instep_cohort.recruitment.private_sqlite import create_file, reading, writing

WHAT = "ledger"
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class Receipt(NamedTuple):
    """What is acknowledged: the rows are on the disk.

    Attributes:
        first, last: the numbers of the batch's rows.
        head: the ledger's head after the batch, to be written into what is made from it.
        written: False where the very same batch stood there already.
    """

    first: int
    last: int
    head: str
    written: bool


class Recorded(NamedTuple):
    """An entry with its number, and who recorded it when, in which batch."""

    number: int
    at: str
    who: str
    batch_key: str
    entry: Entry


class Ledger:
    """Routes, decisions, invitations, replies, opt-outs and releases of one practice and study.

    People are in it by token. What was acknowledged is on the disk; a batch is there whole or not
    at all; nothing that stands there changes. Several processes may hold one ledger.

    Example:
        >>> import tempfile
        >>> from datetime import date
        >>> from instep_cohort.recruitment.ledger import Found, Ledger
        >>> from instep_cohort.recruitment.tokens import new_tokens
        >>> from instep_cohort.recruitment.vocabulary import Route
        >>> place = Path(tempfile.mkdtemp()) / "instep.ledger"
        >>> whose = {"practice": "A82001", "study": "instep"}
        >>> made = {"who": "N. Shah, manager", "at": "2026-11-24T09:30:00Z"}
        >>> ledger = Ledger.create(place, **whose, **made)
        >>> token = new_tokens(1)[0]
        >>> found = Found(person=token, route=Route.HAND_SEARCH, found_on=date(2026, 11, 24))
        >>> receipt = ledger.append([found], **made, batch_key="hand search of 24 November")
        >>> receipt.head == ledger.head, ledger.standing.first_route(token) == found
        (True, True)
    """

    def __init__(self, path: Path, identity: Identity, rows: Sequence[Row]) -> None:
        """Not for use: `Ledger.open` and `Ledger.create` check what this takes as it is."""
        self.path = path
        self.identity = identity
        self._rows = list(rows)
        self._keys = _batches(rows)
        self._standing: Standing | None = None

    @classmethod
    def create(cls, path: Path | str, *, practice: str, study: str, who: str, at: str) -> Self:
        """A new, empty ledger (mode 600) of a practice and a study.

        Args:
            path: where; on a drive of the practice.
            practice: whose it is; every opening has to say the same.
            study: what it is for; likewise.
            who: who makes it, by name and role.
            at: when, in UTC, such as ``2026-11-24T09:30:00Z``.

        Raises:
            UsageError: there is such a file already, a name is empty, or the time is no UTC time.
            SafetyRefusal: it cannot be written.
        """
        path = Path(path)
        for name in (practice, study, who):
            _check_name(name)
        _check_time(at)
        identity = Identity(FORMAT, practice, study, secrets.token_hex(16), at, who)
        create_file(path, WHAT)
        try:
            with writing(path, WHAT) as connection:
                _write_empty(connection, identity)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return cls(path, identity, ())

    @classmethod
    def open(cls, path: Path | str, *, practice: str, study: str) -> Self:
        """The ledger in a file, verified as a whole. It never makes one.

        A ledger that is not there is refused: an empty one in its place would have forgotten who
        must not be written to.

        Raises:
            UsageError: there is no such file.
            SafetyRefusal: it is damaged or was tampered with, or it is of another practice or
                study.
        """
        path = Path(path)
        with reading(path, WHAT) as connection:
            found = contents(connection)
        return cls(path, _believed(path, found, practice, study), found.rows)

    @classmethod
    def open_any(cls, path: Path | str) -> Self:
        """The ledger in a file, of whichever practice and study it is: to look at, not to go by.

        Raises:
            UsageError: there is no such file.
            SafetyRefusal: it is damaged or was tampered with.
        """
        path = Path(path)
        with reading(path, WHAT) as connection:
            found = contents(connection)
        return cls(path, _believed(path, found, None, None), found.rows)

    @property
    def head(self) -> str:
        """The hash of the last row (64 hex digits): to be written into whatever is made from it."""
        return self._rows[-1].hash if self._rows else first_hash(self.identity)

    def has_had(self, head: str) -> bool:
        """Whether that was its head at some time: the head of none that lacks rows, or is another.

        As of the last opening, append or refresh.
        """
        return head == first_hash(self.identity) or any(row.hash == head for row in self._rows)

    @property
    def standing(self) -> Standing:
        """What the ledger says now, as of the last opening, append or refresh; read it only."""
        if self._standing is None:
            standing = Standing()
            _refuse_faults(self.path, replay(standing, self._rows))
            self._standing = standing
        return self._standing

    def entries(self) -> list[Recorded]:
        """Every entry, in order, with who recorded it when."""
        return [
            Recorded(row.number, row.at, row.who, row.batch_key, entry)
            for row, entry in zip(
                self._rows, as_entries([row.body for row in self._rows]), strict=True
            )
        ]

    def refresh(self) -> None:
        """Reads on what others have appended since.

        Raises:
            SafetyRefusal: the file was changed otherwise than by appending.
        """
        with reading(self.path, WHAT) as connection:
            self._read_on(connection)

    def append(self, entries: Sequence[Entry], *, who: str, at: str, batch_key: str) -> Receipt:
        """The receipt of a batch that is on the disk, whole.

        The rules (`ledger.rules`) are checked in the same transaction, so of two processes that
        want to invite one person one is refused.

        Args:
            entries: one or more; they take effect in their order.
            who: who records it, by name and role.
            at: when, in UTC, such as ``2026-11-24T09:30:00Z``.
            batch_key: what the batch is, so that a repeated one is not written twice: made from
                its origin, such as the hash of the imported file.

        Raises:
            UsageError: there is nothing to append, or a name or the time is wrong.
            SafetyRefusal: a rule would be broken, the key is that of another batch, the ledger is
                in use, full, damaged or gone; nothing was written, or at least not acknowledged.
        """
        if not entries:
            raise UsageError("There is nothing to record.")
        _check_name(who)
        _check_name(batch_key)
        _check_time(at)
        bodies = [entry.model_dump_json(exclude_none=True) for entry in entries]
        try:
            with writing(self.path, WHAT) as connection:
                self._read_on(connection)
                if batch_key in self._keys:
                    return self._repeated(bodies, who, batch_key)
                rows = chain.chained(
                    self.head, len(self._rows), bodies, batch_key=batch_key, at=at, who=who
                )
                _refuse_broken(self.path, add_batch(self.standing, entries))
                marks = ", ".join("?" * len(Row._fields))
                connection.executemany(f"INSERT INTO entries VALUES ({marks})", rows)
        except BaseException:
            # the standing may hold what the file does not
            self._standing = None
            raise
        self._take(rows)
        return Receipt(rows[0].number, rows[-1].number, self.head, written=True)

    def _read_on(self, connection: sqlite3.Connection) -> None:
        _refuse_faults(self.path, schema_faults(connection))
        known = len(self._rows)
        rows = rows_after(connection, known - 1)
        if known:
            # the last row that is known must still be there, and be the same
            if not rows or rows[0] != self._rows[-1]:
                _refuse_faults(self.path, [f"row {known} was changed or taken out"])
            rows = rows[1:]
        elif identity_of(connection) != self.identity:
            _refuse_faults(self.path, ["another ledger was put in its place"])
        _refuse_faults(self.path, row_faults(self.head, known, rows))
        self._take(rows)
        if self._standing is not None:
            _refuse_faults(self.path, replay(self._standing, rows))

    def _take(self, rows: Sequence[Row]) -> None:
        self._rows.extend(rows)
        for key, batch in _batches(rows).items():
            self._keys.setdefault(key, batch)

    def _repeated(self, bodies: Sequence[str], who: str, batch_key: str) -> Receipt:
        there = self._keys[batch_key]
        if [row.body for row in there] != list(bodies) or there[0].who != who:
            raise SafetyRefusal(
                f"Nothing was recorded in {self.path}: another batch stands there under the same "
                "key. If this is a new one, it needs a key of its own."
            )
        return Receipt(there[0].number, there[-1].number, there[-1].hash, written=False)


def _batches(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.batch_key, []).append(row)
    return found


def _write_empty(connection: sqlite3.Connection, identity: Identity) -> None:
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    for name, statement in SCHEMA.items():
        connection.execute(statement)
        if name == "identity":
            connection.execute("INSERT INTO identity VALUES (?, ?, ?, ?, ?, ?)", identity)


def _believed(path: Path, found: Contents, practice: str | None, study: str | None) -> Identity:
    """The identity of a ledger without faults that is of this practice and study."""
    _refuse_faults(path, found.faults)
    if found.identity is None:  # no ledger without faults is nobody's
        raise SafetyRefusal(f"The ledger {path} does not say whose it is.")
    _refuse_faults(path, foreign(found.identity, practice, study))
    return found.identity


def _refuse_broken(path: Path, broken: str) -> None:
    if broken:
        raise SafetyRefusal(f"Nothing was recorded in {path}: {broken}.")


def _refuse_faults(path: Path, faults: Sequence[str]) -> None:
    if faults:
        raise SafetyRefusal(
            f"The ledger {path} cannot be believed: {'; '.join(faults)}. Nothing was done. Keep "
            "the file as it is, and go on from the latest copy that verifies."
        )


def _check_name(text: str) -> None:
    # a lone surrogate, as a wrongly read file name has them, is no text that can be stored
    if not re.fullmatch(NAME_PATTERN, text) or re.search("[\ud800-\udfff]", text):
        raise UsageError("A name is missing, is longer than 200 characters, or is not one line.")


def _check_time(at: str) -> None:
    if not (_UTC.fullmatch(at) and _is_time(at)):
        raise UsageError(f"{at}: not a time in UTC; write it as 2026-11-24T09:30:00Z.")


def _is_time(at: str) -> bool:
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return False
    return True
