"""What a codelist covers of an extract: what it hits, what it does not, what it may lack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from instep_cohort.codelists.model import Selector
from instep_cohort.codelists.resolving.resolution import MatchedBy
from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.small_numbers import Count
from instep_cohort.discovery.ways import Way


class ShownCode(NamedTuple):
    """A code of the extract with its numbers, as they may be shown.

    Attributes:
        system: its own system.
        code: the code.
        term: its term; of a medicine all its names.
        counts: patients and rows.
    """

    system: str
    code: str
    term: str
    counts: Count


class Hit(NamedTuple):
    """A selector that met a code, and how."""

    selector: Selector
    matched_by: MatchedBy


class CoveredCode(NamedTuple):
    """A code that selectors of the list met.

    Attributes:
        code: the code and its numbers.
        categories: those of the list; none where it is excluded.
        hits: the selectors that met it, those that exclude too.
        years: its numbers by year from `Coverage.year_from` on, and *undated*; ``None`` where they
            are not shown, so that no small number can be worked out from them.
    """

    code: ShownCode
    categories: tuple[str, ...]
    hits: tuple[Hit, ...]
    years: Mapping[str, Count] | None

    @property
    def is_wanted(self) -> bool:
        """Whether a selector takes it in, even where another one that excludes it wins."""
        return any(not hit.selector.match.excludes for hit in self.hits)


class LackingCode(NamedTuple):
    """A code that the list may lack: its numbers, and the score with the ways it was found by."""

    code: ShownCode
    score: float
    ways: tuple[Way, ...]
    against: tuple[str, ...]


class Together(NamedTuple):
    """All codes taken in whose own numbers are shown, taken together.

    Attributes:
        codes: how many they are.
        left_out: how many codes are left out, since their numbers are hidden.
        counts: patients with any of them, rounded down to a multiple of 5 outside the practice, and
            their rows.
    """

    codes: int
    left_out: int
    counts: Count


@dataclass(frozen=True, repr=False)
class Coverage:
    """What a codelist covers of an extract; every number as it may be shown, no patient's row.

    Attributes:
        codelist: its id.
        version: its version.
        status: draft, reviewed or published.
        kind: of its codes: clinical or medicine.
        profile: with which the extract was read.
        extract_date: when it was taken.
        inside_practice: whether small numbers are shown.
        year_from: the first year that is shown.
        selectors: every selector of the list.
        taken_in: the codes that the list is, those with most patients first.
        excluded: the codes that it excludes.
        hit_nothing: the selectors that met no code.
        together: the codes taken in together.
        lacking: what the list may lack, the likeliest first.
        lacking_found: how many of these there are, shown or not.
        warning: what must be said of a list that takes in nothing; "" otherwise.
    """

    codelist: str
    version: str
    status: str
    kind: str
    profile: str
    extract_date: date
    inside_practice: bool
    year_from: int
    selectors: tuple[Selector, ...]
    taken_in: tuple[CoveredCode, ...]
    excluded: tuple[CoveredCode, ...]
    hit_nothing: tuple[Selector, ...]
    together: Together
    lacking: tuple[LackingCode, ...]
    lacking_found: int
    warning: str = ""

    @property
    def artefact_class(self) -> ArtefactClass:
        """How far what is shown may travel."""
        inside, outside = ArtefactClass.PRACTICE_ONLY, ArtefactClass.RELEASABLE_COUNTS
        return inside if self.inside_practice else outside

    @property
    def years(self) -> tuple[str, ...]:
        """The years in which any code taken in has a row that is shown, and those between."""
        found = [
            year
            for one in (*self.taken_in, *self.excluded)
            for year, count in (one.years or {}).items()
            if count.patients != 0
        ]
        dated = [int(year) for year in found if year.isdigit()]
        between = map(str, range(min(dated), max(dated) + 1)) if dated else ()
        return (*between, *sorted({year for year in found if not year.isdigit()}))

    def by_system(self) -> list[tuple[str, int, int]]:
        """Of each system: its selectors, and how many of them met no code."""
        nothing = set(self.hit_nothing)
        return [
            (str(system), len(of), sum(one in nothing for one in of))
            for system, of in _by_system(self.selectors).items()
        ]

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values, for JSON; a hidden number is text, `<5` or `hidden`."""
        from instep_cohort.discovery.as_values import coverage_values

        return coverage_values(self)

    def as_csv(self) -> str:
        """All of it as one CSV table, whose column ``part`` says what a row is."""
        from instep_cohort.discovery.as_values import coverage_csv

        return coverage_csv(self)

    def as_text(self, *, most: int = 30) -> str:
        """It for a terminal; of each long table the first rows, and how many more there are."""
        from instep_cohort.discovery.as_text import coverage_text

        return coverage_text(self, most)

    def as_html(self) -> str:
        """A page of its own, without script, and nothing left out."""
        from instep_cohort.discovery.as_html import coverage_page

        return coverage_page(self)

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_html_(self) -> str:
        from instep_cohort.discovery.as_html import coverage_section

        return coverage_section(self)


def _by_system(selectors: Iterable[Selector]) -> dict[str, Sequence[Selector]]:
    found: dict[str, list[Selector]] = {}
    for one in selectors:
        found.setdefault(one.system, []).append(one)
    return dict(sorted(found.items()))


def selector_words(selector: Selector) -> str:
    """A selector in a line: what it selects and how."""
    return f"{selector.system} {selector.code} {selector.match}"


def hit_words(hits: Iterable[Hit]) -> Iterator[str]:
    """Selectors that met a code in words, with how they met it where not by the code itself."""
    for one in hits:
        by = "" if one.matched_by is MatchedBy.CODE else f" (by {one.matched_by})"
        yield f"{selector_words(one.selector)}{by}"
