"""Workbooks that would not fit into memory: a single cell far out makes a sheet of billions."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path

from instep_cohort.errors import UsageError

MOST_BYTES = 100 * 1024 * 1024
MOST_CELLS = 5_000_000
_CELL = re.compile(rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')


def refuse_sprawling(path: Path, raw: bytes) -> None:
    """Nothing, where every sheet of a .xlsx file can be read as rows and columns.

    A reader lays a sheet out from its first cell to its last, filled or not, so that one stray
    blank in the last row and column is more than any memory holds.

    Args:
        path: what the message names.
        raw: the bytes of the file.

    Raises:
        UsageError: it is no workbook, unpacks to too much, or has a cell too far out.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                raise UsageError(f"{path} unpacks to more than {MOST_BYTES >> 20} MB: no form is.")
            sheets = [one for one in parts.namelist() if one.startswith("xl/worksheets/")]
            cells = max((_spread(parts.read(one)) for one in sheets), default=0)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError):
        raise UsageError(f"{path} is no workbook; save it as .xlsx or as CSV UTF-8.") from None
    if cells > MOST_CELLS:
        raise UsageError(
            f"{path} has a cell very far down or to the right of the others, so that its sheet "
            "is too large to be read. Copy the filled-in rows into a new form."
        )


def _spread(sheet: bytes) -> int:
    """How many cells lie between the first cell of a sheet and the furthest ones."""
    found = set(_CELL.findall(sheet))
    width = max((_number(column) for column, _ in found), default=0)
    return width * max((int(row) for _, row in found), default=0)


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - ord("A") + 1
    return number
