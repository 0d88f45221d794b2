"""Meeting a codelist with the codes of an extract (RULES.md, *Rows*, its last two points)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from instep_cohort.codelists.model import Codelist, Kind, Selector
from instep_cohort.codelists.resolving.code_index import CodeIndex, KindIndex, Places
from instep_cohort.codelists.resolving.resolution import (
    MatchedBy,
    MatchedCode,
    Resolution,
    stronger,
)
from instep_cohort.errors import DefinitionError, Fault
from instep_cohort.terminology import read_codes
from instep_cohort.terminology.hierarchies import Hierarchy
from instep_cohort.terminology.systems import Lineage, System, lineage
from instep_cohort.terminology.words import folded

Met = Iterable[tuple[int, MatchedBy]]


def resolve(
    codelist: Codelist,
    index: CodeIndex,
    hierarchies: Mapping[System, Hierarchy] | None = None,
    *,
    kind: Kind | None = None,
) -> Resolution:
    """What the list is among the codes of an extract.

    A code is met by its own system and by each code that the extract's dictionary gives it. One
    that any selector excludes is out, whatever took it in, and in whatever order they stand.

    Args:
        codelist: the list.
        index: the extract's codes; build it once for all lists.
        hierarchies: the hierarchy tables that there are, for ``descendants`` in CTV3, SNOMED CT
            and dm+d.
        kind: of the codes it is met with; the list's own where none is given.

    Raises:
        DefinitionError: ``descendants`` in a system that has no hierarchy, or needs a table and
            has none; every such selector is named.
    """
    hierarchies = hierarchies or {}
    faults = list(_hierarchy_faults(codelist, hierarchies))
    if faults:
        raise DefinitionError(faults)
    codes = index.of(kind or codelist.kind)
    met: list[MatchedCode] = []
    for selector in codelist.selectors:
        found: dict[int, MatchedBy] = {}
        for place, matched_by in _met(selector, codes, hierarchies):
            found[place] = stronger(matched_by, found.get(place))
        met += [
            MatchedCode(codes.key(place), selector.category, selector, found[place])
            for place in sorted(found)
        ]
    return Resolution(codelist, codes, tuple(met))


def _hierarchy_faults(
    codelist: Codelist, hierarchies: Mapping[System, Hierarchy]
) -> Iterator[Fault]:
    file = f"{codelist.id}/{codelist.version}.csv"
    for one in codelist.selectors:
        if not one.match.goes_down or lineage(one.system) is Lineage.PREFIX:
            continue
        line = one.line or None
        if lineage(one.system) is Lineage.NONE:
            found = f"{one.match} {one.code!r}: nothing stands below anything in {one.system}"
            yield Fault("match", found, "match exact or exclude", file, line)
        elif one.system not in hierarchies:
            found = f"{one.match} {one.code!r} needs a hierarchy table of {one.system}"
            yield Fault("match", found, "give one, or list each code", file, line)


def _met(selector: Selector, codes: KindIndex, hierarchies: Mapping[System, Hierarchy]) -> Met:
    """The places that a selector meets, each as often as it meets it in some way."""
    system, code = selector.system, selector.code
    if system is System.SUBSTANCE:
        places = codes.ingredients.get(folded(code.strip()), ())
        return ((place, MatchedBy.SUBSTANCE) for place in places)
    if system is System.PRODUCT_NAME:
        return ((place, MatchedBy.PRODUCT_NAME) for place in codes.named(code))
    if system is System.READ_V2:
        return _met_in_read_v2(selector, codes)
    if not selector.match.goes_down:
        return _ways(codes.lookup(system).equal(code))
    if lineage(system) is Lineage.PREFIX:
        return _ways(codes.lookup(system).below(code))
    return _met_below(selector, codes, hierarchies[system])


def _ways(places: Places) -> Met:
    yield from ((place, MatchedBy.CODE) for place in places.own)
    yield from ((place, MatchedBy.DICTIONARY) for place in places.dictionary)


def _met_below(selector: Selector, codes: KindIndex, hierarchy: Hierarchy) -> Met:
    lookup = codes.lookup(selector.system)
    yield from _ways(lookup.equal(selector.code))
    for code in hierarchy.descendants(selector.code) - {selector.code}:
        for place, _ in _ways(lookup.equal(code)):
            yield place, MatchedBy.HIERARCHY


def _met_in_read_v2(selector: Selector, codes: KindIndex) -> Met:
    lookup = codes.lookup(System.READ_V2)
    if selector.match.goes_down:
        return _ways(lookup.below(read_codes.stem(selector.code)))
    five = read_codes.five(selector.code)
    wanted = read_codes.term_code(selector.code)
    places = lookup.equal(five)
    return _ways(places) if wanted is None else _met_by_term(five, wanted, places, codes)


def _met_by_term(five: str, wanted: str, places: Places, codes: KindIndex) -> Met:
    """Those of the places that have this term code, and those that have none at all."""
    for place in {*places.own, *places.dictionary}:
        own, said = codes.read_codes(place, five)
        if wanted in own:
            yield place, MatchedBy.CODE
        elif wanted in said:
            yield place, MatchedBy.DICTIONARY
        elif not any((*own, *said)):
            yield place, MatchedBy.FIVE_CHARACTERS
