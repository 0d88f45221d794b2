"""The run folder: every table of a search, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from pyarrow import csv as pa_csv

from instep_cohort.cohort.spreadsheet_text import harmless
from instep_cohort.cohort.workbook import write_workbook
from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from instep_cohort.cohort.result import Cohort, TableName

PARQUET: tuple[TableName, ...] = ("evidence", "facts", "candidates", "spells", "runs")
CSV: tuple[TableName, ...] = ("candidates", "attrition", "tiers", "resolution")

# a CSV cannot say its own class: the manifest does, as for every file
_CLASS = {"artefact_class": str(ArtefactClass.PRACTICE_ONLY)}

_OURS = {
    *(f"{name}.parquet" for name in PARQUET),
    *(f"{name}.csv" for name in CSV),
    "candidates.xlsx",
    "manifest.json",
}


def write_run(cohort: Cohort, folder: Path) -> Path:
    """Writes the run folder beside its place and moves it there, so that a fault leaves no half.

    Only its owner may read it (mode 700): it is about patients.

    Raises:
        UsageError: the folder exists and is no run folder, and nothing in it is touched; or there
            can be no folder at that place.
    """
    refuse_foreign(folder)
    folder = folder.absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be made ({error.strerror}); give --out another place."
        ) from None
    try:
        _write(cohort, making)
        _move(making, folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return folder


def refuse_foreign(folder: Path) -> None:
    """Nothing, where the folder is new, empty, or an earlier run that may be replaced.

    Raises:
        UsageError: it holds something else.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file; --out needs a folder.")
    there = {path.name for path in folder.iterdir()}
    if there and ("manifest.json" not in there or there - _OURS):
        example = min(there - _OURS, default="no manifest.json")
        raise UsageError(
            f"{folder} is no run folder (it holds {example}), so it is not replaced; give --out a "
            "new or empty folder."
        )


def _write(cohort: Cohort, folder: Path) -> None:
    # Arrow writes its files beside the workbook, which is made in Python
    with ThreadPoolExecutor(max_workers=2) as beside:
        writing = [beside.submit(_write_parquet, cohort, folder, name) for name in PARQUET]
        writing += [beside.submit(_write_csv, cohort, folder, name) for name in CSV]
        _write_workbook(cohort, folder)
        for one in writing:
            one.result()
    files = {
        path.name: {**_CLASS, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in sorted(folder.iterdir())
    }
    said = {**_CLASS, **cohort.manifest, "files": {**files, "manifest.json": _CLASS}}
    text = json.dumps(said, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _write_parquet(cohort: Cohort, folder: Path, name: TableName) -> None:
    table = cohort.tables[name]
    path = folder / f"{name}.parquet"
    # without the Arrow schema, dictionary columns are read back as plain text
    with pq.ParquetWriter(path, table.schema, compression="zstd", store_schema=False) as out:
        out.write_table(table)
        out.add_key_value_metadata(_CLASS)


def _write_csv(cohort: Cohort, folder: Path, name: TableName) -> None:
    pa_csv.write_csv(harmless(cohort.tables[name]), folder / f"{name}.csv")


def _write_workbook(cohort: Cohort, folder: Path) -> None:
    write_workbook(
        folder / "candidates.xlsx",
        cohort.tables["candidates"],
        cohort.tables["attrition"],
        cohort.tables["tiers"],
        _about(cohort),
        date.fromisoformat(cohort.manifest["search_date"]),
    )


def _about(cohort: Cohort) -> list[tuple[str, str]]:
    manifest = cohort.manifest
    study = manifest["study"]
    lists = ", ".join(f"{one['id']} {one['version']}" for one in manifest["codelists"])
    return [
        ("Class", str(ArtefactClass.PRACTICE_ONLY)),
        ("Study", f"{study['name']} {study['version']}: {study['title']}"),
        ("Search date", manifest["search_date"]),
        ("Extract date", manifest["store"]["extract_date"]),
        ("Codelists", lists),
        *(("To be settled", f"{what}: {who}") for what, who in study["settled_elsewhere"].items()),
        *(("Note", warning) for warning in cohort.warnings),
    ]


def _move(making: Path, folder: Path) -> None:
    if not folder.exists():
        making.rename(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    earlier = aside / "run"
    try:
        folder.rename(earlier)
        making.rename(folder)
    except BaseException:
        if not folder.exists():
            earlier.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)
        raise
    shutil.rmtree(aside, ignore_errors=True)
