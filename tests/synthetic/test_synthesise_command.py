"""`instep-cohort synthesise`, and the folder that it writes to."""

import json
import sys
from datetime import date

import pytest

from instep_cohort.cli.app import main
from instep_cohort.extracts import ingest, load_mapping
from instep_cohort.synthetic.folders import MADE_UP
from instep_cohort.synthetic.formats import FORMATS, find_format

ON = date(2026, 11, 1)
SMALL = ("--patients", "200")


@pytest.fixture
def synthesise(monkeypatch, capsys):
    """Runs the command: how it ended, and what it said."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["instep-cohort", "synthesise", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return end.value.code or 0, said.out + said.err

    return run


def test_it_prints_the_rates_beside_the_published_ones_and_what_gets_lost(synthesise, tmp_path):
    code, said = synthesise("--profile", "emis", "--out", tmp_path / "practice", *SMALL)
    assert code == 0
    assert "34-36.7%" in said
    for lost in find_format("emis").cannot_hold:
        assert lost in said
    assert f"ingest {tmp_path / 'practice'} --profile auto --extract-date 2026-11-01" in said


def test_reports_are_read_by_the_mapping_beside_them(synthesise, tmp_path):
    out = tmp_path / "reports"
    _, said = synthesise("--profile", "custom", "--out", out, *SMALL)
    assert f"--profile custom --mapping {out / 'mapping.yaml'}" in said
    mapping = load_mapping(out / "mapping.yaml")
    store = ingest(out, profile=mapping, extract_date=ON, out=tmp_path / "store")
    assert store.manifest.tables["patients"].rows == 200


@pytest.mark.parametrize("name", FORMATS)
def test_the_help_names_every_format(synthesise, name):
    _, said = synthesise("--help")
    assert name in " ".join(said.split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--profile", "emsi"), "did you mean emis"),
        (("--profile", "emis", "--mess", "4"), "a mess of 4: it is a level, from 0 (none) to 3"),
        (("--profile", "emis", "--seed", "-1"), "the seed is -1"),
        (("--profile", "emis", "--patients", "10"), "at least 200"),
        (("--profile", "emis", "--extract-date", "1/11/2026"), "--extract-date"),
    ],
)
def test_a_wrong_order_is_refused_before_anything_is_written(synthesise, tmp_path, words, message):
    code, said = synthesise(*words, "--out", tmp_path / "practice")
    assert code == 2
    assert message in said
    assert not (tmp_path / "practice").exists()


def test_one_format_takes_the_place_of_another(synthesise, tmp_path):
    for name in ("standard", "emis", "standard"):
        synthesise("--profile", name, "--out", tmp_path / "a", *SMALL)
    synthesise("--profile", "standard", "--out", tmp_path / "b", *SMALL)
    assert names(tmp_path / "a") == names(tmp_path / "b")
    listed = json.loads((tmp_path / "a" / MADE_UP).read_text(encoding="utf-8"))
    assert {*listed["files"], MADE_UP} == names(tmp_path / "a")


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("there", ["notes.txt", "deep/notes.txt", "CareRecord_Observation.csv"])
def test_a_folder_with_anything_else_in_it_is_left_alone(synthesise, tmp_path, there):
    stranger = tmp_path / there
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_text("mine", encoding="utf-8")
    code, said = synthesise("--profile", "emis", "--out", tmp_path, *SMALL)
    assert code == 2
    assert "was not made up here and is left alone" in said
    assert names(tmp_path) == {there}


def test_a_file_that_came_later_is_not_overwritten(synthesise, tmp_path):
    synthesise("--profile", "standard", "--out", tmp_path, *SMALL)
    stranger = tmp_path / "Patient.csv"
    stranger.write_text("mine", encoding="utf-8")
    before = names(tmp_path)
    code, said = synthesise("--profile", "tpp", "--out", tmp_path, *SMALL)
    assert code == 2
    assert "holds Patient.csv, which was not made up here" in said
    assert stranger.read_text(encoding="utf-8") == "mine"
    assert names(tmp_path) == before


def test_a_file_is_no_folder(synthesise, tmp_path):
    (tmp_path / "practice").write_text("mine", encoding="utf-8")
    code, said = synthesise("--profile", "emis", "--out", tmp_path / "practice", *SMALL)
    assert code == 2
    assert "is a file; name a folder" in said
