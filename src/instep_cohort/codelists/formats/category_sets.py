"""A codelist as one set for each category, for formats whose lists hold one meaning each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.formats.exchange import list_file, noted
from instep_cohort.codelists.model import Codelist, Match, Selector
from instep_cohort.codelists.rows import Row
from instep_cohort.terminology.systems import System


class CategorySet(NamedTuple):
    """One category of a list: what it takes in, and the exclusions of the whole list."""

    category: str
    about: str
    taken: tuple[Selector, ...]
    excluded: tuple[Selector, ...]


class Split(NamedTuple):
    """The sets of a list, and the selectors that none of them can hold."""

    sets: tuple[CategorySet, ...]
    losses: tuple[Finding, ...]


def by_category(codelist: Codelist, systems: Collection[System], name: str) -> Split:
    """A list as one set for each category that has a selector of these systems.

    Every set repeats the list's exclusions, since they hold for all of it. ``name`` is the
    format's, for the findings.
    """
    held = [one for one in codelist.selectors if one.system in systems]
    excluded = tuple(one for one in held if one.match.excludes)
    sets = []
    for category in dict.fromkeys((*codelist.categories, *(one.category for one in held))):
        taken = tuple(one for one in held if one.category == category)
        if category and taken:
            sets.append(CategorySet(category, codelist.categories[category], taken, excluded))
    losses = [
        _not_held(one, name, codelist) for one in codelist.selectors if one.system not in systems
    ]
    return Split(tuple(sets), tuple(losses))


def _not_held(selector: Selector, name: str, codelist: Codelist) -> Finding:
    return noted(
        "takes-in-more" if selector.match.excludes else "takes-in-less",
        f"{selector.match} {selector.system} {selector.code!r} is not written: {name} has no name "
        f"for {selector.system}",
        file=list_file(codelist),
        line=selector.line or None,
    )


class ReadSet(NamedTuple):
    """One set as it was read: the file's own name for it, its rows, its exclusions."""

    category: str
    taken: tuple[Row, ...]
    excluded: tuple[Row, ...]


def joined(sets: Sequence[ReadSet], file: str) -> tuple[list[Row], list[Finding]]:
    """The rows of all sets as those of one list, each exclusion once.

    An exclusion that only some of the sets have is reported: in a codelist it holds for all.
    """
    rows = [row._replace(category=one.category) for one in sets for row in one.taken]
    first: dict[tuple[str, str, str], Row] = {}
    counts: dict[tuple[str, str, str], int] = {}
    for one in sets:
        for key, row in {(r.system, r.code, r.match): r for r in one.excluded}.items():
            first.setdefault(key, row)
            counts[key] = counts.get(key, 0) + 1
    return [*rows, *first.values()], list(_spread(first.values(), counts.values(), sets, file))


def _spread(
    rows: Iterable[Row], counts: Iterable[int], sets: Sequence[ReadSet], file: str
) -> Iterator[Finding]:
    for row, count in zip(rows, counts, strict=True):
        if count < len(sets):
            yield noted(
                "exclusion-spread",
                f"{row.system} {row.code!r} is excluded from {count} of {len(sets)} sets, and now "
                "from the whole list",
                "import the sets as lists of their own where that is wrong",
                file=file,
                line=row.line,
            )


def match_of(*, excludes: bool, goes_down: bool) -> Match:
    """The match of a selector that excludes, or goes down the hierarchy, or both, or neither."""
    if excludes:
        return Match.EXCLUDE_DESCENDANTS if goes_down else Match.EXCLUDE
    return Match.DESCENDANTS if goes_down else Match.EXACT
