"""Which counts of a release are hidden: the small ones, and those by which they could be had."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from instep_cohort.disclosure.protecting.figures import (
    HIDDEN,
    NOT_ASKED,
    Limits,
    Name,
    Release,
    Rules,
    Structure,
    Sum,
    tables_of_any_size,
)
from instep_cohort.disclosure.protecting.knowledge import Knowledge, Secret
from instep_cohort.disclosure.protecting.possible import Possible


class Protected(NamedTuple):
    """What is shown of each count, and how many are not.

    Attributes:
        shown: by name, in the order of the counts.
        small: how many are shown as ``<5``.
        hidden: how many more are not shown at all.
    """

    shown: Mapping[Name, str]
    small: int
    hidden: int


def protect(
    counts: Mapping[Name, int],
    structure: Structure,
    rules: Rules,
    *,
    asked: Callable[[Name], bool] = lambda _: True,
    earlier: Sequence[Release] = (),
) -> Protected:
    """What may be shown of counts, so that no small one can be worked out.

    A small count keeps all values from 1 to one less than the threshold; a small difference that
    anybody can work out (to an earlier release, of a whole and its part) and a hidden count keep
    as many values, wherever these lie. It is first tried to hide large counts beside a small one,
    then all parts of the sum in which it stands, then its table, then every table.

    Args:
        counts: the true counts, all that the structure speaks of.
        structure: how they hang together.
        rules: threshold and rounding.
        asked: which of them are to be shown; the others only hang together with those.
        earlier: what left the practice before, the earliest first.

    Returns:
        What is shown of each, `not asked` for those that were not.
    """
    hiding = _Hiding(counts, structure, rules, asked, earlier)
    hiding.hide()
    said = [text for name, text in hiding.shown.items() if asked(name)]
    return Protected(hiding.shown, said.count(rules.small), said.count(HIDDEN))


class _Hiding:
    """The work of one release: what is shown so far, and what can be known from it."""

    def __init__(
        self,
        counts: Mapping[Name, int],
        structure: Structure,
        rules: Rules,
        asked: Callable[[Name], bool],
        earlier: Sequence[Release],
    ) -> None:
        self.counts, self.structure, self.rules = counts, structure, rules
        self.shown = {
            name: rules.shown(count) if asked(name) else NOT_ASKED for name, count in counts.items()
        }
        self.order = {name: number for number, name in enumerate(counts)}
        self._hide_again(earlier)
        self._hide_parts_of_small_sums()
        release = Release(counts, self.shown, rules, structure)
        self.knowledge = Knowledge([*earlier, release])
        self.any_size = tables_of_any_size(counts, self.shown, rules)
        limits = list(self.knowledge.before)
        for place in self.knowledge.latest:
            limits[place] = self._limits(place)
        self.possible = Possible(self.knowledge, limits)
        self.rows_of: list[list[int]] = [[] for _ in limits]
        for number, row in enumerate(self.knowledge.rows):
            for unknown, _ in row.terms:
                self.rows_of[unknown].append(number)
        self._without: Possible | None = None
        self.kept: list[Secret] = []
        self.hidden: list[Name] = []
        self.secrets = deque(self.knowledge.secrets)
        for name in [name for name, text in self.shown.items() if text == HIDDEN]:
            self._guard(name)

    def hide(self) -> None:
        """Hides until every secret has the values that it needs, or nothing more can be hidden.

        Then shows again what need not be hidden after all: what was hidden first often was not
        needed once more was.
        """
        while self.secrets:
            secret = self.secrets.popleft()
            while not self._is_kept(secret) and self._hide_more(secret):
                pass
            # what earlier releases gave away is lost; what they left is kept
            left = self.possible.values(secret.unknown, secret.needed)
            self.kept.append(Secret(secret.unknown, left))
        dear = sorted(self.hidden, key=lambda name: (-self._worth(name), self.order[name]))
        for name in dear:
            self._show_again(name)
        self._show_what_is_known()

    def _show_what_is_known(self) -> None:
        """Shows what is hidden and can be had all the same, where it is not small: often a 0."""
        for name, text in list(self.shown.items()):
            place = self.knowledge.place(name)
            large = not self.rules.is_small(self.counts[name])
            if text == HIDDEN and large and self.possible.values(place, 2) == 1:
                self._show_again(name)

    def _show_again(self, name: Name) -> None:
        """Shows a large count that was hidden, if every secret is kept all the same.

        Hidden counts that it would give away are shown with it, where they are not small.
        """
        if self.shown[name] != HIDDEN or self.rules.is_small(self.counts[name]):
            return
        witnesses, again, kept = self.possible.witnesses(), [name], self.kept
        self._show(name, self.rules.shown(self.counts[name]))
        while True:
            own = {self.knowledge.place(one) for one in again}
            kept = [secret for secret in kept if secret.unknown not in own]
            given_away = next((one for one in kept if not self._is_kept(one)), None)
            if given_away is None:
                self.kept = kept
                return
            more = self._hidden_large(given_away)
            if not more:
                break
            again += more
            for one in more:
                self._show(one, self.rules.shown(self.counts[one]))
        for one in again:
            self._show(one, HIDDEN)
        self.possible.remember(witnesses)

    def _hidden_large(self, secret: Secret) -> list[Name]:
        """The counts of this release that a secret guards, where they could as well be shown."""
        names = self.knowledge.latest.get(secret.unknown, [])
        showable = [name for name in names if not self.rules.is_small(self.counts[name])]
        return [name for name in showable if self.shown[name] == HIDDEN]

    def _show(self, name: Name, text: str) -> None:
        self.shown[name] = text
        any_size = tables_of_any_size(self.counts, self.shown, self.rules)
        changed = self.any_size ^ any_size
        self.any_size = any_size
        for other in self.counts if changed else (name,):
            if other == name or other[0] in changed:
                place = self.knowledge.place(other)
                self.possible.limit(place, self._limits(place))

    def _hide_again(self, earlier: Sequence[Release]) -> None:
        """What was hidden and did not change stays hidden, with the same counts as before."""
        for name, count in self.counts.items():
            last = next((one for one in reversed(earlier) if name in one.counts), None)
            if (
                last is not None
                and last.counts[name] == count
                and last.shown[name] == HIDDEN
                and self.shown[name] != NOT_ASKED
            ):
                self.shown[name] = HIDDEN

    def _hide_parts_of_small_sums(self) -> None:
        """Of a small sum no part is shown, not even as small: the others would limit it."""
        for one in self.structure.sums:
            nonzero = sum(1 for part in one.parts if self.counts[part])
            if self.rules.is_small(self.counts[one.total]) and nonzero > 1:
                for part in one.parts:
                    if self.shown[part] != NOT_ASKED:
                        self.shown[part] = HIDDEN

    def _is_kept(self, secret: Secret) -> bool:
        return self.possible.values(secret.unknown, secret.needed) == secret.needed

    def _hide_more(self, secret: Secret) -> bool:
        """Hides something near the secret; False where that would not help any more."""
        if self._is_out_already(secret):
            return False
        near = [one for one in self._nearest(secret.unknown) if self._can_be_hidden(one[1])]
        if near:
            # the first of the cheapest: two steps away are as dear as one grade of worth
            self._hide([min(near, key=lambda one: one[0] + 2 * self._worth(one[1]))[1]])
            return True
        for names in self._larger_pieces(secret.unknown):
            more = [n for n in names if self.shown[n] not in {HIDDEN, NOT_ASKED}]
            if more:
                self._hide(more)
                return True
        return False

    def _is_out_already(self, secret: Secret) -> bool:
        """Whether a release without any number at all would leave the secret no more values."""
        if self._without is None:
            self._without = Possible(self.knowledge, self.knowledge.before)
        most = self._without.values(secret.unknown, secret.needed)
        return most <= self.possible.values(secret.unknown, secret.needed)

    def _hide(self, names: Sequence[Name]) -> None:
        for name in names:
            self.hidden.append(name)
            self._show(name, HIDDEN)
            self._guard(name)

    def _guard(self, name: Name) -> None:
        self.secrets.append(Secret(self.knowledge.place(name), self.rules.threshold - 1))

    def _limits(self, place: int) -> Limits:
        limits = self.knowledge.before[place]
        for name in self.knowledge.latest[place]:
            may_be_small = name[0] in self.any_size
            said = self.rules.limits(self.shown[name], may_be_small=may_be_small)
            limits = limits.meet(said)
        return limits

    def _can_be_hidden(self, name: Name) -> bool:
        """Whether a large count is shown that was not shown as it is before."""
        was_exact = self.knowledge.before[self.knowledge.place(name)].is_exact
        shown = self.shown[name] not in {HIDDEN, NOT_ASKED, self.rules.small, "0"}
        return shown and not was_exact

    def _nearest(self, unknown: int) -> Iterator[tuple[int, Name]]:
        """The counts of this release with, and in order of, their distance from an unknown.

        Those equally far come in the order of the tables: an order that does not depend on the
        numbers, so that it says nothing of them.
        """
        reached, border, distance = {unknown}, [unknown], 0
        while border:
            names = [name for one in border for name in self.knowledge.latest.get(one, ())]
            yield from ((distance, name) for name in sorted(names, key=self.order.__getitem__))
            beyond = []
            for one in border:
                if one != unknown and self.possible.is_exact(one):
                    continue  # what is known passes nothing on
                for row in self.rows_of[one]:
                    for other, _ in self.knowledge.rows[row].terms:
                        if other not in reached:
                            reached.add(other)
                            beyond.append(other)
            border, distance = beyond, distance + 1

    def _worth(self, name: Name) -> int:
        return self.structure.worth.get(name, 0)

    def _larger_pieces(self, unknown: int) -> Iterator[Sequence[Name]]:
        """What can be hidden beyond single large counts, the smallest piece first."""
        near = [name for _, name in self._nearest(unknown)]
        sums: list[Sum] = [one for name in near for one in self.structure.sums if name in one.parts]
        yield from (one.parts for one in sums)
        tables = list(dict.fromkeys([*(table for table, _ in near), *(t for t, _ in self.counts)]))
        for table in tables:
            yield [name for name in self.counts if name[0] == table]
