"""Plans of letters, practices and months: against closed forms, by seed, every input with source."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_entries import MAILING, append, decided, found, mailing, new_ledger, token
from routes_practice import PRACTICE, made_practice
from typer.testing import CliRunner

from instep_cohort.cli.app import app
from instep_cohort.errors import UsageError
from instep_cohort.recruitment.ledger import Reached, Standing
from instep_cohort.recruitment.planning.inputs import (
    NAMES,
    SHARES,
    Between,
    Counted,
    Input,
    Kind,
    read_assumption,
)
from instep_cohort.recruitment.planning.own_figures import candidates_of, own_inputs
from instep_cohort.recruitment.planning.plan_tables import as_text, as_values
from instep_cohort.recruitment.planning.published import ANALOGUES, UNUSED, chosen
from instep_cohort.recruitment.planning.simulating import CHANCE, QUANTITIES, choose, plan_yield
from instep_cohort.recruitment.runs import open_practice_run
from instep_cohort.recruitment.vocabulary import Decision, Stage

DOMAIN = Path(__file__).parents[3] / "shared" / "DOMAIN.md"


def assumed(*texts):
    return [read_assumption(text) for text in texts]


def letters_of(participants, *texts, **more):
    given = {"seed": 7, "draws": 40_000} | more
    return plan_yield(participants, assumed(*texts), ("letters",), **given).intervals["letters"]


# ------------------------------------------------------------ against closed forms


def negative_binomial_cdf(letters, participants, chance):
    """The chance that so many letters are enough: that so many of them or more take part."""
    few = range(participants)
    terms = (math.comb(letters, k) * chance**k * (1 - chance) ** (letters - k) for k in few)
    return 1 - sum(terms)


@pytest.mark.parametrize(("participants", "chance"), [(1, 0.14), (5, 0.2), (50, 0.1)])
def test_letters_for_a_certain_chance_are_negative_binomial(participants, chance):
    found = letters_of(participants, f"participants_per_letter={chance}")
    levels = dict(zip(found._fields, (0.5, 0.1, 0.9, 0.025, 0.975), strict=True))
    for name, level in levels.items():
        letters = round(getattr(found, name))
        # the quantile of a whole number: its own step of the distribution holds the level
        slack = 0.012
        assert negative_binomial_cdf(letters, participants, chance) > level - slack
        assert negative_binomial_cdf(letters - 1, participants, chance) < level + slack


def test_letters_for_a_counted_chance_hold_the_doubt_in_it():
    # one participant, chance ~ Beta(a, b): more than m letters with chance B(a, b + m) / B(a, b)
    a, b = 196.5, 1201.5
    known = Input("participants_per_letter", Counted(196, 1397), Kind.OWN, "a test")
    found = plan_yield(1, [known], ("letters",), seed=3, draws=100_000).intervals["letters"]

    def more_than(letters):
        logs = math.lgamma(b + letters) + math.lgamma(a + b)
        return math.exp(logs - math.lgamma(a + b + letters) - math.lgamma(b))

    for letters, beyond in ((found.median, 0.5), (found.high_80, 0.1), (found.high_95, 0.025)):
        assert more_than(letters) < beyond + 0.005
        assert more_than(letters - 1) > beyond - 0.005


def test_doubt_about_the_chance_widens_the_interval():
    certain = letters_of(50, "participants_per_letter=0.1403")
    counted = plan_yield(
        50,
        [Input("participants_per_letter", Counted(196, 1397), Kind.OWN, "a test")],
        ("letters",),
        seed=7,
        draws=40_000,
    ).intervals["letters"]
    assert counted.low_95 < certain.low_95
    assert counted.high_95 > certain.high_95


def test_months_and_practices_follow_from_letters():
    # every letter brings one: letters are certain, months are 120 over a uniform number
    inputs = assumed(
        "participants_per_letter=1",
        "kept_by_screening=0.5",
        "candidates_per_practice=50",
        "letters_per_month=20..60",
    )
    found = plan_yield(120, inputs, seed=5, draws=40_000).intervals
    assert set(found["letters"]) == {120}
    assert set(found["practices"]) == {5}  # 25 letters each: 4.8, and no part of a practice
    months = found["months"]
    assert months.median == pytest.approx(120 / 40, rel=0.01)
    assert months.low_95 == pytest.approx(120 / 59, rel=0.01)
    assert months.high_80 == pytest.approx(120 / 24, rel=0.01)


def test_two_shares_one_after_the_other_multiply():
    one = letters_of(50, "participants_per_letter=0.06")
    two = letters_of(50, "reached_out_of_work=0.3", "taking_part=0.2")
    assert two == pytest.approx(one, rel=0.02)


@pytest.mark.parametrize(
    "known",
    [Counted(196, 1397), Counted(3, 4), Between(0.2, 0.27), Between(1, 9, 2), Between(1, 9, 9)],
    ids=str,
)
def test_what_is_drawn_is_what_is_shown(known):
    drawn = known.draws(np.random.default_rng(1), 200_000)
    for chance in (0.025, 0.1, 0.5, 0.9, 0.975):
        share = (drawn < known.quantile(chance)).mean()
        assert share == pytest.approx(chance, abs=0.005)


@given(st.integers(0, 2**31), st.sampled_from([1, 10, 50]))
def test_the_same_seed_gives_the_same_plan(seed, participants):
    inputs = assumed("participants_per_letter=0.05..0.2", "letters_per_month=20..60")
    plans = [
        plan_yield(participants, inputs, ("letters", "months"), seed=seed, draws=1_000)
        for _ in range(2)
    ]
    assert plans[0] == plans[1]
    assert plans[0].intervals["letters"].low_95 >= participants


def test_another_seed_gives_almost_the_same_plan():
    one, other = (letters_of(50, "participants_per_letter=0.05..0.2", seed=s) for s in (1, 2))
    assert one != other
    assert one.median == pytest.approx(other.median, rel=0.02)


def test_what_matters_most_comes_first():
    inputs = assumed(
        "participants_per_letter=0.1..0.11",
        "kept_by_screening=0.6..0.8",
        "candidates_per_practice=50..500",
        "letters_per_month=40",
    )
    plan = plan_yield(500, inputs, seed=1, draws=2_000)
    assert [one.name for one in plan.swings] == [
        *("candidates_per_practice", "kept_by_screening", CHANCE, "participants_per_letter"),
        "letters_per_month",
    ]
    by_name = {one.name: one for one in plan.swings}
    letters = by_name["participants_per_letter"]
    assert letters.low["letters"] == pytest.approx(500 / 0.10025)
    assert letters.high["letters"] == pytest.approx(500 / 0.10975)
    screening = by_name["kept_by_screening"]
    assert screening.low["letters"] == screening.high["letters"] == pytest.approx(500 / 0.105)


# ------------------------------------------------------------ inputs


def test_every_published_figure_stands_in_the_facts_of_the_project():
    if not DOMAIN.exists():
        pytest.skip("the project's facts are not beside this repository")
    facts = DOMAIN.read_text(encoding="utf-8")
    for figure in (
        "4,750 of 15,379) [CoBalT]",
        "4,815 screened, 1,397 mailed, 196 randomised",
        "20-27% [H20]",
        "73-80% if the search enriches nothing (derived; a bound, not an estimate)",
        "74.1% of 2,106 [PMC4256538]",
    ):
        assert re.sub(r"\s+", " ", figure) in re.sub(r"\s+", " ", facts)
    known = {name: one.known for name, one in ANALOGUES.items()}
    assert known == {
        "cobalt-screening": Counted(15_379 - 4_750, 15_379),
        "pharmacist-pain-trial-screening": Counted(1_397, 4_815),
        "pharmacist-pain-trial": Counted(196, 1_397),
        "no-enrichment": Between(0.20, 0.27),  # 100 less 73 to 80%
    }


def test_no_input_is_without_a_source():
    assert all(one.source and one.name in NAMES for one in ANALOGUES.values())
    assert all(one.kind is Kind.PUBLISHED for one in ANALOGUES.values())
    assert all(one.source and one.why for one in UNUSED)
    (one,) = assumed("letters_per_month=40..80@ two practices at a time")
    assert one.source == "assumed with --assume: two practices at a time"
    assert assumed("taking_part=0.1")[0].source == "assumed with --assume"


@pytest.mark.parametrize(
    ("quantities", "missing"),
    [
        (("letters",), ["reached_out_of_work", "taking_part"]),
        (
            QUANTITIES,
            [
                *("reached_out_of_work", "taking_part", "kept_by_screening"),
                *("candidates_per_practice", "letters_per_month"),
            ],
        ),
    ],
)
def test_nothing_is_guessed(quantities, missing):
    with pytest.raises(UsageError) as refused:
        choose([], quantities)
    said = re.findall(r"^  (\w+):", str(refused.value), re.MULTILINE)
    assert said == missing
    for name in missing:
        assert f"--assume {name}=LOW..HIGH" in str(refused.value)
    for like, one in ANALOGUES.items():
        assert (f"--like {like}" in str(refused.value)) is (one.name in missing)


def test_only_what_is_needed_is_used():
    given_inputs = chosen(list(ANALOGUES)[1:]) + assumed(
        "participants_per_letter=0.1", "letters_per_month=20"
    )
    assert [one.name for one in choose(given_inputs, ("letters",))] == ["participants_per_letter"]


def test_what_is_assumed_of_a_part_stands_before_the_practices_own_whole():
    # an assumption that the ledger's figure took the place of would be one that nobody is told of
    own = Input("participants_per_letter", Counted(2, 50), Kind.OWN, "ledger")
    factors = ["reached_out_of_work", "taking_part"]
    published = chosen(["no-enrichment", "pharmacist-pain-trial"])
    assert [one.name for one in choose([*published, own], ("letters",))] == [own.name]
    with_one = [*published, own, *assumed("taking_part=0.2")]
    assert [one.name for one in choose(with_one, ("letters",))] == factors
    with pytest.raises(UsageError, match="lacks what nobody has published"):
        choose([own, *assumed("taking_part=0.2")], ("letters",))


def test_a_chance_is_not_assumed_in_two_ways():
    both = assumed("participants_per_letter=0.1", "taking_part=0.2")
    with pytest.raises(UsageError, match="keep one of the two"):
        choose(both, ("letters",))


def test_what_was_given_and_is_not_in_the_plan_is_told():
    words = ["--participants", 50, *LIKE, *REST]
    told = "given, and not in this plan: kept_by_screening (published), "
    assert told in run(*words, "--for", "letters").stderr
    assert not run(*words).stderr


def test_of_one_input_the_later_stands():
    (used,) = choose(
        assumed("participants_per_letter=0.1", "participants_per_letter=0.2"), ("letters",)
    )
    assert used.known == Between(0.2, 0.2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("letters=40", "no such input; there are participants_per_letter"),
        ("letters_per_month", "write letters_per_month=LOW..HIGH"),
        ("letters_per_month=", "write letters_per_month=LOW..HIGH"),
        ("letters_per_month=a..b", "write letters_per_month=LOW..HIGH"),
        ("letters_per_month=1..2..3..4", "write letters_per_month=LOW..HIGH"),
        ("letters_per_month=80..40", "rise from left to right"),
        ("letters_per_month=40..90..80", "rise from left to right"),
        ("letters_per_month=0..80", "above 0"),
        ("letters_per_month=nan..80", "rise from left to right"),
        ("letters_per_month=1..inf", "rise from left to right"),
        ("taking_part=14", "0.0001 to 1 (0.14 for 14%)"),
        ("taking_part=0..0.2", "0.0001 to 1 (0.14 for 14%)"),
    ],
)
def test_an_assumption_that_cannot_be(text, says):
    with pytest.raises(UsageError, match=re.escape(says)):
        read_assumption(text)


def test_likely_values_are_read():
    assert read_assumption("letters_per_month=40..55..80").known == Between(40, 80, 55)
    assert read_assumption("letters_per_month=60").known == Between(60, 60)
    assert {"taking_part", "kept_by_screening"} <= SHARES


def test_an_analogue_that_is_none_and_two_of_one_input():
    with pytest.raises(UsageError, match="no such published figure; there are\n  cobalt-screening"):
        chosen(["instep"])
    with pytest.raises(UsageError, match="are of one input: keep one"):
        chosen(["cobalt-screening", "pharmacist-pain-trial-screening"])
    assert len(chosen(["no-enrichment", "no-enrichment"])) == 1


# ------------------------------------------------------------ the practice's own figures


@pytest.fixture
def ledger(tmp_path):
    made = new_ledger(tmp_path)
    people = range(1, 13)
    append(made, [found(one) for one in people], "found")
    kept = [decided(one) for one in range(1, 9)]
    others = [decided(9, Decision.DO_NOT_INVITE), decided(10, Decision.DISCUSS_WITH_GP)]
    append(made, [*kept, *others], "decided")
    append(made, mailing("B1", [1, 2, 3, 4, 5]), "B1")
    return made


def consented(ledger, *people):
    entries = [
        Reached(person=token(one), stage=Stage.CONSENTED, reached_on=MAILING) for one in people
    ]
    append(ledger, entries, "consented")


def test_own_figures_are_counts_of_the_ledger(ledger):
    consented(ledger, 1, 2, 11)  # person 11 came without a letter
    known = {one.name: (one.known, one.kind) for one in own_inputs(ledger.standing)}
    assert known == {
        "participants_per_letter": (Counted(2, 5), Kind.OWN),
        "kept_by_screening": (Counted(8, 9), Kind.OWN),
    }


def test_nobody_having_taken_part_yet_is_no_figure(ledger):
    assert [one.name for one in own_inputs(ledger.standing)] == ["kept_by_screening"]
    assert own_inputs(Standing()) == []


def test_the_run_says_how_many_candidates_its_practice_has(tmp_path):
    _, folder = made_practice(tmp_path)
    (one,) = candidates_of(open_practice_run(folder, PRACTICE))
    assert one.known == Between(7, 7)
    assert one.source == "the run of 2026-11-01 in practice 0P1"


# ------------------------------------------------------------ what is shown


LIKE = ["--like", "pharmacist-pain-trial", "--like", "no-enrichment", "--like", "cobalt-screening"]
REST = ["--assume", "candidates_per_practice=100..300", "--assume", "letters_per_month=40..80"]


def run(*words):
    return CliRunner().invoke(app, ["plan-yield", *map(str, words)])


def test_every_input_is_shown_with_whose_it_is_and_its_source():
    done = run("--participants", 50, *LIKE, *REST)
    assert done.exit_code == 0, done.output
    assert not done.stdout.startswith("PRACTICE-ONLY")
    flat = re.sub(r"\s+", " ", done.stdout)
    for said in (
        "taking_part published 196 of 1,397 (14.0%)",
        "kept_by_screening published 10,629 of 15,379 (69.1%)",
        "reached_out_of_work published 0.2 to 0.27",
        "letters_per_month assumed 40 to 80",
        "pharmacist pain trial: 196 randomised of 1,397 mailed (BMJ Open 2013;3:e002361)",
        "CoBalT: GP screening removed 4,750 of 15,379 (31%)",
        "(20,000 draws, seed 1)",
        "How far this study differs",
    ):
        assert said in flat


def test_json_holds_all_that_the_text_does():
    said = json.loads(run("--participants", 50, *LIKE, *REST, "--json", "--seed", 4).stdout)
    assert (said["participants"], said["seed"], said["draws"]) == (50, 4, 20_000)
    assert list(said["intervals"]) == list(QUANTITIES)
    for one in said["inputs"]:
        assert one["source"]
        assert one["low_95"] < one["median"] < one["high_95"]
    # 50 participants at 0.14 of 0.235: about 1,515 letters
    assert said["intervals"]["letters"]["median"] == pytest.approx(50 / (0.1403 * 0.235), rel=0.02)
    assert len(said["published_and_not_used"]) == len(UNUSED)
    assert "class" not in said


def test_less_is_asked_for_less():
    done = run("--participants", 50, "--like", "pharmacist-pain-trial", "--for", "letters",
               "--assume", "reached_out_of_work=1@the trial takes people in work too")  # fmt: skip
    assert done.exit_code == 0
    assert "practices" not in done.stdout.split("input")[0]


def test_own_figures_mark_the_plan_and_assumptions_stand_before_them(ledger):
    consented(ledger, 1, 2)
    own = run("--participants", 50, "--ledger", ledger.path, "--for", "letters")
    assert own.stdout.startswith("PRACTICE-ONLY")
    assert re.search(r"participants_per_letter +of the practice +2 of 5", own.stdout)
    other = run("--participants", 50, "--ledger", ledger.path, "--for", "letters",
                "--assume", "participants_per_letter=0.1")  # fmt: skip
    assert re.search(r"participants_per_letter +assumed +0.1", other.stdout)
    assert "PRACTICE-ONLY" not in other.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["--participants", 50],
        ["--participants", 0, *LIKE, *REST],
        ["--participants", 10**20, *LIKE, *REST],
        ["--participants", 50, *LIKE, *REST, "--seed", -1],
        ["--participants", 50, *LIKE, *REST, "--draws", 10**12],
        ["--participants", 50, *LIKE, *REST, "--for", "years"],
        ["--participants", 50, *LIKE, *REST, "--draws", 10],
        ["--participants", 50, *LIKE, *REST, "--assume", "letters_per_month=3"],
    ],
)
def test_wrong_use_is_refused(words):
    done = run(*words)
    assert isinstance(done.exception, UsageError)


def test_text_and_values_of_a_plan_without_months():
    plan = plan_yield(20, assumed("participants_per_letter=0.1"), ("letters",), seed=1, draws=1_000)
    assert "months" not in as_text(plan)
    assert list(as_values(plan)["intervals"]) == ["letters"]


def test_the_picture_has_every_quantity_with_its_median_and_bounds(tmp_path):
    path = tmp_path / "plan.svg"
    words = ["--participants", 50, *LIKE, *REST]
    done = run(*words, "--picture", path)
    svg = path.read_text(encoding="utf-8")
    for quantity in QUANTITIES:
        row = next(line for line in done.stdout.splitlines() if line.startswith(quantity))
        median, _, bounds = re.split(r"  +", row)[1:]
        low, high = bounds.split(" to ")
        assert f"{quantity}: median {median}, 95% interval {low} to {high}" in svg
        assert svg.count(f">{median}</text>") >= 1
    assert isinstance(run(*words, "--picture", path).exception, UsageError)
