"""RULES.md §3, ages: bounds on the day of birth against the age counted day by day."""

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hand_made import run

from instep_cohort.engine.ages import completed_years, last_birth, last_possible_birth, start_of
from instep_cohort.engine.frames import engine_of
from instep_cohort.engine.population import in_age
from instep_cohort.study.plan import PopulationPlan
from instep_cohort.study.spans import day_number
from reference import possible_ages, row


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ("1961-11-01", "2026-11-01", 65),
        ("1961-11-02", "2026-11-01", 64),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-29", 20),
        ("2008-02-28", "2026-02-28", 18),
        ("2008-03-01", "2026-02-28", 17),
        ("2026-11-01", "2026-11-01", 0),
    ],
)
def test_completed_years(born, on, years):
    assert completed_years(date.fromisoformat(born), date.fromisoformat(on)) == years


@pytest.mark.parametrize(
    ("years", "on", "last"),
    [
        (18, "2026-11-01", "2008-11-01"),
        (18, "2026-02-28", "2008-02-28"),  # who is born on the 29th is 18 tomorrow
        (18, "2026-03-01", "2008-03-01"),
        (18, "2028-02-29", "2010-02-28"),
        (20, "2028-02-29", "2008-02-29"),
        (128, "2028-02-29", "1900-02-28"),
        (28, "2028-02-29", "2000-02-29"),
        (0, "2026-11-01", "2026-11-01"),
    ],
)
def test_the_last_birth_that_has_completed_the_years(years, on, last):
    day = date.fromisoformat(on)
    found = last_birth(years, day)
    assert found == date.fromisoformat(last)
    assert completed_years(found, day) >= years > completed_years(found + timedelta(days=1), day)


@pytest.mark.parametrize(
    ("first", "precision", "last"),
    [
        ("1961-07-14", "day", "1961-07-14"),
        ("1961-07-01", "month", "1961-07-31"),
        ("1961-12-01", "month", "1961-12-31"),
        ("2008-02-01", "month", "2008-02-29"),
        ("2009-02-01", "month", "2009-02-28"),
        ("1961-01-01", "year", "1961-12-31"),
    ],
)
def test_from_the_first_to_the_last_possible_birth_and_back(first, precision, last):
    found = last_possible_birth(date.fromisoformat(first), precision)
    assert found == date.fromisoformat(last)
    assert start_of(found, precision) == date.fromisoformat(first)


def births(on):
    """Births around the bounds of 18 and 64 and around the search date, in every precision."""
    for age in (0, 17, 18, 19, 63, 64, 65, 66):
        centre = date(on.year - age, on.month, min(on.day, 28))
        for shift in (
            -400,
            -366,
            -365,
            -32,
            -31,
            -30,
            -3,
            -2,
            -1,
            0,
            1,
            2,
            3,
            27,
            28,
            31,
            365,
            400,
        ):
            day = centre + timedelta(days=shift)
            for precision in ("day", "month", "year"):
                yield start_of(day, precision), precision


@pytest.mark.parametrize(
    "on", ["2026-11-01", "2026-12-31", "2027-02-28", "2028-02-29", "2027-01-01"]
)
@pytest.mark.parametrize(("least", "most"), [(18, 64), (18, None), (None, 64), (18, 18), (None, 0)])
def test_whoever_may_be_of_the_age_on_any_possible_day_is_kept(engine_name, on, least, most):
    day = date.fromisoformat(on)
    people = [*dict.fromkeys(births(day)), (None, None)]
    table = pa.table(
        {
            "n": list(range(len(people))),
            "birth_day": pa.array([b and day_number(b) for b, _ in people], pa.int32()),
            "birth_precision": pa.array([precision for _, precision in people], pa.string()),
        }
    )
    population = PopulationPlan(least, most, frozenset({"regular"}), None, False)
    with engine_of(engine_name) as running:
        kept = running.take(running.bring(table).filter(in_age(population, day)))["n"].to_pylist()
    low, high = least or 0, 200 if most is None else most
    assert sorted(kept) == [
        n
        for n, (birth, precision) in enumerate(people)
        if any(low <= age <= high for age in possible_ages(birth, precision, day))
    ]
    assert 0 < len(kept) < len(people)


def test_whose_birth_is_not_known_or_yet_to_come_has_no_age_and_may_be_a_candidate(
    engine_name, tmp_path
):
    births = {
        "unknown": (None, None),
        "unborn": (date(2026, 11, 2), "day"),
        "perhaps": (date(2026, 11, 1), "month"),
        "known": (date(1986, 11, 2), "day"),
        "of a year": (date(1986, 1, 1), "year"),
    }
    found = run(
        engine_name,
        tmp_path,
        {"ache": {"events": "aches"}},
        [row(who, "" if who == "unborn" else "2026-11-01", "A1") for who in births],
        patients={who: {"birth": b, "birth_precision": p} for who, (b, p) in births.items()},
    )
    ages = {one["patient_id"]: one["age"] for one in found.tables["candidates"].to_pylist()}
    assert ages == {"unknown": None, "unborn": None, "perhaps": 0, "known": 39, "of a year": 39}
