"""Reading the rows of a version's CSV file, whatever state it is in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.codelists.decoding import decoded
from instep_cohort.codelists.findings import REWRITE, Finding, Mend, finding, write
from instep_cohort.small_tables import harmless, runs_as_formula

if TYPE_CHECKING:
    from _csv import Reader

COLUMNS = ("system", "code", "match", "category", "term", "note")
_QUOTED = re.compile(r'"[^"]*"')
_SPREADSHEET = b"PK\x03\x04"  # a zip archive, as .xlsx is
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


class Row(NamedTuple):
    """One row as text, nothing judged yet; ``line`` is where it begins in the file."""

    line: int
    system: str
    code: str
    match: str
    category: str
    term: str
    note: str


class ReadRows(NamedTuple):
    """The rows that could be read, and what was found on the way."""

    rows: list[Row]
    findings: list[Finding]


class Cells(NamedTuple):
    """A CSV file as cells: its header, its rows with the lines they begin on, what was found."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    findings: list[Finding]


def read_rows(data: bytes, file: str) -> ReadRows:
    """The rows of a codelist's file given as its bytes; ``file`` is its name in the findings."""
    written, lines, findings = read_cells(data, file)
    findings = [one for one in findings if (one.code, one.where) != ("formula", "code")]
    findings += _header_findings(written, file)
    header = [meant(column, written) for column in written]
    if not set(COLUMNS) <= set(header):
        return ReadRows([], findings)
    places = [header.index(column) for column in COLUMNS]
    return ReadRows([Row(line, *(cells[at] for at in places)) for line, cells in lines], findings)


def read_cells(data: bytes, file: str) -> Cells:
    """The cells of a CSV file given as its bytes; ``file`` is its name in the findings.

    Whatever saved it is read through and reported, so that one damage does not hide the others:
    a byte-order mark, UTF-16, Windows-1252, semicolons or tabs for commas. Rows of another width
    than the header are left out, but for empty cells at their end.
    """
    header, records, findings = read_records(data, file)
    width, rows = len(header), []
    for line, cells in records:
        if len(cells) != width:
            whole = _is_whole(cells, width)
            findings.append(width_finding(len(cells), width, file, line, mend=whole))
            if not whole:
                continue
        rows.append((line, cells[:width]))
    return Cells(header, rows, findings + list(_cell_findings(header, rows, file)))


def _is_whole(cells: Sequence[str], width: int) -> bool:
    """Whether only empty cells stand behind those of the header.

    The header's own last one has to be empty too: else a comma may have cut a cell in two, and
    every cell behind it stands one place too far right.
    """
    return len(cells) > width and not any(map(str.strip, cells[width - 1 :]))


def read_records(data: bytes, file: str) -> Cells:
    """As `read_cells`, but rows of any width are kept, and the text of cells is not looked at."""
    if data.startswith(_SPREADSHEET):
        text, repair = "this is a spreadsheet, not CSV", "save the sheet as CSV UTF-8"
        wrong = finding("csv", text, repair, file=file, line=1)
        return Cells([], [], [wrong])
    text, findings = decoded(data, file)
    sign = delimiter(text)
    if sign != ",":
        findings.append(
            finding(
                "delimiter",
                f"the cells are set apart by {DELIMITERS[sign]}",
                "save it with commas",
                file=file,
                line=1,
                mend=REWRITE,
            )
        )
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=sign)
    lines = numbered(reader, file, findings)
    header = next(lines, (1, []))[1]
    return Cells(header, list(lines), findings)


def delimiter(text: str) -> str:
    """What sets the cells of a CSV text apart, by its first line that is not empty."""
    first = _QUOTED.sub("", text.lstrip("\r\n")).partition("\n")[0]
    return next((sign for sign in DELIMITERS if sign in first), ",")


def _cell_findings(
    header: Sequence[str], rows: Sequence[tuple[int, list[str]]], file: str
) -> Iterator[Finding]:
    """Yields what is wrong with the text of cells, whatever their column means."""
    for line, cells in rows:
        for column, cell in zip(header, cells, strict=True):
            if cell.isascii() and not runs_as_formula(cell):
                continue
            for code, text, repair, mend in _cell_faults(cell):
                named = mend if header.count(column) == 1 else None
                yield finding(code, text, repair, file=file, line=line, where=column, mend=named)


