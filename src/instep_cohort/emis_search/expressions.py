"""What a search asks, as values: measures of the study language joined by all, any and not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from instep_cohort.emis_search.findings import NotCarried
from instep_cohort.emis_search.parsing import Element
from instep_cohort.emis_search.value_sets import Kind, ValueSet

Edge = Literal["first", "last"]
Direction = Literal["after", "before", "around"]


@dataclass(frozen=True)
class Anchor:
    """A window of days that hangs on another measure's first or last date."""

    days: int
    direction: Direction
    edge: Edge
    of: Asked


@dataclass(frozen=True)
class Asked:
    """One measure of a study, without its name.

    Attributes:
        kind: clinical for events, medicine for medicines.
        lists: the union of these.
        window: the keys of its window that count from the search date.
        anchor: the window that hangs on another measure.
        value: least and most numeric value, both included.
        at_least: on how many dates.
    """

    kind: Kind
    lists: tuple[ValueSet, ...]
    window: tuple[tuple[str, object], ...] = ()
    anchor: Anchor | None = None
    value: tuple[float | None, float | None] | None = None
    at_least: int = 1

    def within(self, days: int, direction: Direction, edge: Edge, of: Asked) -> Asked:
        """The same rows, of those so many days from another measure's first or last."""
        return replace(self, window=(), anchor=Anchor(days, direction, edge, of))


@dataclass(frozen=True)
class Age:
    """Completed years on the search date, both ends included."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class RegisteredFor:
    """Registered without a break for that span."""

    span: str


@dataclass(frozen=True)
class Always:
    """Holds, or never holds, for everybody whom a study looks at."""

    holds: bool


@dataclass(frozen=True, eq=False)
class Hole:
    """Something that is not understood."""

    found: NotCarried


@dataclass(frozen=True)
class OnlyToLeaveOut:
    """What may be read this way only where it leaves people out, never where it takes them in."""

    inner: Expression
    element: Element
    search: str
    why: str
    reading: str


@dataclass(frozen=True)
class Not:
    """The inner expression does not hold."""

    inner: Expression


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Any:
    """At least one part holds."""

    parts: tuple[Expression, ...]


Expression = Asked | Age | RegisteredFor | Always | Hole | OnlyToLeaveOut | Not | All | Any


def all_of(parts: Iterable[Expression]) -> Expression:
    """All the parts as one expression, as flat as can be."""
    flat: dict[Expression, None] = {}
    for part in parts:
        for one in part.parts if isinstance(part, All) else (part,):
            if one == Always(holds=False):
                return one
            if one != Always(holds=True):
                flat.setdefault(one)
    kept = tuple(flat)
    return kept[0] if len(kept) == 1 else All(kept) if kept else Always(holds=True)


def any_of(parts: Iterable[Expression]) -> Expression:
    """Any of the parts as one expression, as flat as can be."""
    flat: dict[Expression, None] = {}
    for part in parts:
        for one in part.parts if isinstance(part, Any) else (part,):
            if one == Always(holds=True):
                return one
            if one != Always(holds=False):
                flat.setdefault(one)
    kept = tuple(flat)
    return kept[0] if len(kept) == 1 else Any(kept) if kept else Always(holds=False)


def negated(part: Expression) -> Expression:
    """The part turned round."""
    if isinstance(part, Not):
        return part.inner
    return Always(holds=not part.holds) if isinstance(part, Always) else Not(part)


def beyond_the_day(closed: Asked, that_day: Asked) -> Expression:
    """Whether a row lies in a window on another day than its outermost one.

    Args:
        closed: the rows of the window, that day included.
        that_day: the rows of that day.
    """
    return any_of([replace(closed, at_least=2), all_of([closed, negated(that_day)])])


class Extent(NamedTuple):
    """How many parts an expression has, and how many lie one in the other."""

    parts: int
    depth: int


def extent(part: Expression, most: int) -> Extent:
    """How large an expression is, looked at no further than ``most`` parts."""
    waiting: list[tuple[Expression, int]] = [(part, 1)]
    n = deepest = 0
    while waiting and n < most:
        n += 1
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(one, All | Any):
            waiting.extend((inner, depth + 1) for inner in one.parts)
        elif isinstance(one, Not | OnlyToLeaveOut):
            waiting.append((one.inner, depth + 1))
    return Extent(n, deepest)
