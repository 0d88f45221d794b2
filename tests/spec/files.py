"""Tables of files: rows of a `standard` extract as somebody wrote them, and what becomes of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from instep_cohort.errors import ExtractError
from instep_cohort.extracts import Store, ingest
from spec.clauses import Spec
from spec.tables import aligned, columns_of, table
from spec.world import ON

TABLES = ("patients", "registrations", "events", "medicines")
# what a column holds where a table does not name it; columns without a value here are left out
USUAL: Mapping[str, Mapping[str, str]] = {
    "patients": {
        "patient_id": "1",
        "practice_id": "P1",
        "sex": "F",
        "birth_date": "1980-06-15",
        "death_date": "",
        "registration_start": "2000-01-01",
        "registration_end": "",
    },
    "registrations": {"patient_id": "1", "start": "2000-01-01", "end": "", "kind": "regular"},
    "events": {"patient_id": "1", "date": "2026-01-01", "system": "read_v2", "code": "ACHE."},
    "medicines": {"patient_id": "1", "date": "2026-01-01", "system": "gemscript", "code": "PILL"},
}
_DAYS = ("birth_day", "death_day", "start_day", "end_day", "day", "earliest", "latest")


@dataclass(frozen=True, kw_only=True)
class Files(Spec):
    """Files, and the tables of the store that is made of them; or the words of a refusal.

    Columns that a table does not name hold what is usual. ``stored`` may also ask for `findings`
    (table, finding, rows): those that are named have to be there.
    """

    TESTS = ("tests/spec/test_spec_files.py::test_files_become_these_tables",)

    patients: str = ""
    registrations: str = ""
    events: str = ""
    medicines: str = ""
    stored: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Yields each file, then each table of the store."""
        for name in TABLES:
            if text := getattr(self, name):
                yield "note", f"{name}.csv"
                yield "text", aligned(text)
        for name, text in self.stored.items():
            yield "note", f"the store's {name}"
            yield "text", aligned(text)
        if self.refused:
            yield "note", f"exit code 5: {self.refused}"


def made_store(spec: Files, folder: Path) -> Store:
    """The store made of the table's files.

    Raises:
        ExtractError: they are no extract.
    """
    extract = folder / "extract"
    extract.mkdir(parents=True)
    for name in TABLES:
        given = table(getattr(spec, name)) if getattr(spec, name) else []
        if given or name in ("patients", "events"):
            _write(extract / f"{name}.csv", USUAL[name], given or [dict(USUAL[name])])
    on = date.fromisoformat(ON)
    return ingest(extract, profile="standard", extract_date=on, out=folder / "store")


def _write(path: Path, usual: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> None:
    columns = list(dict.fromkeys([*usual, *rows[0]]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({**usual, **row} for row in rows)


def differences(spec: Files, folder: Path) -> Iterator[str]:
    """Yields each table of the store that is not as the spec has it."""
    try:
        store = made_store(spec, folder)
    except ExtractError as error:
        if not spec.refused or spec.refused not in str(error):
            yield f"refused: {error}; the table says: {spec.refused or 'no refusal'}"
        return
    if spec.refused:
        yield "it was not refused"
    for name, text in spec.stored.items():
        columns = columns_of(text)
        wanted = sorted(tuple(row.values()) for row in table(text))
        found = sorted(tuple(_cell(row, name) for name in columns) for row in _rows(store, name))
        if name == "findings":
            found = [row for row in found if row in wanted]  # others are of what is usual
        if found != wanted:
            yield f"{name}: {found}; the table says {wanted}"


def _rows(store: Store, name: str) -> list[dict[str, Any]]:
    if name == "findings":
        return [finding.model_dump() for finding in store.manifest.findings]
    rows: list[dict[str, Any]] = pq.read_table(store.table_path(name)).to_pylist()
    codes = {one["code_key"]: one["code"] for one in store.codes().to_pylist()}
    patients = pq.read_table(store.table_path("patients"))["patient_id"].to_pylist()
    for row in rows:
        if name in ("events", "medicines"):
            row["code"] = codes[row["code_key"]]
        if name in ("events", "medicines", "registrations"):
            row["patient_id"] = patients[row["patient_key"]]
    return rows


def _cell(row: Mapping[str, Any], column: str) -> str:
    value = row[column]
    if value is None:
        return ""
    if column in _DAYS:
        return str(date(1970, 1, 1) + timedelta(days=value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
