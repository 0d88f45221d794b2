"""`changes`, `coming`, `work-status` and `picture`, as a practice runs them."""

import csv
import json
import stat

import pytest

ON = "2026-11-01"


@pytest.fixture
def runs(identify, tmp_path):
    """An earlier and a later run of the small study."""
    earlier, later = tmp_path / "earlier", tmp_path / "later"
    assert identify(out=earlier, on="2026-10-15", opt_outs_on="2026-10-15").code == 0
    assert identify(out=later).code == 0
    return earlier, later


def test_changes_prints_counts_and_writes_people_where_asked(instep, runs, tmp_path):
    out = tmp_path / "changes.PRACTICE-ONLY.csv"
    ended = instep("changes", *runs, "--out", tmp_path / "changes.csv")
    assert ended.code == 0
    assert ended.out.startswith(f"small: 2026-10-15 to {ON}\nchange ")
    assert "ZQ" not in ended.out + ended.err
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["change"] for row in rows} <= {"new", "still", "no longer"}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    said = json.loads(instep("changes", *runs, "--json").out)
    assert sum(one["people"] for one in said["changes"]) == len(rows)


def test_changes_refuses_what_it_cannot_compare(instep, runs, tmp_path):
    ended = instep("changes", runs[1], runs[0])
    assert (ended.code, ended.out) == (2, "")
    assert "give the earlier first" in ended.err
    ended = instep("changes", runs[0], tmp_path / "none")
    assert ended.code == 2
    assert "There is no run folder" in ended.err
    there = tmp_path / "there.PRACTICE-ONLY.csv"
    there.write_text("mine", encoding="utf-8")
    assert instep("changes", *runs, "--out", tmp_path / "there.csv").code == 2
    assert there.read_text(encoding="utf-8") == "mine"


def test_identify_says_who_is_new_since_an_earlier_run(identify, runs, tmp_path):
    ended = identify(out=tmp_path / "third", previous=runs[0])
    assert ended.code == 0
    with (tmp_path / "third" / "candidates.csv").open(newline="", encoding="utf-8") as file:
        assert {row["newly_crossed"] for row in csv.DictReader(file)} <= {"true", "false"}


def test_coming_prints_counts(instep, practice, tmp_path):
    given = [
        *("coming", practice.study, practice.store, "--on", "2026-10-10", "--days", 22),
        *("--opt-outs", practice.opt_outs, "--opt-outs-on", "2026-10-10"),
        *("--codelists", practice.codelists),
    ]
    ended = instep(*given, "--out", tmp_path / "coming.csv")
    assert ended.code == 0
    assert ended.out.startswith("small 1.0.0: who would become a candidate, 2026-10-10 to ")
    assert "ZQ" not in ended.out + ended.err
    with (tmp_path / "coming.PRACTICE-ONLY.csv").open(newline="", encoding="utf-8") as file:
        people = len(list(csv.DictReader(file)))
    said = json.loads(instep(*given, "--json").out)
    assert sum(one["people"] for one in said["crossings"]) == people > 0
    refused = instep(*given[:6], 0, *given[7:])
    assert refused.code == 2
    assert "ask for 1 to 366" in refused.err


def test_work_status_prints_shares(instep, runs, tmp_path):
    with (runs[1] / "candidates.csv").open(newline="", encoding="utf-8") as file:
        people = [row["patient_id"].lstrip("'") for row in csv.DictReader(file)]
    answers = tmp_path / "answers.csv"
    lines = [
        f"{who},{'in work' if place % 2 else 'not in work'}" for place, who in enumerate(people)
    ]
    answers.write_text("\n".join(["patient_id,answer", *lines]), encoding="utf-8")
    ended = instep("work-status", runs[1], "--answers", answers)
    assert ended.code == 0
    assert "everybody" in ended.out
    assert "ZQ" not in ended.out + ended.err
    shares = {
        one["group"]: one
        for one in json.loads(instep("work-status", runs[1], "--answers", answers, "--json").out)
    }
    assert shares["everybody"]["answered"] == len(people)
    assert shares["everybody"]["in_work"] == len(people) // 2
    answers.write_text(f"patient_id,answer\n{people[0]},perhaps\n", encoding="utf-8")
    ended = instep("work-status", runs[1], "--answers", answers)
    assert ended.code == 2
    assert "answers.csv:2: the answer is none of" in ended.err
    assert people[0] not in ended.err


def test_pictures_are_written_once(instep, practice, runs, tmp_path):
    out = tmp_path / "one.PRACTICE-ONLY.svg"
    ended = instep(
        "picture", "patient", runs[1], "00ZQ01", "--out", tmp_path / "one.svg", "--years", "2"
    )
    assert (ended.code, ended.out) == (0, f"written: {out}\n")
    assert out.read_text(encoding="utf-8").startswith("<svg ")
    again = instep("picture", "patient", runs[1], "00ZQ01", "--out", out)
    assert again.code == 2
    assert "there already" in again.err
    ended = instep(
        "picture", "fit-notes", practice.store, "--out", tmp_path / "m.svg", "--months", 3
    )
    assert ended.code == 0
    assert "per 1,000 patients" in ended.out


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["changes"], "before after --out --json"),
        (["coming"], "study store --on --days --out --opt-outs --codelists --engine --json"),
        (["work-status"], "run --answers --json"),
        (["picture", "patient"], "run PATIENT --out --years"),
        (["picture", "fit-notes"], "store --out --codelists --months"),
    ],
)
def test_each_has_its_help(instep, words, options):
    ended = instep(*words, "--help")
    assert ended.code == 0
    for option in options.split():
        assert option in ended.out
