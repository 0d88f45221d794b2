"""The ways in which a code may be found beside a codelist, and how much each is worth."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from math import prod
from typing import NamedTuple


class FoundBy(StrEnum):
    """How a code was found that a list may lack."""

    TERM = "term"  # its term has the words of one of the list's terms
    SAME = "same thing"  # the dictionary calls it what it calls a code of the list
    BELOW = "below"  # it stands directly below a code of the list
    BESIDE = "beside"  # codes with the same parent are in the list
    ABOVE = "above"  # codes directly below it are in the list
    SUBSTANCE = "substance"  # it has an ingredient of the list's products
    CHEMICAL = "BNF chemical"  # it has the BNF chemical of the list's products


# What a way is worth at its strongest. Weighed by hand, on what came out first for our own lists on
# made-up and on other people's extracts, and when parts of the lists were taken away.
WORTH = {
    FoundBy.TERM: 0.85,
    FoundBy.SAME: 0.9,
    FoundBy.BELOW: 0.5,
    FoundBy.BESIDE: 0.6,
    FoundBy.ABOVE: 0.4,
    FoundBy.SUBSTANCE: 0.6,
    FoundBy.CHEMICAL: 0.6,
}


class Way(NamedTuple):
    """One way in which a code was found.

    Attributes:
        found_by: the way.
        strength: from 0 to 1, what it adds to the score.
        why: what was seen, in words.
    """

    found_by: FoundBy
    strength: float
    why: str

    def __str__(self) -> str:
        """The way and what was seen."""
        return f"{self.found_by}: {self.why}"


def way(found_by: FoundBy, part: float, why: str) -> Way:
    """A way whose strength is a part, 0 to 1, of what such a way is worth."""
    return Way(found_by, WORTH[found_by] * part, why)


def score(ways: Iterable[Way]) -> float:
    """The ways taken together, from 0 to 1: each takes its part of what the others leave open."""
    return 1 - prod(1 - one.strength for one in ways)
