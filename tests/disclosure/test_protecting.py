"""S8: which counts are hidden beside a small one, in small tables that can be read."""

import pytest

from instep_cohort.disclosure.protecting.figures import Release, Rules, Structure, Sum, Within
from instep_cohort.disclosure.protecting.hiding import protect

USUAL = Rules()


def counts_of(text):
    """`a=3 b=9` as counts of one table."""
    pairs = (part.split("=") for part in text.split())
    return {("t", name): int(count) for name, count in pairs}


def structure_of(sums, withins="", growing=""):
    """`all:a+b` and `part<whole`."""
    made = [one.split(":") for one in sums.split()]
    return Structure(
        tuple(
            Sum(("t", total), tuple(("t", p) for p in parts.split("+"))) for total, parts in made
        ),
        tuple(Within(*(("t", name) for name in one.split("<"))) for one in withins.split()),
        frozenset(("t", name) for name in growing.split()),
        {("t", total): 1 for total, _ in made},
    )


def shown(counts, structure, rules=USUAL, earlier=()):
    made = protect(counts_of(counts), structure, rules, earlier=earlier).shown
    return " ".join(f"{name}={text}" for (_, name), text in made.items())


ONE = structure_of("all:a+b+c")
STEPS = structure_of("start:out1+left1 left1:out2+left2 left2:out3+left3")


@pytest.mark.parametrize(
    ("counts", "structure", "expected"),
    [
        # nothing is small: everything is shown, 0 as 0
        ("a=0 b=9 c=12 all=21", ONE, "a=0 b=9 c=12 all=21"),
        # the small one is what the others lack of the total: another is hidden, not the total
        ("a=3 b=9 c=12 all=24", ONE, "a=<5 b=hidden c=12 all=24"),
        # two small ones keep 1 to 4 only if something else is hidden too: 3 + 4 = 7 would not
        ("a=3 b=4 c=12 all=19", ONE, "a=<5 b=<5 c=hidden all=19"),
        # a 0 is no help, and stays
        ("a=3 b=0 c=0 all=3", ONE, "a=<5 b=0 c=0 all=<5"),
        # of a small total no part is shown
        ("a=1 b=2 c=0 all=3", ONE, "a=hidden b=hidden c=hidden all=<5"),
        # a step of the search: before - dropped = left, so what is left is hidden, and one more
        (
            "start=900 out1=12 left1=888 out2=3 left2=885 out3=400 left3=485",
            STEPS,
            "start=900 out1=hidden left1=hidden out2=<5 left2=885 out3=400 left3=485",
        ),
        # the rest of a part within a whole is as small as if it were shown
        ("a=9 b=7", structure_of("", "b<a"), "a=hidden b=7"),
    ],
)
def test_what_is_hidden(counts, structure, expected):
    assert shown(counts, structure) == expected


def after(counts, structure, rules=USUAL):
    made = protect(counts_of(counts), structure, rules)
    return [Release(counts_of(counts), made.shown, rules, structure)]


def test_a_small_change_since_an_earlier_release_is_hidden():
    alone = structure_of("", growing="a")
    assert shown("a=20", alone, earlier=after("a=18", alone)) == "a=hidden"
    assert shown("a=23", alone, earlier=after("a=18", alone)) == "a=23"
    assert shown("a=18", alone, earlier=after("a=18", alone)) == "a=18"
    # smaller by 2 is as telling as larger by 2
    assert shown("a=16", structure_of(""), earlier=after("a=18", structure_of(""))) == "a=hidden"


def test_what_was_hidden_stays_so_and_is_not_had_from_what_is_new():
    earlier = after("a=3 b=9 c=12 all=24", ONE)
    assert shown("a=3 b=9 c=12 all=24", ONE, earlier=earlier) == "a=<5 b=hidden c=12 all=24"
    # b has not changed; were it shown now, a would be known then
    assert shown("a=3 b=9 c=40 all=52", ONE, earlier=earlier) == "a=<5 b=hidden c=40 all=52"


def test_a_table_that_is_asked_for_later_is_held_against_the_total_of_before():
    parts = counts_of("a=3 b=9 c=12 all=24")
    total = protect(parts, ONE, Rules(), asked=lambda name: name[1] == "all").shown
    assert total["t", "all"] == "24"
    earlier = [Release(parts, total, Rules(), ONE)]
    later = protect(parts, ONE, Rules(), asked=lambda name: name[1] != "all", earlier=earlier)
    assert [later.shown["t", name] for name in "abc"] == ["<5", "hidden", "12"]
    assert (later.small, later.hidden) == (1, 1)


@pytest.mark.parametrize(
    ("count", "threshold", "rounding", "text", "limits"),
    [
        (0, 5, 5, "0", (0, 0)),
        (4, 5, 5, "<5", (1, 4)),
        (5, 5, 1, "5", (5, 5)),
        (5, 5, 5, "5", (5, 7)),
        (8, 5, 5, "10", (8, 12)),
        (9, 10, 5, "<10", (1, 9)),
        (5, 5, 10, "10", (5, 14)),
    ],
)
def test_how_a_count_is_shown_and_what_that_says(count, threshold, rounding, text, limits):
    rules = Rules(threshold, rounding)
    assert rules.shown(count) == text
    assert rules.limits(text, may_be_small=False) == limits
    fits = [n for n in range(100) if rules.shown(n) == text]
    assert (fits[0], fits[-1]) == limits


def test_rounding_hides_less_since_it_says_less():
    exact = shown("a=3 b=9 c=12 all=24", ONE)
    rounded = shown("a=3 b=9 c=12 all=24", ONE, Rules(5, 5))
    assert exact.count("hidden") == 1
    assert rounded == "a=<5 b=10 c=10 all=25"
