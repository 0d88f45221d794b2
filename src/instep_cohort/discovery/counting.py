"""Patients and rows with each code of a store, counted where the rows lie."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from instep_cohort.codelists.model import Kind
from instep_cohort.disclosure.small_numbers import Exact
from instep_cohort.errors import ExtractError
from instep_cohort.extracts import Store
from instep_cohort.extracts.sql import path_literal

if TYPE_CHECKING:
    from instep_cohort.disclosure.small_numbers import Years

_TABLES = {"clinical": "events", "medicine": "medicines"}
UNDATED = "undated"
_ALL_YEARS = "all"

_NOBODY = Exact(0, 0)


class Counts:
    """What a store holds of some codes. Every stored row counts, whatever its date."""

    def __init__(self, store: Store, kind: Kind, keys: Collection[int]) -> None:
        """Counts the rows with these codes: patients, rows, both for each year.

        Raises:
            ExtractError: a table of the store is damaged.
        """
        self._rows = _Rows(store, kind, keys)
        self._whole: dict[int, Exact] = {}
        self._years: dict[int, dict[str, Exact]] = {}
        for key, year, patients, rows in self._rows.by_code_and_year():
            count = Exact(patients, rows)
            if year == _ALL_YEARS:
                self._whole[key] = count
            else:
                self._years.setdefault(key, {})[year] = count

    def of(self, key: int) -> Exact:
        """Patients and rows with a code."""
        return self._whole.get(key, _NOBODY)

    def years_of(self, key: int) -> Years:
        """The same for each year that has any row with it, in their order, undated ones last."""
        return self._years.get(key, {})

    def together(self, keys: Collection[int]) -> Exact:
        """Patients with any of these codes, each once, and all their rows."""
        return self._rows.together(keys)


class _Rows:
    """The rows of a table that have some codes, by DuckDB over the store's Parquet."""

    def __init__(self, store: Store, kind: Kind, keys: Collection[int]) -> None:
        import duckdb

        self._damaged = f"{store.path}: a table of the store is damaged; make the store again"
        self._connection = duckdb.connect()
        # each key as a number, so that only the row groups that hold them are read
        self._connection.execute(f"SET dynamic_or_filter_threshold = {max(50, len(keys))}")
        self._bring("keys", keys)
        path = path_literal(store.table_path(_TABLES[kind]))
        self._run(
            "CREATE TABLE found AS SELECT code_key, patient_key, "
            "CASE WHEN day IS NULL THEN NULL "
            "ELSE year(DATE '1970-01-01' + CAST(day AS INTEGER)) END AS year, count(*) AS rows "
            f"FROM read_parquet({path}) JOIN keys USING (code_key) GROUP BY ALL"
        )

    def by_code_and_year(self) -> list[tuple[int, str, int, int]]:
        """Code, year, patients, rows; the whole of each code has the year `all`."""
        return self._run(
            f"SELECT code_key, CASE WHEN grouping(year) = 1 THEN '{_ALL_YEARS}' "
            f"ELSE coalesce(CAST(year AS VARCHAR), '{UNDATED}') END, "
            "count(DISTINCT patient_key), CAST(sum(rows) AS BIGINT) FROM found "
            "GROUP BY GROUPING SETS ((code_key), (code_key, year)) ORDER BY ALL"
        )

    def together(self, keys: Collection[int]) -> Exact:
        self._bring("wanted", keys)
        [(patients, rows)] = self._run(
            "SELECT count(DISTINCT patient_key), CAST(coalesce(sum(rows), 0) AS BIGINT) "
            "FROM found JOIN wanted USING (code_key)"
        )
        return Exact(patients, rows)

    def _bring(self, name: str, keys: Collection[int]) -> None:
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} (code_key INTEGER)")
        if keys:
            values = ", ".join(f"({int(key)})" for key in sorted(keys))
            self._connection.execute(f"INSERT INTO {name} VALUES {values}")

    def _run(self, sql: str) -> list[Any]:
        import duckdb

        try:
            return self._connection.execute(sql).fetchall()
        except duckdb.Error:
            # DuckDB's own message may quote a value
            raise ExtractError(self._damaged) from None
