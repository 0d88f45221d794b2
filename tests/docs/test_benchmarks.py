"""The benchmark compares like with like: every version of the cohort finds the same people."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    """Imports a script of the folder, and forgets it again."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    names = []
    yield lambda name: names.append(name) or import_module(name)
    for name in names:
        del sys.modules[name]


@pytest.fixture
def same(script):
    return script("same")


def test_all_versions_find_the_same_patients(tmp_path):
    results = tmp_path / "results.md"
    size = ("--patients", "500", "--rounds", "1")
    places = ("--data", tmp_path / "data", "--results", results)
    made = subprocess.run(
        [sys.executable, BENCHMARKS / "run.py", *size, *map(str, places)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    text = results.read_text(encoding="utf-8")
    found = re.search(r"the same (\d+) patients, .* the same (\d+) rows of evidence", text)
    truth = (tmp_path / "data" / "500-patients-seed-1" / "extract" / "truth.csv").read_text()
    assert int(found[1]) >= truth.count(",in,") > 0
    assert int(found[2]) > int(found[1])
    for version in ("DuckDB SQL by hand", "Polars by hand", "a pandas script", "`identify`"):
        assert version in text


def test_nothing_of_the_machine_but_its_size_is_in_the_results(script):
    machine = script("figures")._machine()
    assert "cores" in machine
    assert "/" not in machine


@pytest.mark.parametrize(
    "other", [["1"], ["1", "2", "3"], ["1", "3"]], ids=["fewer", "more", "others"]
)
def test_a_version_that_finds_others_fails(same, other):
    same.check_patients({"one": ["1", "2"], "other": ["2", "1"]})
    with pytest.raises(SystemExit, match="the versions disagree: other"):
        same.check_patients({"one": ["1", "2"], "other": other})


def test_versions_that_find_nobody_fail(same):
    with pytest.raises(SystemExit, match="found nobody"):
        same.check_patients({"one": [], "other": []})


def test_evidence_that_differs_in_one_row_fails(same, tmp_path):
    names = same.COLUMNS.split(", ")
    rows = [{name: f"{name} {n}" for name in names} for n in range(3)]
    for file, held in {"all": rows, "again": rows[::-1], "twice": [*rows, rows[0]]}.items():
        pq.write_table(pa.Table.from_pylist(held), tmp_path / f"{file}.parquet")
    assert same.check_evidence(tmp_path / "all.parquet", tmp_path / "again.parquet") == 3
    with pytest.raises(SystemExit, match="the evidence differs: 1 rows"):
        same.check_evidence(tmp_path / "all.parquet", tmp_path / "twice.parquet")
