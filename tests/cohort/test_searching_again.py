"""Asked again on the same extract and day, a study says of everybody what it said at first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cohort.small_practice import DROPPED_AT, ON, ingested
from generative.strategies import scenario
from generative.to_standard import write_scenario
from instep_cohort.cohort import identify
from instep_cohort.cohort.practice_list import REMOVING
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.cohort.searching_again import search_again
from instep_cohort.extracts import ingest, open_store
from instep_cohort.study import load_study


def asked_on_the_day(seed):
    """A made-up search on the day of its extract, with an answer about opt-outs."""
    given = scenario(seed)
    on, listed = given.extract.extract_date, given.opt_outs is not None
    return replace(
        given,
        on=on,
        opt_outs_on=on if listed else None,
        no_opt_out_list=None if listed else given.no_opt_out_list or "A, GP",
    )


# of the others a window begins after the day of the extract, which no study may ask for
SEEDS = [seed for seed in range(16) if seed not in {6, 7, 8, 9}]


def both(given, folder):
    """The steps of the search, who is a candidate, and what is said of everybody when asked again."""
    on = given.on
    written = write_scenario(given, folder)
    store = ingest(written.extract, profile="standard", extract_date=on, out=folder / "store")
    answers = OptOutAnswers(written.opt_outs, given.opt_outs_on, given.no_opt_out_list)
    cohort = identify(
        load_study(written.study),
        store,
        on=on,
        opt_outs=answers.file,
        opt_outs_on=answers.drawn_up,
        no_opt_out_list=answers.nobody_listed,
        codelists=written.codelists,
    )
    everybody = [one.patient_id for one in given.extract.patients]
    again = search_again(
        cohort.manifest,
        store,
        everybody,
        mailing_on=on,
        answers=answers,
        codelists=written.codelists,
    )
    return cohort, again


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_fails_a_step_but_who_was_left_out(seed, tmp_path):
    cohort, again = both(asked_on_the_day(seed), tmp_path)
    steps = cohort.to_arrow("attrition")["step"].to_pylist()
    listed = {who for _, who, kind in again.practice_list.rows if kind in REMOVING}
    found = {
        who for who, now in again.people.items() if not now.fails & set(steps) and who not in listed
    }
    assert found == set(cohort.to_arrow()["patient_id"].to_pylist())
    facts = cohort.to_arrow("facts").to_pylist()
    for row in facts:
        fails = again.people[row["patient_id"]].fails
        first = next((step for step in steps if step in fails), "")
        if row["patient_id"] not in listed:
            assert first == row["dropped_at"]


def test_everything_that_somebody_fails_is_said_and_age_is_that_of_the_mailing_date(tmp_path):
    practice = ingested(tmp_path)
    answers = OptOutAnswers(practice.opt_outs, ON, None)
    cohort = identify(
        load_study(practice.study),
        open_store(practice.store),
        on=ON,
        opt_outs=practice.opt_outs,
        opt_outs_on=ON,
        codelists=practice.codelists,
    )

    def asked(on):
        return search_again(
            cohort.manifest,
            open_store(practice.store),
            list(DROPPED_AT),
            mailing_on=on,
            answers=answers,
            codelists=practice.codelists,
        )

    now = asked(ON)
    assert now.people["00ZQ22"].fails == {"palliative_care", "research_dissent"}
    assert now.people["00ZQ20"].fails == {"type_1"}
    assert now.people["00ZQ01"].fails == frozenset()
    assert (now.include, now.exclude) == (("pain", "medicine"), ("palliative_care",))
    assert now.practices == {"0P1", "@0P2"}
    assert now.lists_without_rows == ()
    assert now.listed_in_extract == 2
    assert "ZQ" not in repr(now)
    # born on 2 November 1961: 64 on the search date, 65 the day after
    assert not now.people["00ZQ02"].fails
    assert asked(ON + timedelta(1)).people["00ZQ02"].fails == {"age"}
