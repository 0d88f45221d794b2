"""The candidate list for people: a workbook whose every text stays text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from instep_cohort.disclosure.artefacts import ArtefactClass

WIDTHS = {
    "patient_id": 16,
    "practice_id": 12,
    "tier_reason": 48,
    "may_be_fit_terms": 40,
    "work_hints": 60,
    "cautions": 28,
    "reason": 90,
    "rule": 60,
}
_WRAPPED = {"reason", "text", "tier_reason", "may_be_fit_terms", "work_hints", "rule"}

COLUMN_MEANINGS = {
    "patient_id": "the identifier in the practice system's extract",
    "practice_id": "the practice",
    "age": "completed years on the search date, the youngest possible: see birth_precision",
    "sex": "F, M, I (indeterminate) or U (unknown)",
    "birth_precision": "how exactly the birth is known: check the age where it is not day",
    "tier": "order of letters: A out of work (fresh code), B certified sickness or unfit for work, "
    "C nothing known of work, X in work (hold back)",
    "tier_reason": "why that tier",
    "certified_sickness": "a fit note in the window; never evidence of unemployment",
    "fit_notes": "dates on which a fit note was issued in the window",
    "fit_note_first": "the first of them",
    "fit_note_last": "the last of them",
    "last_statement": "what the last one says: not_fit, may_be_fit or unspecified",
    "length_known": "every fit note on record has a length",
    "spell_start": "first day of the latest spell, where lengths are known",
    "spell_days": "its days, bridged ones included",
    "certified_until": "its last certified day",
    "issued_runs": "runs of issued notes (not lengths of absence)",
    "long_term": "an open spell, or a run of notes, of 91 days or more",
    "may_be_fit_notes": "dates on which a note says may be fit: there may be a job to go back to",
    "may_be_fit_last": "the last of them",
    "may_be_fit_terms": "its terms, which name the adjustment where the code does",
    "not_counted": "rows that certify nothing: duplicate, negated, self certificate, private …",
    "days_since_spell_start": "days since the latest spell began, where lengths are known",
    "days_since_last_note_end": "days since the last note ended; empty while one runs",
    "days_since_run_start": "days since the first note of the latest run was issued",
    "days_since_last_issue": "days since the latest note was issued",
    "work_status": "latest dated work code: fallible evidence, never a gate",
    "work_status_date": "its date",
    "work_status_age_days": "days from it to the search date",
    "work_status_stale": "too old to decide anything",
    "days_since_job_loss": "days since the latest code for the loss of a job",
    "work_hints": "the latest codes about work, newest first: fallible, they decide nothing",
    "newly_crossed": "was no candidate of the previous run",
    "cautions": "read these before writing: what a date or a choice left open",
    "reason": "why the person is on the list",
}


def write_workbook(
    path: Path,
    candidates: pa.Table,
    attrition: pa.Table,
    tiers: pa.Table,
    about: Sequence[tuple[str, str]],
    on: date,
) -> None:
    """Writes the sheets Candidates, Attrition, Tiers and About.

    Args:
        path: where to.
        candidates: the candidate list.
        attrition: the attrition table.
        tiers: how many candidates each tier has, by flag; no rows without any flag.
        about: pairs for the About sheet: what the run was.
        on: the search date, which also stands as the file's date: the same run gives the same file.
    """
    import xlsxwriter

    from instep_cohort.cohort.sheet_rows import TableSheet

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        artefact_class = str(ArtefactClass.PRACTICE_ONLY)
        workbook.set_properties(
            {
                "title": "Candidates",
                "category": artefact_class,
                "created": datetime(on.year, on.month, on.day),
            }
        )
        workbook.set_custom_property("artefact_class", artefact_class)
        formats = {
            "head": workbook.add_format({"bold": True, "bg_color": "#E3ECF5", "bottom": 1}),
            "text": workbook.add_format({"num_format": "@", "valign": "top"}),
            "wrap": workbook.add_format({"num_format": "@", "valign": "top", "text_wrap": True}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
            "plain": workbook.add_format({"valign": "top"}),
        }
        tables = {"Candidates": candidates, "Attrition": attrition}
        if tiers.num_rows:
            tables["Tiers"] = tiers
        sheets = {name: workbook.add_worksheet(name, TableSheet) for name in tables}
        for name, table in tables.items():
            _write_table(sheets[name], table, formats)
        _write_about(workbook.add_worksheet("About"), about, candidates.column_names, formats)
    if not all(sheet.written for sheet in sheets.values()):
        raise RuntimeError("this version of XlsxWriter writes its rows in another way")


def _write_table(sheet: Any, table: pa.Table, formats: Mapping[str, Any]) -> None:
    for place, name in enumerate(table.column_names):
        sheet.set_column(place, place, WIDTHS.get(name, max(11, len(name) + 2)))
    sheet.put(table, formats["head"], [_format(field, formats) for field in table.schema])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(table.num_rows, 1), table.num_columns - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&C{ArtefactClass.PRACTICE_ONLY}")


def _format(field: pa.Field, formats: Mapping[str, Any]) -> Any:
    if pa.types.is_date(field.type):
        return formats["date"]
    if not pa.types.is_string(field.type):
        return formats["plain"]
    return formats["wrap" if field.name in _WRAPPED else "text"]


def _write_about(
    sheet: Any,
    about: Sequence[tuple[str, str]],
    columns: Sequence[str],
    formats: Mapping[str, Any],
) -> None:
    lines = [*about, ("", ""), ("Column", "Meaning")]
    lines += [(name, COLUMN_MEANINGS.get(name, "")) for name in columns]
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)
    for row, (name, meaning) in enumerate(lines):
        sheet.write_string(row, 0, name, formats["head" if name else "plain"])
        sheet.write_string(row, 1, meaning, formats["wrap"])
