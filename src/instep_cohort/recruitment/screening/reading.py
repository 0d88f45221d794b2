"""A list that came back, as a spreadsheet saved it: cells, row numbers, and which list it says."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.screening.cells import plain
from instep_cohort.recruitment.screening.columns import TOKEN
from instep_cohort.recruitment.screening.identity_of_list import SIGN, ListIdentity

_WORKBOOK = b"PK"  # both xlsx and ods are zip files
_ENCODINGS = ("utf-8-sig", "cp1252")  # what Excel saves as CSV UTF-8, and as plain CSV
_DELIMITERS = ",;\t"
_NO_WORKBOOK = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError),
    *(EOFError, OSError, RuntimeError, ValueError),
)
_HEADER_WITHIN = 10
_LARGEST = 1 << 30
# A reader lays a sheet out from its first cell to its last, filled or not: a stray cell beyond the
# column AZ or the 999,999th row is more than any memory holds, and no list has one there.
_FAR_OUT = re.compile(rb'\br="(?:(?:[B-Z][A-Z]|[A-Z]{3})[0-9]+|[A-Z]{1,2}[0-9]{7})"')

Table = Sequence[Sequence[Any]]


class Returned(NamedTuple):
    """A list that came back.

    Attributes:
        name: the file's name.
        sha256: of its bytes.
        identity: which list it says it is.
        header: the names in its header row.
        rows: row numbers as a spreadsheet shows them, and the cells; blank rows are not among them.
    """

    name: str
    sha256: str
    identity: ListIdentity
    header: list[str]
    rows: list[tuple[int, Sequence[Any]]]


def read_returned(path: Path) -> Returned:
    """What a screener sent back: xlsx, ods or csv; hidden and filtered rows are read too.

    Raises:
        UsageError: it cannot be read, or is no screening list.
        SafetyRefusal: what it says of which list it is was changed or lost.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"The list {path} cannot be read: {error.strerror}.") from None
    is_workbook = raw.startswith(_WORKBOOK)
    tables = _of_workbook(path, raw) if is_workbook else {"": _of_csv(path, raw)}
    people = [found for table in tables.values() if (found := _header_of(table)) is not None]
    if not people:
        raise UsageError(
            f"{path} is no screening list: no sheet has a header row with {TOKEN}. Import the file "
            "that `screen export` wrote, filled in."
        )
    if len(people) > 1:
        raise SafetyRefusal(
            f"{path} holds {len(people)} sheets of people, and it is not known which counts; leave "
            "only the filled-in one."
        )
    identity = ListIdentity.read(_pairs(tables.values()))
    if identity is None:
        raise SafetyRefusal(
            f"{path} no longer says which list it is: its hidden sheet (or the first line, in a "
            "CSV) was changed or lost. Type the decisions into the workbook as it was exported."
        )
    header, rows = people[0]
    return Returned(path.name, hashlib.sha256(raw).hexdigest(), identity, header, rows)


def _of_workbook(path: Path, raw: bytes) -> Mapping[str, Table]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            size = sum(part.file_size for part in parts.infolist())
            if size > _LARGEST:
                raise UsageError(
                    f"{path} unpacks to more than {_LARGEST >> 20} MB, and is not read."
                )
            sheets = [one for one in parts.namelist() if one.startswith("xl/worksheets/")]
            if any(_FAR_OUT.search(parts.read(one)) for one in sheets):
                raise UsageError(
                    f"{path} has a cell far to the right of the others or far below them, so that "
                    "its sheet is too large to be read. Delete it, and save the list again."
                )
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        return {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
    except (CalamineError, *_NO_WORKBOOK) as error:
        raise UsageError(
            f"{path} cannot be read as a workbook ({type(error).__name__}); save it as .xlsx."
        ) from None


def _of_csv(path: Path, raw: bytes) -> Table:
    text = _decoded(path, raw)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise UsageError(f"{path} is neither a workbook nor readable as CSV.") from None


def _decoded(path: Path, raw: bytes) -> str:
    encodings = ("utf-16",) if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else _ENCODINGS
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{path} is neither a workbook nor text; save it as .xlsx, or as CSV UTF-8.")


def _header_of(table: Table) -> tuple[list[str], list[tuple[int, Sequence[Any]]]] | None:
    for place, row in enumerate(table[:_HEADER_WITHIN]):
        names = [plain(cell) for cell in row]
        if TOKEN in names:
            rows = [
                (number, cells)
                for number, cells in enumerate(table[place + 1 :], place + 2)
                if any(cell not in ("", None) for cell in cells)
            ]
            return names, rows
    return None


def _pairs(tables: Iterator[Table] | Any) -> dict[str, str]:
    """Name and value of what the file says of itself: a sheet's two columns, or a line of cells."""
    found: dict[str, str] = {}
    for table in tables:
        if not table or not table[0] or plain(table[0][0]) != SIGN:
            continue
        across = [plain(cell).partition("=") for cell in table[0][1:]]
        down = [row for row in table[1:] if len(row) > 1]
        pairs = [(name, value) for name, sign, value in across if sign] or [
            (plain(row[0]), str(row[1]).strip()) for row in down
        ]
        found |= pairs
    return found
