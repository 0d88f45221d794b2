"""Plain CSV: a codelist's own six columns, or any table with a column of codes."""

from __future__ import annotations

from collections.abc import Sequence

from instep_cohort.codelists.column_names import find_columns as named_columns
from instep_cohort.codelists.column_names import system_named
from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.formats.csv_tables import (
    find_columns,
    formula_losses,
    read_table,
    table_rows,
    write_table,
)
from instep_cohort.codelists.formats.exchange import (
    Exported,
    ExportedFile,
    Hints,
    Imported,
    SourceFile,
    list_file,
    noted,
    unsaid,
)
from instep_cohort.codelists.model import Codelist
from instep_cohort.codelists.rows import COLUMNS, Row, read_rows
from instep_cohort.terminology.systems import System


def looks_like(source: SourceFile) -> str:
    """Why a CSV file seems to be a plain table of codes; empty where it does not."""
    table = read_table(source)
    if set(COLUMNS) <= set(table.header):
        return f"it has the columns of a codelist: {','.join(COLUMNS)}"
    named = named_columns(table.header)
    places = [*named.systems.values(), *([named.others["code"]] if "code" in named.others else [])]
    return f"it has a column {table.header[places[0]]!r}" if places else ""


def read(source: SourceFile, hints: Hints) -> Imported:
    """The rows of a table; cells of columns that no codelist has go into the note.

    A column may be named after the system of its codes (``ctv3``, ``snomed_code``); where several
    are, one of them has to be chosen.
    """
    table = read_table(source)
    if set(COLUMNS) <= set(table.header) and not hints.columns:
        rows, findings = read_rows(source.data, source.name)
        told = [one for one in findings if one.code not in ("line-ends", "formula")]
        return Imported(tuple(rows), tuple(told))
    named = named_columns(table.header)
    systems = named.systems
    names = {name: (table.header[place],) for name, place in named.others.items()}
    system = hints.system
    if "code" not in hints.columns and systems:
        chosen = [one for one in systems if hints.system in (None, one)]
        if len(chosen) != 1:
            return Imported((), (*table.findings, _several(list(systems), source.name)))
        names["code"] = (table.header[systems[chosen[0]]],)
        system = str(chosen[0])
    columns, findings = find_columns(table, names, hints, source.name)
    if columns and columns.system is None and system is None:
        findings.append(_no_system(source.name))
    if columns is None or findings:
        return Imported((), (*table.findings, *findings))
    rows = [_known(row) for row in table_rows(table, columns, system or "")]
    return Imported(tuple(rows), table.findings)


def _known(row: Row) -> Row:
    """The row with the name that codelists have for its system, where there is one."""
    system = system_named(row.system)
    return row._replace(system=str(system)) if system else row


def _several(systems: Sequence[System], file: str) -> Finding:
    return noted(
        "file-shape",
        f"there are codes of {' and '.join(systems)}, each in a column of its own",
        "import the file once for each, with --system",
        file=file,
        line=1,
    )


def _no_system(file: str) -> Finding:
    return noted(
        "file-shape",
        "no column says of which system the codes are",
        f"say it: --system, one of {', '.join(System)}, or --column system=NAME",
        file=file,
        line=1,
    )


def write(codelist: Codelist) -> Exported:
    """A list as its own six columns, which hold every row whole; its card is not held."""
    rows = [
        (one.system, one.code, one.match, one.category or "", one.term, one.note)
        for one in codelist.selectors
    ]
    numbered = zip((one.line for one in codelist.selectors), rows, strict=True)
    losses = formula_losses(numbered, list_file(codelist))
    return Exported(
        (ExportedFile("", write_table(COLUMNS, rows)),),
        (*losses, *unsaid(codelist, said=frozenset())),
    )
