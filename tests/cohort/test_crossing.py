"""Who will cross, against searching day by day."""

from datetime import date, timedelta

import pytest

from cohort.small_practice import ON
from generative.strategies import scenario
from generative.to_standard import write_scenario
from instep_cohort.cohort.over_time.crossing import crossings
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.extracts import ingest, open_store
from instep_cohort.study import load_study

DAYS = 10


def day_by_day(given):
    """The first date on which the reference takes each person who was none at first."""
    now = set(given.expected().candidates)
    found = {}
    for ahead in range(1, DAYS + 1):
        day = given.on + timedelta(ahead)
        then = given.__class__(**{**vars(given), "on": day}).expected()
        for who in then.candidates:
            if who not in now:
                found.setdefault(who, day)
    return found


def crossing(given, folder):
    written = write_scenario(given, folder)
    store = ingest(
        written.extract,
        profile="standard",
        extract_date=given.extract.extract_date,
        out=folder / "store",
    )
    found = crossings(
        load_study(written.study),
        store,
        on=given.on,
        horizon=DAYS,
        opt_outs=written.opt_outs,
        opt_outs_on=given.opt_outs_on if written.opt_outs else None,
        no_opt_out_list=None if written.opt_outs else given.no_opt_out_list or "A, GP",
        codelists=written.codelists,
        allow_stale=True,
    )
    return {row["patient_id"]: row["crosses_on"] for row in found.table.to_pylist()}


# the first eight that are not refused
SEEDS = [seed for seed in range(20) if scenario(seed).refusal() is None][:8]


@pytest.mark.parametrize("seed", SEEDS)
def test_crossings_are_what_searching_day_by_day_finds(seed, tmp_path):
    given = scenario(seed)
    assert crossing(given, tmp_path) == day_by_day(given)


def test_the_scenarios_have_crossings():
    assert sum(len(day_by_day(scenario(seed))) for seed in SEEDS) > 3


def test_it_is_what_identify_finds_and_shows_nobody(practice, identified):
    found = crossings(
        load_study(practice.study),
        open_store(practice.store),
        on=ON - timedelta(25),
        horizon=25,
        opt_outs=practice.opt_outs,
        opt_outs_on=ON - timedelta(25),
        codelists=practice.codelists,
    )
    rows = {row["patient_id"]: row for row in found.table.to_pylist()}
    on_day = {
        day: set(
            identified(on=day, opt_outs_on=ON - timedelta(25)).to_arrow()["patient_id"].to_pylist()
        )
        for day in (ON - timedelta(25), *(row["crosses_on"] for row in rows.values()))
    }
    assert rows
    for who, row in rows.items():
        assert who in on_day[row["crosses_on"]]
        assert who not in on_day[ON - timedelta(25)]
        assert row["left_out_at"] in {step for step, *_ in found_steps(identified)}
    assert "ZQ" not in repr(found) + found._repr_html_()
    assert sum(people for _, _, people in found.counts()) == len(rows)


def found_steps(identified):
    return [(row["step"],) for row in identified().to_arrow("attrition").to_pylist()]


def test_a_horizon_has_its_bounds_and_what_identify_refuses_is_refused(practice):
    study, store = load_study(practice.study), open_store(practice.store)
    with pytest.raises(UsageError, match="ask for 1 to 366"):
        crossings(study, store, on=ON, horizon=0, codelists=practice.codelists)
    with pytest.raises(SafetyRefusal):
        crossings(
            study, store, on=date(2028, 1, 1), horizon=1, codelists=practice.codelists,
            opt_outs=practice.opt_outs, opt_outs_on=date(2028, 1, 1),
        )  # fmt: skip
