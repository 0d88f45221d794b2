"""The store: one ingested extract, opened."""

from __future__ import annotations

import hashlib
import html
import json
import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.held_files import HeldFiles
from instep_cohort.extracts.manifest import FILE_NAME, Manifest, Part
from instep_cohort.extracts.tables import SCHEMA_VERSION, TABLES
from instep_cohort.small_tables import html_table, shown

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_PARQUET_END = b"PAR1"
_MAKE_AGAIN = "make it again with `instep-cohort ingest`"
_MOST_NAMES = 20
_DAYS = {
    "patients": {"birth_day": "birth_date", "death_day": "death_date"},
    "events": {"day": "date", "earliest": "earliest", "latest": "latest"},
    "medicines": {"day": "date", "earliest": "earliest", "latest": "latest"},
}


class Store:
    """One ingested extract.

    Attributes:
        path: its folder.
        manifest: what `store.json` says of it: files, counts, findings.
    """

    def __init__(self, path: Path, manifest: Manifest, files: HeldFiles) -> None:
        """Takes a folder that was checked, and its files; `open_store` does that."""
        self.path = path
        self.manifest = manifest
        self._files = files
        self._reads_held = False

    @property
    def profile(self) -> str:
        """The profile that the extract was read with."""
        return self.manifest.profile

    @property
    def extract_date(self) -> date:
        """The day on which the extract was taken; of several extracts, the last one."""
        return self.manifest.extract_date

    @property
    def parts(self) -> tuple[Part, ...]:
        """The extracts that a merged store is made of; none in any other."""
        return self.manifest.parts

    @property
    def sha256(self) -> str:
        """One hash over the hashes of all tables: two stores with the same tables have the same."""
        tables = self.manifest.tables
        text = "".join(f"{name}\t{tables[name].sha256}\n" for name in sorted(tables))
        return hashlib.sha256(text.encode()).hexdigest()

    def table_path(self, name: str) -> Path:
        """The Parquet file of a table, one of ``patients``, ``registrations``, ``codes``, ….

        Once another store has taken the place of this one, it is the file as it was, under a name
        that holds while this process runs.

        Raises:
            KeyError: a store has no table of that name.
            ExtractError: the file is gone or was cut off, or was replaced where the system keeps
                no way to it.
        """
        if name not in TABLES:
            raise KeyError(name)
        path: Path | None = self.path / f"{name}.parquet"
        if self._reads_held or self._files.are_replaced:
            path = self._files.path(f"{name}.parquet")
        if path is None:
            raise ExtractError(
                f"{self.path}: another store has taken the place of the one that was opened; open "
                "it again"
            )
        if not _ends_as_parquet(path):
            raise ExtractError(f"{self.path}: the store's table {name} is damaged; {_MAKE_AGAIN}")
        return path

    def held(self) -> Store:
        """The same store, whose files stay what they are now, whatever takes its place meanwhile.

        Where the system has no names for open files, the store as it is.
        """
        held = Store(self.path, self.manifest, self._files)
        held._reads_held = self._files.path(FILE_NAME) is not None
        return held

    def codes(self) -> pa.Table:
        """The codes that occur, with the columns of `tables.CODES`, sorted by ``code_key``."""
        return self._table("codes")

    @property
    def patients(self) -> pd.DataFrame:
        """Every patient: ids and flags, ``birth_date`` and ``death_date`` as dates."""
        return _frame(_dated(self._table("patients"), "patients").drop(["patient_key"]))

    @property
    def events(self) -> pd.DataFrame:
        """Every event: patient_id, date, system, code, term, value, unit, how precise the date is.

        Undated rows have no ``date``; one known to a month or year has ``earliest`` and ``latest``.
        """
        return self._rows("events", ["value", "unit"])

    @property
    def medicines(self) -> pd.DataFrame:
        """Every medicine issue: as `events`, with quantity, days and course."""
        return self._rows("medicines", ["quantity", "days", "course"])

    def quarantined(self) -> pa.Table:
        """Every row that could not be read: file, line, column, reason, raw (the line as it is).

        It is about patients: for the practice only.
        """
        return self._table("quarantine")

    def summary(self) -> dict[str, Any]:
        """The counts that the store shows, as plain values: nothing about any patient."""
        files = self.manifest.files
        return {
            "profile": self.profile,
            "extract_date": self.extract_date.isoformat(),
            "sha256": self.sha256,
            "tables": {name: counts.rows for name, counts in self.manifest.tables.items()},
            "files": [
                {
                    "file": file.file,
                    "table": file.table,
                    "read": file.read,
                    "stored": file.stored,
                    "quarantined": dict(file.quarantined),
                    "skipped": dict(file.skipped),
                }
                for file in files
            ],
            "unused_files": list(self.manifest.unused_files),
            **({"parts": [p.model_dump(mode="json") for p in self.parts]} if self.parts else {}),
            "findings": [finding.model_dump() for finding in self.manifest.findings],
            "code_systems": self._code_systems(),
        }

    def __repr__(self) -> str:
        head = f"Store {self.path.name}: {self.profile} extract of {self.extract_date.isoformat()}"
        parts = [head, *(_as_text(title, rows) for title, rows in self._shown())]
        if unused := self._unused():
            parts.insert(3, unused)
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        head = f"Store {self.path.name}: {self.profile} extract of {self.extract_date.isoformat()}"
        parts = [f"<p><b>{html.escape(head)}</b></p>"]
        parts += [html_table("", title, rows) for title, rows in self._shown()]
        if unused := self._unused():
            parts.insert(3, f"<p>{html.escape(unused)}</p>")
        return "".join(parts)

    def _shown(self) -> Iterable[tuple[Sequence[str], list[Sequence[object]]]]:
        """Small tables of counts: titles and rows."""
        manifest = self.manifest
        yield ("table", "rows"), [(name, counts.rows) for name, counts in manifest.tables.items()]
        yield (
            ("file", "read", "stored", "quarantined", "skipped"),
            [
                (f.file, f.read, f.stored, _sum(f.quarantined), _sum(f.skipped))
                for f in manifest.files
            ],
        )
        yield (
            ("kind", "code system", "codes", "rows"),
            [tuple(row.values()) for row in self._code_systems()],
        )
        if manifest.findings:
            yield (
                ("table", "finding", "rows"),
                [(f.table, f.finding, f.rows) for f in manifest.findings],
            )

    def _unused(self) -> str:
        """The files that were not read, in words; empty where there are none."""
        names = self.manifest.unused_files
        more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
        return f"not read: {', '.join(names[:_MOST_NAMES])}{more}" if names else ""

    def _code_systems(self) -> list[dict[str, Any]]:
        """How many codes and rows each system has, by kind."""
        grouped = self.codes().group_by(["kind", "system"], use_threads=False)
        counted = grouped.aggregate([("code", "count"), ("rows", "sum")])
        names = ["kind", "system", "codes", "rows"]
        rows: list[dict[str, Any]] = counted.rename_columns(names).to_pylist()
        return rows

    def _table(self, name: str) -> pa.Table:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_table(self.held().table_path(name), schema=TABLES[name])
        except (OSError, pa.ArrowException):
            raise ExtractError(
                f"{self.path}: the store's table {name} is damaged; {_MAKE_AGAIN}"
            ) from None

    def _rows(self, name: str, own: list[str]) -> pd.DataFrame:
        rows = _dated(self._table(name), name)
        patients, codes = self._table("patients"), self.codes()
        columns = {
            "patient_id": patients["patient_id"].take(rows["patient_key"]),
            "date": rows["date"],
            **{n: codes[n].take(rows["code_key"]) for n in ("system", "code", "term")},
            **{n: rows[n] for n in (*own, "date_precision", "earliest", "latest")},
        }
        order = [(n, "ascending") for n in ("patient_key", "date", "code_key")]
        table = rows.select(["patient_key", "code_key"])
        for column, values in columns.items():
            table = table.append_column(column, values)
        return _frame(table.sort_by(order).drop(["patient_key", "code_key"]))


