"""`instep-cohort codelists …`: what goes to stdout, what to stderr, and how each ends."""

import csv
import io
import json
import re
import shlex
import shutil
from datetime import date, timedelta

import pytest

from codelists.made_lists import CARD, HEADER, ROWS, write_list
from instep_cohort.codelists import Library, write_lock

COMMANDS = {
    "new": "ID --codelists --kind --title --purpose --category",
    "release": "ID --changes --bump --on --status --reviewer --reviewed-on --codelists",
    "review": "ID --version --status --reviewer --reviewed-on --codelists",
    "lock": "folder --check",
    "list": "--codelists --json",
    "show": "ID --codelists --version --selectors --json",
    "compare": "A B --codelists --format --out --all",
}
REVIEWED = ("--status", "reviewed", "--reviewer", "A. Clinician, GP", "--reviewed-on", "2026-11-20")


@pytest.fixture
def lists(tmp_path):
    folder = tmp_path / "lists"
    write_list(folder)
    write_list(folder, name="twinges")
    write_lock(folder)
    return folder


@pytest.fixture
def working(lists):
    file = lists / "aches" / "working.csv"
    file.write_text(f"{HEADER}\n{ROWS}read_v2,N06..,exact,pain,Other,\n")
    return file


@pytest.fixture
def codelists(instep, lists):
    """Runs one command on the made lists."""
    return lambda *words: instep("codelists", *words, "--codelists", lists)


def test_the_group_lists_its_commands(instep):
    ended = instep("codelists", "--help")
    assert ended.code == 0
    for command in COMMANDS:
        assert re.search(rf"│ {command} +[A-Z]", ended.out)


@pytest.mark.parametrize(("command", "options"), COMMANDS.items())
def test_every_argument_and_option_has_a_sentence(instep, command, options):
    ended = instep("codelists", command, "--help")
    assert ended.code == 0
    for option in options.split():
        (line,) = [
            line for line in ended.out.splitlines() if re.match(rf"│ \*? *{option}(?![-\w])", line)
        ]
        assert re.search(r"[A-Za-z][a-z]*,? [^<>│]{9,}", line.split(option, 1)[1]), line


# ---------------------------------------------------------------- new


def test_new_says_what_to_do_next_and_the_commands_it_names_are_there(instep, tmp_path):
    ended = instep(
        *("codelists", "new", "my-aches", "--codelists", tmp_path, "--kind", "clinical"),
        *("--title", "Aches", "--purpose", "Finds people who ache."),
        *("--category", "pain=where it hurts", "--category", "stiff=a = b"),
    )
    assert (ended.code, ended.err) == (0, "")
    home = tmp_path / "my-aches"
    assert "  stiff: a = b\n" in (home / "codelist.yaml").read_text()
    said = ended.out.replace("\\\n", " ")
    check, release = (
        shlex.split(line.split("instep-cohort", 1)[1])
        for line in said.splitlines()
        if "instep-cohort" in line
    )
    assert instep(*check).code == 3  # the author has not written anything yet
    ended = instep(*release)
    assert ended.code == 3
    assert "method: found nothing" in ended.err
    ended = instep("codelists", "list", "--codelists", tmp_path)
    assert re.search(r"my-aches +not released", ended.out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "is there already"),
        (("--category", "pain"), "write NAME=TEXT"),
        (("--category", "pain=a", "--category", "pain=b"), "given twice"),
    ],
)
def test_new_refuses(codelists, words, said):
    given = ("new", "aches", "--kind", "clinical", "--title", "A", "--purpose", "B")
    ended = codelists(*given, *words)
    assert ended.code == 2
    assert said in ended.err


# ---------------------------------------------------------------- release, review, lock


def test_release_prints_what_changed(codelists, lists, working):
    ended = codelists("release", "aches", "--bump", "minor", "--changes", "N06 added.")
    assert ended.code == 0
    assert ended.out == (
        f"aches 1.1.0 was released as draft: {working.parent / '1.1.0.csv'}\n"
        "Rows since aches 1.0.0: 1 added, 0 taken out, 0 moved to another category, 0 with another "
        "match, 0 with another term, 3 the same.\n"
        "  minor: codes added: read_v2 N06..\n"
        f"Row by row: instep-cohort codelists compare aches@1.0.0 aches@1.1.0 --codelists {lists}\n"
        "Studies that pin aches 1.0.0 go on with it until they ask for 1.1.0.\n"
    )
    assert "warning: aches/working.csv:3" in ended.err
    assert f"date: {date.today()}" in (working.parent / "codelist.yaml").read_text()


def test_release_without_a_bump_only_says_which(codelists, working):
    before = working.read_bytes()
    ended = codelists("release", "aches", "--changes", "x")
    assert (ended.code, ended.out) == (2, "")
    assert "what changed asks for --bump minor:\n  minor: codes added: read_v2 N06.." in ended.err
    assert working.read_bytes() == before


