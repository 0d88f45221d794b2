"""Releasing: the right number, history and lock together, and nothing where anything is wrong."""

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from made_lists import CARD, HEADER, ROWS, select, write_list

from instep_cohort.codelists import (
    Library,
    Release,
    check,
    lock_findings,
    lock_releases,
    release,
    review,
    write_lock,
)
from instep_cohort.codelists.comparing.aligning import aligned
from instep_cohort.codelists.releasing.bumps import next_version, reasons
from instep_cohort.codelists.releasing.history_text import NotEditable, with_release, with_status
from instep_cohort.errors import DefinitionError, UsageError

DAY = date(2026, 11, 24)


def snapshot(folder):
    """Every file with its bytes, hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_working(folder, rows, name="aches"):
    (folder / name / "working.csv").write_bytes(f"{HEADER}\n{rows}".encode())


@pytest.fixture
def folder(tmp_path):
    write_list(tmp_path, name="twinges")
    write_list(tmp_path)
    write_lock(tmp_path)
    write_working(tmp_path, f"{ROWS}read_v2,N06..,exact,pain,Other,\n")
    return tmp_path


def released(folder, **given):
    options = {"bump": "minor", "changes": "N06 added.", "on": DAY} | given
    return release("aches", folder, **options)


# ---------------------------------------------------------------- which number

BUMPS = """
read_v2 exact N05.. ; read_v2 exact N05.., read_v2 exact N06.. ; minor ; codes added
read_v2 exact N05.., read_v2 exact N06.. ; read_v2 exact N05.. ; major ; codes taken out
read_v2 exact N05.. ; read_v2 exact N05.. = stiff ; major ; codes moved to another category
read_v2 exact N05.. ; read_v2 descendants N05.. ; minor ; meets more
read_v2 descendants N05.. ; read_v2 exact N05.. ; major ; meets less
read_v2 descendants N05zL ; read_v2 exact N05zL ; patch ; meets the same
read_v2 exact N05.. ; read_v2 exclude N05.. ; major ; are excluded now
read_v2 exclude N05.. ; read_v2 exact N05.. ; minor ; are taken in now
read_v2 exclude N05.. ; read_v2 exclude_descendants N05.. ; major ; meets less
read_v2 exclude_descendants N05.. ; read_v2 exclude N05.. ; minor ; meets more
read_v2 descendants N05.. ; read_v2 descendants N05.., read_v2 exclude N051. ; major ; exclusions added
read_v2 descendants N05.., read_v2 exclude N051. ; read_v2 descendants N05.. ; minor ; exclusions taken out
read_v2 descendants N05.., read_v2 exact N051. ; read_v2 descendants N05.. ; patch ; change nothing
read_v2 descendants N05.. ; read_v2 descendants N05.., read_v2 exact N051. ; patch ; change nothing
read_v2 descendants N05.. ; read_v2 descendants N05.., read_v2 exact N051. = stiff ; minor ; codes added
read_v2 descendants N05.., read_v2 exact N051. = stiff ; read_v2 descendants N05.. ; major ; codes taken out
read_v2 descendants N05.. ; read_v2 exact N051. ; major ; codes taken out
substance exact codeine ; substance exact Codeine ; patch ; spellings
"""


@pytest.mark.parametrize("case", BUMPS.strip().splitlines())
def test_what_a_change_asks_for(case):
    left, right, bump, why = case.split(" ; ")
    sides = ([select(one) for one in text.split(", ")] for text in (left, right))
    first = reasons(aligned(*sides))[0]
    assert first.bump == bump
    assert why in first.text


def test_nothing_asks_for_nothing():
    rows = [select("read_v2 exact N05.."), select("read_v2 exact N06..")]
    assert reasons(aligned(rows, rows[::-1])) == []


def test_a_reason_names_the_first_codes():
    rows = [select(f"read_v2 exact N0{n}..") for n in range(5)]
    (one,) = reasons(aligned([], rows))
    assert str(one) == "codes added: read_v2 N00.., read_v2 N01.., read_v2 N02.. and 2 more"


@pytest.mark.parametrize(
    ("version", "bump", "after"),
    [
        (None, "major", "1.0.0"),
        ("1.4.2", "major", "2.0.0"),
        ("1.4.2", "minor", "1.5.0"),
        ("1.4.2", "patch", "1.4.3"),
        ("1.9.9", "patch", "1.9.10"),
    ],
)
def test_the_next_version(version, bump, after):
    from instep_cohort.codelists.releasing import Bump

    assert next_version(version, Bump(bump)) == after


# ---------------------------------------------------------------- a release


def test_a_release_writes_file_history_and_lock(folder):
    before = snapshot(folder)
    made = released(folder)
    after = snapshot(folder)
    assert (made.id, made.version, made.status) == ("aches", "1.1.0", "draft")
    assert made.comparison.summary[-1].only_right == 1
    assert after.keys() - before.keys() == {"aches/1.1.0.csv"}
    assert before.keys() - after.keys() == {"aches/working.csv"}
    # rows sorted, whatever order they were written in
    assert (
        after["aches/1.1.0.csv"].decode()
        == f"""\
{HEADER}
read_v2,N05..,descendants,pain,Osteoarthritis,
read_v2,N06..,exact,pain,Other,
read_v2,N051.,exact,stiff,Localised primary osteoarthritis,
read_v2,N05zL,exclude,,Osteoarthritis NOS of knee,
"""
    )
    digest = hashlib.sha256(after["aches/1.1.0.csv"]).hexdigest()
    assert f"{digest}  aches/1.1.0.csv\n" in after["codelists.lock"].decode()
    assert {*before["codelists.lock"].splitlines()} < {*after["codelists.lock"].splitlines()}
    assert after["aches/codelist.yaml"].decode() == CARD.replace(
        "history:\n",
        """\
