"""The key: which token is which patient, in a file apart from everything that tells of them."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
import stat
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple, Self

from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.private_sqlite import create_file, reading, writing
from instep_cohort.recruitment.tokens import new_tokens

WHAT = "key"
_FORMAT = 1
_GROUP_AND_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class _Whose(NamedTuple):
    format: int
    practice: str
    study: str
    key_id: str


_SCHEMA = {
    "whose": "CREATE TABLE whose (format INTEGER, practice TEXT, study TEXT, key_id TEXT)",
    "tokens": (
        "CREATE TABLE tokens (number INTEGER PRIMARY KEY, "
        "token TEXT NOT NULL, patient_id TEXT NOT NULL, seal TEXT NOT NULL)"
    ),
    "tokens_no_update": (
        "CREATE TRIGGER tokens_no_update BEFORE UPDATE ON tokens "
        "BEGIN SELECT RAISE(ABORT, 'a token stays with its patient'); END"
    ),
    "tokens_no_delete": (
        "CREATE TRIGGER tokens_no_delete BEFORE DELETE ON tokens "
        "BEGIN SELECT RAISE(ABORT, 'a token stays with its patient'); END"
    ),
    "tokens_next_only": (
        "CREATE TRIGGER tokens_next_only BEFORE INSERT ON tokens "
        "WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM tokens) "
        "BEGIN SELECT RAISE(ABORT, 'a key only grows at its end'); END"
    ),
}
# a key from before it remembered letters has no such table, until it does
_LETTERS = (
    "CREATE TABLE letters (number INTEGER PRIMARY KEY, "
    "ledger_head TEXT NOT NULL, extract_date TEXT NOT NULL)"
)


class Remembered(NamedTuple):
    """The ledger's head after the latest letters, and the day of the latest extract used."""

    ledger_head: str
    extract_date: date


class Key:
    """The tokens of a practice's patients for one study; a person keeps theirs over all runs.

    The file is of class PRACTICE-ONLY and of mode 600. It is never copied into a run folder, a
    workbook or counts; without it a ledger says nothing of whom it speaks.

    Example:
        >>> import tempfile
        >>> place = Path(tempfile.mkdtemp()) / "instep.key"
        >>> key = Key.create(place, practice="A82001", study="instep")
        >>> tokens = key.tokens_for(["17", "23"])
        >>> key.tokens_for(["23", "17"]) == tokens
        True
        >>> key.patients([tokens["17"]]) == {tokens["17"]: "17"}
        True
    """

    def __init__(self, path: Path, whose: _Whose) -> None:
        """Not for use: `Key.open` and `Key.create` check what this takes as it is."""
        self.path = path
        self._whose = whose

    @classmethod
    def create(cls, path: Path | str, *, practice: str, study: str) -> Self:
        """A new key without tokens.

        Raises:
            UsageError: there is such a file already, or a name is empty.
            SafetyRefusal: it cannot be written.
        """
        path = Path(path)
        if not practice or not study:
            raise UsageError("A key is of a practice and of a study: name both.")
        whose = _Whose(_FORMAT, practice, study, secrets.token_hex(16))
        create_file(path, WHAT)
        try:
            with writing(path, WHAT) as connection:
                for statement in _SCHEMA.values():
                    connection.execute(statement)
                connection.execute("INSERT INTO whose VALUES (?, ?, ?, ?)", whose)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return cls(path, whose)

    @classmethod
    def open(cls, path: Path | str, *, practice: str, study: str) -> Self:
        """The key in a file, checked as a whole. It never makes one.

        Raises:
            UsageError: there is no such file.
            SafetyRefusal: others than its owner may read it, it was changed, or it is of another
                practice or study.
        """
        path = Path(path)
        with reading(path, WHAT) as connection:
            _refuse_open_to_others(path)
            whose = _whose(connection, path)
            if (whose.practice, whose.study) != (practice, study):
                raise SafetyRefusal(
                    f"The key {path} is of practice {whose.practice} and study {whose.study}, not "
                    f"of {practice} and {study}."
                )
            _by_patient(connection, path, whose)
        return cls(path, whose)

    def tokens_for(self, patient_ids: Iterable[str]) -> dict[str, str]:
        """Patient id → token; who has none is given one, which is on the disk before this returns.

        Raises:
            SafetyRefusal: the key was changed, or cannot be written.
            UsageError: an id is empty.
        """
        asked = list(dict.fromkeys(patient_ids))
        if not all(asked):
            raise UsageError("A patient without an id can have no token.")
        known = self.known(asked)
        if len(known) == len(asked):
            return known
        with writing(self.path, WHAT) as connection:
            given = self._given(connection)
            without = [one for one in asked if one not in given]
            made = new_tokens(len(without), taken=given.values())
            rows = [
                (number, token, patient, _seal(self._whose, number, token, patient))
                for number, (token, patient) in enumerate(
                    zip(made, without, strict=True), len(given) + 1
                )
            ]
            connection.executemany("INSERT INTO tokens VALUES (?, ?, ?, ?)", rows)
        given |= dict(zip(without, made, strict=True))
        return {one: given[one] for one in asked}

    def known(self, patient_ids: Iterable[str]) -> dict[str, str]:
        """Patient id → token, of those who have one; nobody is given one."""
        given = self._read()
        return {one: given[one] for one in dict.fromkeys(patient_ids) if one in given}

    def patients(self, tokens: Iterable[str]) -> dict[str, str]:
        """Token → patient id.

        Raises:
            SafetyRefusal: a token is not in this key; it is that of another practice or study, or
                the key was lost and made anew.
        """
        asked = list(dict.fromkeys(tokens))
        by_token = {token: patient for patient, token in self._read().items()}
        _refuse_unknown(self.path, sum(one not in by_token for one in asked))
        return {one: by_token[one] for one in asked}

    def covers(self, tokens: Collection[str]) -> None:
        """Refuses to go on where the key lacks a token that is in use, such as in the ledger.

        Raises:
            SafetyRefusal: it lacks some.
        """
        self.patients(tokens)

    def remember(self, ledger_head: str, extract_date: date) -> None:
        """Keeps by which ledger and extract letters were made with this key, for `remembered`.

        An older copy of that ledger, or another one, has forgotten those letters; an older extract
        does not know who has died or left since.

        Raises:
            SafetyRefusal: the key was changed, or cannot be written.
        """
        with writing(self.path, WHAT) as connection:
            self._refuse_another(connection)
            if not _remembers(connection):
                connection.execute(_LETTERS)
            connection.execute(
                "INSERT INTO letters (ledger_head, extract_date) SELECT ?, ? "
                "WHERE ? NOT IN (SELECT ledger_head FROM letters)",
                (ledger_head, extract_date.isoformat(), ledger_head),
            )

    def remembered(self) -> Remembered | None:
        """By what letters were made with this key; None where none were.

        Raises:
            SafetyRefusal: the key was changed, or another was put in its place.
        """
        with reading(self.path, WHAT) as connection:
            self._refuse_another(connection)
            select = "SELECT ledger_head, extract_date FROM letters ORDER BY number"
            rows = connection.execute(select).fetchall() if _remembers(connection) else []
        if not rows:
            return None
        return Remembered(str(rows[-1][0]), max(date.fromisoformat(str(row[1])) for row in rows))

    def _read(self) -> dict[str, str]:
        with reading(self.path, WHAT) as connection:
            return self._given(connection)

    def _given(self, connection: sqlite3.Connection) -> dict[str, str]:
        self._refuse_another(connection)
        return _by_patient(connection, self.path, self._whose)

    def _refuse_another(self, connection: sqlite3.Connection) -> None:
        if _whose(connection, self.path) != self._whose:
            raise SafetyRefusal(f"Another key was put in the place of {self.path}.")


