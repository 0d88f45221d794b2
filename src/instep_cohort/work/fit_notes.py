"""Certified sickness absence from the fit notes of one patient (RULES.md §7).

A fit note is evidence of certified sickness. Nothing here says anything of employment: its holder
may well have a job.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from instep_cohort.terminology.meanings import CERTIFIED, LENGTH_UNITS
from instep_cohort.work.early import Recency, recency
from instep_cohort.work.spells import Spell, merge_spells
from instep_cohort.work.statements import Statements, statements_of

LONG_TERM_DAYS = 91
LONGEST_NOTE_DAYS = 366


class NoteRow(NamedTuple):
    """One coded row of a fit-note list: its date, what it says, its value and its term, if any."""

    issued: date
    categories: frozenset[str]
    value: float | None
    unit: str | None
    term: str = ""


class Note(NamedTuple):
    """What the rows of one issue date come to: the strongest statement and the longest length."""

    issued: date
    statement: str
    days: int | None


class FitNoteRules(NamedTuple):
    """How a study reads fit notes: its window's first date (None: ever), its gaps in days."""

    first: date | None
    gap: int
    issue_gap: int
    private_counts: bool = False
    headings_count: bool = False

    def certified_by(self, categories: frozenset[str]) -> frozenset[str]:
        """What a row of these categories certifies: nothing for a duplicate or a refusal."""
        return _certified_by(categories, self)


class IssueRun(NamedTuple):
    """Notes issued no more than the issue gap apart: a run of notes, not a length of absence."""

    first_issued: date
    last_issued: date
    notes: int
    statements: tuple[str, ...]

    @property
    def days(self) -> int:
        """Days from the first to the last date of issue."""
        return (self.last_issued - self.first_issued).days


class CertifiedSickness(NamedTuple):
    """The columns of the flag, by the names of RULES.md §7."""

    certified_sickness: bool
    fit_notes: int
    fit_note_first: date | None
    fit_note_last: date | None
    last_statement: str | None
    length_known: bool
    spell_start: date | None
    spell_days: int | None
    certified_until: date | None
    issued_runs: int
    long_term: bool


def notes_of(rows: Iterable[NoteRow], rules: FitNoteRules) -> list[Note]:
    """The notes behind the rows of one patient, one for each issue date, oldest first."""
    by_date: dict[date, list[NoteRow]] = {}
    for row in rows:
        by_date.setdefault(row.issued, []).append(row)
    notes = (_note(issued, by_date[issued], rules) for issued in sorted(by_date))
    return [note for note in notes if note]


def _note(issued: date, held: Sequence[NoteRow], rules: FitNoteRules) -> Note | None:
    said = _said(tuple([row[1:4] for row in held]), rules)
    if said is None:
        return None
    if not said.lengths:
        return Note(issued, said.statement, None)
    lengths = (length_in_days(issued, value, unit) for value, unit in said.lengths)
    usable = [days for days in lengths if days is not None]
    return Note(issued, said.statement, max(usable, default=None))


class _Said(NamedTuple):
    """What rows of one date say, whatever the date: a statement, and values with their unit."""

    statement: str
    lengths: Sequence[tuple[float, str]]


@lru_cache(maxsize=10_000)  # the same few rows are written again and again
def _said(
    held: Sequence[tuple[frozenset[str], float | None, str | None]], rules: FitNoteRules
) -> _Said | None:
    certifying = [row for row in held if rules.certified_by(row[0])]
    if not certifying:
        return None
    said = frozenset().union(*(rules.certified_by(categories) for categories, _, _ in certifying))
    given = [(value, _unit(unit)) for _, value, unit in certifying]
    given += [(value, unit) for categories, value, _ in held for unit in _length_units(categories)]
    return _Said(
        next(statement for statement in CERTIFIED if statement in said),
        [(value, unit) for value, unit in given if value is not None and unit is not None],
    )


@cache
def _certified_by(categories: frozenset[str], rules: FitNoteRules) -> frozenset[str]:
    said = set(categories & set(CERTIFIED))
    counts_as_unspecified = {"private": rules.private_counts, "heading": rules.headings_count}
    if any(counts for name, counts in counts_as_unspecified.items() if name in categories):
        said.add("unspecified")
    return frozenset(said)


