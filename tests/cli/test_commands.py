"""Each command as a user gives it: what goes to stdout, what to stderr, and what is there after."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cohort.small_practice import ATTRITION, CANDIDATES, ON, TIERS, tree
from instep_cohort.cli import words
from instep_cohort.codelists import Library
from instep_cohort.shipped_files import shipped


def lines_of(table):
    return [re.split(r"\s{2,}", line.strip()) for line in table.strip().splitlines()]


# ---------------------------------------------------------------- the line itself


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_alone_or_asked_for_help_it_lists_its_commands(instep, words):
    ended = instep(*words)
    said = ended.out + ended.err
    assert ended.code == (0 if words else 2)
    assert "Find people to invite to a trial in general-practice records" in said
    for command in ("ingest", "identify", "explain", "demo", "codelists"):
        assert re.search(rf"│ {command} +[A-Z]", said)


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["ingest"], "extract --profile --extract-date --out --json"),
        (["identify"], "study store --on --out --opt-outs --opt-outs-on --no-opt-out-list --set"),
        (["identify"], "--codelists --allow-stale --strict --engine --json"),
        (["explain"], "run patient --json"),
        (["demo"], "--out --patients --seed"),
        (["codelists"], "list show check"),
        (["codelists", "list"], "--codelists --json"),
        (["codelists", "show"], "ID --codelists --version"),
        (["codelists", "check"], "folder --on --terms --system --fix --all --json"),
    ],
)
def test_every_argument_and_option_has_a_sentence(instep, words, options):
    ended = instep(*words, "--help")
    assert ended.code == 0
    assert not ended.err
    for option in options.split():
        (line,) = [
            line for line in ended.out.splitlines() if re.match(rf"│ \*? *{option}(?![-\w])", line)
        ]
        assert re.search(r"[A-Za-z][a-z]*,? [^<>│]{9,}", line.split(option, 1)[1]), line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["identify"], "The search date, such as 2026-11-01."),
        (["identify"], "The practice's own opt-out list: a CSV patient_id,kind,recorded_on."),
        (["identify"], 'The "name, role" of whoever answers that there is no such list.'),
        (["ingest"], "How it is laid out, see `profiles`; auto for the one that fits."),
        (["ingest"], "nothing lost, every row that cannot be read set apart"),
        (["demo"], "Makes up a practice, reads its extract, and finds the candidates"),
        (["codelists", "check"], "ends with 3 where there is an error"),
    ],
)
def test_what_the_help_says(instep, words, said):
    text = re.sub(r"[\s│]+(<\w+>)?[\s│]*", " ", instep(*words, "--help").out)
    assert said in text


def test_version(instep):
    assert instep("--version") == (0, f"instep-cohort {version('instep-cohort')}\n", "")


@pytest.mark.parametrize(
    "command",
    [[Path(sys.executable).with_name("instep-cohort")], [sys.executable, "-m", "instep_cohort"]],
    ids=["script", "module"],
)
def test_as_a_process_of_its_own_it_ends_with_the_code_and_leaves_the_same_run(
    command, practice, identify, tmp_path
):
    def run(*words):
        return subprocess.run(
            [*command, *words],
            cwd=tmp_path,
            env=os.environ | {"PYTHONWARNINGS": "error"},
            capture_output=True,
            text=True,
            check=False,
        )

    refused = run("ingest", "nowhere", "--profile=standard", "--extract-date=x", "--out=store")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("Wrong use: --extract-date x: not a date")
    done = run(
        *("identify", practice.study, practice.store, "--on=2026-11-01", "--out=other"),
        *("--opt-outs", practice.opt_outs, "--opt-outs-on=2026-11-01"),
        *("--codelists", practice.codelists),
    )
    ours = identify()
    assert (done.returncode, done.stderr) == (0, ours.err)
    assert done.stdout.splitlines()[:-1] == ours.out.splitlines()[:-1]
    assert tree(tmp_path / "other") == tree(tmp_path / "run")


def test_a_process_of_its_own_does_without_pandas(monkeypatch):
    import importlib

    from instep_cohort.cli import starting

    tried = []

    def main():
        with pytest.raises(ModuleNotFoundError, match="left out of the command line"):
            importlib.import_module("pandas")
        tried.append(importlib.import_module("colorsys").__name__)

    monkeypatch.setattr("instep_cohort.cli.app.main", main)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in ("pandas", "colorsys"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    starting.start()
    assert tried == ["colorsys"]


# ---------------------------------------------------------------- ingest


def test_ingest_shows_counts_and_writes_the_store(instep, practice, tmp_path):
    given = ["--profile", "standard", "--extract-date", ON]
    ended = instep("ingest", practice.extract, *given, "--out", tmp_path / "store")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Store store: standard extract of 2026-11-01\n")
    assert ["patients", "20"] in lines_of(ended.out)
    assert "ZQ" not in ended.out
    assert tree(tmp_path / "store") == tree(practice.store)


def test_ingest_for_machines(instep, practice, tmp_path):
    given = ["--profile", "standard", "--extract-date", ON, "--json"]
    ended = instep("ingest", practice.extract, *given, "--out", tmp_path / "store")
    said = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert said["store"] == str(tmp_path / "store")
    assert said["tables"]["patients"] == 20
    assert said["tables"]["quarantine"] == 0
    assert {"file": "events.csv", "read": 35, "stored": 35}.items() <= said["files"][0].items()
    assert "ZQ" not in ended.out


# ---------------------------------------------------------------- identify


def test_identify_shows_counts_on_stdout_and_notes_on_stderr(identify, tmp_path):
    ended = identify()
    assert ended.code == 0
    table, tiers, rules, last = ended.out.strip().split("\n\n")
    found = [re.split(r"\s{2,}", line) for line in table.splitlines()[1:]]
    assert [(step, *map(int, counts)) for step, *counts in found] == [
        (step, *counts) for step, _, *counts in ATTRITION
    ]
    letters, candidates = (re.split(r"\s{2,}", line)[1:] for line in tiers.splitlines()[:2])
    assert dict(zip(letters, map(int, candidates), strict=True)) == TIERS
    assert [line[:7] for line in rules.splitlines()] == [f"tier {letter}:"[:7] for letter in TIERS]
    assert last == f"8 candidates: {tmp_path / 'run' / 'candidates.xlsx'}"
    assert ended.err.splitlines()[0] == (
        "Note: 6 of 6 codelists are drafts: no clinician has reviewed them."
    )
    assert len(ended.err.splitlines()) == 2
    assert "ZQ" not in ended.out + ended.err
    stored = pq.read_table(tmp_path / "run" / "candidates.parquet")
    assert stored["patient_id"].to_pylist() == CANDIDATES


def test_identify_for_machines(identify, tmp_path):
    ended = identify("--json")
    said = json.loads(ended.out)
    assert (said["run"], said["candidates"]) == (str(tmp_path / "run"), 8)
    assert said["tiers"] == TIERS
    names = ("step", "kind", "before", "dropped", "after", "gained_if_removed")
    assert [tuple(row[name] for name in names) for row in said["attrition"]] == ATTRITION
    assert [f"Note: {warning}" for warning in said["warnings"]] == ended.err.splitlines()
    assert "ZQ" not in ended.out + ended.err


def test_nobody_found_is_done(identify, tmp_path):
    ended = identify("--set", "issues=9", "--set", " window = 1 year ")
    assert (ended.code, ended.out.splitlines()[-1].split(":")[0]) == (0, "0 candidates")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    given = {name: str(one["value"]) for name, one in manifest["parameters"].items()}
    assert given == {"issues": "9", "window": "1 year"}


def test_an_earlier_run_is_replaced_by_the_next(identify, tmp_path):
    identify("--set", "issues=9")
    identify()
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["candidates"] == 8
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_somebody_may_answer_that_there_is_no_opt_out_list(identify, tmp_path):
    ended = identify(opt_outs=None, opt_outs_on=None, no_opt_out_list="Dr A, partner")
    assert ended.code == 0
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["answered_for"]["no_opt_out_list"] == "Dr A, partner"


def test_a_stale_extract_and_list_are_taken_where_that_is_allowed(identify, tmp_path):
    ended = identify("--allow-stale", "--set", "window=1 year", on="2027-04-01")
    # one of the eight is 65 by then
    assert (ended.code, ended.out.splitlines()[-1].split(":")[0]) == (0, "7 candidates")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["answered_for"]["allow_stale"] is True


def test_the_other_engine(identify, tmp_path):
    assert identify().code == identify(engine="polars", out=tmp_path / "other").code == 0
    for name in ("candidates.csv", "attrition.csv", "resolution.csv"):
        ours, theirs = tmp_path / "run" / name, tmp_path / "other" / name
        assert ours.read_bytes() == theirs.read_bytes()


def test_a_shipped_study_is_known_by_its_name(identify):
    ended = identify(study="instep", codelists=None)
    assert (ended.code, ended.out.splitlines()[-1].split(":")[0]) == (0, "0 candidates")
    empty = re.findall(r"^Note: ([\w-]+): 0 of \d+ selectors match a code in", ended.err, re.M)
    assert set(empty) >= {"chronic-pain", "opioids", "gabapentinoids", "fit-notes"}


def test_progress_is_told_to_a_terminal_only(capsys, monkeypatch):
    words.progress()("reading")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    words.progress()("reading")
    assert capsys.readouterr() == ("", "… reading\n")


# ---------------------------------------------------------------- codelists


def test_codelists_list(instep):
    ended = instep("codelists", "list")
    assert (ended.code, ended.err) == (0, "")
    rows = lines_of(ended.out)
    library = Library()
    assert [row[0] for row in rows] == library.ids()
    (row,) = [row for row in rows if row[0] == "opioids"]
    one = library.latest("opioids")
    assert row[1:] == [one.version, f"{one.status}", f"{len(one.selectors)} selectors", one.title]


def test_codelists_list_for_machines(instep, practice):
    ended = instep("codelists", "list", "--codelists", practice.codelists, "--json")
    said = {row["id"]: row for row in json.loads(ended.out)}
    assert set(said) == {"aches", "jobs", "notes", "palliative", "pills", "wishes"}
    assert said["aches"] == {
        "id": "aches",
        "version": "1.0.0",
        "status": "draft",
        "selectors": 3,
        "title": "Made-up list aches",
    }


def test_a_list_that_is_being_written_does_not_hide_the_others(instep, practice, tmp_path):
    folder = tmp_path / "codelists"
    shutil.copytree(practice.codelists, folder)
    shutil.copytree(folder / "aches", folder / "more-aches")
    card = folder / "more-aches" / "codelist.yaml"
    card.write_text(card.read_text(encoding="utf-8").replace("id: aches", "id: more-aches"))
    (folder / "codelists.lock").write_text(
        "".join(
            f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.parent.name}/{file.name}\n"
            for file in sorted(folder.glob("*/*.csv"))
            if file.parent.name != "more-aches"
        )
    )
    ended = instep("codelists", "list", "--codelists", folder)
    assert ended.code == 3
    assert "aches" in [row[0] for row in lines_of(ended.out)]
    assert "more-aches/1.0.0.csv" in ended.err
    assert "not in codelists.lock" in ended.err


def test_codelists_of_an_empty_folder(instep, tmp_path):
    ended = instep("codelists", "list", "--codelists", tmp_path)
    assert (ended.code, ended.out) == (0, "")
    assert "There is no codelist in" in ended.err


@pytest.mark.parametrize("version", [[], ["--version", "1.0.0"]])
def test_codelists_show(instep, version):
    ended = instep("codelists", "show", "gabapentinoids", *version)
    assert (ended.code, ended.err) == (0, "")
    one = Library().get("gabapentinoids", "1.0.0")
    assert ended.out.startswith(f"gabapentinoids 1.0.0: {one.title}\n")
    assert f"status         {one.status}: no clinician has reviewed it\n" in ended.out
    for selector in one.selectors:
        assert selector.code in ended.out


def test_codelists_check_of_the_shipped_lists(instep):
    ended = instep("codelists", "check", "--on", "2026-11-24")
    assert ended.code == 0
    assert re.match(r"0 errors, \d+ warnings?\n", ended.err)


def test_codelists_check_ends_with_3_where_there_is_an_error(instep, practice, tmp_path):
    shutil.copytree(practice.codelists, tmp_path / "lists")
    changed = tmp_path / "lists" / "aches" / "1.0.0.csv"
    changed.write_bytes(changed.read_bytes().replace(b"AC3..", b"AC4.."))
    ended = instep("codelists", "check", tmp_path / "lists")
    assert ended.code == 3
    assert re.search(r"^aches/1.0.0.csv: [1-9]\d* errors?, ", ended.out, re.M)
    assert "not the one that was released" in ended.out
    assert re.match(r"[1-9]\d* errors?, \d+ warnings?\n", ended.err)
    machines = instep("codelists", "check", tmp_path / "lists", "--json")
    assert (machines.code, machines.err) == (3, "")
    found = {(one["severity"], one["rule"], one["file"]) for one in json.loads(machines.out)}
    assert ("error", "lock-changed", "aches/1.0.0.csv") in found


# ---------------------------------------------------------------- demo


def test_the_demo_goes_the_whole_way(instep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = instep("demo", "--out", "demo", "--patients", 300, "--seed", 7)
    assert ended.code == 0
    for said in (
        "Making up a practice of 300 patients",
        "Store store: standard extract of 2026-11-01",
    ):
        assert said in ended.out
    assert re.search(r"^practice_list +\d+", ended.out, re.M)
    count = int(re.search(r"The first of ([\d,]+) candidates \(all made up\):", ended.out)[1])
    people = re.findall(r"^  \d{10}  [FMIU] \d+  tier [ABCX]  [A-Z].*\.$", ended.out, re.M)
    assert len(people) == min(count, 5) > 0
    path = Path(ended.out.strip().splitlines()[-1].removeprefix("The list: "))
    assert path == tmp_path / "demo" / "run" / "candidates.xlsx"
    assert path.is_file()
    assert "Note: 8 of 8 codelists are drafts" in ended.err
    assert pq.read_table(path.with_suffix(".parquet")).num_rows == count


def test_what_is_shipped_is_found():
    assert (shipped("codelists") / "codelists.lock").is_file()
    assert (shipped("studies") / "instep.yaml").is_file()
