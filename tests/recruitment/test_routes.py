"""What each route has brought: counts by hand, intervals against independent sums."""

import csv
import io
import json
import math
from datetime import date
from fractions import Fraction
from types import SimpleNamespace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_entries import AT, MAILING, WHO, append, decided, mailing, new_ledger, opened, token
from ledger_entries import invite_id as id_of
from typer.testing import CliRunner

from instep_cohort.cli.app import app
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment import runs
from instep_cohort.recruitment.ledger import Found, Reached, Replied, StaffTime
from instep_cohort.recruitment.routes.intervals import beta_cdf, beta_quantile, exact_share
from instep_cohort.recruitment.routes.time_spent import record_time
from instep_cohort.recruitment.routes.yield_tables import CSV_COLUMNS
from instep_cohort.recruitment.routes.yields import NO_ROUTE, compare_routes
from instep_cohort.recruitment.vocabulary import (
    KnownWorkStatus,
    ReplyKind,
    Route,
    Stage,
)

# ------------------------------------------------------------ exact intervals


def chance_of_at_least(count, of, share):
    """The chance of so many or more, summed in fractions: nothing of the code under test."""
    p = Fraction(share)
    return float(sum(math.comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(count, of + 1)))


@pytest.mark.parametrize("of", [1, 2, 3, 7, 20, 41])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_bounds_are_where_the_tails_of_the_binomial_are(of, level):
    tail = (1 - level) / 2
    for count in range(of + 1):
        share = exact_share(count, of, level=level)
        if count:
            assert chance_of_at_least(count, of, share.low) == pytest.approx(tail, rel=1e-9)
        else:
            assert share.low == 0
        if count < of:
            below = 1 - chance_of_at_least(count + 1, of, share.high)
            assert below == pytest.approx(tail, rel=1e-9)
        else:
            assert share.high == 1


def test_published_bounds():
    # 5 of 25: 0.068 to 0.407 (Conover 1999, Practical nonparametric statistics, its tables, as
    # quoted with R's binom.exact at influentialpoints.com, confidence intervals of proportions)
    share = exact_share(5, 25)
    assert (round(share.low, 3), round(share.high, 3)) == (0.068, 0.407)


@given(st.integers(1, 5000))
def test_of_none_and_of_all_the_bounds_have_a_closed_form(of):
    bound = 0.025 ** (1 / of)
    assert exact_share(0, of).high == pytest.approx(1 - bound, rel=1e-9)
    assert exact_share(of, of).low == pytest.approx(bound, rel=1e-9)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_a_share_lies_within_its_bounds_and_its_mirror_is_that_of_the_rest(count, rest):
    of = count + rest
    if not of:
        return
    share, mirror = exact_share(count, of), exact_share(rest, of)
    assert share.low <= share.value <= share.high
    assert share.low == pytest.approx(1 - mirror.high, abs=1e-12)


@given(st.floats(0.001, 0.999), st.floats(0.5, 500), st.floats(0.5, 500))
def test_the_quantile_turns_the_distribution_round(chance, a, b):
    assert beta_cdf(beta_quantile(chance, a, b), a, b) == pytest.approx(chance, abs=1e-9)


def test_nothing_counted_says_nothing():
    share = exact_share(0, 0)
    assert (share.value, share.low, share.high) == (None, 0, 1)
    for wrong in [(-1, 3), (4, 3)]:
        with pytest.raises(ValueError, match="k of n"):
            exact_share(*wrong)


# ------------------------------------------------------------ routes


def by(person, *routes):
    return [Found(person=token(person), route=route, found_on=MAILING) for route in routes]


def reply(person, kind, work=None):
    return Replied(
        person=token(person),
        invite_id=id_of(person),
        reply=kind,
        received_on=MAILING,
        work_status=work,
    )


def reached(person, *stages):
    return [Reached(person=token(person), stage=stage, reached_on=MAILING) for stage in stages]


SEARCH, GP, PAIN = Route.CODE_SEARCH, Route.GP_NOMINATION, Route.PAIN_SERVICE
IN, OUT, UNKNOWN = KnownWorkStatus.IN_WORK, KnownWorkStatus.OUT_OF_WORK, KnownWorkStatus.UNKNOWN


