"""RULES.md §8: of each pair the latest code stands, and every doubt is decided for the person."""

from datetime import date

import pytest
from hand_made import facts, run

from reference import row

# what a person's record says, each code with its date, and whether it removes them
CASES = [
    ("nothing", "", False),
    ("a dissent", "D 2020-01-01", True),
    ("a dissent on the search date", "D 2026-11-01", True),
    ("a dissent after the search date", "D 2026-11-02", True),
    ("a dissent before birth", "D 1950-01-01", True),
    ("an undated dissent", "D", True),
    ("a dissent known to the month", "D 2020-01", True),
    ("a dissent known to the year", "D 2020", True),
    ("a withdrawal alone", "W 2020-01-01", False),
    ("withdrawn later", "D 2020-01-01, W 2020-01-02", False),
    ("withdrawn on the search date", "D 2020-01-01, W 2026-11-01", False),
    ("withdrawn on the same day", "D 2020-01-01, W 2020-01-01", True),
    ("withdrawn before", "D 2020-01-02, W 2020-01-01", True),
    ("dissented again", "D 2020-01-01, W 2020-01-02, D 2020-01-03", True),
    ("dissented again after the search date", "D 2020-01-01, W 2020-01-02, D 2026-12-01", True),
    ("withdrawn again", "D 2020-01-01, W 2020-01-02, D 2020-01-03, W 2020-01-04", False),
    ("an undated withdrawal", "D 2020-01-01, W", True),
    ("a withdrawal known to the month", "D 2020-01-01, W 2020-03", True),
    ("a withdrawal known to the year", "D 2020-01-01, W 2021", True),
    ("withdrawn after the search date", "D 2020-01-01, W 2026-11-02", True),
    ("withdrawn before birth", "D 1950-01-01, W 1950-01-02", True),
    ("withdrawn on the day of birth", "D 1950-01-01, W 1986-01-01", False),
    ("an undated dissent withdrawn", "D, W 2020-01-01", True),
    ("one of two dissents undated", "D, D 2020-01-01, W 2020-01-02", True),
    ("the withdrawal of the other pair", "D 2020-01-01, X 2020-01-02", True),
]
PAIRS = {"research_dissent": "RD RW TW", "type_1": "TD TW RW"}


def rows_of(who, text, codes):
    letters = dict(zip("DWX", codes.split(), strict=True))
    said = [part.split() for part in text.split(", ") if part]
    return [row(who, when[0] if when else "", letters[letter]) for letter, *when in said]


@pytest.mark.parametrize("step", PAIRS)
def test_the_latest_code_of_a_pair_stands(engine_name, step, tmp_path):
    events = [row(name, "2026-01-01", "A1") for name, _, _ in CASES]
    events += [one for name, text, _ in CASES for one in rows_of(name, text, PAIRS[step])]
    found = facts(run(engine_name, tmp_path, {"ache": {"events": "aches"}}, events))
    assert {name: found[name]["dropped_at"] for name, _, _ in CASES} == {
        name: step if removed else "" for name, _, removed in CASES
    }


def test_a_dissent_after_death_counts(engine_name, tmp_path):
    """A death after the extract date: whoever is dead by then is in no population."""
    events = [row("p", "2026-01-01", "A1"), row("p", "2027-03-01", "RD")]
    dies = {"p": {"death": date(2026, 11, 2)}}
    found = facts(run(engine_name, tmp_path, {"ache": {"events": "aches"}}, events, patients=dies))
    assert found["p"]["dropped_at"] == "research_dissent"


@pytest.mark.parametrize("when", ["2020-01-01", "2027-01-01", "1950-01-01", "", "2020"])
def test_a_dissent_of_another_kind_cautions_whatever_its_date(engine_name, when, tmp_path):
    events = [row("p", "2026-01-01", "A1"), row("p", when, "CA"), row("q", "2026-01-01", "A1")]
    listed = [("p", "national"), ("q", "national")]
    found = run(engine_name, tmp_path, {"ache": {"events": "aches"}}, events, practice_list=listed)
    cautions = {
        row["patient_id"]: row["cautions"] for row in found.tables["candidates"].to_pylist()
    }
    assert cautions == {"p": "opt-out: caution; opt-out: national", "q": "opt-out: national"}


def test_the_practice_list_removes_cautions_or_both(engine_name, tmp_path):
    listed = {
        "a": ["research"],
        "b": ["type_1"],
        "c": ["national"],
        "d": ["national", "research"],
        "e": [],
    }
    found = run(
        engine_name,
        tmp_path,
        {"ache": {"events": "aches"}},
        [row(who, "2026-01-01", "A1") for who in listed],
        practice_list=[(who, kind) for who, kinds in listed.items() for kind in kinds] + [("z", "research")],
    )  # fmt: skip
    dropped = {who: one["dropped_at"] for who, one in facts(found).items()}
    assert dropped == {
        "a": "practice_list",
        "b": "practice_list",
        "c": "",
        "d": "practice_list",
        "e": "",
    }
    cautions = {
        row["patient_id"]: row["cautions"] for row in found.tables["candidates"].to_pylist()
    }
    assert cautions == {"c": "opt-out: national", "e": ""}


def test_an_overridden_type_1_is_shown_and_the_practice_list_removes_all_the_same(
    engine_name, tmp_path
):
    events = [row(who, "2026-01-01", "A1") for who in "pq"]
    events += [row(who, "2020-01-01", "TD") for who in "pq"]
    found = run(
        engine_name,
        tmp_path,
        {"ache": {"events": "aches"}},
        events,
        practice_list=[("q", "type_1")],
        opt_outs={"events": "wishes", "type_1_overridden_by": "Dr A, partner"},
    )
    assert [step.step for step in found.attrition][-2:] == ["research_dissent", "practice_list"]
    dropped = {who: one["dropped_at"] for who, one in facts(found).items()}
    assert dropped == {"p": "", "q": "practice_list"}
    shown = [
        r["category"] for r in found.tables["evidence"].to_pylist() if r["used_by"] == "opt_out"
    ]
    assert shown == ["type_1_dissent"] * 2
