"""The practice's own opt-out list: `patient_id, kind, recorded_on` (RULES.md §8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.handed_in import read_handed_in
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
    handed_in = read_handed_in(path, "opt-out list", COLUMNS, needed=2)
    # a space around an id would quietly lose the opt-out: cells come without
    found = [_row(path, line.number, line.cells) for line in handed_in.rows]
    return PracticeList(found, handed_in.sha256)


def _row(path: Path, line: int, cells: Mapping[str, str]) -> tuple[int, str, str]:
    who, kind = cells["patient_id"], cells["kind"]
    if kind not in KINDS:
        # what stands there instead may be an id or a name, so it is not repeated
        raise UsageError(f"{path}:{line}: the kind is none of {', '.join(KINDS)}.")
    if not who:
        raise UsageError(f"{path}:{line}: the row has no patient_id.")
    return line, who, kind
