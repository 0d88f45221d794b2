"""Codes that share something with the codes of a list: an ingredient, a chemical, a concept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from instep_cohort.discovery.dictionary import ExtractCode
from instep_cohort.discovery.neighbours import chemical
from instep_cohort.discovery.ways import FoundBy, Way, way
from instep_cohort.terminology.systems import System

# two codes that one of these systems gives one code are the same thing by two names
_SAME_THING_IN = (System.SNOMED_CT, System.CTV3, System.DMD)

_NOT_THE_WHOLE = 0.5

Parts = Callable[[ExtractCode], frozenset[str]]


class Shared:
    """What the codes of a list have in common, and how far each of it is the list's own.

    *Paracetamol* is shared by a list of opioids and by plain paracetamol: what stands mostly
    outside the list says little, and half of that where no product of the list is made of nothing
    but what this one has.
    """

    def __init__(
        self,
        found_by: FoundBy,
        parts: Parts,
        inside: Iterable[ExtractCode],
        outside: Iterable[ExtractCode],
    ) -> None:
        """Counts the parts of the codes in the list, and of those outside; excluded are neither."""
        self._found_by = found_by
        self._parts = parts
        listed = [parts(code) for code in inside]
        self._wholes: dict[str, set[frozenset[str]]] = {}
        for found in listed:
            for part in found:
                self._wholes.setdefault(part, set()).add(found)
        self._inside = Counter(part for found in listed for part in found)
        self._outside = Counter(part for code in outside for part in parts(code))

    def ways(self, code: ExtractCode) -> Iterator[Way]:
        """The part that a code shares with the list and that is most the list's own."""
        parts = self._parts(code)
        shared = [part for part in parts if self._inside[part]]
        if shared:
            part = max(shared, key=lambda one: (self._own(one), one))
            inside = self._inside[part]
            every = inside + self._outside[part]
            why = f"{part}, with which {inside} of {every} codes are in the list"
            has_a_whole = any(whole <= parts for whole in self._wholes[part])
            whole = 1.0 if has_a_whole else _NOT_THE_WHOLE
            yield way(self._found_by, self._own(part) * whole, why)

    def _own(self, part: str) -> float:
        return self._inside[part] / (self._inside[part] + self._outside[part])


def shared_with(
    inside: Collection[ExtractCode], outside: Collection[ExtractCode]
) -> tuple[Shared, ...]:
    """What codes of an extract may share with those of a list: one for each way."""
    return (
        Shared(FoundBy.SUBSTANCE, lambda code: code.ingredients, inside, outside),
        Shared(FoundBy.CHEMICAL, _chemicals, inside, outside),
    )


def same_thing(codes: Iterable[ExtractCode]) -> Callable[[ExtractCode], Iterator[Way]]:
    """Finds codes that the extract's dictionary calls the same as one of these."""
    called = {name: code for code in codes for name in code.called if name[0] in _SAME_THING_IN}

    def ways(code: ExtractCode) -> Iterator[Way]:
        for name in sorted(code.called & called.keys())[:1]:
            other = called[name]
            why = f"{name[0]} {name[1]}, as {other.system} {other.code}, which is in the list"
            yield way(FoundBy.SAME, 1.0, why)

    return ways


def _chemicals(code: ExtractCode) -> frozenset[str]:
    return frozenset(filter(None, map(chemical, code.codes_in(System.BNF))))
