"""Findings and tables: counts, and nothing about any patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How grave a finding is, the least first."""

    NOTE = "note"  # to be known; nothing to be done
    WARNING = "warning"  # to be looked at before the extract is used
    ERROR = "error"  # a list made of this extract would be wrong

    @property
    def rank(self) -> int:
        """Its place in that order, from 0."""
        return list(Severity).index(self)


class Unit(StrEnum):
    """What a finding counts. Small numbers of people and of their rows may have to be hidden."""

    ROWS = "rows"
    PATIENTS = "patients"
    REGISTRATIONS = "registrations"
    CODES = "codes"
    MONTHS = "months"
    DAYS = "days"
    FILES = "files"

    @property
    def is_of_people(self) -> bool:
        """Whether a small number of it may tell of a person."""
        return self in (Unit.ROWS, Unit.PATIENTS, Unit.REGISTRATIONS)


@dataclass(frozen=True)
class Finding:
    """One thing that is odd.

    Attributes:
        rule: its rule, a key of `rules.RULES`.
        severity: how grave it is here.
        what: what was found, in a few words.
        count: how many of ``unit`` it is about.
        unit: what is counted.
        of: of how many; ``None`` where there is no whole.
        practice: the practice it is about; empty for all of them.
        table: the table of the store it is about; empty for none.
        place: the file or the months that it is about; may be empty.
        mend: what would mend it; empty where nothing need be done.
    """

    rule: str
    severity: Severity
    what: str
    count: int
    unit: Unit = Unit.ROWS
    of: int | None = None
    practice: str = ""
    table: str = ""
    place: str = ""
    mend: str = ""

    @property
    def weight(self) -> float:
        """How much of the extract it is about, 0 to 1: what it is all about comes first.

        A list that was compared with what it should be is about the whole of it.
        """
        if not self.of or self.rule.startswith("list-"):
            return 1.0
        return min(1.0, self.count / self.of)

    @property
    def where(self) -> str:
        """Practice, table and place in words."""
        practice = f"practice {self.practice}" if self.practice else ""
        return ", ".join(part for part in (practice, self.table, self.place) if part) or "store"


class Table(NamedTuple):
    """One table of the report: every whole number in it is a count.

    Attributes:
        name: by which a program knows it.
        caption: for people.
        columns: its columns.
        rows: their cells, as many in each.
        note: what must be known beside it; may be empty.
    """

    name: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    note: str = ""


class Seen(NamedTuple):
    """What one look at a store found."""

    findings: Sequence[Finding] = ()
    tables: Sequence[Table] = ()