def _cell_faults(cell: str) -> Iterator[tuple[str, str, str, Mend | None]]:
    if runs_as_formula(cell):
        text = f"{cell!r} is a formula to a spreadsheet"
        yield "formula", text, f"write {harmless(cell)!r}", write(harmless(cell))
    if "\N{REPLACEMENT CHARACTER}" in cell:
        text = f"{cell!r} has lost a character"
        yield "text-lost", text, "cannot be repaired: take the text again from its source", None
    elif (clear := _ungarbled(cell)) != cell:
        text = f"{cell!r} is UTF-8 that was read as Windows-1252"
        yield "text-garbled", text, f"write {clear!r}", write(clear)


def _ungarbled(cell: str) -> str:
    """The text before its UTF-8 was taken for Windows-1252; the same text where it was not."""
    try:
        return cell.encode("cp1252").decode()
    except UnicodeError:
        return cell


def numbered(reader: Reader, file: str, findings: list[Finding]) -> Iterator[tuple[int, list[str]]]:
    """Yields each record that is not empty with the line it begins on; adds to the findings."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            findings.append(
                finding(
                    "csv",
                    f"this is not CSV: {fault}",
                    "put quotation marks round a cell that has a comma or a quotation mark, and "
                    "double the marks inside",
                    file=file,
                    line=line,
                )
            )
            return
        if cells:
            yield line, cells
        else:
            findings.append(
                finding(
                    "blank-line",
                    "the line is empty",
                    "take it out",
                    file=file,
                    line=line,
                    mend=REWRITE,
                )
            )


def meant(column: str, header: Sequence[str]) -> str:
    """Our name of a column that is written in another case or with a space around it."""
    plain = column.strip().casefold()
    return plain if plain in COLUMNS and plain not in header else column


def _header_findings(header: Sequence[str], file: str) -> Iterator[Finding]:
    expected = ",".join(COLUMNS)
    if tuple(header) == COLUMNS:
        return
    named = [meant(column, header) for column in header]
    lacking = [column for column in COLUMNS if column not in named]
    if len(lacking) == len(COLUMNS):
        yield finding(
            "column-missing",
            f"the first line names none of the columns: it has {', '.join(map(repr, header))}"
            if header
            else "the file is empty",
            f"put the header above it: {expected}",
            file=file,
            line=1,
        )
        return
    for column in lacking:
        yield finding(
            "column-missing",
            f"there is no column {column!r}",
            f"the header is {expected}",
            file=file,
            line=1,
            where=column,
        )
    for column in dict.fromkeys(header):
        if column not in COLUMNS:
            own = meant(column, header)
            near = get_close_matches(own.strip().casefold(), COLUMNS, 1)
            yield finding(
                "column-unknown",
                f"there is no column {column!r} in a codelist",
                f"did you mean {near[0]}?" if near else f"the header is {expected}",
                file=file,
                line=1,
                where=column,
                mend=write(own) if own != column and named.count(own) == 1 else None,
            )
        elif header.count(column) > 1:
            yield finding(
                "column-twice",
                f"column {column!r} stands twice",
                "take one out",
                file=file,
                line=1,
                where=column,
            )
    if sorted(header) == sorted(COLUMNS):
        yield finding(
            "column-order",
            "the columns stand in another order",
            f"the header is {expected}",
            file=file,
            line=1,
            mend=REWRITE,
        )


def width_finding(
    found: int, expected: int, file: str, line: int, *, mend: bool = False
) -> Finding:
    """The finding that a row has so many cells, and the header another number.

    ``mend`` says that the row is whole without what it has too many.
    """
    return finding(
        "width",
        f"the row has {found} cells, the header {expected}",
        "take out the empty cells at its end"
        if mend
        else "put quotation marks round a cell that has a comma",
        file=file,
        line=line,
        mend=REWRITE if mend else None,
    )