TOMORROW = (date.today() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--bump", "patch", "--changes", "x"), 2, "too small"),
        (("--bump", "minor"), 2, "--changes is empty"),
        (("--bump", "minor", "--changes", "x", "--status", "reviewed"), 2, "give --reviewer"),
        (("--bump", "minor", "--changes", "x", "--on", TOMORROW), 2, "has not come yet"),
        (("--bump", "minor", "--changes", "x", "--on", "1.2.2026"), 2, "not a date"),
        (("--bump", "minor", "--changes", "x", "--on", "2020-01-01"), 3, "newest first"),
    ],
)
def test_release_refuses(codelists, working, words, code, said):
    ended = codelists("release", "aches", *words)
    assert ended.code == code
    assert said in ended.err
    assert working.exists()


def test_release_of_a_wrong_working_copy_names_file_and_line(codelists, working):
    working.write_text(f"{HEADER}\n{ROWS}read_v2,N06,exact,pain,Other,\n")
    ended = codelists("release", "aches", "--bump", "minor", "--changes", "x")
    assert ended.code == 3
    assert "aches/working.csv:5 code: 'N06' has lost its dots" in ended.err


def test_review_marks_a_version(codelists, lists):
    ended = codelists("review", "aches", "--version", "1.0.0", *REVIEWED)
    assert ended.code == 0
    assert ended.out == "aches 1.0.0 is reviewed, read by A. Clinician, GP on 2026-11-20.\n"
    assert not Library(lists).latest("aches").is_draft
    ended = codelists("review", "aches", "--version", "1.0.0", *REVIEWED)
    assert ended.code == 2
    assert "never back" in ended.err


def test_lock(instep, lists):
    ended = instep("codelists", "lock", lists, "--check")
    assert (ended.code, ended.err) == (0, "")
    assert instep("codelists", "lock", lists).out == "Every version was locked already.\n"
    with (lists / "aches" / "1.0.0.csv").open("a") as file:
        file.write("read_v2,N06..,exact,pain,x,\n")
    before = (lists / "codelists.lock").read_bytes()
    checked = instep("codelists", "lock", lists, "--check")
    assert checked.code == 3
    assert "aches/1.0.0.csv: the file is not the one that was released" in checked.out
    refused = instep("codelists", "lock", lists)
    assert refused.code == 3
    assert "restore aches/1.0.0.csv" in refused.err
    assert (lists / "codelists.lock").read_bytes() == before
    assert instep("codelists", "lock", lists / "nowhere", "--check").code == 2


def test_lock_begins_one(instep, lists):
    (lists / "codelists.lock").unlink()
    assert instep("codelists", "lock", lists, "--check").code == 3
    assert not (lists / "codelists.lock").exists()
    ended = instep("codelists", "lock", lists)
    assert ended.out == "locked aches/1.0.0.csv\nlocked twinges/1.0.0.csv\n"


def test_the_lists_of_an_installation_are_not_changed(instep, working, monkeypatch, tmp_path):
    installed = tmp_path / "shipped" / "codelists"
    shutil.copytree(working.parent.parent, installed)
    monkeypatch.setattr("instep_cohort.shipped_files.shipped", lambda _: installed)
    for words in (
        ("release", "aches", "--bump", "minor", "--changes", "x"),
        ("review", "aches", "--version", "1.0.0", *REVIEWED),
        ("lock",),
    ):
        ended = instep("codelists", *words)
        assert ended.code == 2
        assert "copy" in ended.err
    assert instep("codelists", "lock", "--check").code == 0
    assert (installed / "aches" / "working.csv").exists()


# ---------------------------------------------------------------- list, show


def test_list_as_json(codelists, working):
    (first, _) = json.loads(codelists("list", "--json").out)
    assert first == {
        "id": "aches",
        "version": "1.0.0",
        "status": "draft",
        "selectors": 3,
        "title": "Aches",
    }


def test_show(codelists):
    whole, summary = codelists("show", "aches"), codelists("show", "aches", "--summary")
    assert whole.code == summary.code == 0
    assert whole.out.startswith(summary.out.rstrip("\n"))
    assert "    N05zL  exclude  Osteoarthritis NOS of knee" in whole.out
    assert "N05zL" not in summary.out
    said = json.loads(codelists("show", "aches", "--json").out)
    assert (said["version"], len(said["selectors"])) == ("1.0.0", 3)
    assert "selectors" not in json.loads(codelists("show", "aches", "--json", "--summary").out)
    refused = codelists("show", "akes")
    assert refused.code == 3
    assert "did you mean aches?" in refused.err
    assert codelists("show", "aches", "--version", "9.9.9").code == 3


