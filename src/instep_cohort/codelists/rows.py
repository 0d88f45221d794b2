"""Reading the rows of a version's CSV file, whatever state it is in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.codelists.findings import Finding, finding

if TYPE_CHECKING:
    from _csv import Reader

COLUMNS = ("system", "code", "match", "category", "term", "note")
_BOM = b"\xef\xbb\xbf"


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


def read_rows(data: bytes, file: str) -> ReadRows:
    """The rows of a CSV file given as its bytes; ``file`` is its name in the findings.

    A byte-order mark, and Windows-1252 text, are read through and reported, so that one damage does
    not hide the others.
    """
    text, findings = decoded(data, file)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines = _numbered(reader, file, findings)
    header = next(lines, (1, []))[1]
    findings += _header_findings(header, file)
    if not set(COLUMNS) <= set(header):
        return ReadRows([], findings)
    places = [header.index(column) for column in COLUMNS]
    rows = []
    for line, cells in lines:
        if len(cells) == len(header):
            rows.append(Row(line, *(cells[place] for place in places)))
        else:
            findings.append(_width_finding(len(cells), len(header), file, line))
    return ReadRows(rows, findings)


def decoded(data: bytes, file: str) -> tuple[str, list[Finding]]:
    """The text of a file, and what is wrong with its bytes."""
    findings = []
    if data.startswith(_BOM):
        findings.append(
            finding(
                "bom",
                "the file begins with a byte-order mark",
                "save it as UTF-8 without BOM",
                file=file,
                line=1,
            )
        )
    if b"\r" in data:
        findings.append(
            finding("line-ends", "lines end with CR LF", "save it with LF line ends", file=file)
        )
    try:
        return data.removeprefix(_BOM).decode(), findings
    except UnicodeDecodeError as fault:
        findings.append(
            finding(
                "encoding",
                f"byte 0x{fault.object[fault.start]:02x} is not UTF-8, the file may be "
                "Windows-1252",
                "save it as UTF-8",
                file=file,
                line=fault.object.count(b"\n", 0, fault.start) + 1,
            )
        )
        return data.removeprefix(_BOM).decode("cp1252", errors="replace"), findings


def _numbered(
    reader: Reader, file: str, findings: list[Finding]
) -> Iterator[tuple[int, list[str]]]:
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
                finding("blank-line", "the line is empty", "take it out", file=file, line=line)
            )


def _header_findings(header: Sequence[str], file: str) -> Iterator[Finding]:
    expected = ",".join(COLUMNS)
    if tuple(header) == COLUMNS:
        return
    lacking = [column for column in COLUMNS if column not in header]
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
            near = get_close_matches(column.strip().casefold(), COLUMNS, 1)
            yield finding(
                "column-unknown",
                f"there is no column {column!r} in a codelist",
                f"did you mean {near[0]}?" if near else f"the header is {expected}",
                file=file,
                line=1,
                where=column,
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
        )


def _width_finding(found: int, expected: int, file: str, line: int) -> Finding:
    return finding(
        "width",
        f"the row has {found} cells, the header {expected}",
        "put quotation marks round a cell that has a comma",
        file=file,
        line=line,
    )
