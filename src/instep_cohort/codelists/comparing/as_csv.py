"""A comparison as CSV: each row flat, for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instep_cohort.codelists.comparing.comparison import row_as_dict
from instep_cohort.small_tables import csv_table

if TYPE_CHECKING:
    from instep_cohort.codelists.comparing.comparison import Comparison

COLUMNS = (
    *("found", "differs", "system", "code", "left_match", "right_match"),
    *("left_category", "right_category", "left_term", "right_term", "left_note", "right_note"),
    *("other_side", "covered"),
)


def as_csv(comparison: Comparison) -> str:
    """Every row, a column for each side of each part; no cell runs as a formula."""
    flat = (row_as_dict(row) | {"covered": "yes" if row.covered else ""} for row in comparison.rows)
    return csv_table(COLUMNS, ([str(one[column]) for column in COLUMNS] for one in flat))
