"""Certified absence as rows: spells where every note has a length, and runs of notes issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from instep_cohort.work.fit_notes import IssueRun
from instep_cohort.work.spells import Spell

SPELLS = pa.schema(
    [
        ("patient_id", pa.string()),
        ("start", pa.date32()),
        ("end", pa.date32()),
        ("days", pa.int32()),
        ("covered_days", pa.int32()),
        ("notes", pa.int32()),
        ("statements", pa.string()),
        ("open", pa.bool_()),
    ]
)

RUNS = pa.schema(
    [
        ("patient_id", pa.string()),
        ("first_issued", pa.date32()),
        ("last_issued", pa.date32()),
        ("days", pa.int32()),
        ("notes", pa.int32()),
        ("statements", pa.string()),
    ]
)


def spell_rows(patient_id: str, spells: Sequence[Spell], on: date) -> list[dict[str, Any]]:
    """The rows of `SPELLS` for one patient; `end` is the first day no longer certified."""
    return [
        {
            "patient_id": patient_id,
            "start": spell.start,
            "end": spell.end,
            "days": spell.days,
            "covered_days": spell.covered_days,
            "notes": spell.notes,
            "statements": "; ".join(spell.statements),
            "open": spell.is_open(on),
        }
        for spell in spells
    ]


def run_rows(patient_id: str, runs: Sequence[IssueRun]) -> list[dict[str, Any]]:
    """The rows of `RUNS` for one patient: runs of notes issued, never lengths of absence."""
    return [
        {
            "patient_id": patient_id,
            "first_issued": run.first_issued,
            "last_issued": run.last_issued,
            "days": run.days,
            "notes": run.notes,
            "statements": "; ".join(run.statements),
        }
        for run in runs
    ]
