"""Everything that a reader of all releases together knows, as equations between whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from instep_cohort.disclosure.protecting.figures import (
    ANYTHING,
    HIDDEN,
    NOT_ASKED,
    Limits,
    Name,
    Release,
)


class Row(NamedTuple):
    """Unknowns by their number and how often they are taken, adding up to 0."""

    terms: tuple[tuple[int, int], ...]


class Secret(NamedTuple):
    """An unknown that must keep so many possible values."""

    unknown: int
    needed: int


class Knowledge:
    """The unknowns of all releases, their true values, what is known of each, and the equations.

    A count that did not change since the release before is the same unknown: a reader who guesses
    that nothing has changed guesses right. Differences that a reader can work out are unknowns
    too: of two releases, and of a whole and its part.

    Attributes:
        truth: the true value of each unknown.
        before: what everything but the last release says of each.
        rows: the equations.
        secrets: the unknowns that are small.
        latest: the names of the last release, by the number of their unknown.
    """

    def __init__(self, releases: Sequence[Release]) -> None:
        """Takes the releases, the earliest first; the last is the one that is about to be made."""
        self.truth: list[int] = []
        self.before: list[Limits] = []
        self.rows: list[Row] = []
        self.secrets: list[Secret] = []
        self.latest: dict[int, list[Name]] = {}
        self._places: list[dict[Name, int]] = []
        self._rests: dict[tuple[int, int], int] = {}
        self._changes: dict[tuple[int, int], int] = {}
        for number, release in enumerate(releases):
            self._places.append({})
            self._take_counts(number, releases)
            self._take_structure(number, release)
        self._take_changes(releases)
        self.secrets = list(dict.fromkeys(self.secrets))

    def place(self, name: Name) -> int:
        """The number of the unknown that a count of the last release is."""
        return self._places[-1][name]

    def _unknown(self, truth: int, limits: Limits) -> int:
        self.truth.append(truth)
        self.before.append(limits)
        return len(self.truth) - 1

    def _take_counts(self, number: int, releases: Sequence[Release]) -> None:
        release = releases[number]
        is_last = number == len(releases) - 1
        for name, count in release.counts.items():
            earlier = self._previous(name, number)
            there = self._places[earlier][name] if earlier is not None else None
            if there is None or self.truth[there] != count:
                there = self._unknown(count, ANYTHING)
            self._places[number][name] = there
            if is_last:
                self.latest.setdefault(there, []).append(name)
            else:
                self.before[there] = self.before[there].meet(release.limits(name))
            needed = release.rules.threshold - 1
            if release.rules.is_small(count) or (release.shown[name] == HIDDEN and not is_last):
                self.secrets.append(Secret(there, needed))

    def _previous(self, name: Name, number: int) -> int | None:
        return next((n for n in range(number - 1, -1, -1) if name in self._places[n]), None)

    def _take_structure(self, number: int, release: Release) -> None:
        places = self._places[number]
        for one in release.structure.sums:
            if one.total in places and all(part in places for part in one.parts):
                terms = [(places[one.total], 1), *((places[part], -1) for part in one.parts)]
                self._add_row(terms)
        for pair in release.structure.withins:
            if pair.whole in places and pair.part in places:
                self._add_rest(places[pair.whole], places[pair.part], release)

    def _add_rest(self, whole: int, part: int, release: Release) -> None:
        rest = self.truth[whole] - self.truth[part]
        if rest < 0 or (whole, part) in self._rests:
            return
        unknown = self._unknown(rest, ANYTHING)
        self._rests[whole, part] = unknown
        self._add_row([(whole, 1), (part, -1), (unknown, -1)])
        if release.rules.is_small(rest):
            self.secrets.append(Secret(unknown, release.rules.threshold - 1))

    def _add_row(self, terms: Sequence[tuple[int, int]]) -> None:
        """Takes an equation in; one that does not hold of the true values is none."""
        if sum(self.truth[unknown] * times for unknown, times in terms) == 0:
            self.rows.append(Row(tuple(terms)))

    def _take_changes(self, releases: Sequence[Release]) -> None:
        for number, later in enumerate(releases):
            for name in later.counts:
                for earlier in range(number):
                    if name in self._places[earlier]:
                        self._take_change(name, releases[earlier], later, (earlier, number))

    def _take_change(
        self, name: Name, earlier: Release, later: Release, numbers: tuple[int, int]
    ) -> None:
        before, after = (self._places[number][name] for number in numbers)
        change = self.truth[after] - self.truth[before]
        grows = name in later.structure.growing and change > 0
        follows = self._previous(name, numbers[1]) == numbers[0]
        published = NOT_ASKED not in {earlier.shown[name], later.shown[name]}
        is_small = later.rules.is_small(abs(change)) and published
        if before == after or not (is_small or (grows and follows)):
            return
        if (before, after) not in self._changes:
            # a change that may be negative is counted from far below
            unknown = self._unknown(change, Limits(0 if grows else -_FAR, None))
            self._changes[before, after] = unknown
            self._add_row([(after, 1), (before, -1), (unknown, -1)])
        if is_small:
            secret = Secret(self._changes[before, after], later.rules.threshold - 1)
            self.secrets.append(secret)


_FAR = 1_000_000_000
