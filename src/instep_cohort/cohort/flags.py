"""The flags of candidates, from the rows that the engine set aside for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.engine.uses import Uses
from instep_cohort.study.plan import FitNotePlan, Plan
from instep_cohort.study.spans import date_of
from instep_cohort.work.fit_notes import (
    CertifiedAbsence,
    CertifiedSickness,
    FitNoteRules,
    NoteRow,
    certified_absence,
)
from instep_cohort.work.statuses import StatusRow, WorkHints, WorkStatus, work_hints, work_status
from instep_cohort.work.tiers import tier, tier_reason

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
        ("may_be_fit_notes", pa.int32()),
        ("may_be_fit_last", pa.date32()),
        ("may_be_fit_terms", pa.string()),
        ("not_counted", pa.string()),
        ("days_since_spell_start", pa.int32()),
        ("days_since_last_note_end", pa.int32()),
        ("days_since_run_start", pa.int32()),
        ("days_since_last_issue", pa.int32()),
    ]
)

WORK_STATUS_COLUMNS = pa.schema(
    [
        ("work_status", pa.string()),
        ("work_status_date", pa.date32()),
        ("work_status_age_days", pa.int32()),
        ("work_status_stale", pa.bool_()),
        ("days_since_job_loss", pa.int32()),
        ("work_hints", pa.string()),
    ]
)

_NOTE = ("day", "label_key", "value", "unit")


class Flags(NamedTuple):
    """The declared flags of one candidate; None for one that is not declared."""

    absence: CertifiedAbsence | None
    status: WorkStatus | None
    hints: WorkHints | None = None

    @property
    def certified(self) -> CertifiedSickness | None:
        """The certified sickness flag of RULES.md §7."""
        return self.absence.flag if self.absence else None

    @property
    def tier(self) -> str:
        """A, B, C or X."""
        fresh = self.status.fresh if self.status else None
        return tier(fresh, certified=bool(self.certified and self.certified.certified_sickness))

    @property
    def tier_reason(self) -> str:
        """Why that tier, in one sentence."""
        status = self.status
        return tier_reason(
            status.work_status if status else None,
            status.work_status_date if status else None,
            stale=bool(status and status.work_status_stale),
            last_note=self.certified.fit_note_last if self.certified else None,
        )

    def columns(self) -> dict[str, Any]:
        """The columns of the candidate list."""
        columns: dict[str, Any] = {"tier": self.tier, "tier_reason": self.tier_reason}
        absence = self.absence
        noted = (absence.flag, absence.statements, absence.recency) if absence else ()
        for part in (*noted, self.status, self.hints):
            if part is not None:
                columns |= part._asdict()
        return columns


class FlagReader:
    """Reads the flags of one candidate after the other out of the evidence rows."""

    def __init__(
        self, plan: Plan, uses: Uses, evidence: pa.Table, terms: Sequence[str | None]
    ) -> None:
        """Takes the study, the candidates' evidence, and the extract's terms by code_key."""
        self._plan = plan
        self._categories = [frozenset(one.category.split("; ")) for one in uses.labels]
        self._terms = [terms[one.code_key] or "" for one in uses.labels]
        self._notes = self._notes_by_patient(evidence, uses.fit_notes)
        self._statuses = self._statuses_by_patient(evidence, uses.work_status)
        self._rules = fit_note_rules(plan.fit_notes) if plan.fit_notes else None
        self._without_notes = self._rules and certified_absence((), self._rules, plan.on)

    def _notes_by_patient(
        self, evidence: pa.Table, use_key: int | None
    ) -> Mapping[int, list[NoteRow]]:
        found: dict[int, list[NoteRow]] = {}
        for key, day, label, value, unit in _rows_of(evidence, use_key, _NOTE):
            note = NoteRow(date_of(day), self._categories[label], value, unit, self._terms[label])
            found.setdefault(key, []).append(note)
        return found

    def _statuses_by_patient(
        self, evidence: pa.Table, use_key: int | None
    ) -> Mapping[int, list[StatusRow]]:
        found: dict[int, list[StatusRow]] = {}
        for key, day, label in _rows_of(evidence, use_key, _NOTE[:2]):
            row = StatusRow(date_of(day), self._categories[label], self._terms[label])
            found.setdefault(key, []).append(row)
        return found

    def flags_of(self, patient_key: int) -> Flags:
        """The flags of the patient with this key."""
        flag, held = self._plan.work_status, self._statuses.get(patient_key, ())
        absence = self._absence(patient_key)
        if flag is None:
            return Flags(absence, None)
        on = self._plan.on
        status = work_status(held, fresh_from=date_of(flag.fresh_from), on=on)
        return Flags(absence, status, work_hints(held, on=on))

    def _absence(self, patient_key: int) -> CertifiedAbsence | None:
        held = self._notes.get(patient_key)
        if self._rules is None or held is None:
            return self._without_notes
        return certified_absence(held, self._rules, self._plan.on)


def fit_note_rules(flag: FitNotePlan) -> FitNoteRules:
    """How the flag reads fit notes."""
    return FitNoteRules(
        None if flag.first is None else date_of(flag.first),
        flag.gap,
        flag.issue_gap,
        private_counts=flag.private_counts,
        headings_count=flag.headings_count,
    )


def _rows_of(
    evidence: pa.Table, use_key: int | None, names: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """patient_key and the named columns of the rows that one use read."""
    if use_key is None:
        return iter(())
    rows = evidence.filter(pc.equal(evidence["use_key"], use_key))
    return zip(*(rows[name].to_pylist() for name in ("patient_key", *names)), strict=True)
