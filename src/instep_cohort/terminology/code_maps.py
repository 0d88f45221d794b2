"""A map from Read v2 to CTV3: which CTV3 concept each term of a Read v2 code became."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from instep_cohort.errors import DefinitionError, Fault, UsageError
from instep_cohort.terminology import read_codes

PREFERRED = "00"
TERM_CODE = "term_code"
_MOST_FAULTS = 20


class MapRow(NamedTuple):
    """One row of a map: a term of a Read v2 code, and its CTV3 code.

    Attributes:
        read_v2: five characters.
        term_code: ``00`` for the preferred term, ``11`` and on for synonyms.
        ctv3: the CTV3 code; empty where the map gives the Read v2 code none.
    """

    read_v2: str
    term_code: str
    ctv3: str


class MapColumns(NamedTuple):
    """The names of a map's columns in its header.

    Where ``term_code`` is ``None``, it is the column ``term_code``; where there is none, a Read v2
    code of seven characters brings its own, and one of five stands for its preferred term.
    """

    read_v2: str = "read_v2"
    ctv3: str = "ctv3"
    term_code: str | None = None


DECLARED = MapColumns()


@dataclass(frozen=True)
class CodeMap:
    """A map from Read v2 to CTV3.

    Attributes:
        name: the file's name, or another word for where it comes from.
        rows: its rows without doubles, in the order of the file.
    """

    name: str
    rows: Sequence[MapRow] = field(repr=False)


def read_code_map(path: Path | str, columns: MapColumns = DECLARED) -> CodeMap:
    """The map in a CSV file, whose columns are found by their names in its header.

    Args:
        path: the file, UTF-8, with a header.
        columns: what the columns are called.

    Raises:
        UsageError: the file cannot be read.
        DefinitionError: a column is not there, or a row has no code where one is needed; up to
            twenty such rows are named by their line.
    """
    path = Path(path)
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    rows: dict[MapRow, None] = {}
    faults: list[Fault] = []
    try:
        header = [*(reader.fieldnames or ())]
        if columns.term_code is None and TERM_CODE in header:
            columns = columns._replace(term_code=TERM_CODE)
        _check_header(header, columns, path.name)
        for cells in reader:
            row = _row(cells, columns)
            if isinstance(row, MapRow):
                rows[row] = None
            else:
                faults.append(replace(row, file=path.name, line=reader.line_num))
    except csv.Error as fault:
        line = reader.reader.line_num
        raise DefinitionError(Fault("", f"this is not CSV: {fault}", "", path.name, line)) from None
    if faults:
        raise DefinitionError(islice(faults, _MOST_FAULTS))
    if not rows:
        raise DefinitionError(Fault("", "the map has no rows", "", path.name))
    return CodeMap(path.name, tuple(rows))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"the map {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the map {path} is not UTF-8: save it as CSV UTF-8") from None


def _check_header(header: Sequence[str], columns: MapColumns, file: str) -> None:
    faults = [
        Fault(name, f"the map {problem} {name!r}", repair, file, 1)
        for name in columns
        if name is not None
        for problem, repair in _header_faults(header, name)
    ]
    if faults:
        raise DefinitionError(faults)


def _header_faults(header: Sequence[str], name: str) -> Iterator[tuple[str, str]]:
    if name not in header:
        near = get_close_matches(name, header, 1)
        said = f"did you mean {near[0]}?" if near else f"it has {', '.join(header) or 'no header'}"
        yield "has no column", f"{said}; columns can be given by name"
    elif header.count(name) > 1:
        yield "has twice the column", "take one out"


def _row(cells: Mapping[str | Any, str | Any], columns: MapColumns) -> MapRow | Fault:
    """The row that some cells are, or what is wrong with them, without file and line."""
    if None in cells or None in cells.values():
        return Fault("", "the row has more or fewer cells than the header", "one cell a column")
    read_v2 = (cells[columns.read_v2] or "").strip()
    ctv3 = (cells[columns.ctv3] or "").strip()
    own = read_codes.term_code(read_v2)
    term_code = (cells[columns.term_code] or "").strip() if columns.term_code else own or PREFERRED
    five = read_codes.five(read_v2) if own else read_v2
    if not read_codes.is_five(five):
        found = f"{read_v2!r} is no Read v2 code"
        return Fault(columns.read_v2, found, "five characters with their dots")
    if ctv3 and not read_codes.is_five(ctv3):
        found = f"{ctv3!r} is no CTV3 code"
        return Fault(columns.ctv3, found, "five characters with their dots, or nothing")
    if len(term_code) != len(PREFERRED):
        found = f"{term_code!r} is no term code"
        return Fault(columns.term_code or "", found, "two characters, such as 00 or 11")
    return MapRow(five, term_code, ctv3)
