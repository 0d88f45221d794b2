"""Whether a file holds the columns that its table needs."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.source_tables import SourceTable


def check_header(
    name: str, columns: Sequence[str], table: SourceTable, present: frozenset[str]
) -> None:
    """Nothing, where every column that is needed stands there once.

    Args:
        name: the file, for messages.
        columns: its column names, lower case.
        table: the table that it should hold.
        present: the names of all tables that the extract has.

    Raises:
        ExtractError: a column is missing or stands there twice. The columns that were found are
            named only where the line is a header: a first line that is data is never shown.
    """
    if not set(columns) & set(table.columns):
        raise ExtractError(
            f"{name}: its first line is not the header of {table.title} files: none of "
            f"{', '.join(table.needed)} is in it (tab or comma between columns). Is it the right "
            "profile?"
        )
    other, spared = table.spared_by
    for column in table.needed:
        if column not in columns and not (other in present and column in spared):
            raise ExtractError(_missing(name, f"`{column}`", column, columns))
    for group in table.any_of:
        if not set(group) & set(columns):
            wanted = " or ".join(f"`{column}`" for column in group)
            raise ExtractError(_missing(name, wanted, group[0], columns))
    for column in table.columns:
        if columns.count(column) > 1:
            raise ExtractError(f"{name}: column `{column}` is there {columns.count(column)} times")


def _missing(name: str, wanted: str, column: str, columns: Sequence[str]) -> str:
    near = difflib.get_close_matches(column, columns, n=1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    return f"{name}: column {wanted} is missing (found: {', '.join(columns)}){hint}"
