"""The list as CSV, for machines and for whoever has no other way; people get the workbook."""

from __future__ import annotations

from typing import BinaryIO

from instep_cohort.recruitment.screening.columns import CHECK, EDITABLE_NAMES
from instep_cohort.recruitment.screening.identity_of_list import SIGN
from instep_cohort.recruitment.screening.listing import ScreeningList
from instep_cohort.small_tables import csv_table

_BOM = "\ufeff"  # without it Excel takes UTF-8 for Windows-1252


def write_csv(out: BinaryIO, listed: ScreeningList) -> None:
    """Writes a first line that says which list it is (``name=value`` in each cell), then the rows.

    No cell runs as a formula.
    """
    about = [SIGN, *(f"{name}={value}" for name, value in listed.identity.pairs())]
    header = [column.name for column in listed.columns] + [*EDITABLE_NAMES, CHECK]
    undecided = [""] * len(EDITABLE_NAMES)
    rows = [
        [*cells, *undecided, check] for cells, check in zip(listed.rows, listed.checks, strict=True)
    ]
    out.write((_BOM + csv_table(about, [header, *rows])).encode())
