"""Small handmade extracts, and what became of them."""

import gzip
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from instep_cohort.extracts import Store, ingest

ON = date(2026, 11, 1)
EPOCH = date(1970, 1, 1)
SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"

PATIENT = {
    "patient_id": "1",
    "practice_id": "A81001",
    "sex": "F",
    "birth_date": "1980-02-03",
    "death_date": "",
    "registration_start": "2001-01-01",
    "registration_end": "",
}
EVENT = {"patient_id": "1", "date": "2026-05-01", "system": "read_v2", "code": "N05.."}
MEDICINE = {
    "patient_id": "1",
    "date": "2026-05-01",
    "system": "dmd",
    "code": "322280009",
    "term": "Codeine 30mg tablets",
}
AURUM_PATIENT = {
    "patid": "1001",
    "pracid": "20001",
    "gender": "2",
    "yob": "1980",
    "mob": "",
    "emis_ddate": "",
    "regstartdate": "01/02/2001",
    "patienttypeid": "3",
    "regenddate": "",
    "acceptable": "1",
    "cprd_ddate": "",
}
OBSERVATION = {
    "patid": "1001",
    "medcodeid": "498521000006119",
    "obsdate": "21/05/2026",
    "value": "",
    "numunitid": "",
}
DRUG_ISSUE = {
    "patid": "1001",
    "prodcodeid": "3092241000033113",
    "issuedate": "21/05/2026",
    "quantity": "28",
    "duration": "14",
}


def day(text: str) -> int:
    """The number of an ISO date."""
    return (date.fromisoformat(text) - EPOCH).days


def csv_text(rows: list[dict], delimiter: str = ",") -> str:
    """A delimited file of these rows; every column of any of them, nothing quoted."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join(delimiter.join(line) + "\n" for line in lines)


def put(folder: Path, **files: str | bytes) -> Path:
    """A folder with these files; ``events_csv`` is written as ``events.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name.replace("_csv", ".csv").replace("_txt", ".txt")).write_bytes(data)
    return folder


def standard(tmp_path: Path, *, on: date = ON, **tables: list[dict] | str | bytes) -> Store:
    """The store of a standard extract: rows changed against one ordinary row, or a file's content."""
    plain = {"patients": PATIENT, "events": EVENT, "medicines": MEDICINE, "registrations": {}}
    tables = {"patients": [{}], "events": [{}], **tables}
    files = {
        f"{name}_csv": csv_text([plain[name] | row for row in rows])
        if isinstance(rows, list)
        else rows
        for name, rows in tables.items()
    }
    extract = put(tmp_path / "extract", **files)
    return ingest(extract, profile="standard", extract_date=on, out=tmp_path / "store")


def aurum(tmp_path: Path, *, on: date = ON, **files: list[dict] | str | bytes) -> Store:
    """The store of an Aurum extract of tab files; names as ``Observation``."""
    plain = {"Patient": AURUM_PATIENT, "Observation": OBSERVATION, "DrugIssue": DRUG_ISSUE}
    files = {"Patient": [{}], "Observation": [{}], **files}
    contents = {
        f"{name}_txt": csv_text([plain.get(name, {}) | row for row in rows], "\t")
        if isinstance(rows, list)
        else rows
        for name, rows in files.items()
    }
    extract = put(tmp_path / "extract", **contents)
    return ingest(extract, profile="aurum", extract_date=on, out=tmp_path / "store")


def table(store: Store, name: str) -> list[dict]:
    """The rows of a table of the store."""
    return pq.read_table(store.table_path(name)).to_pylist()


def column(store: Store, name: str, column: str) -> list:
    return [row[column] for row in table(store, name)]


def findings(store: Store, name: str) -> dict[str, int]:
    """The findings about one table, with their rows."""
    return {f.finding: f.rows for f in store.manifest.findings if f.table == name}


def quarantined(store: Store) -> list[tuple]:
    """Every quarantined row: file, line, reason, raw."""
    rows = table(store, "quarantine")
    return [tuple(row[name] for name in ("file", "line", "reason", "raw")) for row in rows]


def gz(text: str) -> bytes:
    return gzip.compress(text.encode())
