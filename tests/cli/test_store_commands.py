"""`quality`, `store merge`, `identify` over several stores, and `ingest --repair`, as a user does."""

import csv
import json

import pytest

from cohort.several_practices import another
from cohort.small_practice import ON
from instep_cohort.extracts import open_store

WHEN = ON.isoformat()


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    made = another(folder / "A", practice="P"), another(folder / "B", ids="ZX", practice="R")
    for name, one in zip("AB", made, strict=True):
        one.store.rename(folder / name / f"store-{name}")
    return folder, made


def stores(two):
    folder, _ = two
    return folder / "A" / "store-A", folder / "B" / "store-B"


def search(instep, two, out, *words):
    _, (one, _) = two
    lists = ("--codelists", one.codelists, "--on", WHEN, "--out", out)
    return instep("identify", one.study, *stores(two), *lists, *words)


def test_several_stores(instep, two, tmp_path):
    _, (one, other) = two
    answers = ("--opt-outs", f"store-A={one.opt_outs}", "--opt-outs", f"store-B={other.opt_outs}")
    ended = search(instep, two, tmp_path / "run", *answers, "--opt-outs-on", WHEN)
    assert ended.code == 0
    assert "how many people each step left in each store" in ended.out
    assert "step              store-A  store-B" in ended.out
    assert "16 candidates" in ended.out
    assert "ZQ" not in ended.out + ended.err
    ended = search(instep, two, tmp_path / "run", *answers, "--opt-outs-on", WHEN, "--json")
    said = json.loads(ended.out)
    assert [one["name"] for one in said["stores"]] == ["store-A", "store-B"]
    assert [one["counts"]["candidates"] for one in said["stores"]] == [8, 8]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--no-opt-out-list", "store-A=A. Partner, GP"], 4, "Nobody answers for the opt-outs of"),
        (["--no-opt-out-list", "x", "--no-opt-out-list", "y"], 2, "is given 2 times: give it once"),
        (
            ["--no-opt-out-list", "store-A=x", "--no-opt-out-list", "store-A=y"],
            2,
            "given twice for store-A",
        ),
        (["--opt-outs", "store-A=x", "--opt-outs", "y"], 2, "--opt-outs is given 2 times"),
    ],
)
def test_unanswered(instep, two, tmp_path, words, code, message):
    ended = search(instep, two, tmp_path / "run", *words)
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err
    assert not (tmp_path / "run").exists()


def test_merge(instep, two, tmp_path):
    ended = instep("store", "merge", *stores(two), "--out", tmp_path / "merged")
    assert ended.code == 0
    assert ended.out.startswith("Store merged: standard extract of 2026-11-01")
    assert [part.name for part in open_store(tmp_path / "merged").parts] == ["store-A", "store-B"]
    ended = instep(
        "store", "merge", *stores(two), "--out", tmp_path / "merged", "--qualify-ids", "--json"
    )
    assert [one["name"] for one in json.loads(ended.out)["parts"]] == ["store-A", "store-B"]
    ended = instep("store", "merge", stores(two)[0], "--out", tmp_path / "one")
    assert (ended.code, ended.out) == (2, "")
    assert "name two or more" in ended.err


def test_quarantine(instep, tmp_path):
    folder = tmp_path / "extract"
    folder.mkdir()
    (folder / "patients.csv").write_text(
        "patient_id,practice_id,sex,birth_date,death_date,registration_start,registration_end\n"
        "1,P,F,1980-01-01,,2000-01-01,\n"
    )
    (folder / "events.csv").write_text(
        "patient_id,date,system,code,term\n1,2026-05-01,read_v2,N05..,x\n"
        '4711,2026-05-01,read_v2,N05..,=1+1\n=4711,,,,"a\nb"\n'
    )
    asked = ("--profile", "standard", "--extract-date", "2026-11-01", "--out", tmp_path / "store")
    assert instep("ingest", folder, *asked).code == 0
    ended = instep("store", "quarantine", tmp_path / "store", "--out", tmp_path / "set-apart.csv")
    assert ended.code == 0
    assert ended.out.splitlines()[0] == "rows that could not be read: 2"
    assert "4711" not in ended.out + ended.err
    written = tmp_path / "set-apart.PRACTICE-ONLY.csv"
    with written.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["line"], row["column"]) for row in rows] == [
        ("3", "patient_id"),
        ("4", "patient_id"),
    ]
    assert rows[0]["raw"] == "4711,2026-05-01,read_v2,N05..,=1+1"
    assert rows[1]["raw"].startswith("'=4711")
    assert written.stat().st_mode & 0o777 == 0o600
    again = instep("store", "quarantine", tmp_path / "store", "--out", tmp_path / "set-apart.csv")
    assert again.code == 0  # the very same file


