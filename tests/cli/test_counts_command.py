"""`instep-cohort counts`, as a practice runs it."""

import json
import subprocess
import sys

import pytest

from instep_cohort.cohort import open_run


@pytest.fixture
def run(identify, tmp_path):
    assert identify().code == 0
    return tmp_path / "run"


@pytest.fixture
def ledger(instep, run, tmp_path):
    path = tmp_path / "small.ledger"
    theirs = open_run(run).candidates["practice_id"].iloc[0]
    ended = instep("ledger", "create", path, "--practice", theirs, "--study", "small", "--by", "N")
    assert ended.code == 0
    return path, theirs


def test_counts_are_written_and_remembered(instep, run, ledger, tmp_path):
    path, practice = ledger
    given = ("counts", run, "--ledger", path, "--by", "N. Shah, manager", "--practice", practice)
    ended = instep(*given, "--out", tmp_path / "counts.csv")
    assert ended.code == 0, ended.err
    assert ended.out.startswith("RELEASABLE-COUNTS: small 1.0.0, practice ")
    assert "written: " in ended.err
    assert "ZQ" not in ended.out + ended.err
    again = instep(*given, "--out", tmp_path / "again.json", "--format", "json", "--json")
    said = json.loads(again.out)
    assert (said["release"], said["released_before"]) == ("counts 1", True)
    shown = instep("ledger", "show", path, "--json")
    assert json.loads(shown.out)["entries"]["released"] == 1


def test_a_low_threshold_and_an_unknown_table_are_refused(instep, run, ledger, tmp_path):
    path, practice = ledger
    given = ("counts", run, "--ledger", path, "--by", "N", "--practice", practice)
    low = instep(*given, "--out", tmp_path / "c.csv", "--threshold", 3)
    assert (low.code, low.out) == (4, "")
    assert "Refused for safety: --threshold 3" in low.err
    unknown = instep(*given, "--out", tmp_path / "c.csv", "--tables", "people")
    assert (unknown.code, unknown.out) == (2, "")
    assert not list(tmp_path.glob("c.*"))


def test_nothing_but_the_answer_is_printed(instep, run, ledger, tmp_path):
    """The solver has a banner of its own, written past Python's streams."""
    path, practice = ledger
    words = ["counts", run, "--ledger", path, "--by", "N", "--practice", practice, "--json"]
    words += ["--out", tmp_path / "c.csv"]
    code = "from instep_cohort.cli.app import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True, check=True
    )
    assert json.loads(ended.stdout)["artefact_class"] == "RELEASABLE-COUNTS"
