"""Two lists of selectors side by side: which stand in one only, and what differs in both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Literal, NamedTuple

from instep_cohort.codelists.model import Selector
from instep_cohort.codelists.reach import Reach, spelling
from instep_cohort.terminology.systems import System

SideName = Literal["left", "right"]


class Found(StrEnum):
    """On which side a code is written."""

    ONLY_LEFT = "only left"
    ONLY_RIGHT = "only right"
    BOTH = "both"


class Differs(StrEnum):
    """What differs between the two rows of a code that both sides write."""

    MATCH = "match"
    CATEGORY = "category"
    TERM = "term"
    NOTE = "note"
    SPELLING = "spelling"


class ComparedRow(NamedTuple):
    """One code of either list, or of both.

    Attributes:
        left: its row on the left, ``None`` where there is none.
        right: its row on the right, ``None`` where there is none.
        differs: what differs between the two, in the order of ``Differs``; empty where they are
            the same, or one is not there.
        other_side: where one is not there, what that side does with the code all the same, in
            words; empty where it does nothing that can be seen from what is written.
        covered: where one is not there, whether that side takes its codes in (or out, as the row
            does) into the same category by other rows.
    """

    left: Selector | None
    right: Selector | None
    differs: tuple[Differs, ...] = ()
    other_side: str = ""
    covered: bool = False

    @property
    def either(self) -> Selector:
        """The row on the left, or the one on the right where that is the only one."""
        row = self.left or self.right
        assert row is not None  # noqa: S101 - every code was written by somebody
        return row

    @property
    def system(self) -> System:
        """The system that the code belongs to."""
        return self.either.system

    @property
    def code(self) -> str:
        """The code, as the left writes it."""
        return self.either.code

    @property
    def found(self) -> Found:
        """On which side it is written."""
        if self.right is None:
            return Found.ONLY_LEFT
        return Found.ONLY_RIGHT if self.left is None else Found.BOTH

    @property
    def same(self) -> bool:
        """Whether both sides say the very same."""
        return self.found is Found.BOTH and not self.differs


def aligned(left: Sequence[Selector], right: Sequence[Selector]) -> tuple[ComparedRow, ...]:
    """Every row of both lists, each code once, sorted by system, code and match.

    A code that stands on both sides is one row. Where a side writes it more than once (taken in,
    and excluded for one of its terms), rows of the same match belong together first.
    """
    sides: tuple[dict[tuple[System, str], list[Selector]], ...] = ({}, {})
    for rows, by_code in zip((left, right), sides, strict=True):
        for one in rows:
            by_code.setdefault((one.system, spelling(one)), []).append(one)
    pairs = [
        pair
        for key in sides[0] | sides[1]
        for pair in _pairs(sides[0].get(key, []), sides[1].get(key, []))
    ]
    reach = {"left": _Both(left), "right": _Both(right)}
    order = list(System)
    return tuple(
        sorted(
            (_compared(*pair, reach["left"], reach["right"]) for pair in pairs),
            key=lambda row: (order.index(row.system), row.code, row.either.match),
        )
    )


Pair = tuple[Selector | None, Selector | None]


def _pairs(left: Iterable[Selector], right: Iterable[Selector]) -> Iterator[Pair]:
    """Yields which row of a code on the left belongs to which on the right."""
    lefts, rights = list(left), list(right)
    for one in [*lefts]:
        if other := next((other for other in rights if other.match is one.match), None):
            yield one, other
            lefts.remove(one)
            rights.remove(other)
    for one in [*lefts]:
        if rights:
            yield one, rights.pop(0)
            lefts.remove(one)
    yield from ((one, None) for one in lefts)
    yield from ((None, other) for other in rights)


class _Both:
    """What a list takes in and what it excludes, each laid out."""

    def __init__(self, selectors: Sequence[Selector]) -> None:
        self.taken = Reach(one for one in selectors if not one.match.excludes)
        self.excluded = Reach(one for one in selectors if one.match.excludes)


def _compared(
    left: Selector | None, right: Selector | None, lefts: _Both, rights: _Both
) -> ComparedRow:
    if left and right:
        return ComparedRow(left, right, tuple(_differences(left, right)))
    if left:
        return ComparedRow(left, None, (), *_elsewhere(left, rights, "right"))
    assert right is not None  # noqa: S101 - a pair has a row
    return ComparedRow(None, right, (), *_elsewhere(right, lefts, "left"))


def _differences(left: Selector, right: Selector) -> Iterator[Differs]:
    parts = (
        (Differs.MATCH, left.match, right.match),
        (Differs.CATEGORY, left.category, right.category),
        (Differs.TERM, left.term, right.term),
        (Differs.NOTE, left.note, right.note),
        (Differs.SPELLING, left.code, right.code),
    )
    for what, was, now in parts:
        # a row that now excludes has lost its category by that, not beside it
        by_match = what is Differs.CATEGORY and left.match.excludes != right.match.excludes
        if was != now and not by_match:
            yield what


def _elsewhere(one: Selector, other: _Both, side: SideName) -> tuple[str, bool]:
    """What the other side does with the codes of a row that it does not write."""
    taken = list(other.taken.covering(one))
    excluded = list(other.excluded.covering(one))
    if excluded:
        too = "too " if one.match.excludes else ""
        return f"excluded {too}by {_named(excluded[0])} on the {side}", one.match.excludes
    if taken:
        alike = [by for by in taken if by.category == one.category]
        how = "taken in" if one.match.excludes else "covered"
        return f"{how} by {_named((alike or taken)[0])} on the {side}", bool(alike)
    if below := other.taken.below(one):
        rows = "1 row" if len(below) == 1 else f"{len(below)} rows"
        return f"the {side} takes in {rows} below it, such as {below[0].code}", False
    return "", False


def _named(one: Selector) -> str:
    """A selector that does something to the codes of another one."""
    how = f"{one.match}, {one.category}" if one.category else str(one.match)
    return f"{one.code} ({how})"
