"""Drawing by chance: which code, which day, how often. Every draw is a plain uniform number.

Only `Generator.random` and `standard_normal` are used, since their streams are kept stable between
versions of numpy, so that the same seed goes on giving the same practice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from instep_cohort.synthetic.register import NEVER, YEAR, Register
from instep_cohort.synthetic.vocabulary import STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

GROWN_UP, OLDER = 18, 65  # where the stages of life begin


class Rows(NamedTuple):
    """Dated rows of some patients: whose (place in the register), when, which code, its value."""

    person: NDArray[np.int64]
    day: NDArray[np.int64]
    code: NDArray[np.int64]
    value: NDArray[np.float64]


class Weighted(Protocol):
    """A code that some stages of life see more of than others."""

    @property
    def code(self) -> str:
        """The code."""

    @property
    def weight(self) -> float:
        """Its relative frequency."""

    @property
    def who(self) -> str:
        """The stages of life it goes with."""


class Choice:
    """Draws codes of one group, by the stage of life of whoever gets them."""

    def __init__(self, group: Sequence[Weighted], places: Mapping[str, int]) -> None:
        self._places = np.array([places[entry.code] for entry in group], dtype=np.int64)
        bounds = []
        for order, stage in enumerate(STAGES):
            weights = np.array([entry.weight * entry.who.count(stage) for entry in group])
            if not weights.any():  # nothing for that stage: whatever the others may have
                weights = np.array([entry.weight for entry in group], dtype=np.float64)
            bounds.append(order + np.cumsum(weights) / weights.sum())
            bounds[-1][-1] = order + 1
        self._bounds = np.concatenate(bounds)

    def draw(self, rng: np.random.Generator, stage: NDArray[np.int64]) -> NDArray[np.int64]:
        """One code (its place in the vocabulary) for each stage asked for."""
        found = np.searchsorted(self._bounds, stage + rng.random(len(stage)), side="right")
        found = np.minimum(found, len(self._bounds) - 1)
        return np.asarray(self._places[found % len(self._places)])


def no_values(count: int) -> NDArray[np.float64]:
    """That many missing values."""
    return np.full(count, np.nan)


def together(parts: Sequence[Rows]) -> Rows:
    """All the rows, ordered by person and day."""
    person, day, code, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(person * 100_000 + day, kind="stable")
    return Rows(person[order], day[order], code[order], value[order])


def stage_of(
    register: Register, person: NDArray[np.int64], day: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The stage of life (its place in `STAGES`) of each person on a day."""
    age = (day - register.birth[person]) / YEAR
    grown = np.where(register.sex[person] == 0, 1, 2)
    return np.where(age < GROWN_UP, 0, np.where(age < OLDER, grown, 3))


def some_days(
    rng: np.random.Generator, first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.int64]:
    """A day between two, both included, for each pair; the later one where they are crossed."""
    span = np.maximum(last - first, 0) + 1
    return np.asarray(last - np.floor(rng.random(len(last)) * span).astype(np.int64))


def rounded(rng: np.random.Generator, mean: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers whose expectation is the mean."""
    return np.floor(mean + rng.random(len(mean))).astype(np.int64)


def how_many(rng: np.random.Generator, count: int, least: int, more: float) -> NDArray[np.int64]:
    """Whole numbers from ``least`` up, with a long tail of about ``more`` above it."""
    return least + np.floor(-np.log1p(-rng.random(count)) * more).astype(np.int64)


def people_with(
    rng: np.random.Generator, among: NDArray[np.bool_], share: float | NDArray[np.float64]
) -> NDArray[np.int64]:
    """The places of a random share of those people."""
    return np.flatnonzero(among & (rng.random(len(among)) < share))


def in_pain(register: Register, people: slice) -> NDArray[np.bool_]:
    """Who of these people has persistent pain, and more than routine things recorded."""
    return np.asarray((register.pain_since[people] != NEVER) & ~register.plain[people])


def adults(register: Register, people: slice) -> NDArray[np.bool_]:
    """Who of these people was 18 or more when the record ends, and is not plain."""
    years = (register.record_to[people] - register.birth[people]) / YEAR
    return np.asarray((years >= GROWN_UP) & ~register.plain[people])
