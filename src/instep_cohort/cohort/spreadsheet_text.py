"""Text that a spreadsheet cannot take for a formula."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.small_tables import FORMULA_STARTS

_STARTS = FORMULA_STARTS.replace("-", r"\-")
_DANGEROUS = f"^[{_STARTS}]"
_MARKED = f"^'([{_STARTS}])"


def harmless(table: pa.Table) -> pa.Table:
    """The table with an apostrophe before any text that a spreadsheet would run.

    A CSV cell that begins with one of `FORMULA_STARTS` is a formula to Excel and LibreOffice,
    whoever wrote it into the record.
    """
    for place, name in enumerate(table.column_names):
        column = table[name]
        if pa.types.is_string(column.type):
            table = table.set_column(place, name, _harmless(column))
    return table


def as_recorded(table: pa.Table) -> pa.Table:
    """The table that `harmless` was given, without the apostrophes that it put in."""
    for place, name in enumerate(table.column_names):
        column = table[name]
        if pa.types.is_string(column.type):
            plain = pc.replace_substring_regex(column, _MARKED, r"\1")
            table = table.set_column(place, name, plain)
    return table


def _harmless(column: pa.ChunkedArray) -> pa.ChunkedArray:
    risky = pc.match_substring_regex(column, _DANGEROUS)
    if not pc.any(risky).as_py():
        return column
    marked = pc.binary_join_element_wise(pa.scalar("'"), column, "")
    return pc.if_else(pc.fill_null(risky, fill_value=False), marked, column)