def test_quality(instep, two, tmp_path):
    store, page = stores(two)[0], tmp_path / "page.html"
    ended = instep("quality", store, "--html", page)
    assert ended.code == 0
    assert ended.out.startswith("Quality of store-A: standard extract of 2026-11-01, 2 practices")
    assert "PRACTICE-ONLY" in ended.out
    written = tmp_path / "page.PRACTICE-ONLY.html"
    assert written.read_text().startswith("<!doctype html>")
    assert instep("quality", store, "--html", page, "--masked").code == 0
    assert (tmp_path / "page.RELEASABLE-COUNTS.html").is_file()
    ended = instep("quality", store, "--html", page)
    assert (ended.code, ended.out) == (2, "")
    said = json.loads(instep("quality", store, "--json", "--masked").out)
    assert said["artefact"] == "RELEASABLE-COUNTS"
    assert {"findings", "problems", "tables", "worst"} <= set(said)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 0),
        (["--max-severity", "error"], 0),
        (["--max-severity", "warning"], 5),
        (["--max-severity", "note"], 5),
    ],
)
def test_severity_for_pipelines(instep, two, words, code):
    expected = ("--expected-list-size", "0P1=9500,@0P2=1")
    ended = instep("quality", stores(two)[0], *expected, *words)
    assert ended.code == code
    assert "ERROR    practice 0P1: " in ended.out
    assert ("graver than" in ended.err) is (code == 5)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--expected-list-size", "many"], "many: not a whole number of patients"),
        (["--expected-list-size", "5"], "one expected list size is given for 2 practices"),
        (["--expected-list-size", "0P1=5,7"], "7: of several, each is written PRACTICE=N"),
        (["--expected-list-size", "0P1=x"], "x: not a whole number"),
        (["--on", "yesterday"], "--on yesterday: not a date"),
    ],
)
def test_wrong_use(instep, two, words, message):
    ended = instep("quality", stores(two)[0], *words)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


def test_repair(instep, two, tmp_path):
    _, (one, _) = two
    given = ("--profile", "standard", "--extract-date", WHEN, "--out", tmp_path / "store")
    file = tmp_path / "repair.csv"
    written = tmp_path / "repair.PRACTICE-ONLY.csv"
    ended = instep("ingest", one.extract, *given, "--repair", file)
    assert ended.code == 0
    with written.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    assert header == ["file", "line", "column", "found", "suggested", "why"]
    assert f"{written}: {len(rows)} damaged cells; nothing was changed in the store." in ended.err
    note = json.loads((tmp_path / f"{written.name}.json").read_text(encoding="utf-8"))
    assert (note["artefact_class"], note["columns"]) == ("PRACTICE-ONLY", header)
    assert note["damaged_cells"] == len(rows)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("repair*")} == {0o600}
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *(written.name, f"{written.name}.json", "store")
    ]
    before = written.read_bytes()
    ended = instep("ingest", one.extract, *given, "--repair", file)
    assert (ended.code, ended.out) == (2, "")
    assert "is there already" in ended.err
    assert written.read_bytes() == before
    ended = instep("ingest", one.extract, *given, "--repair", tmp_path / "no" / "repair.csv")
    assert (ended.code, "there is no folder" in ended.err) == (2, True)
    ended = instep("ingest", one.extract, *given, "--repair", tmp_path / "a.RELEASABLE-COUNTS.csv")
    assert (ended.code, "the name says another class" in ended.err) == (2, True)


def test_a_doubtful_extract_date_is_said_to_be_one(instep, two, tmp_path):
    _, (one, _) = two
    words = ("ingest", one.extract, "--profile", "standard", "--out", tmp_path / "store")
    assert "--extract-date" not in instep(*words, "--extract-date", WHEN).err
    ended = instep(*words, "--extract-date", "2999-01-01")
    assert ended.code == 0
    assert "Note: --extract-date 2999-01-01 lies in the future" in ended.err
    extract = tmp_path / "extract"
    for file in one.extract.glob("*.csv"):
        part = extract / file.stem / f"{file.stem}-2026-12-24.csv"
        part.parent.mkdir(parents=True)
        part.write_bytes(file.read_bytes())
    ended = instep("ingest", extract, *words[2:], "--extract-date", WHEN)
    assert f"--extract-date {WHEN} may be wrong: the newest is named for 2026-12-24" in ended.err


def test_a_part_that_was_renamed_and_a_file_that_was_cut_off_are_said_at_once(
    instep, two, tmp_path
):
    _, (one, _) = two
    extract = tmp_path / "extract"
    extract.mkdir()
    for file in one.extract.glob("*.csv"):
        (extract / file.name).write_bytes(file.read_bytes())
    (extract / "events (1).csv").write_bytes((extract / "events.csv").read_bytes())
    with (extract / "events.csv").open("ab") as events:
        events.write(b"1,2026-05")
    words = ("--profile", "standard", "--out", tmp_path / "store", "--extract-date", WHEN)
    ended = instep("ingest", extract, *words)
    assert ended.code == 0
    assert "Note: not read: events (1).csv (a part that was renamed is missing" in ended.err
    assert "Note: events.csv ends in the middle of a row" in ended.err
