"""Who of those who may be written to comes first: by tier, and within a tier by a declared seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from instep_cohort.recruitment.vocabulary import Tier


class Sample(NamedTuple):
    """Who was drawn, and who could have been and was not, by tier."""

    drawn: Mapping[Tier, Sequence[str]]
    not_sampled: Mapping[Tier, Sequence[str]]

    @property
    def everybody_drawn(self) -> list[str]:
        """Those drawn, tier by tier."""
        return [token for tokens in self.drawn.values() for token in tokens]

    @property
    def left(self) -> int:
        """How many could have been drawn and were not."""
        return sum(map(len, self.not_sampled.values()))


def in_seeded_order(tokens: Iterable[str], seed: int) -> list[str]:
    """The tokens in an order that the seed alone decides.

    Each goes by the SHA-256 of seed and token, so the order does not hang on the order in which
    they come, nor on who else is among them: who drops out moves nobody else about.
    """
    return sorted(tokens, key=lambda token: (_place(token, seed), token))


def _place(token: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}\t{token}".encode()).hexdigest()


def sample(pool: Mapping[Tier, Iterable[str]], size: int, seed: int) -> Sample:
    """So many people of the pool: tier after tier, and a random sample of the one that is cut.

    Args:
        pool: the tokens by tier; tiers are taken in the order of `Tier`.
        size: how many at most.
        seed: decides who within a tier.

    Example:
        >>> drawn = sample({Tier.B: ["q", "r", "s"], Tier.A: ["p"]}, size=2, seed=7)
        >>> [len(tokens) for tokens in drawn.drawn.values()], drawn.left
        ([1, 1], 2)
    """
    drawn: dict[Tier, Sequence[str]] = {}
    not_sampled: dict[Tier, Sequence[str]] = {}
    room = size
    for tier in Tier:
        if tier in pool:
            ordered = in_seeded_order(pool[tier], seed)
            drawn[tier], not_sampled[tier] = ordered[:room], ordered[room:]
            room -= len(drawn[tier])
    return Sample(drawn, not_sampled)
