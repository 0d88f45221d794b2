"""Two runs of one study held against each other."""

import csv
import stat
from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pytest

from instep_cohort.cohort.over_time import changes
from instep_cohort.cohort.private_files import write_private_csv
from instep_cohort.errors import UsageError


def run_of(on, tiers, dropped, **others):
    """A run on a date: the tier of each candidate, and the step that left out each other."""
    everybody = dict.fromkeys(tiers, "") | dropped
    manifest = {
        "study": {"name": "instep", "version": "1.0.0", "sha256": "s"},
        "search_date": on,
        "parameters": {"issues": {"value": 3, "source": "x"}},
        "codelists": [{"id": "opioids", "sha256": "o"}],
        "store": {"profile": "standard"},
    } | others
    candidates = pa.table(
        {
            "patient_id": pa.array(tiers, pa.string()),
            "practice_id": pa.array(["P1" for _ in tiers], pa.string()),
            "tier": pa.array(tiers.values(), pa.string()),
            "tier_reason": pa.array([f"Because {tier}." for tier in tiers.values()], pa.string()),
        }
    )
    facts = pa.table(
        {
            "patient_id": pa.array(everybody, pa.string()),
            "dropped_at": pa.array(everybody.values(), pa.string()),
        }
    )
    return SimpleNamespace(tables={"candidates": candidates, "facts": facts}, manifest=manifest)


BEFORE = run_of(
    "2026-10-01",
    {"001": "B", "002": "B", "003": "C", "004": "C"},
    {"005": "pain_medicine", "007": "type_1"},
)
AFTER = run_of(
    "2026-11-01",
    {"001": "B", "002": "A", "005": "B", "006": "C"},
    {"003": "type_1", "007": "type_1"},
)


def test_each_candidate_of_either_run_has_one_row():
    assert [tuple(row.values()) for row in changes(BEFORE, AFTER).table.to_pylist()] == [
        ("001", "P1", "still", "B", "B", ""),
        ("002", "P1", "still", "B", "A", "tier moved: Because A."),
        ("003", "P1", "no longer", "C", None, "left out now at type_1"),
        (
            *("004", "P1", "no longer", "C", None),
            "now not among those who are looked at: alive, registered, of the age",
        ),
        ("005", "P1", "new", None, "B", "left out before at pain_medicine"),
        (
            *("006", "P1", "new", None, "C"),
            "before not among those who are looked at: alive, registered, of the age",
        ),
    ]


def test_it_shows_counts_and_nobody():
    found = changes(BEFORE, AFTER)
    assert sum(count.people for count in found.counts()) == 6
    assert [count.change for count in found.counts()][:2] == ["new", "new"]
    for shown in (repr(found), found._repr_html_()):
        assert "instep: 2026-10-01 to 2026-11-01" in shown
        assert not any(f"00{n}" in shown for n in range(1, 8))
    assert found.warnings == ()


def test_what_else_differs_is_said():
    other = run_of(
        "2026-11-01",
        {},
        {},
        study={"name": "instep", "version": "1.1.0", "sha256": "t"},
        parameters={"issues": {"value": 2, "source": "--set"}},
        codelists=[{"id": "opioids", "sha256": "o"}, {"id": "cancer", "sha256": "c"}],
        store={"profile": "aurum"},
    )
    assert changes(BEFORE, other).warnings == (
        "the study itself differs (1.0.0 and 1.1.0): changes may come of that.",
        "parameters differ (issues): changes may come of that.",
        "codelists differ (cancer): changes may come of that.",
        "the extracts are of different systems: check that their patient ids are the same.",
    )


def test_two_studies_and_the_wrong_order_are_refused():
    other = run_of("2026-11-01", {}, {}, study={"name": "reise", "version": "1", "sha256": "r"})
    with pytest.raises(UsageError, match="two studies, instep and reise"):
        changes(BEFORE, other)
    with pytest.raises(UsageError, match="give the earlier first"):
        changes(AFTER, BEFORE)


def test_people_go_into_a_private_file_that_replaces_none(tmp_path):
    path = write_private_csv(changes(BEFORE, AFTER).table, tmp_path / "changes.csv")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(newline="", encoding="utf-8") as file:
        assert next(row["patient_id"] for row in csv.DictReader(file)) == "001"
    with pytest.raises(UsageError, match="there already"):
        write_private_csv(AFTER.tables["candidates"], path)
    name = "changes.PRACTICE-ONLY.csv"
    assert sorted(one.name for one in tmp_path.iterdir()) == [name, f"{name}.json"]


def test_candidates_say_who_is_new_since_an_earlier_run(identified):
    earlier = identified(
        parameters={"window": "1 day"} | {"issues": "1"},
        on=date(2026, 9, 1),
        opt_outs_on=date(2026, 9, 1),
    )
    later = identified(previous=earlier)
    rows = later.to_arrow().select(["patient_id", "newly_crossed"]).to_pylist()
    were = set(earlier.to_arrow()["patient_id"].to_pylist())
    assert {row["patient_id"]: row["newly_crossed"] for row in rows} == {
        row["patient_id"]: row["patient_id"] not in were for row in rows
    }
    assert {row["newly_crossed"] for row in rows} == {False, True}
    assert later.to_arrow().column_names[-3:] == ["newly_crossed", "cautions", "reason"]
    assert later.manifest["previous_run"]["search_date"] == "2026-09-01"
    assert identified().manifest["previous_run"] is None


def test_a_previous_run_of_another_study_or_a_later_date_is_refused(identified):
    for wrong, says in (
        (run_of("2026-10-01", {"1": "A"}, {}), "of the study instep, not of small"),
        (
            run_of("2027-01-01", {"1": "A"}, {}, study={"name": "small"}),
            "of 2027-01-01, after 2026-11-01",
        ),
    ):
        with pytest.raises(UsageError, match=says):
            identified(previous=wrong)
