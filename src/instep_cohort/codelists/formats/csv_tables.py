"""CSV tables that other tools wrote, and CSV that no spreadsheet runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from instep_cohort.codelists.column_names import plain
from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.formats.exchange import Hints, SourceFile, noted
from instep_cohort.codelists.rows import Row, read_cells
from instep_cohort.small_tables import csv_table, runs_as_formula


class Table(NamedTuple):
    """A CSV table: its header as it stands, its rows with their lines, what was found."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    findings: tuple[Finding, ...]

    def place(self, names: Iterable[str]) -> int | None:
        """The place of the first of these headers that is there, however it is spelt."""
        there = [plain(name) for name in self.header]
        return next((there.index(name) for name in map(plain, names) if name in there), None)


def read_table(source: SourceFile) -> Table:
    """The table in a file; rows of another width than the header are left out and reported."""
    header, rows, findings = read_cells(source.data, source.name)
    # line ends are ours once the list is written, and formulas are told when they are marked
    kept = [one for one in findings if one.code not in ("line-ends", "formula")]
    return Table(tuple(header), tuple(rows), tuple(kept))


class Columns(NamedTuple):
    """Where in a table the columns of a codelist stand; ``None`` where they do not."""

    code: int
    system: int | None = None
    match: int | None = None
    category: int | None = None
    term: int | None = None
    note: int | None = None


def find_columns(
    table: Table, names: Mapping[str, Sequence[str]], hints: Hints, file: str
) -> tuple[Columns | None, list[Finding]]:
    """Where the columns of a codelist stand in a table, by the headers that people give them.

    Args:
        table: the table.
        names: for each column of ours, the names of headers, the likeliest first.
        hints: what the person says goes before.
        file: the file's name in the findings.
    """
    findings = []
    places: dict[str, int | None] = {}
    for column, header in hints.columns.items():
        places[column] = table.place([header])
        if places[column] is None:
            findings.append(_no_column(header, table, file))
    for column, headers in names.items():
        if column not in places:
            places[column] = table.place(headers)
    code = places.pop("code", None)
    if code is None and not findings:
        findings.append(_no_column("code", table, file))
    if code is None or findings:
        return None, findings
    return Columns(code, **places), findings


def _no_column(header: str, table: Table, file: str) -> Finding:
    return noted(
        "file-shape",
        f"there is no column {header!r}: the first line has {', '.join(map(repr, table.header))}",
        "name the column of the codes with --column code=NAME, or give the file a header",
        file=file,
        line=1,
    )


def table_rows(table: Table, columns: Columns, system: str) -> Iterator[Row]:
    """Yields the rows of a table; cells of columns that no codelist has go into the note."""
    known = set(columns)
    others = [
        (place, header.strip())
        for place, header in enumerate(table.header)
        if place not in known and header.strip()
    ]

    def cell(cells: list[str], place: int | None, otherwise: str = "") -> str:
        return otherwise if place is None else cells[place]

    for line, cells in table.rows:
        code = cells[columns.code]
        beside = [
            f"{header}: {cells[place].strip()}"
            for place, header in others
            if cells[place].strip() and cells[place] != code
        ]
        note = "; ".join(filter(None, [cell(cells, columns.note), *beside]))
        yield Row(
            line,
            cell(cells, columns.system, system),
            code,
            cell(cells, columns.match, "exact"),
            cell(cells, columns.category),
            cell(cells, columns.term),
            note,
        )


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file as UTF-8 with LF line ends, in which no cell runs as a formula."""
    return csv_table(header, rows).encode()


def formula_losses(rows: Iterable[tuple[int, Sequence[str]]], file: str) -> Iterator[Finding]:
    """Yields a finding for each cell, given with its line, that `write_table` marks."""
    for line, cells in rows:
        for cell in cells:
            if runs_as_formula(cell):
                yield noted(
                    "formula-marked",
                    f"{cell!r} is written with an apostrophe before it, since a spreadsheet would "
                    "run it",
                    file=file,
                    line=line,
                )
