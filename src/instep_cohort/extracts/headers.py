"""Whether a file holds the columns that its table needs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.source_tables import SourceTable

_LONGEST_NAME = 60
_AN_ID = re.compile(r"\d{5}")


def speakable(columns: Sequence[str], table: SourceTable) -> tuple[str, ...]:
    """The column names that a message may show.

    A lost line end puts the first row of data behind the header. So names that the table does not
    know are shown only where every one of them looks like a name: it has a letter, is short, and
    has no five digits in a row.
    """
    known = {*table.columns, *table.unread, *table.aliases}
    others = [name for name in columns if name and name not in known]
    if all(map(_looks_like_a_name, others)):
        return tuple(columns)
    return tuple(name for name in columns if name in known)


def _looks_like_a_name(text: str) -> bool:
    has_letter = any(map(str.isalpha, text))
    return has_letter and len(text) <= _LONGEST_NAME and not _AN_ID.search(text)


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
        cells = {cell.strip(' "') for column in columns for cell in column.split(";")}
        if len(cells & set(table.columns)) > 1:
            raise ExtractError(
                f"{name}: semicolons stand between its columns, as some spreadsheets write them: "
                "take the file as it was exported, or save it with commas"
            )
        raise ExtractError(
            f"{name}: its first line is not the header of {table.title} files: none of "
            f"{', '.join(table.needed)} is in it (tab or comma between columns). Is it the right "
            "profile?"
        )
    other, spared = table.spared_by
    for column in table.needed:
        if column not in columns and not (other in present and column in spared):
            raise ExtractError(_missing(name, f"`{column}`", column, columns, table))
    for group in table.any_of:
        if not set(group) & set(columns):
            wanted = " or ".join(f"`{column}`" for column in group)
            raise ExtractError(_missing(name, wanted, group[0], columns, table))
    for column in table.columns:
        if columns.count(column) > 1:
            raise ExtractError(f"{name}: column `{column}` is there {columns.count(column)} times")


def _missing(
    name: str, wanted: str, column: str, columns: Sequence[str], table: SourceTable
) -> str:
    shown = speakable(columns, table)
    near = difflib.get_close_matches(column, shown, n=1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    more = len(columns) - len(shown)
    others = (
        f" and {more} that look like data: does the header end where it should?" if more else ""
    )
    return f"{name}: column {wanted} is missing (found: {', '.join(shown)}{others}){hint}"
