"""S8: whoever holds all releases recovers no hidden count, nor a range narrower than `<5` says.

Made-up tables here; made-up practices with their ledgers in tests/recruitment/test_counts_attack.py.
"""

import os
import random

import pytest
from attacker import Attack, read

from instep_cohort.disclosure.protecting import hiding
from instep_cohort.disclosure.protecting.figures import (
    HIDDEN,
    Release,
    Rules,
    Structure,
    Sum,
    Within,
)
from instep_cohort.disclosure.protecting.hiding import protect

CASES = int(os.environ.get("INSTEP_ATTACKS", "60"))  # `make attack` asks for more
protect_release = protect


def any_count(dice):
    return dice.choice((0, 0, 1, 2, 3, 4, 5, 6, 8, 9, 12, 30, 200))


def chain(dice, table):
    """Steps of a search: before = dropped + left."""
    dropped = [any_count(dice) for _ in range(dice.randint(2, 6))]
    left = [any_count(dice)]
    for one in reversed(dropped):
        left.insert(0, left[0] + one)
    counts = {(table, "left 0"): left[0]}
    sums = []
    for n, one in enumerate(dropped):
        counts[table, f"dropped {n}"] = one
        counts[table, f"left {n + 1}"] = left[n + 1]
        sums.append(Sum((table, f"left {n}"), ((table, f"dropped {n}"), (table, f"left {n + 1}"))))
    return counts, sums, []


def cross(dice, table):
    """A table with two margins and a grand total."""
    rows, columns = range(dice.randint(2, 4)), range(dice.randint(2, 3))
    cells = {(r, c): any_count(dice) for r in rows for c in columns}
    counts = {(table, f"{r} {c}"): count for (r, c), count in cells.items()}
    sums = []
    for r in rows:
        counts[table, f"{r} all"] = sum(cells[r, c] for c in columns)
        sums.append(Sum((table, f"{r} all"), tuple((table, f"{r} {c}") for c in columns)))
    for c in columns:
        counts[table, f"all {c}"] = sum(cells[r, c] for r in rows)
        sums.append(Sum((table, f"all {c}"), tuple((table, f"{r} {c}") for r in rows)))
    counts[table, "all"] = sum(cells.values())
    sums.append(Sum((table, "all"), tuple((table, f"{r} all") for r in rows)))
    sums.append(Sum((table, "all"), tuple((table, f"all {c}") for c in columns)))
    return counts, sums, []


def funnel(dice, table):
    """Groups, and of each group those who went on: a part within a whole."""
    groups = range(dice.randint(2, 4))
    counts, withins = {}, []
    for g in groups:
        whole = any_count(dice)
        counts[table, f"{g} found"] = whole
        counts[table, f"{g} asked"] = dice.randint(0, whole)
        withins.append(Within((table, f"{g} asked"), (table, f"{g} found")))
    sums = []
    for cell in ("found", "asked"):
        counts[table, f"all {cell}"] = sum(counts[table, f"{g} {cell}"] for g in groups)
        sums.append(Sum((table, f"all {cell}"), tuple((table, f"{g} {cell}") for g in groups)))
    return counts, sums, withins


def later(dice, counts, sums):
    """The counts some time on: a few of those that are no sum have grown, by little or by much."""
    totals = {one.total for one in sums}
    grown = {
        name: count + dice.choice((0, 0, 0, 1, 2, 3, 4, 5, 9, 40)) if name not in totals else 0
        for name, count in counts.items()
    }
    for _ in range(len(sums)):
        for one in sums:
            grown[one.total] = sum(grown[part] for part in one.parts)
    return grown


def releases_of(seed):
    """A made-up practice: its releases, each protected against the ones before."""
    dice = random.Random(seed)
    counts, sums, withins = {}, [], []
    for number in range(dice.randint(1, 3)):
        more = dice.choice((chain, cross, funnel))(dice, f"table {number}")
        counts |= more[0]
        sums += more[1]
        withins += more[2]
    growing = frozenset(counts) if dice.random() < 0.5 else frozenset()
    structure = Structure(tuple(sums), tuple(withins), growing)
    threshold = dice.choice((5, 5, 5, 10))
    made = []
    for _ in range(dice.randint(1, 4)):
        rules = Rules(threshold, dice.choice((1, 1, 1, 5)))
        asked = {name[0] for name in counts} - {dice.choice(["none", "table 0", "table 1"])}
        shown = protect_release(
            counts, structure, rules, asked=lambda name, asked=asked: name[0] in asked, earlier=made
        ).shown
        made.append(Release(counts, shown, rules, structure))
        counts = later(dice, counts, sums)
        # what went on stays within what was there
        counts |= {
            w.part: min(counts[w.part], counts[w.whole])
            for w in withins
            if not any(w.part == one.total for one in sums)
        }
        for one in sums:
            counts[one.total] = sum(counts[part] for part in one.parts)
    return made


