"""The compiled study: names resolved, windows as day numbers, nothing left to parse.

A day is a whole number of days since 1970-01-01. The engine reads these values and nothing else of
the study, so what they say is what is done; `study.describe` puts them into English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class FixedWindow:
    """Days from ``first`` (``None``: ever) to ``last``, both included; never past ``on``."""

    first: int | None
    last: int


@dataclass(frozen=True)
class AnchoredWindow:
    """Days around another measure's ``edge``: ``before`` days earlier to ``after`` days later.

    Both ends are included; the search date cuts it; a patient without the anchor matches nothing.
    """

    anchor: str
    edge: Literal["first", "last"]
    before: int
    after: int


@dataclass(frozen=True)
class MeasurePlan:
    """One named fact per patient (RULES.md §4).

    ``windowed`` tells a window that was asked for from the plain "ever up to the search date".
    ``exactly: n`` has become ``at_least == at_most == n``; without a bound
    ``at_least`` is 1.
    ``categories`` is ``None`` for every category of the lists.
    """

    name: str
    source: Literal["events", "medicines"]
    lists: tuple[str, ...]
    categories: frozenset[str] | None
    window: FixedWindow | AnchoredWindow
    windowed: bool
    value_min: float | None = None
    value_max: float | None = None
    pick: Literal["first", "last"] | None = None
    counting: Literal["dates", "rows"] = "dates"
    at_least: int | None = 1
    at_most: int | None = None
    apart: int | None = None
    in_any: int | None = None
    spanning: int | None = None

    @property
    def takes_undated(self) -> bool:
        """Whether a row without a day may be used (RULES.md §2)."""
        return not self.windowed and (self.pick, self.apart, self.in_any, self.spanning) == (
            None,
            None,
            None,
            None,
        )

    @property
    def met_by_no_rows(self) -> bool:
        """Whether a patient without any row meets it."""
        return self.at_least in (None, 0)

    @property
    def chain_cap(self) -> int:
        """Where the count under ``apart`` stops: one more than the largest bound asked for."""
        return 1 + max(self.at_least or 0, self.at_most or 0)


@dataclass(frozen=True)
class Measured:
    """The named measure is met."""

    name: str


@dataclass(frozen=True)
class Line:
    """The named line of ``include`` or ``exclude`` holds."""

    name: str


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Logic


@dataclass(frozen=True)
class AtLeast:
    """At least ``n`` of the parts hold; ``any`` is n = 1 and ``all`` is n = len(parts)."""

    n: int
    parts: tuple[Logic, ...]


Logic = Measured | Line | Not | AtLeast


@dataclass(frozen=True)
class LinePlan:
    """One line of ``include`` or ``exclude``: a row of the attrition table."""

    name: str
    role: Literal["include", "exclude"]
    logic: Logic


@dataclass(frozen=True)
class PopulationPlan:
    """Who is looked at (RULES.md §3); ages are completed years on the search date.

    ``unbroken_from`` is the first day of the registration that ``for`` asks for.
    """

    age_min: int | None
    age_max: int | None
    kinds: frozenset[str]
    unbroken_from: int | None
    confidential_included: bool

    @property
    def asks_age(self) -> bool:
        """Whether there is an age rule."""
        return self.age_min is not None or self.age_max is not None


@dataclass(frozen=True)
class OptOutPlan:
    """The opt-out lists, and who answers for overriding type 1 dissents, if anybody does."""

    lists: tuple[str, ...]
    type_1_overridden_by: str | None


@dataclass(frozen=True)
class FitNotePlan:
    """The certified sickness flag (RULES.md §7); ``first`` opens its window, ``None`` is ever."""

    name: str
    codelist: str
    first: int | None
    gap: int
    issue_gap: int
    private_counts: bool
    headings_count: bool


@dataclass(frozen=True)
class WorkStatusPlan:
    """The work status flag (RULES.md §7); a status dated before ``fresh_from`` is stale."""

    name: str
    codelist: str
    fresh_from: int


@dataclass(frozen=True)
class Plan:
    """A study for one search date, ready to run."""

    study: str
    version: str
    on: date
    search_day: int
    population: PopulationPlan
    measures: Mapping[str, MeasurePlan]
    lines: tuple[LinePlan, ...]
    opt_outs: OptOutPlan | None
    fit_notes: FitNotePlan | None
    work_status: WorkStatusPlan | None

    def measures_of(self, logic: Logic) -> Iterator[str]:
        """Yields the name of every measure that the logic leads to, through lines too."""
        match logic:
            case Measured(name):
                yield name
            case Line(name):
                yield from self.measures_of(self.line(name).logic)
            case Not(part):
                yield from self.measures_of(part)
            case AtLeast(_, parts):
                for part in parts:
                    yield from self.measures_of(part)

    def line(self, name: str) -> LinePlan:
        """The line of that name."""
        return next(line for line in self.lines if line.name == name)
