"""Cells as text, in the one form in which a locked cell is compared with what was written."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from instep_cohort.small_tables import FORMULA_STARTS

_LONGEST_CHECK = 24
_CELL = 4
_BETWEEN = "\x1f"
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ufffe\uffff]+")
_LONE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text on one line, without control characters, as it may stand in any file."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _LONE.sub("?", _BLANKS.sub(" ", text)).strip()


def plain(value: Any) -> str:
    """A cell as text, free of what spreadsheets do to cells that they only open and save.

    Blanks, an apostrophe before what looks like a formula, a number's ``.0`` and the zeros before
    a number say nothing: a person is known by the token.
    """
    text = clean(value if type(value) is str else _written(value))
    if text[:1] == "'" and text[1:2] and text[1:2] in FORMULA_STARTS:
        text = text[1:]
    return text.lstrip("0") or "0" if text.isdecimal() else text


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and not (value.hour or value.minute):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value)


def row_check(list_sha256: str, cells: Sequence[str]) -> str:
    """What is written beside a row: 24 digits that hold it to its list, and 4 for each cell.

    Those 24 (of a sha256) find that a row is not the one that was written; the others only say in
    which cell. Both hold against slips, not against somebody who means harm and can compute them.

    Args:
        list_sha256: which list it is of.
        cells: the locked cells (`plain`), in their order.
    """
    return f"{_whole(list_sha256, cells)}.{''.join(map(_part, cells))}"


def is_as_written(check: str, list_sha256: str, cells: Sequence[str]) -> bool:
    """Whether these are the cells that a row's check was made of."""
    return check.partition(".")[0] == _whole(list_sha256, cells)


def changed_cells(check: str, cells: Sequence[str]) -> list[int]:
    """Which of the cells differ from those that the check was made of, by their places."""
    parts = check.partition(".")[2]
    if len(parts) != _CELL * len(cells):
        return []
    return [
        place
        for place, cell in enumerate(cells)
        if _part(cell) != parts[place * _CELL : (place + 1) * _CELL]
    ]


def _whole(list_sha256: str, cells: Sequence[str]) -> str:
    # no cell holds the sign between them, so that no two rows are one text
    text = _BETWEEN.join([list_sha256, *cells])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_LONGEST_CHECK]


def _part(cell: str) -> str:
    if not cell:
        return "0" * _CELL  # as below, and most cells are empty
    return f"{zlib.crc32(cell.encode('utf-8')) & 0xFFFF:0{_CELL}x}"
