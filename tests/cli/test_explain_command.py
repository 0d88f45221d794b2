"""`instep-cohort explain`: why somebody is on the list, or not, on stdout and nowhere else."""

import json
import os
import subprocess
import sys

import pytest

from cohort.small_practice import DROPPED_AT
from instep_cohort.cohort import open_run


@pytest.fixture
def run(identify, tmp_path):
    assert identify().code == 0
    return tmp_path / "run"


def test_it_prints_the_explanation_on_stdout_alone(instep, run):
    for who in ("00ZQ22", "00ZQ02"):
        ended = instep("explain", run, who)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out == open_run(run).explain(who).as_text() + "\n"


def test_an_id_that_begins_with_a_hyphen_stands_after_two(instep, run):
    ended = instep("explain", run, "--", "-ZQ07")
    assert ended.code == 0
    assert "Patient -ZQ07" in ended.out


def test_json_has_every_part_under_its_key(instep, run):
    for who, step in DROPPED_AT.items():
        ended = instep("explain", run, "--json", "--", who)
        assert (ended.code, ended.err) == (0, "")
        said = json.loads(ended.out)
        assert said == open_run(run).explain(who).as_dict()
        assert said["class"] == "PRACTICE-ONLY"
        assert (said["patient_id"], said["dropped_at"]) == (who, step)
    assert list(said) == [
        *("class", "patient_id", "practice_id", "study", "version", "title", "on", "candidate"),
        *("dropped_at", "reason", "steps", "other_measures", "flags", "tier", "tier_rule"),
        *("cautions", "opt_outs", "remarks", "settled_elsewhere"),
    ]
    step = next(one for one in said["steps"] if one["name"] == "palliative_care")
    assert list(step) == [
        *("name", "kind", "text", "passed", "dropped_here", "note", "logic", "change"),
    ]
    assert list(step["logic"]) == ["kind", "met", "name", "needed", "parts", "measure"]
    measure = step["logic"]["measure"]
    assert list(measure) == [
        *("name", "asks", "met", "count", "first", "last", "found", "needed", "window", "counted"),
        "evidence",
    ]
    assert measure["evidence"] == [
        {
            "date": "2026-02-02",
            "term": "OWNWORDS PL1",
            "system": "read_v2",
            "code": "PL1..",
            "codelist": "palliative",
            "version": "1.0.0",
            "category": "care",
            "matched_by": "code",
            "weaker_match": False,
            "value": None,
            "unit": None,
        }
    ]
    assert list(step["change"]) == ["text", "needed", "parts"]
    assert list(said["flags"][0]) == [
        *("name", "kind", "asks", "says", "columns", "spells", "evidence"),
    ]


@pytest.mark.parametrize("who", ["00ZQ11", "00ZQ99"])
def test_whoever_is_outside_the_population_is_wrong_use_without_their_id(instep, run, who):
    ended = instep("explain", run, who)
    assert ended.code == 2
    assert not ended.out
    assert ended.err.startswith("Wrong use: This run keeps nothing of a patient with that id.")
    assert "ZQ" not in ended.err
    assert "  registered: registered (regular) on 2026-11-01\n" in ended.err


def test_a_folder_that_is_no_run_and_a_damaged_one(instep, run, tmp_path):
    ended = instep("explain", tmp_path, "00ZQ22")
    assert (ended.code, ended.out) == (2, "")
    assert "is no run folder" in ended.err
    (run / "facts.parquet").unlink()
    ended = instep("explain", run, "00ZQ22")
    assert (ended.code, ended.out) == (5, "")
    assert "lacks facts.parquet" in ended.err


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_terminal_that_has_no_other_letters_gets_plain_ones(run, words):
    ended = subprocess.run(
        [sys.executable, "-m", "instep_cohort", "explain", str(run), "00ZQ22", *words],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert ended.stdout.isascii()
    assert ended.stderr == b""
    if not words:
        assert b"\n[-] palliative_care: LEFT OUT HERE" in ended.stdout