@pytest.fixture
def ledger(tmp_path):
    """People 1 to 10: see the numbers that `test_each_route…` expects."""
    made = new_ledger(tmp_path)
    found = [
        *(entry for one in (1, 2, 3, 4, 5, 6) for entry in by(one, SEARCH)),
        *by(7, GP),
        *by(8, GP, SEARCH),
        *by(9, PAIN),
        *by(1, GP, PAIN, GP),  # of person 1 the search stays first
    ]
    screened = [decided(one) for one in (1, 2, 3, 4, 7, 8, 10)]  # nobody has found person 10
    append(made, [*found, *screened], "a")
    append(made, mailing("B1", [1, 2, 3, 4, 7, 8]), "b")
    append(made, mailing("B2", [3, 4], letter=2), "c")
    append(
        made,
        [
            reply(1, ReplyKind.INTERESTED, OUT),
            reply(2, ReplyKind.INTERESTED, IN),
            reply(3, ReplyKind.DECLINED, UNKNOWN),
            reply(4, ReplyKind.UNDELIVERED),
            reply(7, ReplyKind.INTERESTED, OUT),
            *reached(1, Stage.ELIGIBLE, Stage.CONSENTED, Stage.RANDOMISED),
            *reached(2, Stage.ELIGIBLE, Stage.NOT_ELIGIBLE),
            *reached(7, Stage.CONSENTED),
            *reached(9, Stage.ELIGIBLE),  # without any letter
        ],
        "d",
    )
    for route, minutes in ((SEARCH, 90), (SEARCH, 30), (GP, 15), (Route.JOB_CENTRE, 45)):
        spent = StaffTime(route=route, minutes=minutes, spent_on=MAILING, task=f"task {minutes}")
        append(made, [spent], f"time {minutes}")
    return made


# route: found at all, found first, also by others, screened, invited, letters, undelivered,
# replied, interested, eligible, consented, told of work, in work, minutes
EXPECTED = {
    "code_search": [7, 6, 1, 4, 4, 6, 1, 3, 2, 1, 1, 2, 1, 120],
    "gp_nomination": [3, 2, 1, 2, 2, 2, 0, 1, 1, 1, 1, 1, 0, 15],
    "pain_service": [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
    "job_centre": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 45],
    NO_ROUTE: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "all routes": [9, 9, 2, 7, 6, 8, 1, 4, 3, 3, 2, 3, 1, 180],
}


def test_each_route_is_counted_by_its_people(ledger):
    compared = compare_routes(ledger.standing)
    found = {
        one.route: [one.found_at_all, *one.counts.values()]
        for one in (*compared.routes, compared.together)
    }
    assert found == EXPECTED


def test_shares_are_of_people_written_to(ledger):
    search, gp, pain, *_ = compare_routes(ledger.standing).routes
    assert search.per_100["replied"] == exact_share(3, 4)
    assert search.per_100["consented"] == exact_share(1, 4)
    assert search.in_work == exact_share(1, 2)
    assert gp.per_100["eligible"] == exact_share(1, 2)
    # who came without a letter is no yield of letters
    assert pain.counts["eligible"] == 1
    assert pain.per_100["eligible"] == exact_share(0, 0)
    assert (search.minutes_per_consent, pain.minutes_per_consent) == (120, None)


def test_minutes_per_consent_want_minutes_of_every_route_that_somebody_consented_by(ledger):
    assert compare_routes(ledger.standing).together.minutes_per_consent == 90
    append(ledger, reached(9, Stage.CONSENTED), "pain service, no minutes")
    compared = compare_routes(ledger.standing)
    assert compared.together.counts["consented"] == 3
    assert compared.together.minutes_per_consent is None


def test_overlaps_tell_the_first_route_and_the_others(ledger):
    assert compare_routes(ledger.standing).overlaps == {
        ("code_search", "gp_nomination"): 1,
        ("code_search", "pain_service"): 1,
        ("gp_nomination", "code_search"): 1,
    }


def test_the_whole_is_the_sum_of_the_routes(ledger):
    compared = compare_routes(ledger.standing)
    for name, whole in compared.together.counts.items():
        assert whole == sum(one.counts[name] for one in compared.routes)


def test_another_level_gives_other_bounds(ledger):
    (search, *_) = compare_routes(ledger.standing, level=0.8).routes
    assert search.per_100["replied"] == exact_share(3, 4, level=0.8)


