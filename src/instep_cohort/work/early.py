"""How long ago it was: people are best reached early, before an absence becomes a way of life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from instep_cohort.work.fit_notes import IssueRun
    from instep_cohort.work.spells import Spell


class Recency(NamedTuple):
    """Days before the search date.

    Attributes:
        days_since_spell_start: since the latest spell began; None where a length is not known.
        days_since_last_note_end: since the first day no longer certified; None while a spell is
            open, and where a length is not known.
        days_since_run_start: since the first note of the latest run was issued.
        days_since_last_issue: since the latest note was issued.
    """

    days_since_spell_start: int | None
    days_since_last_note_end: int | None
    days_since_run_start: int | None
    days_since_last_issue: int | None


NEVER = Recency(None, None, None, None)


def recency(spells: Sequence[Spell], runs: Sequence[IssueRun], on: date) -> Recency:
    """How long ago the latest spell and the latest run of notes were.

    Args:
        spells: oldest first; none where a length is not known.
        runs: oldest first.
        on: the search date.
    """
    if not runs:
        return NEVER
    spell_start = note_end = None
    if spells:
        spell_start = (on - spells[-1].start).days
        note_end = (on - spells[-1].end).days if spells[-1].end <= on else None
    run_start = (on - runs[-1].first_issued).days
    return Recency(spell_start, note_end, run_start, (on - runs[-1].last_issued).days)