class CertifiedAbsence(NamedTuple):
    """What the notes of one patient come to.

    Attributes:
        flag: the columns of RULES.md §7.
        spells: oldest first; none unless every note has a length, since none is ever made up.
        runs: the runs of notes issued, oldest first.
        statements: what the rows say, each kind apart.
        recency: how long ago it was.
    """

    flag: CertifiedSickness
    spells: Sequence[Spell]
    runs: Sequence[IssueRun]
    statements: Statements
    recency: Recency


def certified_absence(rows: Sequence[NoteRow], rules: FitNoteRules, on: date) -> CertifiedAbsence:
    """The certified absence of one patient, from rows dated on or before the search date."""
    notes = notes_of(rows, rules)
    length_known = bool(notes) and all(note.days is not None for note in notes)
    spells = merge_spells(notes, gap=rules.gap) if length_known else []
    runs = issue_runs(notes, rules.issue_gap)
    return CertifiedAbsence(
        _flag(notes, spells, runs, rules, on),
        spells,
        runs,
        statements_of(rows, rules),
        recency(spells, runs, on),
    )


def _flag(
    notes: Sequence[Note],
    spells: Sequence[Spell],
    runs: Sequence[IssueRun],
    rules: FitNoteRules,
    on: date,
) -> CertifiedSickness:
    in_window = [note for note in notes if rules.first is None or note.issued >= rules.first]
    latest = spells[-1] if spells else None
    return CertifiedSickness(
        certified_sickness=bool(in_window),
        fit_notes=len(in_window),
        fit_note_first=in_window[0].issued if in_window else None,
        fit_note_last=in_window[-1].issued if in_window else None,
        last_statement=in_window[-1].statement if in_window else None,
        length_known=bool(spells),
        spell_start=latest.start if latest else None,
        spell_days=latest.days if latest else None,
        certified_until=latest.last_day if latest else None,
        issued_runs=len(runs),
        long_term=_spell_is_long(latest, on) if latest else _run_is_long(runs, rules, on),
    )


def issue_runs(notes: Iterable[Note], issue_gap: int) -> list[IssueRun]:
    """The runs of notes whose dates of issue are no more than `issue_gap` days apart.

    Args:
        notes: the notes of one patient, oldest first.
        issue_gap: in days.
    """
    runs: list[IssueRun] = []
    for note in notes:
        if runs and (note.issued - runs[-1].last_issued).days <= issue_gap:
            said = tuple(dict.fromkeys((*runs[-1].statements, note.statement)))
            runs[-1] = IssueRun(runs[-1].first_issued, note.issued, runs[-1].notes + 1, said)
        else:
            runs.append(IssueRun(note.issued, note.issued, 1, (note.statement,)))
    return runs


def _spell_is_long(spell: Spell, on: date) -> bool:
    return spell.is_open(on) and (on - spell.start).days >= LONG_TERM_DAYS


def _run_is_long(runs: Sequence[IssueRun], rules: FitNoteRules, on: date) -> bool:
    if not runs:
        return False
    latest = runs[-1]
    is_recent = (on - latest.last_issued).days <= rules.issue_gap
    return latest.days >= LONG_TERM_DAYS and is_recent


@cache
def _length_units(categories: frozenset[str]) -> Sequence[str]:
    """The units in which the categories of a row say that its value is a length."""
    return [unit for name, unit in LENGTH_UNITS.items() if name in categories]


_UNITS: Mapping[str, str] = {
    spelling: unit for unit in ("days", "weeks", "months") for spelling in (unit, unit[:-1])
}


def _unit(text: str | None) -> str | None:
    return _UNITS.get(text.strip().lower()) if text else None


def length_in_days(issued: date, value: float, unit: str) -> int | None:
    """A note's length in days, or None where the value is no length.

    Not whole, below 1 day or above 366 days is no length; months are calendar months from the
    issue date.
    """
    if value != int(value) or not 1 <= value <= LONGEST_NOTE_DAYS:
        return None
    number = int(value)
    if unit == "months":
        days = (_months_later(issued, number) - issued).days
    else:
        days = number * {"days": 1, "weeks": 7}[unit]
    return days if days <= LONGEST_NOTE_DAYS else None


def _months_later(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 + months
    first = date(whole // 12, whole % 12 + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), following - timedelta(days=1))
