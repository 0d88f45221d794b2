"""The practice's own opt-out list: `patient_id, kind, recorded_on` (RULES.md §8)."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.errors import UsageError

REMOVING = ("research", "type_1")
KINDS = (*REMOVING, "national")
COLUMNS = ("patient_id", "kind", "recorded_on")


class PracticeList(NamedTuple):
    """The list as read: line, patient_id and kind of each row; `sha256` of the file."""

    rows: Sequence[tuple[int, str, str]]
    sha256: str

    def table(self) -> pa.Table:
        """One row per person: patient_id, practice_list (removes), national."""
        removed = {who for _, who, kind in self.rows if kind in REMOVING}
        national = {who for _, who, kind in self.rows if kind == "national"}
        everybody = sorted(removed | national)
        return pa.table(
            {
                "patient_id": pa.array(everybody, pa.string()),
                "practice_list": pa.array([who in removed for who in everybody], pa.bool_()),
                "national": pa.array([who in national for who in everybody], pa.bool_()),
            }
        )

    def unknown_lines(self, patient_ids: pa.ChunkedArray) -> list[int]:
        """The lines whose id is not in the extract."""
        listed = pa.array([who for _, who, _ in self.rows], pa.string())
        # looked for the list's few ids among all, not all among the list's: nothing to index
        known = set(patient_ids.filter(pc.is_in(patient_ids, value_set=listed)).to_pylist())
        return [line for line, who, _ in self.rows if who not in known]


EMPTY = PracticeList((), "")


def read_practice_list(path: Path) -> PracticeList:
    """The practice's opt-out list from a CSV file.

    Raises:
        UsageError: the file cannot be read, lacks a column, or holds an unknown kind or an empty
            id. Lines are named, ids never.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"The opt-out list {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"The opt-out list {path} is not UTF-8; save it as CSV UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num}: not readable as CSV ({error}).") from None
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise UsageError(
            f"{path}:1: the opt-out list needs the columns {', '.join(COLUMNS)}; "
            f"missing: {', '.join(missing)}."
        )
    where = {name: header.index(name) for name in COLUMNS}
    found = [_row(path, line, row, where) for line, row in rows]
    return PracticeList(found, hashlib.sha256(raw).hexdigest())


def _row(path: Path, line: int, row: Sequence[str], where: dict[str, int]) -> tuple[int, str, str]:
    if len(row) <= max(where["patient_id"], where["kind"]):
        raise UsageError(
            f"{path}:{line}: the row has {len(row)} cells; patient_id and kind are needed."
        )
    # a space around an id would quietly lose the opt-out
    who, kind = row[where["patient_id"]].strip(), row[where["kind"]].strip()
    if kind not in KINDS:
        # what stands there instead may be an id or a name, so it is not repeated
        raise UsageError(f"{path}:{line}: the kind is none of {', '.join(KINDS)}.")
    if not who:
        raise UsageError(f"{path}:{line}: the row has no patient_id.")
    return line, who, kind
