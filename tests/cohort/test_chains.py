"""Which dates `apart` and `in_any` count (RULES.md §4), against every choice of dates there is."""

from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep_cohort.cohort.explain.chains import closest, densest_stretch, greedy_chain

START = date(2026, 1, 1)


def days(*numbers):
    return [START + timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("dates", "cap", "chain"),
    [
        ((), 3, ()),
        ((0, 89), 3, (0,)),
        ((0, 90), 3, (0, 90)),
        ((0, 50, 90, 179, 180), 9, (0, 90, 180)),
        ((0, 90, 180, 270), 3, (0, 90, 180)),
    ],
)
def test_a_chain_is_greedy_and_stops_at_its_cap(dates, cap, chain):
    assert greedy_chain(days(*dates), apart=90, cap=cap) == tuple(days(*chain))


@pytest.mark.parametrize(
    ("dates", "stretch"),
    [
        ((), ()),
        ((5,), (5,)),
        ((0, 89), (0, 89)),
        ((0, 90), (0,)),
        ((0, 60, 100, 149), (60, 100, 149)),
    ],
)
def test_a_stretch_of_90_days_has_its_first_and_last_day_in_it(dates, stretch):
    assert densest_stretch(days(*dates), days=90) == tuple(days(*stretch))


def test_the_closest_dates_take_up_so_many_days():
    assert closest(days(0, 60, 100, 149), 3) == 90
    assert closest(days(0, 60), 3) is None
    assert closest(days(4), 1) == 1


some_days = st.sets(st.integers(0, 40), max_size=7).map(lambda numbers: days(*sorted(numbers)))


@given(some_days, st.integers(1, 15))
def test_no_chain_and_no_stretch_is_longer(dates, length):
    chosen = [c for n in range(len(dates) + 1) for c in combinations(dates, n)]
    gaps = [(c, [(b - a).days for a, b in pairwise(c)]) for c in chosen]
    longest = max(len(c) for c, apart in gaps if all(gap >= length for gap in apart))
    assert len(greedy_chain(dates, apart=length, cap=99)) == longest
    fullest = max(len(c) for c, _ in gaps if not c or (c[-1] - c[0]).days < length)
    assert len(densest_stretch(dates, days=length)) == fullest
