"""One run on DuckDB, Polars and Spark: the same rows in every table."""

from datetime import date

import pytest
from plain_aurum import EXTRACT_DATE, NOT_HERE, SAMPLE

import instep_cohort as ic
from instep_cohort.cohort.study_tests import run_study_tests
from instep_cohort.cohort.trying import try_study
from instep_cohort.shipped_files import shipped
from instep_cohort.study.made_patients import load_study_tests
from spark_session import quick_session

ON = date(2026, 11, 1)
PATIENTS = 1_500


@pytest.fixture(scope="module")
def spark():
    with quick_session() as made:
        yield made


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("practice")
    ic.make_practice(folder / "extract", patients=PATIENTS, extract_date=ON)
    store = ic.ingest(folder / "extract", profile="standard", extract_date=ON, out=folder / "store")
    return store, folder / "extract" / "opt-outs.csv"


@pytest.fixture(scope="module")
def aurum(tmp_path_factory):
    if not SAMPLE.is_dir():
        pytest.skip(NOT_HERE)
    out = tmp_path_factory.mktemp("aurum") / "store"
    return ic.ingest(SAMPLE, profile="aurum", extract_date=EXTRACT_DATE, out=out)


def rows_of(cohort):
    return {name: table.to_pylist() for name, table in cohort.tables.items()}


def same_on_all(spark, identified):
    """The rows of each table, which are the same on the three engines."""
    expected = rows_of(identified("duckdb"))
    for engine in ("polars", spark):
        found = rows_of(identified(engine))
        assert found.keys() == expected.keys()
        for name, rows in expected.items():
            assert found[name] == rows, f"{name} on {engine}"
    return expected


@pytest.mark.parametrize("study", ["instep", "instep-sensitive", "painful-condition", "reise"])
def test_a_practice_has_the_same_rows_on_all(spark, practice, study):
    store, opt_outs = practice

    def identified(engine):
        given = {"opt_outs": opt_outs, "opt_outs_on": ON}
        return ic.identify(ic.load_study(study), store, on=ON, engine=engine, **given)

    tables = same_on_all(spark, identified)
    assert tables["candidates"]
    assert len(tables["evidence"]) > PATIENTS // 10


@pytest.mark.parametrize("study", ["any-pain-any-medicine", "instep"])
def test_an_extract_of_others_has_the_same_rows_on_all(spark, aurum, study):
    def identified(engine):
        return ic.identify(
            ic.load_study(study),
            aurum,
            on=EXTRACT_DATE,
            no_opt_out_list="Dr A. Example, GP partner",
            engine=engine,
        )

    tables = same_on_all(spark, identified)
    assert bool(tables["candidates"]) == (study == "any-pain-any-medicine")


def test_thresholds_are_tried_alike_on_all(spark, practice):
    store, opt_outs = practice
    given = {"vary": {"issues": ["1", "2", "3"]}, "opt_outs": opt_outs, "opt_outs_on": ON}
    counts = [
        [
            row.candidates
            for row in try_study(ic.load_study("instep"), store, on=ON, engine=engine, **given).rows
        ]
        for engine in ("duckdb", "polars", spark)
    ]
    assert counts[0] == counts[1] == counts[2]
    assert len(set(counts[0])) > 1


def test_the_tests_of_a_study_pass_on_spark(spark):
    tests = load_study_tests(shipped("studies") / "tests" / "instep.yaml")
    verdicts = run_study_tests(ic.load_study("instep"), tests, engine=spark)
    assert len(verdicts) > 5
    assert all(verdict.is_met for verdict in verdicts)
