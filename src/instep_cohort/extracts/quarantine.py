"""Rows that could not be read: set apart with their file, line and reason, never dropped."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from instep_cohort.extracts.sql import literal, path_literal

NO_PATIENT_ID = "no patient_id"
UNKNOWN_PATIENT = "unknown patient"
NO_CODE = "no code"
UNKNOWN_SYSTEM = "unknown system"
NO_KEY = "no key"
UNREADABLE_END = "end of the registration is unreadable"

_LONGEST_RAW = 10_000
_END_KEPT = 60


class BadRow(NamedTuple):
    """One row of the quarantine table; ``column`` is empty where the whole row is at fault."""

    file: str
    line: int
    column: str
    reason: str
    raw: str


class Quarantine:
    """The quarantine table while it grows, on the disk since it may outgrow the memory.

    It is a CSV file since DuckDB and pyarrow both import pandas to take rows from Python.
    """

    def __init__(self, scratch: Path) -> None:
        """Takes a folder for the rows until all of them are there."""
        self._path = scratch / "quarantined.csv"
        self._counts: Counter[tuple[str, str]] = Counter()
        self._last: dict[str, BadRow] = {}

    def add(self, rows: Iterable[BadRow]) -> None:
        """Sets rows apart. The text of a row is cut at 10,000 characters."""
        with self._path.open("a", newline="", encoding="utf-8") as out:
            write = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
            for row in rows:
                self._counts[row.file, row.reason] += 1
                if row.file not in self._last or self._last[row.file].line < row.line:
                    self._last[row.file] = row._replace(raw=row.raw[-_END_KEPT:])
                write((*row[:-1], row.raw[:_LONGEST_RAW]))

    def last(self, file: str) -> BadRow | None:
        """Of the rows of one file that are set apart the last, with the end of its text alone."""
        return self._last.get(file)

    def counts(self, file: str) -> dict[str, int]:
        """How many rows of one file are set apart, by reason."""
        found = {reason: n for (name, reason), n in self._counts.items() if name == file}
        return dict(sorted(found.items()))

    def query(self) -> str | None:
        """The query for all rows, sorted; ``None`` where there are none."""
        if not self._counts:
            return None
        kinds = dict.fromkeys(BadRow._fields, "VARCHAR") | {"line": "BIGINT"}
        columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in kinds.items())
        return (
            'SELECT * REPLACE (nullif("column", \'\') AS "column") FROM '
            f"read_csv({path_literal(self._path)}, auto_detect = false, header = false, "
            "delim = ',', quote = '\"', escape = '\"', new_line = '\\n', parallel = false, "
            f"allow_quoted_nulls = false, columns = {{{columns}}}) ORDER BY ALL"
        )
