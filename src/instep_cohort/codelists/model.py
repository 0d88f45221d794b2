"""A codelist: what it means, its selectors, and the history of its releases."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, NamedTuple

from instep_cohort.small_tables import html_table, text_table
from instep_cohort.terminology.systems import System

Kind = Literal["clinical", "medicine"]
Status = Literal["draft", "reviewed", "published"]


class Match(StrEnum):
    """How a selector takes codes in or leaves them out; ``descendants`` takes the code along."""

    EXACT = "exact"
    DESCENDANTS = "descendants"
    EXCLUDE = "exclude"
    EXCLUDE_DESCENDANTS = "exclude_descendants"

    @property
    def excludes(self) -> bool:
        """Whether the codes it meets are left out."""
        return self in (Match.EXCLUDE, Match.EXCLUDE_DESCENDANTS)

    @property
    def goes_down(self) -> bool:
        """Whether it also meets every code below its own."""
        return self in (Match.DESCENDANTS, Match.EXCLUDE_DESCENDANTS)


class Selector(NamedTuple):
    """One row of a codelist.

    Attributes:
        system: the system ``code`` belongs to.
        code: the code, an ingredient's name, or a run of words of a product's name.
        match: how it meets codes.
        category: one of the list's categories; ``None`` where the row excludes.
        term: the code's term, empty where none was seen.
        note: free text.
        line: its line in the file, counted from 1; 0 where it came from no file.
    """

    system: System
    code: str
    match: Match
    category: str | None
    term: str = ""
    note: str = ""
    line: int = 0


class Source(NamedTuple):
    """Where codes of a list were seen: a key for the notes, title, citation and licence."""

    key: str
    title: str
    where: str
    licence: str


class Release(NamedTuple):
    """One released version; a ``reviewer`` is named only where a clinician has read it."""

    version: str
    date: datetime.date
    status: Status
    changes: str
    reviewer: str | None = None
    reviewed_on: datetime.date | None = None


class CrosswalkDecision(NamedTuple):
    """What was decided where the Read v2 side and the CTV3 side of a list differ by a map.

    Attributes:
        decision: ``left_out`` (the codes stay out of their side), ``said_elsewhere`` (they stay out
            since another code of that side has the meaning), ``categories_differ`` (both are in,
            in two categories).
        read_v2: the Read v2 codes it is about, five characters, or seven for one term of a code.
        ctv3: the CTV3 codes it is about.
        reason: why.
        line: its line in codelist.yaml, counted from 1; 0 where it came from no file.
    """

    decision: Literal["left_out", "said_elsewhere", "categories_differ"]
    read_v2: tuple[str, ...]
    ctv3: tuple[str, ...]
    reason: str
    line: int = 0


@dataclass(frozen=True, repr=False)
class Codelist:
    """One released version of a codelist.

    Attributes:
        id: its name, which is its folder's.
        version: the release that ``selectors`` are of, such as ``1.0.0``.
        status: of that release; ``draft`` until a clinician has read it.
        title: a few words for people.
        purpose: the meaning that the list is written for, one sentence.
        kind: whether it is about clinical events or medicines.
        categories: each category's name, with one line on it.
        selectors: its rows.
        method: how codes were found and chosen.
        sources: where they were seen.
        not_covered: what the list does not cover.
        notes: decisions.
        crosswalk: decisions on what its Read v2 side and its CTV3 side do not share.
        review_by: the day by which it should be read again.
        history: its releases, newest first.
        sha256: of the CSV file's bytes, as in the lock.
        file: the CSV file; ``None`` for a list made in memory.
    """

    id: str
    version: str
    status: Status
    title: str
    purpose: str
    kind: Kind
    categories: Mapping[str, str]
    selectors: tuple[Selector, ...]
    method: str = ""
    sources: tuple[Source, ...] = ()
    not_covered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    crosswalk: tuple[CrosswalkDecision, ...] = ()
    review_by: datetime.date | None = None
    history: tuple[Release, ...] = ()
    sha256: str = ""
    file: Path | None = field(default=None, compare=False)

    @property
    def is_draft(self) -> bool:
        """Whether no clinician has reviewed this version."""
        return self.status == "draft"

    @property
    def systems(self) -> tuple[System, ...]:
        """The systems its selectors speak, in the order of ``System``."""
        spoken = {selector.system for selector in self.selectors}
        return tuple(system for system in System if system in spoken)

    def counts(self) -> list[tuple[str, str, str, int]]:
        """How many selectors there are of each (system, match, category), sorted.

        The category is "" on rows that exclude.
        """
        counted = Counter((s.system, s.match, s.category or "") for s in self.selectors)
        return [
            (str(system), str(match), category, n)
            for (system, match, category), n in sorted(counted.items())
        ]

    def _caption(self) -> str:
        return f"{self.id} {self.version} ({self.status}): {self.title}"

    def __repr__(self) -> str:
        return text_table(self._caption(), _COUNT_HEADER, self.counts())

    def _repr_html_(self) -> str:
        return html_table(self._caption(), _COUNT_HEADER, self.counts())


_COUNT_HEADER = ("system", "match", "category", "selectors")
