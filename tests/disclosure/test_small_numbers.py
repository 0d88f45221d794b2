"""No number of 1 to 4 patients can be worked out from what is printed: the attack itself."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instep_cohort.disclosure.small_numbers import Count, Exact, Hidden, masked, masked_years

SMALL, APART = Hidden.SMALL, Hidden.APART
EVERY = {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("patients", "rows", "shown"),
    [
        (0, 0, Count(0, 0)),
        (1, 1, Count(SMALL, APART)),
        (4, 300, Count(SMALL, APART)),
        (5, 5, Count(5, 5)),
        (1200, 3000, Count(1200, 3000)),
    ],
)
def test_one_number(patients, rows, shown):
    assert masked(Exact(patients, rows)) == shown


def parts(text):
    """`9/9 2/3`: patients and rows of each year."""
    return {str(2000 + n): Exact(*map(int, one.split("/"))) for n, one in enumerate(text.split())}


@pytest.mark.parametrize(
    ("whole", "years", "shown"),
    [
        # nothing small: all is shown, 0 as 0
        ("9/9", "5/5 0/0 6/6", "5 0 6"),
        # a small whole: no year
        ("4/4", "1/1 3/3", None),
        # the only small year is the rest of the rows: the next smallest hides it
        ("15/40", "10/20 3/8 6/12", "10 <5 hidden"),
        # and where there is no other year to hide it, none is shown
        ("5/9", "2/9", None),
        # six rows for six patients: a shown 5 would leave 1
        ("6/6", "5/5 1/1", None),
        # all years are small and every one must be 4 to make up the whole
        ("8/8", "4/4 4/4", None),
        ("8/20", "4/9 4/7 4/4", "<5 <5 <5"),
    ],
)
def test_years(whole, years, shown):
    found = masked_years(Exact(*map(int, whole.split("/"))), parts(years))
    said = None if found is None else " ".join(str(count.patients) for count in found.values())
    assert said == shown


def possible(whole, shown, small_year):
    """Every number of patients that a small year may have, by all that a reader knows.

    Tried one by one, with the knowledge of which year is set apart: the first of those with fewest.
    """
    order = list(shown)
    small = [year for year, count in shown.items() if count.patients is SMALL]
    apart = [year for year, count in shown.items() if count.patients is APART]
    seen = {year: c for year, c in shown.items() if isinstance(c.patients, int) and c.patients}
    rows = whole.rows - sum(count.rows for count in seen.values())
    found = set()
    choices = [EVERY] * len(small) + [range(5, rows + 1)] * len(apart)
    for numbers in product(*choices):
        hidden = dict(zip([*small, *apart], numbers, strict=True))
        if any(
            not (hidden[year] <= count.patients)
            or (order.index(other) < order.index(year) and hidden[year] == count.patients)
            for year in apart
            for other, count in seen.items()
        ):
            continue
        patients = [*hidden.values(), *(count.patients for count in seen.values())]
        fits = max(patients) <= whole.patients <= sum(patients)
        # a year has at least as many rows as patients; a lone one has all that are left
        if fits and sum(numbers) <= rows:
            found.add(hidden[small_year])
    return found


@st.composite
def codes(draw):
    """A code by its rows: a set of (patient, year), some twice."""
    years = [str(2000 + n) for n in range(draw(st.integers(1, 4)))]
    rows = draw(
        st.lists(st.tuples(st.integers(0, 11), st.sampled_from(years)), min_size=5, max_size=45)
    )
    by_year = {year: [who for who, when in rows if when == year] for year in years}
    whole = Exact(len({who for who, _ in rows}), len(rows))
    return whole, {year: Exact(len(set(who)), len(who)) for year, who in by_year.items() if who}


@settings(max_examples=400, deadline=None)
@given(codes())
def test_no_small_year_can_be_worked_out(code):
    whole, years = code
    shown = masked_years(whole, years)
    if shown is None:
        return
    assert shown.keys() == years.keys()
    hidden = [count for count in shown.values() if not isinstance(count.patients, int)]
    small = [year for year, count in shown.items() if count.patients is SMALL]
    assert set(small) == {year for year, count in years.items() if count.patients < 5}
    if small:
        assert len(hidden) > 1
        assert all(not isinstance(count.rows, int) for count in hidden)
    for year in small:
        assert possible(whole, shown, year) == EVERY


def test_the_attack_works_where_nothing_is_set_apart():
    whole, years = Exact(6, 6), parts("5/5 1/1")
    naive = {year: masked(count) for year, count in years.items()}
    assert possible(whole, naive, "2001") == {1}
