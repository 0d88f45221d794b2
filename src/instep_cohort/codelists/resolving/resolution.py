"""What a codelist is in one extract: which selectors met which codes, how, and which met none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from instep_cohort.codelists.model import Codelist, Kind, Selector
from instep_cohort.codelists.resolving.code_index import KindIndex
from instep_cohort.small_tables import html_table, text_table


class MatchedBy(StrEnum):
    """How a selector met a code, the strongest first."""

    CODE = "code"  # the code as the extract has it
    DICTIONARY = "dictionary"  # the code that the extract's dictionary gives it
    HIERARCHY = "hierarchy"  # a code that a hierarchy table puts below the selector's
    FIVE_CHARACTERS = "code (5 characters)"  # the selector has a term code, the row has none
    SUBSTANCE = "substance"
    PRODUCT_NAME = "product_name"

    @property
    def weaker(self) -> bool:
        """Whether the match must be shown as a weaker one."""
        return self in _WEAKER


_WEAKER = {MatchedBy.FIVE_CHARACTERS, MatchedBy.SUBSTANCE, MatchedBy.PRODUCT_NAME}
_STRENGTH = {matched_by: n for n, matched_by in enumerate(MatchedBy)}


def stronger(one: MatchedBy, other: MatchedBy | None) -> MatchedBy:
    """The stronger of two ways in which one code was met, or the only one."""
    return one if other is None or _STRENGTH[one] <= _STRENGTH[other] else other


class MatchedCode(NamedTuple):
    """One selector that met one code."""

    code_key: int
    category: str | None
    selector: Selector
    matched_by: MatchedBy

    @property
    def weaker(self) -> bool:
        """Whether the match must be shown as a weaker one."""
        return self.matched_by.weaker


class ResolutionRow(NamedTuple):
    """One row of resolution.csv."""

    codelist: str
    version: str
    selector_system: str
    selector_code: str
    match: str
    category: str
    system: str
    code: str
    term: str
    matched_by: str
    rows: int


OVERRULED = "excluded"


@dataclass(frozen=True, repr=False)
class Resolution:
    """A codelist met with the codes of an extract.

    Attributes:
        codelist: the list.
        index: the extract's codes that it was met with.
        met: every selector that met a code, exclusions too, in the list's order.
    """

    codelist: Codelist
    index: KindIndex = field(compare=False)
    met: tuple[MatchedCode, ...]

    @property
    def kind(self) -> Kind:
        """The kind of codes that the list was met with."""
        return self.index.kind

    @cached_property
    def excluded(self) -> Mapping[int, tuple[Selector, ...]]:
        """The codes that the list excludes, each with the selectors that do."""
        found: dict[int, tuple[Selector, ...]] = {}
        for one in self.met:
            if one.selector.match.excludes:
                found[one.code_key] = (*found.get(one.code_key, ()), one.selector)
        return found

    @cached_property
    def matches(self) -> tuple[MatchedCode, ...]:
        """Every selector that took in a code which no other excludes."""
        return tuple(one for one in self.met if one.code_key not in self.excluded)

    @cached_property
    def categories_by_key(self) -> Mapping[int, frozenset[str]]:
        """The codes that the list is, by code_key, each with its categories."""
        found: dict[int, set[str]] = {}
        for one in self.matches:
            found.setdefault(one.code_key, set()).add(one.category or "")
        return {key: frozenset(categories) for key, categories in found.items()}

    @cached_property
    def matched_by_key(self) -> Mapping[int, MatchedBy]:
        """The strongest way in which each code of the list was met."""
        found: dict[int, MatchedBy] = {}
        for one in self.matches:
            found[one.code_key] = stronger(one.matched_by, found.get(one.code_key))
        return found

    @cached_property
    def unmatched(self) -> tuple[Selector, ...]:
        """The selectors that met no code."""
        met = {one.selector for one in self.met}
        return tuple(one for one in self.codelist.selectors if one not in met)

    @property
    def is_empty(self) -> bool:
        """Whether the list takes in no code of the extract."""
        return not self.matches

    def warning(self, extract_systems: Collection[str] | None = None) -> str:
        """What must be said of a list that takes in no code; "" where it takes in any.

        Args:
            extract_systems: the extract's systems; those of its own codes where none are given.
        """
        if not self.is_empty:
            return ""
        every = len(self.codelist.selectors)
        met = every - len(self.unmatched)
        systems = self.index.systems if extract_systems is None else sorted(extract_systems)
        text = (
            f"{self.codelist.id}: {met} of {every} selectors match a code in this extract"
            f"{', and each of those codes is excluded' if met else ''}; "
        )
        if systems:
            plural = "s are" if len(systems) > 1 else " is"
            text += f"the extract's {self.kind} system{plural} {', '.join(systems)}, "
        else:
            text += f"the extract has no {self.kind} codes, "
        return f"{text}the list has {', '.join(self.codelist.systems)}"

    def rows(self) -> list[ResolutionRow]:
        """The rows of resolution.csv, in the list's order, then by code.

        A selector that met no code has one row, without a code and with 0 rows. Where a code was
        taken in by one selector and excluded by another, the first has ``excluded`` in
        ``matched_by``, and the other says how it met it.
        """
        return list(self._rows())

    def _rows(self) -> Iterator[ResolutionRow]:
        by_selector: dict[Selector, list[MatchedCode]] = {}
        for one in self.met:
            by_selector.setdefault(one.selector, []).append(one)
        for selector in dict.fromkeys(self.codelist.selectors):
            head = (
                self.codelist.id,
                self.codelist.version,
                str(selector.system),
                selector.code,
                str(selector.match),
                selector.category or "",
            )
            for one in by_selector.get(selector, ()):
                _, system, code, term, rows = self.index.row(one.code_key)
                yield ResolutionRow(*head, system, code, term, self._how(one), rows)
            if selector not in by_selector:
                yield ResolutionRow(*head, "", "", "", "", 0)

    def _how(self, one: MatchedCode) -> str:
        if not one.selector.match.excludes and one.code_key in self.excluded:
            return OVERRULED
        return str(one.matched_by)

    def _caption(self) -> str:
        lost = len(self.unmatched)
        return (
            f"{self.codelist.id} {self.codelist.version} in this extract: "
            f"{len(self.categories_by_key)} codes, {lost} of {len(self.codelist.selectors)} "
            "selectors met none"
        )

    def counts(self) -> list[tuple[str, str, int, int]]:
        """How many codes, and rows with them, were taken in for each (category, matched_by)."""
        found: dict[tuple[str, str], list[int]] = {}
        for key, categories in self.categories_by_key.items():
            for category in categories:
                place = (category, str(self.matched_by_key[key]))
                found.setdefault(place, []).append(self.index.row(key).rows)
        return [(*place, len(rows), sum(rows)) for place, rows in sorted(found.items())]

    def __repr__(self) -> str:
        return text_table(self._caption(), _COUNT_HEADER, self.counts())

    def _repr_html_(self) -> str:
        return html_table(self._caption(), _COUNT_HEADER, self.counts())


_COUNT_HEADER = ("category", "matched by", "codes", "rows")