history:
  - version: 1.1.0
    date: 2026-11-24
    status: draft
    changes: N06 added.
""",
    )
    assert lock_findings(folder) == []
    assert [one for one in check(folder, on=DAY) if one.severity == "error"] == []
    latest = Library(folder).latest("aches")
    assert (latest.version, len(latest.selectors)) == ("1.1.0", 4)


def test_a_first_release_is_1_0_0(tmp_path):
    home = write_list(tmp_path, card=CARD.split("history:")[0] + "history: []\n")
    (home / "1.0.0.csv").rename(home / "working.csv")
    with pytest.raises(UsageError, match="--bump minor is too small"):
        released(tmp_path)
    assert released(tmp_path, bump="major").version == "1.0.0"
    assert Library(tmp_path).latest("aches").version == "1.0.0"
    assert lock_findings(tmp_path) == []


def test_a_reviewed_release_names_who_and_when(folder):
    made = released(
        folder, status="reviewed", reviewer="A. Clinician,  GP", reviewed_on=date(2026, 11, 20)
    )
    assert made.status == "reviewed"
    first = Library(folder).latest("aches").history[0]
    assert first == Release(
        "1.1.0", DAY, "reviewed", "N06 added.", "A. Clinician, GP", date(2026, 11, 20)
    )


def test_layout_is_mended_and_cells_are_not(folder):
    text = f"{HEADER}\n{ROWS}read_v2,N06..,exact,pain,Other,\n".replace("\n", "\r\n")
    (folder / "aches" / "working.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    made = released(folder)
    data = made.file.read_bytes()
    assert b"\r" not in data
    assert data.startswith(b"system,")
    assert {one.code for one in made.warnings} == {"category-overlap"}


def test_what_is_odd_is_told_and_released(folder):
    write_working(folder, f"{ROWS}read_v2,N06..,exact,pain,,\n")
    made = release("aches", folder, bump="minor", changes="more", on=date(2027, 12, 1))
    assert {"term-missing", "review-passed"} <= {one.code for one in made.warnings}


def test_a_lock_is_begun_where_there_is_none(folder):
    (folder / "codelists.lock").unlink()
    released(folder)
    assert lock_findings(folder) == []
    assert len((folder / "codelists.lock").read_text().splitlines()) == 3


def test_another_list_that_is_being_written_by_hand_is_not_locked_along(folder):
    write_list(folder, name="twinges", version="1.1.0")
    released(folder)
    assert [one.file for one in lock_findings(folder)] == ["twinges/1.1.0.csv"]


# ---------------------------------------------------------------- refusals

SAME = f"{HEADER}\n{ROWS}"


def set_working(rows):
    return lambda folder: write_working(folder, rows)


def set_card(old, new):
    def change(folder):
        file = folder / "aches" / "codelist.yaml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    return change


def keep(_):
    """Changes nothing: the option alone is refused."""


REFUSALS = [
    (
        keep,
        {"bump": None},
        UsageError,
        r"asks for --bump minor:\n  minor: codes added: read_v2 N06",
    ),
    (keep, {"bump": "patch"}, UsageError, "--bump patch is too small, .* --bump minor"),
    (keep, {"bump": "huge"}, UsageError, "one of patch, minor, major"),
    (keep, {"changes": " \n"}, UsageError, "--changes is empty"),
    (keep, {"status": "reviewed"}, UsageError, "give --reviewer"),
    (keep, {"status": "published", "reviewer": "A"}, UsageError, "--reviewed-on DATE"),
    (keep, {"status": "reviewed", "reviewed_on": DAY}, UsageError, "give --reviewer"),
    (keep, {"status": "reviewed", "reviewer": " - ", "reviewed_on": DAY}, UsageError, "give --rev"),
    (
        keep,
        {"status": "reviewed", "reviewer": "A", "reviewed_on": date(2026, 11, 25)},
        UsageError,
        "lies after 2026-11-24",
    ),
    (keep, {"reviewer": "A. Clinician"}, UsageError, "a draft has no reviewer"),
    (keep, {"status": "final"}, UsageError, "one of draft, reviewed, published"),
    (keep, {"on": date(2026, 11, 1)}, DefinitionError, "newest first"),
    (set_working(ROWS), {}, UsageError, "nothing changed since aches 1.0.0"),
    (set_working("".join(ROWS.splitlines(True)[::-1])), {}, UsageError, "nothing changed"),
    (set_working(""), {}, DefinitionError, r"aches/working\.csv: the list has no rows"),
    (
        set_working(f"{ROWS}read_v2,N06,exact,pain,x,\n"),
        {},
        DefinitionError,
        r"working\.csv:5 code",
    ),
    (
        set_working(f"{ROWS}read_v2,N06..,exact,pain,x,\nread_v2,N06..,exact,stiff,x,\n"),
        {},
        DefinitionError,
        r"working\.csv:6 .* is in stiff here and in pain",
    ),
    (
        set_working(f"{ROWS}read_v2,N06..,exact,pain,=1+1,\n"),
        {},
        DefinitionError,
        r"working\.csv:5 term: '=1\+1'",
    ),
    (set_card("title: Aches\n", ""), {}, DefinitionError, r"codelist\.yaml:1 title"),
    (set_card("purpose: People who ache.", "purpose: ["), {}, DefinitionError, "not YAML"),
    (set_card("history:\n", "history: &a\n"), {}, DefinitionError, "only a person can edit"),
    (
        set_card("  stiff: where it is stiff\n", ""),
        {},
        DefinitionError,
        "'stiff' is not declared, and 1.0.0 has rows of it",
    ),
    (
        lambda folder: (folder / "aches" / "working.csv").unlink(),
        {},
        UsageError,
        r"copy 1\.0\.0\.csv to working\.csv",
    ),
    (
        lambda folder: write_list(folder, version="1.1.0"),
        {},
        DefinitionError,
        r"aches/1\.1\.0\.csv: the version is there and codelists\.lock does not name it",
    ),
    (
        lambda folder: (folder / "twinges" / "1.0.0.csv").write_text(SAME + "\n"),
        {},
        DefinitionError,
        r"twinges/1\.0\.0\.csv: the file is not the one that was released",
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case[3][:40])
def test_a_refusal_says_why_and_changes_nothing(folder, case):
    change, options, error, said = case
    change(folder)
    before = snapshot(folder)
    with pytest.raises(error, match=said):
        released(folder, **options)
    assert snapshot(folder) == before


def test_a_list_that_is_not_there(folder):
    with pytest.raises(UsageError, match="did you mean aches"):
        release("akes", folder, bump="minor", changes="x", on=DAY)
    with pytest.raises(UsageError, match="no folder of codelists"):
        release("aches", folder / "nowhere", bump="minor", changes="x", on=DAY)


MOMENTS = [(os, "fsync", nth) for nth in range(1, 7)] + [
    (Path, "replace", nth) for nth in (1, 2, 3)
]


@pytest.mark.parametrize(("where", "call", "nth"), [*MOMENTS, (Path, "unlink", 1)])
def test_a_disk_that_fails_at_any_moment_leaves_everything_as_it_was(
    folder, monkeypatch, where, call, nth
):
    before = snapshot(folder)
    real, calls = getattr(where, call), []

    def failing(*args, **kwargs):
        calls.append(args)
        if len(calls) == nth:
            raise OSError(28, "No space left on device")
        return real(*args, **kwargs)

    monkeypatch.setattr(where, call, failing)
    with pytest.raises(UsageError, match=r"nothing was changed, .* No space left"):
        released(folder)
    assert snapshot(folder) == before


def test_a_file_that_somebody_saves_meanwhile_is_not_overwritten(folder, monkeypatch):
    import instep_cohort.codelists.releasing.new_version as module

    real = module.csv_table

    def saves_meanwhile(*args):
        set_card("title: Aches", "title: Other aches")(folder)
        return real(*args)

    monkeypatch.setattr(module, "csv_table", saves_meanwhile)
    with pytest.raises(UsageError, match=r"codelist\.yaml was changed by somebody else"):
        released(folder)
    assert not (folder / "aches" / "1.1.0.csv").exists()
    assert "Other aches" in (folder / "aches" / "codelist.yaml").read_text()


# ---------------------------------------------------------------- the text of the history

ENTRY = Release("2.0.0", DAY, "draft", "Words: with a colon # and a hash")
READ = Release("2.0.0", DAY, "reviewed", "Read", "A. Clinician", date(2026, 11, 20))
LAYOUTS = {
    "empty": ("id: a\nhistory: []\n", "id: a\nhistory:\n{}"),
    "nothing": ("id: a\nhistory:\n", "id: a\nhistory:\n{}"),
    "nothing at the end": ("id: a\nhistory:", "id: a\nhistory:\n{}"),
    "remark": ("history: []  # newest first\n", "history:  # newest first\n{}"),
    "not last": ("history: []\n\n# why\nid: a\n", "history:\n{}\n# why\nid: a\n"),
    "dashes": (
        "history: # newest first\n  # here\n  - version: 1.0.0 # old\nid: a\n",
        "history: # newest first\n  # here\n{}  - version: 1.0.0 # old\nid: a\n",
    ),
    "not indented": ("history:\n- version: 1.0.0\n", "history:\n{}- version: 1.0.0\n"),
    "four": ("history:\n    - version: 1.0.0\n", "history:\n{}    - version: 1.0.0\n"),
    "braces": ("history:\n  - {version: 1.0.0}\n", "history:\n{}  - {{version: 1.0.0}}\n"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_release_is_put_at_the_top_and_nothing_else_moves(layout):
    text, expected = LAYOUTS[layout]
    indent = {"not indented": "", "four": "    "}.get(layout, "  ")
    lines = [
        f"{indent}- version: 2.0.0",
        f"{indent}  date: 2026-11-24",
        f"{indent}  status: draft",
        f'{indent}  changes: "Words: with a colon # and a hash"',
    ]
    made = with_release(text, ENTRY)
    assert made.strip() == expected.format("".join(f"{line}\n" for line in lines)).strip()


def test_a_history_in_brackets():
    text = "history: [{version: 1.0.0}]  # so\n"
    assert with_release(text, READ) == (
        'history: [{version: 2.0.0, date: 2026-11-24, status: "reviewed", changes: "Read", '
        'reviewer: "A. Clinician", reviewed_on: 2026-11-20}, {version: 1.0.0}]  # so\n'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: a\n", "there is no history"),
        ("history: 1.0.0\n", "no list"),
        ("history: {version: 1.0.0}\n", "no list"),
        ("- a\n", "no keys"),
        ("history: &x\n  - version: 1.0.0\n", "only a person"),
    ],
)
def test_a_history_that_cannot_be_edited(text, said):
    with pytest.raises(NotEditable, match=said):
        with_release(text, ENTRY)


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1
)
BASE = "# head\r\nid: a\r\nhistory: # top\r\n- version: 1.0.0\r\n  status: draft # so\r\n# end\r\n"


@given(WORDS.map(lambda text: " ".join(text.split())).filter(bool), WORDS.filter(str.strip))
def test_any_words_come_back_and_every_old_line_stays(changes, reviewer):
    reviewer = " ".join(reviewer.split()) or "x"
    for base in (BASE, BASE.replace("\r\n", "\n"), "id: a\nhistory: [] # x\n# end\n"):
        entry = Release("2.0.0", DAY, "reviewed", changes, reviewer, DAY)
        try:
            made = with_release(base, entry)
        except (NotEditable, yaml.YAMLError):
            # what YAML cannot hold is refused, and is never a printable character
            assert not (changes + reviewer).isprintable()
            continue
        first = yaml.load(made, Loader=yaml.BaseLoader)["history"][0]
        assert (first["changes"], first["reviewer"]) == (changes, reviewer)
        old = [line.replace("[] ", "") for line in base.splitlines(True)]
        new = iter(made.splitlines(True))
        assert all(any(line.split() == one.split() for one in new) for line in old)
        marked = with_status(made, "2.0.0", "published", reviewer, date(2026, 1, 2))
        assert yaml.load(marked, Loader=yaml.BaseLoader)["history"][0] == {
            **first,
            "status": "published",
            "reviewed_on": "2026-01-02",
        }


def test_a_long_change_is_folded():
    made = with_release("history: []\n", ENTRY._replace(changes="word and word, " * 30 + "end"))
    assert "changes: >-\n      word and word" in made
    assert max(map(len, made.splitlines())) <= 120


# ---------------------------------------------------------------- a clinician has read it


def marked(folder, **given):
    options = {
        "status": "reviewed",
        "reviewer": "A. Clinician, GP",
        "reviewed_on": date(2026, 11, 20),
        "on": DAY,
    } | given
    return review("aches", options.pop("version", "1.0.0"), folder, **options)


def test_a_review_changes_one_entry_and_no_row(folder):
    before = snapshot(folder)
    entry = marked(folder)
    assert (entry.status, entry.reviewer) == ("reviewed", "A. Clinician, GP")
    after = snapshot(folder)
    assert {name for name in before if before[name] != after[name]} == {"aches/codelist.yaml"}
    assert after["aches/codelist.yaml"].decode() == CARD.replace(
        "    status: draft\n",
        "    status: reviewed\n    reviewer: A. Clinician, GP\n    reviewed_on: 2026-11-20\n",
    )
    assert not Library(folder).get("aches", "1.0.0").is_draft


def test_a_reviewed_version_is_published_by_the_same_signature(folder):
    marked(folder)
    entry = marked(folder, status="published", reviewer=None, reviewed_on=None)
    assert entry == Release(
        "1.0.0", DAY, "published", "first", "A. Clinician, GP", date(2026, 11, 20)
    )
    assert Library(folder).latest("aches").history[0] == entry


@pytest.mark.parametrize(
    ("first", "options", "said"),
    [
        (None, {"reviewer": None}, "give --reviewer"),
        (None, {"reviewed_on": None}, "--reviewed-on DATE"),
        (None, {"reviewed_on": date(2027, 1, 1)}, "lies after 2026-11-24"),
        (None, {"version": "3.0.0"}, "aches has no version '3.0.0'"),
        (None, {"status": "draft"}, "is draft: it cannot become draft"),
        ("reviewed", {}, "is reviewed, read by A. Clinician, GP on 2026-11-20"),
        ("published", {}, "never back"),
        ("published", {"status": "draft", "reviewer": None, "reviewed_on": None}, "never back"),
        ("reviewed", {"status": "published", "reviewer": "B"}, "the history keeps that"),
    ],
)
def test_a_review_that_is_refused(folder, first, options, said):
    if first:
        marked(folder, status=first)
    before = snapshot(folder)
    with pytest.raises(UsageError, match=said):
        marked(folder, **options)
    assert snapshot(folder) == before


def test_rows_that_were_changed_cannot_be_reviewed(folder):
    with (folder / "aches" / "1.0.0.csv").open("a") as file:
        file.write("read_v2,N06..,exact,pain,x,\n")
    with pytest.raises(DefinitionError, match="not the one that was released"):
        marked(folder)


# ---------------------------------------------------------------- locking by hand


def test_only_new_versions_are_locked(folder):
    card = CARD.replace(
        "history:\n",
        "history:\n  - {version: 1.1.0, date: 2026-11-24, status: draft, changes: x}\n",
    )
    before = (folder / "codelists.lock").read_text().splitlines()
    write_list(folder, version="1.1.0", card=card, rows=f"{ROWS}read_v2,N06..,exact,pain,x,\n")
    assert lock_releases(folder) == ["aches/1.1.0.csv"]
    assert {*before} < {*(folder / "codelists.lock").read_text().splitlines()}
    assert lock_releases(folder) == []
    assert "aches/working.csv" not in (folder / "codelists.lock").read_text()


def change_row(folder):
    (folder / "aches" / "1.0.0.csv").write_text(SAME + "\n")


def forget_entry(folder):
    write_list(folder, version="1.1.0")


def break_row(folder):
    forget_entry(folder)
    (folder / "aches" / "1.1.0.csv").write_text(f"{SAME}read_v2,N05..,descendants,stiff,x,\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (change_row, r"keep yours as aches/working\.csv, restore aches/1\.0\.0\.csv"),
        (forget_entry, r"aches/1\.1\.0\.csv: the history in codelist\.yaml has no version 1\.1\.0"),
        (break_row, r"aches/1\.1\.0\.csv"),
    ],
)
def test_a_lock_that_is_refused(folder, change, said):
    change(folder)
    before = snapshot(folder)
    with pytest.raises(DefinitionError, match=said):
        lock_releases(folder)
    assert snapshot(folder) == before


def test_no_folder_to_lock(tmp_path):
    with pytest.raises(UsageError, match="no folder"):
        lock_releases(tmp_path / "nowhere")
