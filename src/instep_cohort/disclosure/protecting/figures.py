"""Counts that leave a practice, how they hang together, and what the shown one says of the true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

Name = tuple[str, str]
"""A count by its table and its cell."""

HIDDEN = "hidden"
"""Stands for a count that is not shown, though it may be large."""
NOT_ASKED = "not asked"
"""Stands in the ledger for a count whose table was left out of a release."""


@dataclass(frozen=True)
class Sum:
    """A count that others add up to: those who came in are those kept and those dropped."""

    total: Name
    parts: tuple[Name, ...]


@dataclass(frozen=True)
class Within:
    """A count of people who are all in another count: the randomised are among the found.

    The rest, those in the whole who are not in the part, can be had by subtraction; it is
    protected as if it were shown.
    """

    part: Name
    whole: Name


@dataclass(frozen=True)
class Structure:
    """What anybody knows of the tables without seeing a number.

    Attributes:
        sums: which counts add up to which.
        withins: which count is a part of which.
        growing: counts that never get smaller from one release to the next.
        worth: how dear a count is, 0 where nothing is said: the dearer it is, the later it is
            hidden where one of several must be, and the sooner it is shown again.
    """

    sums: tuple[Sum, ...] = ()
    withins: tuple[Within, ...] = ()
    growing: frozenset[Name] = frozenset()
    worth: Mapping[Name, int] = field(default_factory=dict)


class Limits(NamedTuple):
    """The least and the most that a count may be; None: there is no most."""

    low: int
    high: int | None

    def meet(self, other: Limits) -> Limits:
        """What both say together."""
        highs = [high for high in (self.high, other.high) if high is not None]
        return Limits(max(self.low, other.low), min(highs, default=None))

    @property
    def is_exact(self) -> bool:
        """Whether only one number is left."""
        return self.low == self.high


ANYTHING = Limits(0, None)


@dataclass(frozen=True)
class Rules:
    """How counts are shown.

    Attributes:
        threshold: counts from 1 to one less than it are small.
        rounding: other counts are rounded to a multiple of it; 1 for none.
    """

    threshold: int = 5
    rounding: int = 1

    @property
    def small(self) -> str:
        """What stands for a small count."""
        return f"<{self.threshold}"

    def is_small(self, count: int) -> bool:
        """Whether a count is of so few people that it is not shown."""
        return 0 < count < self.threshold

    def shown(self, count: int) -> str:
        """The count as it is shown by itself: 0 as 0, a small one as ``<5``, others rounded."""
        if self.is_small(count):
            return self.small
        half = self.rounding // 2
        return str((count + half) // self.rounding * self.rounding) if count else "0"

    def limits(self, shown: str, *, may_be_small: bool) -> Limits:
        """What a shown text says of a count, to a reader who knows how it was made.

        Args:
            shown: the text.
            may_be_small: whether a hidden count may be a small one, or 0.
        """
        if shown == NOT_ASKED or (shown == HIDDEN and may_be_small):
            return ANYTHING
        if shown == HIDDEN:
            return Limits(self.threshold, None)
        if shown == self.small:
            return Limits(1, self.threshold - 1)
        number = int(shown)
        if number == 0:
            return Limits(0, 0)
        low = number - self.rounding // 2
        return Limits(max(low, self.threshold), low + self.rounding - 1)


def tables_of_any_size(
    counts: Mapping[Name, int], shown: Mapping[Name, str], rules: Rules
) -> frozenset[str]:
    """The tables in which small counts are hidden too, or nothing but hidden counts stands.

    In any other table every hidden count is a large one, and a reader is taken to know that.
    """
    hidden, small = set(), set()
    for name, text in shown.items():
        if text == HIDDEN:
            hidden.add(name[0])
            if counts[name] < rules.threshold:
                small.add(name[0])
    partly = {table for (table, _), text in shown.items() if text != HIDDEN}
    return frozenset(small | (hidden - partly))


@dataclass(frozen=True)
class Release:
    """Counts that left a practice, or are about to.

    Attributes:
        counts: the true counts by name, those of tables that were not asked for too.
        shown: what was shown of each.
        rules: by which threshold and rounding.
        structure: how these counts hang together.
    """

    counts: Mapping[Name, int]
    shown: Mapping[Name, str]
    rules: Rules
    structure: Structure = field(default_factory=Structure)

    def limits(self, name: Name) -> Limits:
        """What the release says of one of its counts."""
        return self.rules.limits(self.shown[name], may_be_small=name[0] in self._any_size)

    @cached_property
    def _any_size(self) -> frozenset[str]:
        return tables_of_any_size(self.counts, self.shown, self.rules)
