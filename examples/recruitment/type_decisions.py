"""Fills in a screening workbook as a GP might, so that the tutorial can go on without one.

    python type_decisions.py list.PRACTICE-ONLY.xlsx "Dr A. Khan, GP" 2026-11-03

Of each ten people one is not to be invited, one is left blank (not screened), and one is to be
discussed; the others are to be invited. It stands for a person with the list on the screen.
"""

from __future__ import annotations

import sys
from datetime import date

import openpyxl

REASONS = ("EX_IN_WORK", "PJ_BEREAVED", "EX_CANCER_PAIN")


def main(path: str, screener: str, day: str) -> None:
    """Writes the decisions into the workbook, and saves it."""
    book = openpyxl.load_workbook(path)
    sheet = book["Screening"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "candidate_token")
    column = {cell.value: cell.column for cell in header}
    rows = range(header[0].row + 1, sheet.max_row + 1)
    refused = 0
    for place, row in enumerate(rows):
        if sheet.cell(row, column["candidate_token"]).value is None:
            continue
        if place % 10 == 9:
            continue  # left blank: not screened
        decision = {3: "do not invite", 6: "discuss with GP"}.get(place % 10, "invite")
        sheet.cell(row, column["decision"]).value = decision
        if decision == "do not invite":
            sheet.cell(row, column["reason_code"]).value = REASONS[refused % len(REASONS)]
            refused += 1
        sheet.cell(row, column["screened_by"]).value = screener
        sheet.cell(row, column["screened_on"]).value = date.fromisoformat(day)
    book.save(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
