"""`codelists import-emis` as a user runs it."""

from __future__ import annotations

import json
import sys

import pytest
import search_xml as xml

from instep_cohort.cli.app import main

A, B = xml.made_id(70_001), xml.made_id(70_002)
FILE = xml.document(
    xml.report(1, "Pain", xml.group(xml.events("Sore", A))),
    xml.report(2, "Flare", xml.group(xml.criterion("GPES_JOURNALS"))),
)


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs the command on a file; its exit code, and what it said where."""

    def run_(*words, data=FILE, out="out"):
        (tmp_path / "given.xml").write_text(data, encoding="utf-8")
        command = ["instep-cohort", "codelists", "import-emis", tmp_path / "given.xml"]
        monkeypatch.setattr(sys, "argv", [*map(str, [*command, "--out", tmp_path / out, *words])])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return run_


def test_what_was_made_and_what_was_not(run, tmp_path):
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "1 codelist in" in out
    assert "complete      Pain: " in out
    assert "NOT COMPLETE  Flare: " in out
    assert "lacks missing_1: an extract has no GPES journals" in out
    files = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*"))  # fmt: skip
    assert files == [
        "codelists/research-opt-out/1.0.0.csv",
        "codelists/research-opt-out/codelist.yaml",
        "codelists/sore/0.1.0.csv",
        "codelists/sore/codelist.yaml",
        "not-understood.csv",
        "not-understood.json",
        "studies/flare.incomplete.yaml",
        "studies/pain.yaml",
    ]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_json_is_for_machines(run):
    code, out, _ = run("--json")
    told = json.loads(out)
    assert code == 0
    assert [(one["name"], one["complete"]) for one in told["searches"]] == [
        ("Pain", True),
        ("Flare", False),
    ]
    assert told["codelists"][0] | {"id": "sore", "codes": 1, "whole": True} == told["codelists"][0]
    assert told["not_understood"][0]["part"] == "missing_1"


def test_strict_ends_with_3_and_writes_all_the_same(run, tmp_path):
    assert run("--strict")[0] == 3
    assert (tmp_path / "out" / "studies" / "pain.yaml").exists()
    whole = xml.document(xml.report(1, "Pain", xml.group(xml.events("Sore", A))))
    assert run("--strict", data=whole, out="other")[0] == 0


def test_what_is_there_already_is_not_touched(run, tmp_path):
    (tmp_path / "out").mkdir()
    assert run()[0] == 0
    before = sorted(path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*"))
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "is there already" in err
    assert sorted(path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")) == before


def test_nothing_is_written_of_a_file_that_is_refused(run, tmp_path):
    code, out, err = run(data=FILE[:-30])
    assert (code, out) == (3, "")
    assert err.startswith("Wrong definition: given.xml:1: this is not well-formed XML")
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_study_that_is_not_complete_says_so_when_it_is_run(run, tmp_path, monkeypatch, capsys):
    run()
    study = tmp_path / "out" / "studies" / "flare.incomplete.yaml"
    monkeypatch.setattr(sys, "argv", ["instep-cohort", "study", "check", str(study)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 3
    assert "missing_1" in capsys.readouterr().out
    assert "an extract has no GPES journals" in study.read_text(encoding="utf-8")


def test_the_hierarchy_and_the_dates_are_options(run, tmp_path):
    table = tmp_path / "below.csv"
    table.write_text(f"child,parent\n{B},{A}\n", encoding="utf-8")
    asked = xml.criterion(
        "EVENTS", xml.column("READCODE", xml.value_set(xml.value(A, children=True), name="Sore"))
    )
    base = xml.report(1, "Base", xml.group(asked))
    child = xml.report(2, "Child", xml.group(asked), parent=1, clock="REFERENCE")
    data = xml.document(base, child)
    told = json.loads(run("--json", data=data)[1])
    assert [one["complete"] for one in told["searches"]] == [False, False]
    options = ("--hierarchy", table, "--same-date")
    told = json.loads(run("--json", *options, data=data, out="other")[1])
    assert [one["complete"] for one in told["searches"]] == [True, True]
    assert [one["codes"] for one in told["codelists"]] == [2]