def open_store(path: Path | str) -> Store:
    """The store in this folder. Only `store.json` is read.

    Raises:
        ExtractError: it is no store, is damaged, or was made by a version with other tables.
    """
    path = Path(path).absolute()
    try:
        text = (path / FILE_NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ExtractError(
            f"{path}: not a store, there is no {FILE_NAME} in it; make one with "
            "`instep-cohort ingest`"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise ExtractError(f"{path}: {FILE_NAME} cannot be read; {_MAKE_AGAIN}") from None
    manifest = _manifest(path, text)
    for name in TABLES:
        if name not in manifest.tables or not (path / f"{name}.parquet").is_file():
            raise ExtractError(f"{path}: the store's table {name} is missing; {_MAKE_AGAIN}")
    files = _held(path)
    if files.are_replaced or _is_other(files, text):
        return open_store(path)  # replaced between two looks at it
    return Store(path, manifest, files)


def _held(path: Path) -> HeldFiles:
    try:
        return HeldFiles(path, [f"{name}.parquet" for name in TABLES], FILE_NAME)
    except OSError:
        raise ExtractError(f"{path}: a table of the store cannot be read; {_MAKE_AGAIN}") from None


def _is_other(files: HeldFiles, text: str) -> bool:
    held = files.path(FILE_NAME)
    return held is not None and held.read_text(encoding="utf-8", errors="replace") != text


def _manifest(path: Path, text: str) -> Manifest:
    try:
        version = json.loads(text)["schema_version"]
    except (ValueError, KeyError, TypeError):
        raise ExtractError(f"{path}: {FILE_NAME} is damaged; {_MAKE_AGAIN}") from None
    if version != SCHEMA_VERSION:
        raise ExtractError(
            f"{path}: a store of schema version {version}, and this program reads version "
            f"{SCHEMA_VERSION}; {_MAKE_AGAIN}"
        )
    try:
        return Manifest.model_validate_json(text)
    except ValueError:
        raise ExtractError(f"{path}: {FILE_NAME} is damaged; {_MAKE_AGAIN}") from None


def _sum(counts: dict[str, int]) -> int:
    return sum(counts.values())


def _dated(table: pa.Table, name: str) -> pa.Table:
    """The table with its days as dates."""
    import pyarrow as pa

    for day, date_name in _DAYS[name].items():
        place = table.schema.get_field_index(day)
        table = table.set_column(place, date_name, table[day].cast(pa.date32()))
    return table


def _ends_as_parquet(path: Path) -> bool:
    """Whether the file's last bytes are those of a whole Parquet file."""
    try:
        with path.open("rb") as file:
            file.seek(-len(_PARQUET_END), os.SEEK_END)
            return file.read() == _PARQUET_END
    except OSError:
        return False


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(date_as_object=False)
    return frame


def _as_text(titles: Sequence[str], rows: list[Sequence[object]]) -> str:
    cells = [list(titles), *([shown(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    numeric = [bool(rows) and isinstance(value, int) for value in (rows[0] if rows else titles)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in cells
    )
