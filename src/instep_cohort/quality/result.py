"""The result of looking at a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.quality.rules import PROBLEMS, RULES
from instep_cohort.quality.values import Finding, Severity, Table

#: Below this, a number of people or of their rows may tell of one of them.
SMALLEST_SHOWN = 5


@dataclass(frozen=True, repr=False)
class Quality:
    """What a store holds and what is odd about it: counts, nothing about any patient.

    Attributes:
        store: the name of its folder.
        sha256: of its tables.
        profile: what it was read with.
        extract_date: the day it was taken.
        practices: the practices of its patients.
        findings: the gravest first; of one severity, those about most of the extract.
        tables: counts.
        is_masked: whether small numbers are hidden. Where they are not, it is for inside the
            practice only.
    """

    store: str
    sha256: str
    profile: str
    extract_date: date
    practices: Sequence[str]
    findings: Sequence[Finding]
    tables: Sequence[Table]
    is_masked: bool = False

    @property
    def artefact(self) -> ArtefactClass:
        """How far the report may travel."""
        if self.is_masked:
            return ArtefactClass.RELEASABLE_COUNTS
        return ArtefactClass.PRACTICE_ONLY

    @property
    def worst(self) -> Severity | None:
        """The gravest severity of any finding."""
        return max((one.severity for one in self.findings), key=lambda s: s.rank, default=None)

    def above(self, severity: Severity | str) -> list[Finding]:
        """The findings that are graver than this."""
        limit = Severity(severity).rank
        return [one for one in self.findings if one.severity.rank > limit]

    def masked(self) -> Quality:
        """The same with small numbers hidden: 1 to 4 as ``<5``, others to the nearest 5."""
        return replace(self, is_masked=True)

    def table(self, name: str) -> Table:
        """The table of that name, its counts as they may be shown."""
        found = next(table for table in self.tables if table.name == name)
        if not self.is_masked:
            return found
        return found._replace(rows=[[shown_cell(cell) for cell in row] for row in found.rows])

    def shown(self, one: Finding) -> tuple[int | str, int | str | None]:
        """The count of a finding, and of how many, as they may be shown."""
        hide = self.is_masked and one.unit.is_of_people
        mask: Callable[[int], int | str] = shown_count if hide else int
        return mask(one.count), None if one.of is None else mask(one.of)

    def as_dict(self) -> dict[str, Any]:
        """The whole report as plain values, for JSON and for a page: counts as they may be shown.

        Every table is a mapping with caption, columns, rows and note; `problems` says of each
        known problem whether it was looked for, and the gravest finding about it.
        """
        return {
            "artefact": str(self.artefact),
            "store": self.store,
            "sha256": self.sha256,
            "profile": self.profile,
            "extract_date": self.extract_date.isoformat(),
            "practices": list(self.practices),
            "worst": str(self.worst) if self.worst else None,
            "findings": [self._finding(one) for one in self.findings],
            "problems": [self._problem(number) for number in PROBLEMS],
            "tables": {table.name: self._table(table.name) for table in self.tables},
        }

    def _finding(self, one: Finding) -> dict[str, Any]:
        count, of = self.shown(one)
        return {
            "severity": str(one.severity),
            "rule": one.rule,
            "problem": RULES[one.rule].problem,
            "what": one.what,
            "where": one.where,
            "practice": one.practice,
            "table": one.table,
            "place": one.place,
            "count": count,
            "of": of,
            "unit": str(one.unit),
            "mend": one.mend,
        }

    def _problem(self, number: str) -> dict[str, Any]:
        about = [one for one in self.findings if RULES[one.rule].problem == number]
        worst = max((one.severity for one in about), key=lambda s: s.rank, default=None)
        return {
            "problem": number,
            "about": PROBLEMS[number],
            "rules": [name for name, rule in RULES.items() if rule.problem == number],
            "findings": len(about),
            "worst": str(worst) if worst else None,
        }

    def _table(self, name: str) -> dict[str, Any]:
        table = self.table(name)
        return {
            "caption": table.caption,
            "columns": list(table.columns),
            "rows": [list(row) for row in table.rows],
            "note": table.note,
        }

    def as_text(self) -> str:
        """The report for a terminal."""
        from instep_cohort.quality.as_text import as_text

        return as_text(self)

    def as_html(self) -> str:
        """The report as a piece of HTML; all text in it is escaped."""
        from instep_cohort.quality.as_html import as_html

        return as_html(self)

    def as_page(self) -> str:
        """The report as a page of its own."""
        from instep_cohort.quality.as_html import as_page

        return as_page(self)

    def __repr__(self) -> str:
        """The report as text: counts, never patients."""
        return self.as_text()

    def _repr_html_(self) -> str:
        return self.as_html()


def shown_count(number: int) -> int | str:
    """A count as it may leave a practice: 1 to 4 as ``<5``, others to the nearest 5.

    Rounded numbers do not give a hidden one away by subtraction.
    """
    if 0 < number < SMALLEST_SHOWN:
        return f"<{SMALLEST_SHOWN}"
    return (2 * number + SMALLEST_SHOWN) // (2 * SMALLEST_SHOWN) * SMALLEST_SHOWN


def shown_cell(cell: str | int) -> str | int:
    """The cell of a table, a count as it may leave a practice."""
    return shown_count(cell) if isinstance(cell, int) else cell
