"""A saved run, read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as pa_csv

from instep_cohort.cohort.absences import RUNS, SPELLS
from instep_cohort.cohort.finding import ATTRITION
from instep_cohort.cohort.lists import RESOLUTION, RESOLUTION_BY_STORE
from instep_cohort.cohort.result import Cohort, TableName
from instep_cohort.cohort.spreadsheet_text import as_recorded
from instep_cohort.cohort.tier_table import TIER_SCHEMAS
from instep_cohort.engine.evidence import EVIDENCE
from instep_cohort.errors import ExtractError, UsageError

_PERSON = ("patient_id", "practice_id")
_COLUMNS: dict[TableName, tuple[str, ...]] = {
    "candidates": (*_PERSON, "cautions", "reason"),
    "evidence": tuple(EVIDENCE.names),
    "facts": (*_PERSON, "dropped_at"),
    "spells": tuple(SPELLS.names),
    "runs": tuple(RUNS.names),
}
_CSV: dict[TableName, Sequence[pa.Schema]] = {
    "attrition": (ATTRITION,),
    "tiers": TIER_SCHEMAS,
    "resolution": (RESOLUTION, RESOLUTION_BY_STORE),
}


def open_run(folder: Path | str) -> Cohort:
    """The cohort of a run folder, with the same tables, manifest and warnings as when it was saved.

    Args:
        folder: what `identify --out` or `Cohort.save` wrote.

    Raises:
        UsageError: there is no such folder, or it is no run folder.
        ExtractError: it is one, and a file of it is missing, damaged or of another version.

    Example:
        >>> import tempfile, instep_cohort as ic
        >>> ic.open_run(tempfile.mkdtemp())  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        instep_cohort.errors.UsageError: ... is no run folder: it has no manifest.json; ...
    """
    folder = Path(folder)
    manifest = _manifest(folder)
    tables: dict[TableName, pa.Table] = {
        name: _parquet(folder / f"{name}.parquet", columns) for name, columns in _COLUMNS.items()
    }
    tables |= {name: _csv(folder / f"{name}.csv", schemas) for name, schemas in _CSV.items()}
    return Cohort(tables, manifest, tuple(manifest["warnings"]))


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not folder.is_dir():
        raise UsageError(f"There is no run folder {folder}; identify --out writes one.")
    if not path.is_file():
        raise UsageError(
            f"{folder} is no run folder: it has no manifest.json; give the folder that "
            "identify --out wrote."
        )
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        of_the_folder = {"files", "artefact_class"}
        kept = {name: value for name, value in manifest.items() if name not in of_the_folder}
        for name in ("study", "search_date", "parameters", "answered_for", "warnings"):
            kept[name]
    except OSError as error:
        raise ExtractError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, AttributeError):
        raise ExtractError(f"{path} is not the manifest of a run; identify again.") from None
    return kept


def _parquet(path: Path, columns: tuple[str, ...]) -> pa.Table:
    try:
        table = pq.read_table(path).replace_schema_metadata()
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, pa.ArrowException):
        raise _damaged(path) from None
    if not set(columns) <= set(table.column_names):
        raise _damaged(path)
    return table


def _csv(path: Path, schemas: Sequence[pa.Schema]) -> pa.Table:
    types = {field.name: field.type for schema in schemas for field in schema}
    options = pa_csv.ConvertOptions(
        column_types=types,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    try:
        table = pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=options,
        )
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, pa.ArrowException):
        raise _damaged(path) from None
    if not any(table.column_names == schema.names for schema in schemas):
        raise _damaged(path)
    return as_recorded(table)


def _missing(path: Path) -> ExtractError:
    return ExtractError(f"The run folder lacks {path.name}; identify again, or take a whole copy.")


def _damaged(path: Path) -> ExtractError:
    # Arrow's own message may quote a cell
    return ExtractError(
        f"{path} is damaged, or of another version; identify again, or take a whole copy."
    )
