"""A codelist's Read v2 side beside its CTV3 side: what one side lacks, and what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from textwrap import fill
from typing import NamedTuple

from instep_cohort.codelists.findings import Finding, finding
from instep_cohort.codelists.model import Codelist, CrosswalkDecision
from instep_cohort.codelists.text_columns import WIDTH, columns
from instep_cohort.small_tables import csv_table, html_table, text_table
from instep_cohort.terminology.systems import System


class Standing(StrEnum):
    """How a pair of codes that the map holds for one another stands in a list."""

    IN_BOTH = "in both"
    LACKING_IN_CTV3 = "lacking in ctv3"
    LACKING_IN_READ_V2 = "lacking in read_v2"
    CATEGORY_DIFFERS = "category differs"
    EXCLUDED_IN_CTV3 = "excluded in ctv3"
    EXCLUDED_IN_READ_V2 = "excluded in read_v2"
    NO_MAPPING = "no mapping known"

    @property
    def needs_a_decision(self) -> bool:
        """Whether the two sides say different things."""
        return self not in (Standing.IN_BOTH, Standing.NO_MAPPING)


class CrosswalkRow(NamedTuple):
    """A Read v2 code and the CTV3 code that the map gives for it, of which the list has either.

    Attributes:
        standing: in both, or what one side lacks.
        read_v2: five characters; empty where the map leads to the CTV3 code from none.
        term_codes: the terms of the Read v2 code that the map sends to this CTV3 code.
        read_v2_category: the list's category, ``excluded``, or empty where it has not the code.
        read_v2_term: a term of the code, empty where none is known.
        ctv3: the CTV3 code; empty where the map gives none.
        ctv3_category: as ``read_v2_category``.
        ctv3_term: a term of the code, empty where none is known.
        decision: what was decided on it, ``None`` where nothing was.
    """

    standing: Standing
    read_v2: str
    term_codes: tuple[str, ...]
    read_v2_category: str
    read_v2_term: str
    ctv3: str
    ctv3_category: str
    ctv3_term: str
    decision: CrosswalkDecision | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing has to be decided any more."""
        return self.decision is not None or not self.standing.needs_a_decision

    def place(self) -> tuple[int, str, str, tuple[str, ...]]:
        """What rows are sorted by: standing, Read v2 code, CTV3 code, term codes."""
        return list(Standing).index(self.standing), self.read_v2, self.ctv3, self.term_codes

    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of ``ROW_HEADER``."""
        *parts, decision = self
        said = (decision.decision, decision.reason) if decision else ("", "")
        return (*(" ".join(one) if isinstance(one, tuple) else str(one) for one in parts), *said)


ROW_HEADER = (*CrosswalkRow._fields, "reason")
EXCLUDED = "excluded"


@dataclass(frozen=True, repr=False)
class Crosswalk:
    """A list's two sides held against one another; shows itself as text and as HTML.

    Attributes:
        codelist: the list.
        map_name: the map's name.
        rows: each pair of codes, sorted by standing and code.
    """

    codelist: Codelist
    map_name: str
    rows: tuple[CrosswalkRow, ...]

    @cached_property
    def unsettled(self) -> tuple[CrosswalkRow, ...]:
        """The rows in which one side says another thing, and on which nothing was decided."""
        return tuple(row for row in self.rows if not row.is_settled)

    @cached_property
    def stale(self) -> tuple[Finding, ...]:
        """The decisions that settle nothing, or name a code for which they do not."""
        used: dict[CrosswalkDecision, set[str]] = {}
        for row in self.rows:
            if row.decision:
                codes = {row.read_v2, row.ctv3, *(row.read_v2 + one for one in row.term_codes)}
                used.setdefault(row.decision, set()).update(codes)
        return tuple(
            _stale(self.codelist, place, decision, lost)
            for place, decision in enumerate(self.codelist.crosswalk)
            if (
                lost := [
                    code
                    for code in (*decision.read_v2, *decision.ctv3)
                    if code not in used.get(decision, ())
                ]
            )
        )

    @property
    def is_settled(self) -> bool:
        """Whether every difference is decided on, and every decision is about a difference."""
        return not (self.unsettled or self.stale)

    def counts(self) -> list[tuple[str, int, int]]:
        """How many rows there are of each standing, and how many of them are not settled."""
        every = Counter(row.standing for row in self.rows)
        open_ = Counter(row.standing for row in self.unsettled)
        return [(str(one), every[one], open_[one]) for one in Standing if every[one]]

    def describe(self) -> str:
        """The counts, the rows not settled, the decisions, and those that are stale, as text."""
        return "\n\n".join(self._sections())

    def as_csv(self) -> str:
        """Every row as CSV, nothing in it a formula."""
        return csv_table(ROW_HEADER, (row.cells() for row in self.rows))

    def as_dict(self) -> dict[str, object]:
        """Everything with the names of its parts, for JSON."""
        return {
            "codelist": self.codelist.id,
            "version": self.codelist.version,
            "map": self.map_name,
            "counts": [
                dict(zip(("standing", "rows", "not_settled"), one, strict=True))
                for one in self.counts()
            ],
            "not_settled": len(self.unsettled),
            "stale": [one.as_dict() for one in self.stale],
            "rows": [dict(zip(ROW_HEADER, row.cells(), strict=True)) for row in self.rows],
        }

    def _sections(self) -> Iterator[str]:
        yield text_table(self._caption(), _COUNT_HEADER, self.counts())
        if self.unsettled:
            yield "\n".join(("Not settled", *_lines(self.unsettled)))
        for decision in self.codelist.crosswalk:
            if settled := [row for row in self.rows if row.decision == decision]:
                words = f"{decision.decision.replace('_', ' ').capitalize()}: {decision.reason}"
                yield "\n".join((fill(words, WIDTH), *_lines(settled)))
        if self.stale:
            yield "\n".join(map(str, self.stale))

    def _caption(self) -> str:
        one = self.codelist
        return f"{one.id} {one.version} ({one.status}): Read v2 against CTV3 by {self.map_name}"

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        tables = [html_table(self._caption(), _COUNT_HEADER, self.counts())]
        differing = [row for row in self.rows if row.standing.needs_a_decision]
        if differing:
            cells = [row.cells() for row in sorted(differing, key=lambda row: row.is_settled)]
            tables.append(html_table("What the two sides do not share", ROW_HEADER, cells))
        if self.stale:
            rows = [(one.file, one.line or "", one.text, one.repair) for one in self.stale]
            tables.append(html_table("Stale decisions", ("file", "line", "found", "repair"), rows))
        return "".join(tables)


_COUNT_HEADER = ("standing", "rows", "not settled")


def _lines(rows: Sequence[CrosswalkRow]) -> list[str]:
    return columns([(str(row.standing), *_sides(row)) for row in rows], indent="  ")


def _sides(row: CrosswalkRow) -> tuple[str, str]:
    """The two codes of a row, and beside them the category and term of each."""
    read_v2 = f"{row.read_v2} {' '.join(row.term_codes)}".rstrip()
    codes = " -> ".join(filter(None, (read_v2, row.ctv3)))
    said = (
        f"{system}: {category or 'not in the list'}{f', {term}' if term else ''}"
        for system, code, category, term in (
            (System.READ_V2, row.read_v2, row.read_v2_category, row.read_v2_term),
            (System.CTV3, row.ctv3, row.ctv3_category, row.ctv3_term),
        )
        if code
    )
    return codes, "\n".join(said)


def _stale(
    codelist: Codelist, place: int, decision: CrosswalkDecision, lost: Sequence[str]
) -> Finding:
    whole = len(lost) == len(decision.read_v2) + len(decision.ctv3)
    codes = ", ".join(lost)
    return finding(
        "crosswalk-stale",
        f"the decision settles no row{'' if whole else f' with {codes}'}",
        "take the decision out" if whole else f"take {codes} out of it",
        file=f"{codelist.id}/codelist.yaml",
        line=decision.line or None,
        where=f"crosswalk[{place}]",
    )
