"""What two lists have in common and what not: the result of `compare`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from instep_cohort.codelists.comparing.aligning import ComparedRow, Differs, Found
from instep_cohort.codelists.comparing.sides import Side
from instep_cohort.codelists.model import Selector
from instep_cohort.terminology.systems import System


class SystemSummary(NamedTuple):
    """How the two lists differ in one system, or in all; everything counts rows.

    Attributes:
        system: the system, or ``all``.
        left: rows on the left.
        right: rows on the right.
        only_left: codes that only the left writes.
        left_covered: of these, those that other rows of the right cover, category and all.
        only_right: codes that only the right writes.
        right_covered: of these, those that other rows of the left cover, category and all.
        both: codes that both write.
        same: of these, those that are the same in everything.
        match: of both, those with another match.
        category: of both, those in another category.
        term: of both, those with another term.
        note: of both, those with another note.
        spelling: of both, those that are spelled otherwise (a name's case).
    """

    system: str
    left: int
    right: int
    only_left: int
    left_covered: int
    only_right: int
    right_covered: int
    both: int
    same: int
    match: int
    category: int
    term: int
    note: int
    spelling: int


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two lists side by side; shows itself in a terminal and in a notebook.

    Attributes:
        left: the first of the two.
        right: the second.
        rows: each code of either, sorted by system, code and match.
    """

    left: Side
    right: Side
    rows: tuple[ComparedRow, ...]

    @property
    def is_same(self) -> bool:
        """Whether the two have the very same rows, in whatever order."""
        return all(row.same for row in self.rows)

    @property
    def changed(self) -> tuple[ComparedRow, ...]:
        """The rows in which the two differ."""
        return tuple(row for row in self.rows if not row.same)

    @cached_property
    def summary(self) -> tuple[SystemSummary, ...]:
        """The counts of each system that either speaks, and of all, which come last."""
        spoken = {row.system for row in self.rows}
        parts = [
            _summary(str(system), [row for row in self.rows if row.system is system])
            for system in System
            if system in spoken
        ]
        return (*parts, _summary("all", self.rows))

    def notes(self) -> Iterator[str]:
        """Yields what has to be known to read it, in sentences."""
        if any(one.match.goes_down for one in _selectors(self.rows)):
            yield (
                "Prefixes are compared as written: without the terms of a terminology nobody can "
                "say which codes stand below them. Where a code of one side stands below a prefix "
                "of the other, this is said beside it."
            )
        if self.left.id and self.right.id and self.left.id != self.right.id:
            yield "These are two lists, and their categories are compared by name only."

    def as_text(self, *, everything: bool = False) -> str:
        """The summary and each row that differs (each row at all), 100 characters wide."""
        from instep_cohort.codelists.comparing.as_text import as_text

        return as_text(self, everything=everything)

    def as_html(self) -> str:
        """A whole page that needs no other file, with every row."""
        from instep_cohort.codelists.comparing.as_html import page

        return page(self)

    def as_csv(self) -> str:
        """Every row as CSV with a header; no cell runs as a formula."""
        from instep_cohort.codelists.comparing.as_csv import as_csv

        return as_csv(self)

    def as_dict(self) -> dict[str, Any]:
        """The same with the names of its parts, for JSON."""
        return {
            "left": self.left.as_dict(),
            "right": self.right.as_dict(),
            "notes": list(self.notes()),
            "summary": [one._asdict() for one in self.summary],
            "rows": [row_as_dict(row) for row in self.rows],
        }

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_html_(self) -> str:
        from instep_cohort.codelists.comparing.as_html import section

        return section(self)


def row_as_dict(row: ComparedRow) -> dict[str, str | bool]:
    """One compared row, flat: a value for each side, empty where that side has none."""
    flat: dict[str, str | bool] = {
        "found": str(row.found),
        "differs": "; ".join(row.differs),
        "system": str(row.system),
        "code": row.code,
    }
    for part in ("match", "category", "term", "note"):
        for name, one in (("left", row.left), ("right", row.right)):
            flat[f"{name}_{part}"] = str(getattr(one, part) or "") if one else ""
    return {**flat, "other_side": row.other_side, "covered": row.covered}


def _selectors(rows: tuple[ComparedRow, ...]) -> Iterator[Selector]:
    for row in rows:
        yield from (one for one in (row.left, row.right) if one)


def _summary(system: str, rows: tuple[ComparedRow, ...] | list[ComparedRow]) -> SystemSummary:
    found = Counter(row.found for row in rows)
    covered = Counter(row.found for row in rows if row.covered)
    differs = Counter(what for row in rows for what in row.differs)
    return SystemSummary(
        system,
        found[Found.BOTH] + found[Found.ONLY_LEFT],
        found[Found.BOTH] + found[Found.ONLY_RIGHT],
        found[Found.ONLY_LEFT],
        covered[Found.ONLY_LEFT],
        found[Found.ONLY_RIGHT],
        covered[Found.ONLY_RIGHT],
        found[Found.BOTH],
        sum(row.same for row in rows),
        *(differs[what] for what in Differs),
    )