def attack_on(releases):
    """An attack on all releases together."""
    attack = Attack()
    last = {}
    for number, one in enumerate(releases):
        # where no small count is hidden the attacker guesses that every hidden one is large
        any_size = {
            name[0]
            for name, text in one.shown.items()
            if text == HIDDEN and one.counts[name] < one.rules.threshold
        }
        for table in {name[0] for name in one.shown}:
            if all(text == HIDDEN for name, text in one.shown.items() if name[0] == table):
                any_size.add(table)
        for name, text in one.shown.items():
            key = (number, name)
            count = one.counts[name]
            if text == "not asked":
                attack.unknown(key)
            else:
                large = name[0] not in any_size
                limits = read(text, one.rules.threshold, one.rules.rounding, is_large=large)
                attack.unknown(key, *limits)
            if name in last:
                before = releases[last[name]].counts[name]
                if before == count:
                    attack.same(key, (last[name], name))
                elif name in one.structure.growing and count > before:
                    attack.at_least(key, (last[name], name))
            last[name] = number
        for total in one.structure.sums:
            attack.adds_up((number, total.total), [(number, part) for part in total.parts])
        for pair in one.structure.withins:
            attack.at_least((number, pair.whole), (number, pair.part))
    return attack


def targets_in(releases):
    """Everything that must stay unknown: small counts, hidden ones, small changes, small rests."""
    targets = {}
    for number, one in enumerate(releases):
        needed = one.rules.threshold - 1
        for name, count in one.counts.items():
            if one.rules.is_small(count) or one.shown[name] == HIDDEN:
                targets[number, name] = ([((number, name), 1)], needed)
            for before in range(number):
                change = abs(count - releases[before].counts[name])
                published = "not asked" not in {releases[before].shown[name], one.shown[name]}
                if one.rules.is_small(change) and published:
                    terms = [((number, name), 1), ((before, name), -1)]
                    targets[before, number, name] = (terms, needed)
        for pair in one.structure.withins:
            rest = one.counts[pair.whole] - one.counts[pair.part]
            if one.rules.is_small(rest):
                terms = [((number, pair.whole), 1), ((number, pair.part), -1)]
                targets[number, pair] = (terms, needed)
    return targets


def recovered_from(releases):
    """What can be narrowed, without what was public before it was hidden or became secret."""
    recovered = attack_on(releases).recovered(targets_in(releases))
    return {
        label: found for label, found in recovered.items() if not was_public(releases, label, found)
    }


def was_public(releases, label, found):
    """Whether a count that is not small was shown, unchanged, by another release.

    Rounded, it may have been as narrowly known from earlier releases as it is now.
    """
    if len(label) != 2 or isinstance(label[1], Within):
        return False
    number, name = label
    count, rules = releases[number].counts[name], releases[number].rules
    if rules.is_small(count):
        return False
    unchanged = [n for n, one in enumerate(releases) if one.counts[name] == count]
    if any(releases[n].shown[name] == str(count) for n in unchanged):
        return True
    return any(
        attack_on(releases[: n + 1])
        .recovered({label: ([((n, name), 1)], rules.threshold - 1)})
        .get(label)
        == found
        for n in unchanged
        if n < number
    )


def without_other_hiding(monkeypatch):
    """Only small counts are hidden, as a table by itself would do it."""
    monkeypatch.setattr(hiding._Hiding, "hide", lambda _: None)
    monkeypatch.setattr(hiding._Hiding, "_hide_parts_of_small_sums", lambda _: None)


@pytest.mark.parametrize("first", range(0, CASES, 20))
def test_all_releases_together_give_nothing_away(first):
    for seed in range(first, first + 20):
        releases = releases_of(seed)
        assert not recovered_from(releases), seed


def test_without_the_hiding_of_other_counts_the_attack_succeeds(monkeypatch):
    without_other_hiding(monkeypatch)
    given_away = [bool(recovered_from(releases_of(seed))) for seed in range(16)]
    assert sum(given_away) > 11


def test_without_memory_of_earlier_releases_the_attack_succeeds(monkeypatch):
    def forgetful(counts, structure, rules, *, asked, earlier):
        return protect(counts, structure, rules, asked=asked)

    monkeypatch.setitem(globals(), "protect_release", forgetful)
    given_away = [bool(recovered_from(releases_of(seed))) for seed in range(20)]
    assert sum(given_away) > 5
