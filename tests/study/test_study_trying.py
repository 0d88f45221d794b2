"""`study try`: every number is the one that identify gives with these parameters."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from generative.in_store import as_store, resolutions
from generative.strategies import scenario
from generative.to_standard import study_text
from instep_cohort.cohort import identify
from instep_cohort.cohort.finding import NO_PRACTICE_LIST, find
from instep_cohort.cohort.practice_list import PracticeList
from instep_cohort.cohort.trying import Grid, Tried, try_study
from instep_cohort.engine.frames import engine_of
from instep_cohort.engine.grid import candidates, merged
from instep_cohort.engine.uses import uses_of
from instep_cohort.errors import DefinitionError, SafetyRefusal, UsageError
from instep_cohort.extracts import ingest
from instep_cohort.study import compile_study, load_study, parse_study
from instep_cohort.study.plan import AnchoredWindow, FixedWindow
from instep_cohort.study.variations import variations
from instep_cohort.synthetic import make_practice

ON = date(2026, 11, 1)
# DuckDB takes its time over tables of a few rows
BATCHES = [("polars", range(12)), ("polars", range(12, 24)), ("duckdb", range(24, 28))]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_practice(folder / "extract", patients=600)
    store = ingest(folder / "extract", profile="standard", extract_date=ON, out=folder / "store")
    return store, {"opt_outs": folder / "extract" / "opt-outs.csv", "opt_outs_on": ON}


GRIDS = [
    ("instep", ["issues=2..3", "issue_window=90d,1y"]),
    ("instep", ["age_min=18,40", "painful_condition_apart=13w,180d"]),
    ("any-pain-any-medicine", ["pain_dates=1..3"]),
]


@pytest.mark.parametrize(("name", "vary"), GRIDS)
def test_the_numbers_are_those_of_identify(made, name, vary):
    store, answers = made
    study, varied = load_study(name), variations(vary)
    grid = try_study(study, store, on=ON, vary=varied, **answers)
    numbers = {tuple(row.values.items()): row.candidates for row in grid.rows}
    expected = {
        values: len(identify(study, store, on=ON, parameters=dict(values), **answers))
        for values in numbers
    }
    assert numbers == expected
    assert len(set(numbers.values())) > 1
    assert grid.warnings == list(
        identify(study, store, on=ON, parameters=dict(next(iter(numbers))), **answers).warnings
    )


def neighbours(plan):
    """Plans a little beside this one, in every way in which a parameter can move it."""
    for step in (-1, 1):
        measures = {}
        for name, one in plan.measures.items():
            window = one.window
            if isinstance(window, FixedWindow) and window.first is not None:
                window = FixedWindow(min(window.first - 40 * step, window.last), window.last)
            elif isinstance(window, AnchoredWindow):
                window = replace(window, before=max(0, window.before + step), after=window.after)
            least = one.at_least if one.at_least is None else max(1, one.at_least + step)
            most = one.at_most if one.at_most is None else max(0, one.at_most + step)
            measures[name] = replace(one, window=window, at_least=least, at_most=most)
        yield replace(plan, measures=measures)
        age = plan.population.age_min or 0
        kinds = frozenset({"regular", "temporary"}) if step == 1 else plan.population.kinds
        population = replace(plan.population, age_min=max(0, age + 10 * step), kinds=kinds)
        yield replace(plan, population=population)
        yield replace(plan, population=population, measures=measures)


@pytest.mark.parametrize(("engine_name", "seeds"), BATCHES)
def test_variants_of_made_up_studies_have_the_candidates_of_each_alone(
    engine_name, seeds, tmp_path
):
    several = 0
    for seed in seeds:
        given = scenario(seed)
        study = parse_study(study_text(given.study), "made.yaml")
        plan = compile_study(study, given.on, categories=given.categories)
        variants = [plan, *neighbours(plan)]
        store = as_store(given.extract, tmp_path / str(seed))
        listed = None
        if given.opt_outs is not None:
            rows = [(n, who, kind) for n, (who, kind) in enumerate(given.opt_outs)]
            listed = PracticeList(rows, "").table()
        shared = merged(variants)
        with engine_of(engine_name) as running:
            found = candidates(
                running, store, variants, shared,
                uses_of(shared.plan, resolutions(given, shared.plan, store)),
                practice_list=NO_PRACTICE_LIST if listed is None else listed,
            )  # fmt: skip
            for variant, ids in zip(variants[:3], found[:3], strict=True):
                alone = find(
                    variant,
                    resolutions(given, variant, store),
                    store,
                    running,
                    practice_list=listed,
                )
                wanted = alone.tables["candidates"]["patient_id"].to_pylist()
                assert sorted(ids.to_pylist()) == sorted(wanted), f"scenario {seed}"
        several += len({tuple(ids.to_pylist()) for ids in found}) > 1
    assert several


def test_what_two_settings_share_is_measured_once(made):
    study = load_study("instep")
    plans = [
        compile_study(study, ON, overrides={"issues": n, "age_max": age})
        for n in "234"
        for age in ("60", "64")
    ]
    shared = merged(plans)
    # four measures that do not move, and two that issues moves
    assert len(shared.plan.measures) == 4 + 2 * 3
    assert shared.names[0] == shared.names[1]
    assert shared.plan.lines == ()


def test_a_setting_that_makes_no_study_says_why(made):
    store, answers = made
    vary = variations(["painful_condition_dates=9..11"])
    grid = try_study(load_study("instep"), store, on=ON, vary=vary, **answers)
    assert [row.candidates is None for row in grid.rows] == [False, True, True]
    assert all("nobody can meet it" in fault for fault in grid.faults())
    assert "no study" in grid.as_text()
    assert grid.as_csv().splitlines()[2] == "10,"
    with pytest.raises(DefinitionError, match="is not a span"):
        try_study(load_study("instep"), store, on=ON, vary={"issue_window": ["182"]}, **answers)


def test_what_identify_refuses_is_refused(made):
    store, answers = made
    study, vary = load_study("instep"), {"issues": ["2"]}
    with pytest.raises(SafetyRefusal, match="only the practice knows"):
        try_study(study, store, on=ON, vary=vary)
    with pytest.raises(SafetyRefusal, match="is 91 days old"):
        try_study(study, store, on=ON + timedelta(days=91), vary=vary, no_opt_out_list="A, B")
    with pytest.raises(UsageError, match="contradict"):
        try_study(study, store, on=ON, vary=vary, no_opt_out_list="A, B", **answers)


@pytest.mark.parametrize(
    ("vary", "parameters", "message"),
    [
        ({}, {}, "there is nothing to vary"),
        ({"issues": ["2"]}, {"issues": "3"}, "issues is both set and varied"),
        ({"issue": ["2"]}, {}, "the study has no parameter issue to set (did you mean issues?)"),
    ],
)
def test_what_the_call_cannot_mean(made, vary, parameters, message):
    store, answers = made
    with pytest.raises(UsageError) as error:
        try_study(load_study("instep"), store, on=ON, vary=vary, parameters=parameters, **answers)
    assert message in str(error.value)


def test_a_grid_as_text_csv_and_json():
    two = Grid(
        "s 1.0.0", ON, {"a": "1", "b": "9 days"},
        [Tried({"a": "1", "b": "9 days"}, 1234), Tried({"a": "1", "b": "8 days"}, None, "why"),
         Tried({"a": "2", "b": "9 days"}, 5), Tried({"a": "2", "b": "8 days"}, 0)],
        ["mind"],
    )  # fmt: skip
    assert two.as_text().splitlines() == [
        "s 1.0.0 on 2026-11-01: candidates (the study itself has a = 1, b = 9 days)",
        "",
        "a \\ b  9 days    8 days",
        "1       1,234  no study",
        "2           5         0",
    ]
    assert two.as_csv() == "a,b,candidates\n1,9 days,1234\n1,8 days,\n2,9 days,5\n2,8 days,0\n"
    assert json.loads(json.dumps(two.as_dict())) == {
        "study": "s 1.0.0",
        "search_date": "2026-11-01",
        "own_values": {"a": "1", "b": "9 days"},
        "grid": [
            {"a": "1", "b": "9 days", "candidates": 1234},
            {"a": "1", "b": "8 days", "candidates": None, "fault": "why"},
            {"a": "2", "b": "9 days", "candidates": 5},
            {"a": "2", "b": "8 days", "candidates": 0},
        ],
        "warnings": ["mind"],
    }
    one = two._replace(own={"a": "1"}, rows=[Tried({"a": "1"}, 7), Tried({"a": "10"}, 12)])
    assert one.as_text().splitlines()[2:] == ["a   candidates", "1            7", "10          12"]
