"""What a codelist may lack in an extract: codes near to its own, ranked, each with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from instep_cohort.codelists.model import Codelist, Selector
from instep_cohort.codelists.resolving.resolution import Resolution
from instep_cohort.discovery import neighbours
from instep_cohort.discovery.closeness import ListTerms, Near, Words, names_of, nearest_of
from instep_cohort.discovery.dictionary import NAME_SYSTEM, ExtractCode, WordWeights, telling_names
from instep_cohort.discovery.neighbours import Neighbourhood
from instep_cohort.discovery.sharing import same_thing, shared_with
from instep_cohort.discovery.term_words import stems, telling
from instep_cohort.discovery.ways import FoundBy, Way, score, way
from instep_cohort.terminology.hierarchies import Hierarchy
from instep_cohort.terminology.read_codes import five
from instep_cohort.terminology.systems import System

LEAST_SCORE = 0.3
_LEAST_CLOSENESS = 0.25
_WORDS = (System.SUBSTANCE, System.PRODUCT_NAME)
_AGAINST = 0.5  # of the score is left for each thing that speaks against a code


class Lacking(NamedTuple):
    """A code of the extract that a list may lack.

    Attributes:
        code: the code.
        score: from 0 to 1; how the ways in which it was found add up.
        ways: those ways, the strongest first.
        against: what its term says against it, in words; each halves the score.
    """

    code: ExtractCode
    score: float
    ways: tuple[Way, ...]
    against: tuple[str, ...] = ()


class _Parts(NamedTuple):
    """The codes of an extract as a list parts them."""

    inside: Sequence[ExtractCode]
    excluded: Sequence[ExtractCode]
    outside: Sequence[ExtractCode]


def may_lack(
    resolution: Resolution,
    codes: Iterable[ExtractCode],
    hierarchies: Mapping[System, Hierarchy] | None = None,
) -> list[Lacking]:
    """The codes that a list may lack, the likeliest first, those of equal score by their key.

    Codes that the list takes in or excludes are never among them.

    Args:
        resolution: the list, met with the extract.
        codes: the extract's codes of the kind that the list was met with.
        hierarchies: the hierarchy tables that there are.
    """
    parts = _parted(resolution, codes)
    finders = _Finders(resolution.codelist, parts, hierarchies or {})
    found = filter(None, map(finders.look_at, parts.outside))
    return sorted(found, key=lambda one: (-round(one.score, 6), one.code.code_key))


def _parted(resolution: Resolution, codes: Iterable[ExtractCode]) -> _Parts:
    parts = _Parts([], [], [])
    for code in codes:
        if code.code_key in resolution.excluded:
            place = parts.excluded
        elif code.code_key in resolution.categories_by_key:
            place = parts.inside
        else:
            place = parts.outside
        place.append(code)  # type: ignore[attr-defined]
    return parts


class _Finders:
    """Everything that a code outside the list is held against."""

    def __init__(
        self, codelist: Codelist, parts: _Parts, hierarchies: Mapping[System, Hierarchy]
    ) -> None:
        every = [*parts.inside, *parts.excluded, *parts.outside]
        weights = WordWeights(every)
        outside = [words for code in parts.outside for words in telling_names(code)]
        takes = [one for one in codelist.selectors if not one.match.excludes]
        leaves = [one for one in codelist.selectors if one.match.excludes]
        products = codelist.kind == "medicine"
        self._own = ListTerms(_terms(parts.inside, takes), outside, weights, products=products)
        self._excluded = ListTerms(
            _terms(parts.excluded, leaves), outside, weights, products=products
        )
        self._shared = shared_with(parts.inside, parts.outside)
        self._same_thing = same_thing(parts.inside)
        self._around = list(_neighbourhoods(every, parts.inside, takes, hierarchies))
        self._seen: dict[frozenset[Words], tuple[Near | None, Near | None]] = {}

    def look_at(self, code: ExtractCode) -> Lacking | None:
        """The code with the ways in which it is near to the list; ``None`` where it is not."""
        near, excluded = self._nearest(code)
        ways = [*self._ways(code)]
        if near and near.closeness >= _LEAST_CLOSENESS:
            ways.append(_by_term(near))
        total = score(ways)
        if total < LEAST_SCORE:
            return None
        ways.sort(key=lambda one: -one.strength)
        against = tuple(_against(near, excluded))
        return Lacking(code, total * _AGAINST ** len(against), tuple(ways), against)

    def _nearest(self, code: ExtractCode) -> tuple[Near | None, Near | None]:
        names = frozenset(telling_names(code))
        if names not in self._seen:
            self._seen[names] = (nearest_of(names, self._own), nearest_of(names, self._excluded))
        return self._seen[names]

    def _ways(self, code: ExtractCode) -> Iterator[Way]:
        yield from self._same_thing(code)
        for shared in self._shared:
            yield from shared.ways(code)
        for around in self._around:
            ways = [one for name in code.codes_in(around.system) for one in around.ways(name)]
            yield from _strongest(ways)


def _strongest(ways: Collection[Way]) -> Iterator[Way]:
    """The strongest of each kind: one code may have several names in a system."""
    for found_by in FoundBy if ways else ():
        of_kind = [one for one in ways if one.found_by is found_by]
        if of_kind:
            yield max(of_kind, key=lambda one: one.strength)


def _by_term(near: Near) -> Way:
    shared = ", ".join(near.shared)
    return way(FoundBy.TERM, near.closeness, f"{shared}, as in {near.term!r}")


def _against(near: Near | None, excluded: Near | None) -> Iterator[str]:
    if near and near.mention:
        yield f"its term says {near.mention!r}"
    if excluded and excluded.closeness > (near.closeness if near else 0.0):
        yield f"nearer to the excluded {excluded.term!r}"


def _terms(codes: Iterable[ExtractCode], selectors: Iterable[Selector]) -> dict[Words, str]:
    """The terms of codes and of selectors, by their words.

    A product that is known by a name alone gives none: somebody may have typed it.
    """
    known = (code for code in codes if code.system != NAME_SYSTEM)
    texts = [(code.term, words) for code in known for words in telling_names(code)]
    for one in selectors:
        text = one.code if one.system in _WORDS else one.term
        texts.append((text, telling(stems(text))))
    return names_of(texts)


def _neighbourhoods(
    every: Sequence[ExtractCode],
    inside: Sequence[ExtractCode],
    takes: Sequence[Selector],
    hierarchies: Mapping[System, Hierarchy],
) -> Iterator[Neighbourhood]:
    def named(codes: Iterable[ExtractCode], system: System) -> set[str]:
        return {name for code in codes for of, name in code.called if of == system}

    def listed(system: System) -> Set[str]:
        own = {one.code for one in takes if one.system == system}
        if system is System.READ_V2:
            own = set(map(five, own))
        return own | named(inside, system)

    yield neighbours.read_v2(named(every, System.READ_V2), listed(System.READ_V2))
    yield neighbours.bnf(named(every, System.BNF), listed(System.BNF))
    for system, hierarchy in hierarchies.items():
        if system not in (System.READ_V2, System.BNF):
            yield neighbours.of_hierarchy(system, hierarchy, named(every, system), listed(system))
