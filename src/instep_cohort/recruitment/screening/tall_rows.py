"""Rows as high as their text needs: no program works that out for a workbook that it only opens."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from instep_cohort.cohort.sheet_rows import TableSheet
from instep_cohort.recruitment.screening.columns import Column

_LINE, _AROUND, _MOST_LINES = 13, 3, 12
_HEAD = 2 * _LINE + _AROUND
_ROW = re.compile(r'<row r="(\d+)">')


def heights(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> list[int]:
    """The height of each row in points, by its longest wrapped cell."""
    wrapped = [(place, one.width) for place, one in enumerate(columns) if one.wraps]
    return [
        _AROUND + _LINE * _lines(max(len(row[place]) / width for place, width in wrapped))
        for row in rows
    ]


def _lines(widths: float) -> int:
    return max(1, min(_MOST_LINES, ceil(widths)))


class TallRowsSheet(TableSheet):
    """A sheet of a table whose rows have heights of their own."""

    row_heights: Sequence[int] = ()
    fh: Any

    def _write_rows(self) -> None:
        out, self.fh = self.fh, io.StringIO()
        try:
            super()._write_rows()
            rows = self.fh.getvalue()
        finally:
            self.fh = out
        points = [_HEAD, *self.row_heights]
        made, count = _ROW.subn(
            lambda row: f'<row r="{row[1]}" ht="{points[int(row[1]) - 1]}" customHeight="1">', rows
        )
        self.written = count == len(points)
        self.fh.write(made)
