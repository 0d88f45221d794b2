"""The flags of one person, worked out from evidence rows and put into words (RULES.md §7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from instep_cohort.cohort.absences import spell_rows
from instep_cohort.cohort.explain.comparing import days, several
from instep_cohort.cohort.explain.values import EvidenceRow, FlagFound
from instep_cohort.cohort.flags import Flags, fit_note_rules
from instep_cohort.study.plan import FitNotePlan, Plan, WorkStatusPlan
from instep_cohort.study.spans import date_of
from instep_cohort.work.fit_notes import (
    LONG_TERM_DAYS,
    CertifiedAbsence,
    CertifiedSickness,
    NoteRow,
    certified_absence,
)
from instep_cohort.work.statuses import StatusRow, WorkStatus, work_status


class FlagsFound(NamedTuple):
    """The declared flags, and the tier that they make."""

    flags: tuple[FlagFound, ...]
    tier: str | None


def flags_found(
    plan: Plan, notes: Sequence[EvidenceRow], statuses: Sequence[EvidenceRow]
) -> FlagsFound:
    """The flags of one person.

    Args:
        plan: the study.
        notes: the rows that the certified sickness flag read.
        statuses: the rows that the work status flag read.
    """
    absence: CertifiedAbsence | None = None
    status: WorkStatus | None = None
    found = []
    if plan.fit_notes is not None:
        rows = [
            NoteRow(row.date, _categories(row), row.value, row.unit, row.term or "")
            for row in notes
            if row.date
        ]
        absence = certified_absence(rows, fit_note_rules(plan.fit_notes), plan.on)
        found.append(_fit_notes(plan, plan.fit_notes, absence, notes))
    if plan.work_status is not None:
        dated = [
            StatusRow(row.date, _categories(row), row.term or "") for row in statuses if row.date
        ]
        fresh_from = date_of(plan.work_status.fresh_from)
        status = work_status(dated, fresh_from=fresh_from, on=plan.on)
        found.append(_work_status(plan.work_status, status, statuses))
    return FlagsFound(tuple(found), Flags(absence, status).tier if found else None)


def _categories(row: EvidenceRow) -> frozenset[str]:
    return frozenset(row.category.split("; "))


def _fit_notes(
    plan: Plan,
    flag: FitNotePlan,
    absence: CertifiedAbsence,
    evidence: Sequence[EvidenceRow],
) -> FlagFound:
    first = "ever, up to" if flag.first is None else f"from {date_of(flag.first)} to"
    rows = [
        {name: value for name, value in row.items() if name != "patient_id"}
        for row in spell_rows("", absence.spells, plan.on)
    ]
    return FlagFound(
        name=flag.name,
        kind="fit_notes",
        asks=f"fit notes ({flag.codelist}) issued {first} {plan.on}",
        says=tuple(_absence_words(flag, absence, plan.on)),
        columns=absence.flag._asdict(),
        spells=tuple(rows),
        evidence=tuple(evidence),
    )


def _absence_words(flag: FitNotePlan, absence: CertifiedAbsence, on: date) -> Iterator[str]:
    certified, statements = absence.flag, absence.statements
    statement = (certified.last_statement or "").replace("_", " ")
    if certified.fit_notes == 1:
        yield f"certified sickness: 1 fit note, of {certified.fit_note_last}, says {statement}"
    elif certified.certified_sickness:
        yield (
            f"certified sickness: {certified.fit_notes} fit notes from {certified.fit_note_first} "
            f"to {certified.fit_note_last}, the last says {statement}"
        )
    else:
        yield "no certified sickness in the window"
    if statements.may_be_fit_last:
        terms = f": {statements.may_be_fit_terms}" if statements.may_be_fit_terms else ""
        yield (
            f"may be fit on {several(statements.may_be_fit_notes, 'date')}, last "
            f"{statements.may_be_fit_last}{terms} (there may be a job to go back to)"
        )
    if statements.not_counted:
        yield f"rows that certify nothing: {statements.not_counted.replace('_', ' ')}"
    for spell in absence.spells:
        is_open = ", open on the search date" if spell.is_open(on) else ""
        covers = f"{several(spell.notes, 'note')}{is_open}"
        yield f"spell from {spell.start} to {spell.last_day}: {days(spell.days)}, {covers}"
    if certified.issued_runs and not certified.length_known:
        yield (
            f"not every note has a length, so no spell is made up; {_runs(certified.issued_runs)} "
            f"no more than {days(flag.issue_gap)} apart (not lengths of absence)"
        )
    if certified.issued_runs:
        yield _long_term(flag, certified)
    if certified.certified_sickness:
        yield "a fit note is evidence of certified sickness, never of unemployment"


def _runs(number: int) -> str:
    return f"{several(number, 'run')} of notes issued"


def _long_term(flag: FitNotePlan, certified: CertifiedSickness) -> str:
    if certified.length_known:
        rule = (
            f"a spell that is open on the search date and began {LONG_TERM_DAYS} days or more "
            "before it"
        )
    else:
        rule = (
            f"a last run of issued notes that spans {LONG_TERM_DAYS} days or more and ended no "
            f"more than {days(flag.issue_gap)} before the search date"
        )
    return f"long-term: {rule}" if certified.long_term else f"not long-term, which takes {rule}"


def _work_status(
    flag: WorkStatusPlan, status: WorkStatus, evidence: Sequence[EvidenceRow]
) -> FlagFound:
    return FlagFound(
        name=flag.name,
        kind="work_status",
        asks=f"the latest status ({flag.codelist}), fresh from {date_of(flag.fresh_from)} on",
        says=(_status_words(status),),
        columns=status._asdict(),
        spells=(),
        evidence=tuple(evidence),
    )


def _status_words(status: WorkStatus) -> str:
    if status.work_status_date is None or status.work_status_age_days is None:
        return "unknown: no status on record, which is never read as in work"
    if status.work_status == "conflict":
        return f"conflict: different statuses on {status.work_status_date}, which decide nothing"
    said = status.work_status.replace("_", " ")
    age = (
        f"on {status.work_status_date}, {days(status.work_status_age_days)} before the search date"
    )
    return f"{said} {age}: {'stale, decides nothing' if status.work_status_stale else 'fresh'}"
