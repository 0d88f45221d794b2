"""A hierarchy table: which codes stand below which, for systems whose codes do not say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Hierarchy:
    """The children of each code of one system (CTV3, SNOMED CT or dm+d).

    Attributes:
        children: each code that has any, with the codes directly below it.
    """

    children: Mapping[str, frozenset[str]]

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """The hierarchy of (child, parent) pairs; a code may have many parents."""
        children: dict[str, set[str]] = {}
        for child, above in pairs:
            children.setdefault(above, set()).add(child)
        return cls({code: frozenset(below) for code, below in children.items()})

    def descendants(self, code: str) -> frozenset[str]:
        """Every code below this one, at any depth, and the code itself."""
        seen = {code}
        waiting = [code]
        while waiting:
            new = self.children.get(waiting.pop(), frozenset()) - seen
            seen |= new
            waiting.extend(new)
        return frozenset(seen)