def _whose(connection: sqlite3.Connection, path: Path) -> _Whose:
    there = dict(connection.execute("SELECT name, sql FROM sqlite_master"))
    if there not in (_SCHEMA, _SCHEMA | {"letters": _LETTERS}):
        raise _changed(path)
    rows = connection.execute("SELECT format, practice, study, key_id FROM whose").fetchall()
    if len(rows) != 1 or rows[0][0] != _FORMAT:
        raise _changed(path)
    return _Whose(*rows[0])


def _remembers(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'letters'")
    return found.fetchone() is not None


def _by_patient(connection: sqlite3.Connection, path: Path, whose: _Whose) -> dict[str, str]:
    rows = connection.execute("SELECT number, token, patient_id, seal FROM tokens ORDER BY number")
    given: dict[str, str] = {}
    tokens: set[str] = set()
    for expected, (number, token, patient, seal) in enumerate(rows, 1):
        if number != expected or seal != _seal(whose, number, token, patient):
            raise _changed(path)
        given[patient] = token
        tokens.add(token)
        if not len(given) == len(tokens) == number:
            raise _changed(path)
    return given


def _seal(whose: _Whose, number: int, token: object, patient: object) -> str:
    """What a row changed by hand no longer fits; no proof against somebody who means harm."""
    text = json.dumps([*whose, number, str(token), str(patient)])
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _refuse_open_to_others(path: Path) -> None:
    # Windows has no such modes: there the folder's rights have to do it
    if os.name == "posix" and path.stat().st_mode & _GROUP_AND_OTHERS:
        raise SafetyRefusal(
            f"The key {path} can be read by others than its owner. Mend it with: chmod 600 {path}"
        )


def _refuse_unknown(path: Path, count: int) -> None:
    if count:
        raise SafetyRefusal(
            f"{count} tokens are not in the key {path}: it is the key of another practice or "
            "study, or was lost and made anew. Bring back the key that they were made with."
        )


def _changed(path: Path) -> SafetyRefusal:
    return SafetyRefusal(f"The key {path} was changed or is damaged; bring back its latest copy.")