def test_an_empty_ledger_has_no_routes(tmp_path):
    compared = compare_routes(new_ledger(tmp_path).standing)
    assert compared.routes == []
    assert set(compared.together.counts.values()) == {0}


# ------------------------------------------------------------ the command


def run(*words):
    return CliRunner().invoke(app, ["routes", *map(str, words)])


def test_the_text_says_whose_it_is_and_where_it_stays(ledger):
    done = run("--ledger", ledger.path)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("PRACTICE-ONLY  routes of practice A82001, instep")
    assert "75.0 (19.4 to 99.4)" in done.stdout  # 3 of 4
    assert "50.0 (1.3 to 98.7) (1 of 2)" in done.stdout


def test_json_and_csv_say_the_same(ledger, tmp_path):
    done = run("--ledger", ledger.path, "--json", "--out", tmp_path / "routes.csv")
    said = json.loads(done.stdout)
    assert said["class"] == "PRACTICE-ONLY"
    assert said["ledger_head"] == ledger.head
    text = (tmp_path / "routes.PRACTICE-ONLY.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == CSV_COLUMNS
    for row, values in zip(rows, said["routes"], strict=True):
        assert row["route"] == values["route"]
        assert int(row["invited"]) == values["invited"]
        share = values["per_100_invited"]["replied"]
        given = [row["replied_per_100"], row["replied_per_100_low"], row["replied_per_100_high"]]
        wanted = [share["per_100"], share["low"], share["high"]]
        assert given == ["" if one is None else str(one) for one in wanted]


def test_no_token_and_no_invitation_id_is_printed(ledger):
    for words in ([], ["--json"]):
        said = run("--ledger", ledger.path, *words).stdout
        assert not any(token(one) in said or id_of(one) in said for one in range(1, 11))


def test_a_run_of_another_practice_is_refused(ledger, tmp_path):
    from routes_practice import PRACTICE, made_practice

    _, folder = made_practice(tmp_path / "practice")
    done = run(folder, "--ledger", ledger.path, "--practice", PRACTICE)
    assert isinstance(done.exception, SafetyRefusal)
    assert "A82001" in str(done.exception)


def test_candidates_of_a_run_that_nobody_has_recorded_are_told_of(monkeypatch, tmp_path):
    # else a table of noughts would look as if the search had found nobody
    made = SimpleNamespace(
        practice="A82001", study="instep", candidates=pa.table({"patient_id": ["1", "2"]})
    )
    monkeypatch.setattr(runs, "open_practice_run", lambda *_: made)
    empty = new_ledger(tmp_path)
    done = run("x", "--ledger", empty.path)
    assert done.exit_code == 0, done.output
    told = "none of the 2 candidates of the run is in the ledger yet"
    assert told in done.stderr
    append(empty, by(2, Route.REGISTER), "named")  # somebody named is no candidate of the search
    assert told in run("x", "--ledger", empty.path).stderr
    append(empty, by(1, Route.CODE_SEARCH), "found")
    assert "in the ledger yet" not in run("x", "--ledger", empty.path).stderr


def test_a_level_that_is_none(ledger):
    assert isinstance(run("--ledger", ledger.path, "--level", 95).exception, UsageError)


def test_staff_time_is_recorded_once(ledger):
    words = ["staff-time", "--ledger", ledger.path, "--route", "register", "--minutes", 20]
    words += ["--task", "letters to the register", "--on", "2026-11-24", "--by", WHO]
    first, second = run(*words), run(*words)
    assert "already" not in first.stdout
    assert "in the ledger already" in second.stdout
    (spent,) = [
        one for one in opened(ledger.path).standing.staff_time if one.route is Route.REGISTER
    ]
    assert (spent.minutes, spent.task) == (20, "letters to the register")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"route": "poster"}, "no route; one of code_search"),
        ({"task": "two\nlines"}, "not one line"),
        ({"minutes": 0}, "1 to 1,440"),
        ({"minutes": 1441}, "1 to 1,440"),
        ({"on": date(2099, 1, 1)}, "still to come"),
    ],
)
def test_staff_time_that_cannot_be(ledger, wrong, says):
    given = {"route": "register", "task": "t", "minutes": 5, "on": date(2026, 11, 24)} | wrong
    with pytest.raises(UsageError, match=says):
        record_time(ledger, **given, who=WHO, at=AT)