# ---------------------------------------------------------------- compare


def test_compare_as_text(codelists, working):
    ended = codelists("compare", "aches", "aches@working")
    assert (ended.code, ended.err) == (0, "")
    assert "Only right (1): written in aches working and not in aches 1.0.0" in ended.out
    assert "The same in both" not in ended.out
    assert "The same in both (3)" in codelists("compare", "aches", "aches@working", "--all").out


def test_compare_in_every_format(codelists, working, tmp_path):
    rows = csv.DictReader(
        io.StringIO(codelists("compare", "aches", working, "--format", "csv").out)
    )
    assert [row["found"] for row in rows].count("both") == 3
    assert (
        len(json.loads(codelists("compare", "aches", working, "--format", "json").out)["rows"]) == 4
    )
    assert codelists("compare", "aches", working, "--format", "html").out.startswith(
        "<!DOCTYPE html>"
    )
    for ending, start in (
        (".csv", "found,"),
        (".html", "<!DOC"),
        (".json", "{"),
        (".txt", "left:"),
    ):
        out = tmp_path / f"compared{ending}"
        ended = codelists("compare", "aches", working, "--out", out)
        assert (ended.code, ended.out) == (0, "")
        assert out.read_text(encoding="utf-8").startswith(start)


def test_compare_never_overwrites(codelists, tmp_path):
    out = tmp_path / "compared.csv"
    out.write_text("mine")
    ended = codelists("compare", "aches", "twinges", "--out", out)
    assert ended.code == 2
    assert "is there already" in ended.err
    assert out.read_text() == "mine"
    ended = codelists("compare", "aches", "twinges", "--out", tmp_path / "nowhere" / "x.csv")
    assert ended.code == 2
    assert "there is no folder" in ended.err
    assert "make it first" in ended.err


def test_compare_of_a_list_that_is_not_there(codelists):
    assert codelists("compare", "aches", "akes").code == 3
    assert codelists("compare", "aches", "./akes.csv").code == 2


# ---------------------------------------------------------------- what a newcomer types


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("list", "--codelists", "LISTS/aches"), 0, "is one codelist: name the folder that it is"),
        (("show", "aches", "--codelists", "EMPTY"), 3, "there are none in"),
        (("show", "aches@7.0.0"), 3, "aches has no version '7.0.0' (released: "),
        (("check", "opioids"), 2, "the shipped list of that name is "),
        (("check", "EMPTY/list"), 2, "no file, at"),
        (("compare", "aches", "twinges", "--out", "EMPTY/new/x.html"), 2, "make it first"),
        (("export", "aches@7.0.0", "--format", "plain", "--out", "EMPTY/x.csv"), 3, "released: "),
        (("search", "pain", "EMPTY"), 5, "not a store, there is no store.json in it"),
        (("coverage", "aches", "EMPTY"), 5, "not a store, there is no store.json in it"),
    ],
)
def test_a_slip_is_answered_with_what_would_be_right(instep, lists, tmp_path, words, code, says):
    empty = tmp_path / "empty"
    empty.mkdir()
    given = [word.replace("LISTS", str(lists)).replace("EMPTY", str(empty)) for word in words]
    if "--codelists" not in given and words[0] not in ("check", "search"):
        given += ["--codelists", str(lists)]
    ended = instep("codelists", *given)
    assert ended.code == code
    assert says in ended.err


def test_a_first_version_is_asked_for_its_number(instep, tmp_path):
    unreleased = CARD.partition("history:")[0] + "history: []\n"
    write_list(tmp_path, card=unreleased)
    home = tmp_path / "aches"
    (home / "1.0.0.csv").rename(home / "working.csv")
    (tmp_path / "codelists.lock").unlink(missing_ok=True)
    ended = instep("codelists", "release", "aches", "--codelists", tmp_path, "--changes", "First.")
    assert ended.code == 2
    assert "--bump major makes it 1.0.0" in ended.err


def test_no_command_is_answered_with_the_commands(instep):
    ended = instep("codelists")
    assert "compare" in ended.out + ended.err


def test_a_version_can_be_named_behind_the_list(codelists, lists):
    write_list(lists, rows=ROWS + "read_v2,N06..,exact,pain,Other,\n", version="1.1.0")
    card = lists / "aches" / "codelist.yaml"
    newer = "history:\n  - {version: 1.1.0, date: 2026-11-24, status: draft, changes: more}\n"
    card.write_text(CARD.replace("history:\n", newer))
    write_lock(lists)
    older = codelists("show", "aches@1.0.0", "--json")
    assert json.loads(older.out)["version"] == "1.0.0"
    assert older == codelists("show", "aches", "--version", "1.0.0", "--json")
    assert json.loads(codelists("show", "aches", "--json").out)["version"] == "1.1.0"
