"""A store opened for counting: DuckDB over its files, and what is counted in one pass over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from instep_cohort.errors import ExtractError
from instep_cohort.extracts import Store
from instep_cohort.extracts.sql import literal, path_literal
from instep_cohort.extracts.working_database import connect

#: The tables of the store that hold rows of the record.
RECORDS = ("events", "medicines")
_EPOCH = date(1970, 1, 1)
#: What patients without a practice are counted under.
NO_PRACTICE = "(none)"


class Opened:
    """A store, its practices, and a DuckDB with what is asked of most.

    ``people``: patient_key, practice_no, birth_day, death_day, birth_precision, sex, is_test,
    is_confidential, extract_day, first_start.
    ``coded``: code_key, kind, system, look_no: codes that look the same to the report.
    ``looks``: look_no, system, and whether such codes have a read_v2, ctv3, snomed_concept, dmd,
    bnf, substance.
    ``counted``: for each of `RECORDS`, practice, look and month (year * 12 + month - 1, null for
    undated rows) the rows, and how many of them are partial, future, before_birth, after_death,
    before_start.
    """

    def __init__(self, store: Store, connection: duckdb.DuckDBPyConnection) -> None:
        """Takes a store and an empty DuckDB; `opened` makes them."""
        self.store = store
        self._connection = connection
        self._files = {name: store.table_path(name) for name in ("patients", "registrations")}
        self._files |= {name: store.table_path(name) for name in ("codes", *RECORDS)}
        self.extract_day = (store.extract_date - _EPOCH).days
        self._make_people()
        self._make_codes()
        self._count_rows()

    def read(self, table: str) -> str:
        """The rows of a table of the store, for SQL."""
        return f"read_parquet({path_literal(self._files[table])})"

    def rows(self, query: str) -> list[Any]:
        """The rows of a query.

        Raises:
            ExtractError: the store is damaged.
        """
        try:
            return self._connection.execute(query).fetchall()
        except duckdb.Error:  # its text may show records
            raise ExtractError(
                f"{self.store.path}: the store is damaged; make it again with "
                "`instep-cohort ingest`"
            ) from None

    @property
    def practices(self) -> Mapping[int, str]:
        """The practices of the patients by number, sorted by name."""
        return dict(self.rows("SELECT practice_no, practice FROM practices ORDER BY practice_no"))

    def _make_people(self) -> None:
        none = literal(NO_PRACTICE)
        self.rows(
            "CREATE TABLE practices AS SELECT practice, CAST(row_number() OVER (ORDER BY practice) "
            f"- 1 AS INTEGER) AS practice_no, {self._extract_day('practice')} AS taken_day FROM "
            f"(SELECT DISTINCT coalesce(practice_id, {none}) AS practice FROM "
            f"{self.read('patients')})"
        )
        self.rows(
            "CREATE TABLE people AS SELECT patient_key, practice_no, practice_id, birth_day, "
            "birth_precision, death_day, sex, is_test, is_confidential, "
            "taken_day AS extract_day, first_start "
            f"FROM {self.read('patients')} "
            f"JOIN practices ON practice = coalesce(practice_id, {none}) "
            "LEFT JOIN (SELECT patient_key, min(start_day) AS first_start FROM "
            f"{self.read('registrations')} GROUP BY ALL) USING (patient_key)"
        )

    def _extract_day(self, practice: str) -> str:
        """The day of the extract that a practice came with, as SQL; a merged store has several."""
        arms = [
            f"WHEN {literal(name)} THEN {(part.extract_date - _EPOCH).days}"
            for part in self.store.parts
            for name in part.practices
        ]
        return (
            f"CASE {practice} {' '.join(arms)} ELSE {self.extract_day} END"
            if arms
            else str(self.extract_day)
        )

    def _make_codes(self) -> None:
        said = ("read_v2", "ctv3", "snomed_concept", "dmd", "bnf", "substance")
        has = ", ".join(f"{name} IS NOT NULL AS has_{name}" for name in said)
        by = ", ".join(("kind", "system", *(f"has_{name}" for name in said)))
        self.rows(
            f"CREATE TABLE coded AS SELECT *, CAST(dense_rank() OVER (ORDER BY {by}) AS INTEGER) "
            f"AS look_no FROM (SELECT code_key, kind, system, code, rows, {has} "
            f"FROM {self.read('codes')})"
        )
        self.rows(f"CREATE TABLE looks AS SELECT DISTINCT look_no, {by} FROM coded")

    def _count_rows(self) -> None:
        begins, ends = "coalesce(day, earliest)", "coalesce(day, latest)"
        conditions = {
            "partial": "date_precision IN ('month', 'year')",
            "undated": "date_precision = 'none'",
            "future": f"{begins} > extract_day",
            "before_birth": f"{ends} < birth_day",
            "after_death": f"{begins} > death_day",
            "before_start": f"{ends} < first_start",
        }
        counts = ", ".join(
            f"count(*) FILTER (WHERE {rule}) AS {name}" for name, rule in conditions.items()
        )
        parts = " UNION ALL ".join(
            f"SELECT {literal(table)} AS record, practice_no, look_no, "
            "year(DATE '1970-01-01' + day) * 12 + month(DATE '1970-01-01' + day) - 1 AS month, "
            f"count(*) AS rows, {counts} FROM {self.read(table)} JOIN people USING (patient_key) "
            "JOIN coded USING (code_key) GROUP BY ALL"
            for table in RECORDS
        )
        self.rows(f"CREATE TABLE counted AS {parts}")


@contextmanager
def opened(store: Store) -> Iterator[Opened]:
    """The store, opened for counting; what DuckDB puts on the disk goes away with it."""
    with TemporaryDirectory() as scratch, connect(Path(scratch)) as connection:
        yield Opened(store.held(), connection)
