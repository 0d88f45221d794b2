"""Codes that stand beside, below or above the codes of a list in a hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Self

from instep_cohort.discovery.ways import FoundBy, Way, way
from instep_cohort.terminology import read_codes
from instep_cohort.terminology.hierarchies import Hierarchy
from instep_cohort.terminology.systems import System

Parents = Callable[[str], Iterable[str]]

# How much a common parent says, by the length of its Read v2 code without dots: a chapter is
# common to thousands of codes.
_READ_V2_DEPTHS = {1: 0.0, 2: 0.5, 3: 0.8, 4: 1.0}
_BNF_PARAGRAPH, _BNF_CHEMICAL = 7, 9


@dataclass(frozen=True)
class Neighbourhood:
    """One system's codes that are known: those of the extract and those that a list names.

    Attributes:
        system: the system.
        listed: the codes that the list is, and the codes that its selectors name.
        parents: what stands directly above a code.
        depth: from 0 to 1, how much it says to stand below this code.
        children: the known codes directly below each code.
    """

    system: System
    listed: Set[str]
    parents: Parents
    depth: Callable[[str], float]
    children: Mapping[str, Set[str]]

    @classmethod
    def of(
        cls,
        system: System,
        known: Iterable[str],
        listed: Set[str],
        *,
        parents: Parents,
        depth: Callable[[str], float] = lambda _: 1.0,
    ) -> Self:
        """The neighbourhood of these codes."""
        children: dict[str, set[str]] = {}
        for code in {*known, *listed}:
            for parent in parents(code):
                children.setdefault(parent, set()).add(code)
        return cls(system, listed, parents, depth, children)

    def ways(self, code: str) -> Iterator[Way]:
        """How a code of this system stands to the list: below, beside and above its codes."""
        if code in self.listed:
            return
        for parent in self.parents(code):
            depth = self.depth(parent)
            if parent in self.listed and depth:
                yield way(FoundBy.BELOW, depth, f"{self.system} {parent}, which is in the list")
            yield from self._shared(FoundBy.BESIDE, parent, code, depth)
        yield from self._shared(FoundBy.ABOVE, code, code, self.depth(code))

    def _shared(self, found_by: FoundBy, parent: str, code: str, depth: float) -> Iterator[Way]:
        """The part of the codes below a parent that is in the list; one code alone says less."""
        below = self.children.get(parent, set()) - {code}
        inside = len(below & self.listed)
        if inside and depth:
            part = inside / len(below) * inside / (inside + 1)
            why = f"{inside} of {len(below)} other codes below {self.system} {parent} are in it"
            if found_by is FoundBy.ABOVE:
                why = f"{inside} of {len(below)} codes below it are in the list"
            yield way(found_by, part * depth, why)


def read_v2(known: Iterable[str], listed: Set[str]) -> Neighbourhood:
    """The neighbourhood of Read v2 codes, whose parent is the code one character shorter."""
    return Neighbourhood.of(
        System.READ_V2, known, listed, parents=_read_v2_parents, depth=_read_v2_depth
    )


def bnf(known: Iterable[str], listed: Set[str]) -> Neighbourhood:
    """The neighbourhood of BNF chemicals, whose parent is their paragraph.

    Args:
        known: BNF codes of the extract, of any length; those without a chemical are left out.
        listed: those of the list.
    """
    return Neighbourhood.of(
        System.BNF,
        filter(None, map(chemical, known)),
        set(filter(None, map(chemical, listed))),
        parents=lambda code: [code[:_BNF_PARAGRAPH]] if len(code) == _BNF_CHEMICAL else [],
        depth=lambda code: 0.7 if len(code) == _BNF_PARAGRAPH else 0.0,
    )


def of_hierarchy(
    system: System, hierarchy: Hierarchy, known: Iterable[str], listed: Set[str]
) -> Neighbourhood:
    """The neighbourhood of a system whose hierarchy table there is."""
    above: dict[str, list[str]] = {}
    for parent, children in sorted(hierarchy.children.items()):
        for child in children:
            above.setdefault(child, []).append(parent)
    return Neighbourhood.of(
        system, known, listed, parents=lambda code: above.get(code, ()), depth=lambda _: 0.8
    )


def chemical(code: str) -> str:
    """The BNF chemical of a BNF code: its first nine characters; "" where it is shorter."""
    return code[:_BNF_CHEMICAL] if len(code) >= _BNF_CHEMICAL and code[:7].isdigit() else ""


def _read_v2_parents(code: str) -> list[str]:
    parent = read_codes.parent(code)
    return [parent] if parent else []


def _read_v2_depth(code: str) -> float:
    return _READ_V2_DEPTHS.get(len(read_codes.stem(code)), 0.0)
