"""Small CSV files that people hand in: opt-outs, answers. Lines are named, their content never."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from instep_cohort.errors import UsageError


class Line(NamedTuple):
    """A row by its line in the file, counted from 1, its cells by column, blanks around them off.

    A cell that the row does not have is empty.
    """

    number: int
    cells: Mapping[str, str]


class HandedIn(NamedTuple):
    """The rows of a file, and the sha256 of its bytes."""

    rows: Sequence[Line]
    sha256: str


def read_handed_in(
    path: Path,
    what: str,
    columns: Sequence[str],
    *,
    needed: int,
    other_names: Mapping[str, Sequence[str]] | None = None,
) -> HandedIn:
    """The rows of a CSV file; columns may stand in any order and in any case, others are passed by.

    Args:
        path: the file.
        what: what people call it, such as `opt-out list`.
        columns: the columns that it must have.
        needed: how many of them, from the first, every row must reach.
        other_names: by column, what else it may be called; a column named here and not in
            `columns` need not be there, and its cells are then empty.

    Raises:
        UsageError: the file cannot be read, is not UTF-8 or not CSV, or lacks a column or a cell.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"The {what} {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"The {what} {path} is not UTF-8; save it as CSV UTF-8.") from None
    known = {other: name for name, others in (other_names or {}).items() for other in others}

    def ours(name: str) -> str:
        bare = name.strip().lower()
        return known.get(bare, bare)

    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [ours(name) for name in next(reader, [])]
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num}: not readable as CSV ({error}).") from None
    missing = [name for name in columns if name not in header]
    if missing:
        raise UsageError(
            f"{path}:1: the {what} needs the columns {', '.join(columns)}; "
            f"missing: {', '.join(missing)}."
        )
    wanted = [name for name in (*columns, *(other_names or {})) if name in header]
    twice = sorted({name for name in wanted if header.count(name) > 1})
    if twice:
        raise UsageError(f"{path}:1: the {what} has the column {', '.join(twice)} more than once.")
    where = {name: header.index(name) for name in wanted}
    reach = max((where[name] for name in columns[:needed]), default=-1)
    for line, row in rows:
        if len(row) <= reach:
            asked = " and ".join(columns[:needed])
            raise UsageError(f"{path}:{line}: the row has {len(row)} cells; {asked} are needed.")
    found = [Line(line, _cells(row, where)) for line, row in rows]
    return HandedIn(found, hashlib.sha256(raw).hexdigest())


def _cells(row: Sequence[str], where: Mapping[str, int]) -> dict[str, str]:
    return {name: row[at].strip() if at < len(row) else "" for name, at in where.items()}
