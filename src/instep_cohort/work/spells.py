"""Spells of certified absence: the union of intervals of notes (RULES.md §7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, Protocol


class SizedNote(Protocol):
    """A note as far as merging needs it; `days` is its length."""

    @property
    def issued(self) -> date:
        """The day of issue."""

    @property
    def statement(self) -> str:
        """What it says."""

    @property
    def days(self) -> int | None:
        """Its length in days."""


class Spell(NamedTuple):
    """Notes that overlap, touch, or lie no more than the gap apart.

    `days` runs from `start` to `last_day`, bridged days included; `covered_days` leaves them out.
    """

    start: date
    last_day: date
    covered_days: int
    notes: int
    statements: tuple[str, ...]

    @property
    def end(self) -> date:
        """The first day no longer certified."""
        return self.last_day + timedelta(days=1)

    @property
    def days(self) -> int:
        """Days from the first to the last certified day, both included."""
        return (self.last_day - self.start).days + 1

    def is_open(self, on: date) -> bool:
        """Whether that day is certified, or lies in a hole that was bridged."""
        return self.start <= on <= self.last_day


def merge_spells(notes: Iterable[SizedNote], *, gap: int) -> list[Spell]:
    """The spells of notes that all have a length, oldest first.

    A note covers [issued, issued + days). The next one joins where it is issued on or before the
    end, or across a hole of at most `gap` days.
    """
    spells: list[Spell] = []
    for note in sorted(notes, key=lambda note: note.issued):
        if note.days is None:
            raise ValueError("a note without a length has no interval")
        last_day = note.issued + timedelta(days=note.days - 1)
        if spells and (note.issued - spells[-1].last_day).days - 1 <= gap:
            spells[-1] = _joined(spells[-1], note, last_day)
        else:
            spells.append(Spell(note.issued, last_day, note.days, 1, (note.statement,)))
    return spells


def _joined(spell: Spell, note: SizedNote, last_day: date) -> Spell:
    first_new_day = max(note.issued, spell.last_day + timedelta(days=1))
    added = max(0, (last_day - first_new_day).days + 1)
    return Spell(
        spell.start,
        max(spell.last_day, last_day),
        spell.covered_days + added,
        spell.notes + 1,
        tuple(dict.fromkeys((*spell.statements, note.statement))),
    )
