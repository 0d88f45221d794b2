"""Rows that could not be read: set apart with their file, line and reason, never dropped."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

import duckdb
import pyarrow as pa

from instep_cohort.extracts.tables import QUARANTINE

NO_PATIENT_ID = "no patient_id"
UNKNOWN_PATIENT = "unknown patient"
NO_CODE = "no code"
UNKNOWN_SYSTEM = "unknown system"

_BATCH = 10_000
_LONGEST_RAW = 10_000


class BadRow(NamedTuple):
    """One row of the quarantine table."""

    file: str
    line: int
    reason: str
    raw: str


class Quarantine:
    """The quarantine table while it grows; it may outgrow the memory."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        connection.execute(
            "CREATE TABLE quarantine (file VARCHAR, line BIGINT, reason VARCHAR, raw VARCHAR)"
        )

    def add(self, rows: Iterable[BadRow]) -> None:
        """Sets rows apart. The text of a row is cut at 10,000 characters."""
        remaining = iter(rows)
        while batch := list(islice(remaining, _BATCH)):
            columns = [
                *([getattr(row, name) for row in batch] for name in ("file", "line", "reason")),
                [row.raw[:_LONGEST_RAW] for row in batch],
            ]
            self._connection.register("batch", pa.table(columns, schema=QUARANTINE))
            self._connection.execute("INSERT INTO quarantine FROM batch")
            self._connection.unregister("batch")

    def counts(self, file: str) -> dict[str, int]:
        """How many rows of one file are set apart, by reason."""
        query = "SELECT reason, count(*) FROM quarantine WHERE file = ? GROUP BY ALL ORDER BY ALL"
        return dict(self._connection.execute(query, [file]).fetchall())
