"""The flags of candidates, from the rows that the engine set aside for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.engine.uses import Uses
from instep_cohort.study.plan import FitNotePlan, Plan, WorkStatusPlan
from instep_cohort.study.spans import date_of
from instep_cohort.work.fit_notes import (
    CertifiedSickness,
    FitNoteRules,
    NoteRow,
    certified_sickness,
)
from instep_cohort.work.spells import Spell
from instep_cohort.work.statuses import StatusRow, WorkStatus, work_status
from instep_cohort.work.tiers import tier

CERTIFIED_COLUMNS = pa.schema(
    [
        ("certified_sickness", pa.bool_()),
        ("fit_notes", pa.int32()),
        ("fit_note_first", pa.date32()),
        ("fit_note_last", pa.date32()),
        ("last_statement", pa.string()),
        ("length_known", pa.bool_()),
        ("spell_start", pa.date32()),
        ("spell_days", pa.int32()),
        ("certified_until", pa.date32()),
        ("issued_runs", pa.int32()),
        ("long_term", pa.bool_()),
    ]
)

WORK_STATUS_COLUMNS = pa.schema(
    [
        ("work_status", pa.string()),
        ("work_status_date", pa.date32()),
        ("work_status_age_days", pa.int32()),
        ("work_status_stale", pa.bool_()),
    ]
)


_NOTE = ("day", "label_key", "value", "unit")


class Flags(NamedTuple):
    """The declared flags of one candidate; None for one that is not declared."""

    certified: CertifiedSickness | None
    status: WorkStatus | None
    spells: Sequence[Spell]

    @property
    def tier(self) -> str:
        """A, B, C or X."""
        fresh = self.status.fresh if self.status else None
        return tier(fresh, certified=bool(self.certified and self.certified.certified_sickness))


class FlagReader:
    """Reads the flags of one candidate after the other out of the evidence rows."""

    def __init__(self, plan: Plan, uses: Uses, evidence: pa.Table) -> None:
        self._plan = plan
        self._categories = [frozenset(one.category.split("; ")) for one in uses.labels]
        self._notes = self._notes_by_patient(evidence, uses.fit_notes)
        self._statuses = _by_patient(evidence, uses.work_status)
        self._rules = fit_note_rules(plan.fit_notes) if plan.fit_notes else None
        self._without_notes = self._rules and certified_sickness((), self._rules, plan.on)

    def _notes_by_patient(
        self, evidence: pa.Table, use_key: int | None
    ) -> Mapping[int, list[NoteRow]]:
        found: dict[int, list[NoteRow]] = {}
        if use_key is not None:
            rows = evidence.filter(pc.equal(evidence["use_key"], use_key))
            keys, *held = (rows[name].to_pylist() for name in ("patient_key", *_NOTE))
            for key, day, label, value, unit in zip(keys, *held, strict=True):
                note = NoteRow(date_of(day), self._categories[label], value, unit)
                found.setdefault(key, []).append(note)
        return found

    def flags_of(self, patient_key: int) -> Flags:
        """The flags of the patient with this key."""
        certified, spells = self._certified(patient_key)
        return Flags(certified, self._status(self._plan.work_status, patient_key), spells)

    def _certified(self, patient_key: int) -> tuple[CertifiedSickness | None, Sequence[Spell]]:
        if self._rules is None or self._without_notes is None:
            return None, ()
        held = self._notes.get(patient_key)
        if held is None:
            return self._without_notes
        return certified_sickness(held, self._rules, self._plan.on)

    def _status(self, flag: WorkStatusPlan | None, patient_key: int) -> WorkStatus | None:
        if flag is None:
            return None
        rows = [
            StatusRow(date_of(row["day"]), self._categories[row["label_key"]])
            for row in self._statuses.get(patient_key, ())
        ]
        return work_status(rows, fresh_from=date_of(flag.fresh_from), on=self._plan.on)


def fit_note_rules(flag: FitNotePlan) -> FitNoteRules:
    """How the flag reads fit notes."""
    return FitNoteRules(
        None if flag.first is None else date_of(flag.first),
        flag.gap,
        flag.issue_gap,
        private_counts=flag.private_counts,
        headings_count=flag.headings_count,
    )


def _by_patient(evidence: pa.Table, use_key: int | None) -> Mapping[int, list[dict[str, Any]]]:
    if use_key is None:
        return {}
    rows = evidence.filter(pc.equal(evidence["use_key"], use_key))
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        found.setdefault(row["patient_key"], []).append(row)
    return found


SPELLS = pa.schema(
    [
        ("patient_id", pa.string()),
        ("start", pa.date32()),
        ("last_day", pa.date32()),
        ("days", pa.int32()),
        ("covered_days", pa.int32()),
        ("notes", pa.int32()),
        ("statements", pa.string()),
        ("open", pa.bool_()),
    ]
)


def spell_rows(patient_id: str, spells: Sequence[Spell], on: date) -> list[dict[str, Any]]:
    """The rows of `SPELLS` for one patient."""
    return [
        {
            "patient_id": patient_id,
            "start": spell.start,
            "last_day": spell.last_day,
            "days": spell.days,
            "covered_days": spell.covered_days,
            "notes": spell.notes,
            "statements": "; ".join(spell.statements),
            "open": spell.start <= on <= spell.last_day,
        }
        for spell in spells
    ]
