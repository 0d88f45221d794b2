"""`counts`: what leaves the practice, and what is remembered of it (S8, S9, S10)."""

import csv
import io
import json
import stat

import pyarrow as pa
import pytest
from made_recruitment import DAY, Practice, made_run

from instep_cohort.disclosure.handing_over import note_beside
from instep_cohort.errors import ExtractError, SafetyRefusal, UsageError
from instep_cohort.recruitment.counting import release_counts
from instep_cohort.recruitment.counting.counted import counted, refuse_torn, steps_of
from instep_cohort.recruitment.counting.layout import asked_tables
from instep_cohort.recruitment.counting.names import structure_of
from instep_cohort.recruitment.ledger import Found
from instep_cohort.recruitment.tokens import new_tokens
from instep_cohort.recruitment.vocabulary import Route

WHO = {"who": "N. Shah, practice manager", "at": "2026-11-24T09:30:00Z"}


@pytest.fixture
def practice():
    made = Practice(8)
    made.search()
    made.go_on()
    return made


def rows_of(file):
    return list(csv.DictReader(io.StringIO(file.path.read_text(encoding="utf-8"))))


def test_S8_only_counts_leave_and_no_small_one(practice, tmp_path):
    made = release_counts(practice.run, practice.ledger, tmp_path / "counts.csv", **WHO)
    assert made.file.path.name == "counts.RELEASABLE-COUNTS.csv"
    assert stat.S_IMODE(made.file.path.stat().st_mode) == 0o600
    rows = rows_of(made.file)
    said = {row["count"] for row in rows if row["table"] not in {"about", "not shown"}}
    assert said - {"<5", "hidden"}
    assert not said & {"1", "2", "3", "4"}
    assert "<5" in said
    text = made.file.path.read_text(encoding="utf-8")
    assert not [token for token in practice.ledger.standing.persons if token in text]
    note = json.loads(note_beside(made.file.path).read_text(encoding="utf-8"))
    assert note["artefact_class"] == "RELEASABLE-COUNTS"
    assert note["ledger_head"] == practice.ledger.head
    hidden = {row["cell"]: int(row["count"]) for row in rows if row["table"] == "not shown"}
    assert note["not_shown"] == hidden
    assert set(hidden) == {"<5", "hidden"}


def test_the_ledger_remembers_every_true_count(practice, tmp_path):
    made = release_counts(practice.run, practice.ledger, tmp_path / "a.csv", **WHO)
    released = practice.ledger.standing.releases[made.release]
    true = counted(practice.run, practice.ledger.standing)
    assert {(c.table, c.cell): c.count for c in released.cells} == true
    assert released.file_sha256 == made.file.sha256
    assert (released.threshold, released.rounding, released.run) == (5, 1, practice.run.sha256)


def test_asked_again_it_is_the_same_release_with_the_same_bytes(practice, tmp_path):
    first = release_counts(practice.run, practice.ledger, tmp_path / "a.csv", **WHO)
    again = release_counts(practice.run, practice.ledger, tmp_path / "b.csv", **WHO)
    assert again.again
    assert again.release == first.release
    assert again.file.path.read_bytes() == first.file.path.read_bytes()
    assert len(practice.ledger.standing.releases) == 1
    practice.go_on()
    later = release_counts(practice.run, practice.ledger, tmp_path / "c.csv", **WHO)
    assert (later.release, later.again) == ("counts 2", False)


def test_the_threshold_is_only_ever_raised(practice, tmp_path):
    with pytest.raises(SafetyRefusal, match="may only be raised"):
        release_counts(practice.run, practice.ledger, tmp_path / "a.csv", threshold=4, **WHO)
    release_counts(practice.run, practice.ledger, tmp_path / "a.csv", threshold=10, **WHO)
    with pytest.raises(SafetyRefusal, match="under a threshold of 10"):
        release_counts(practice.run, practice.ledger, tmp_path / "b.csv", threshold=5, **WHO)
    assert {one.name.split(".")[0] for one in tmp_path.iterdir()} == {"a"}
    with pytest.raises(UsageError, match="--round-to 21"):
        release_counts(
            practice.run, practice.ledger, tmp_path / "b.csv", threshold=10, rounding=21, **WHO
        )


def test_nothing_is_recorded_where_nothing_can_be_written(practice, tmp_path):
    (tmp_path / "a.RELEASABLE-COUNTS.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="there already"):
        release_counts(practice.run, practice.ledger, tmp_path / "a.csv", **WHO)
    with pytest.raises(UsageError, match="there is no folder"):
        release_counts(practice.run, practice.ledger, tmp_path / "none" / "a.csv", **WHO)
    assert not practice.ledger.standing.releases


@pytest.mark.parametrize("file_format", ["json", "html"])
def test_the_other_formats_show_the_same(practice, tmp_path, file_format):
    plain = release_counts(practice.run, practice.ledger, tmp_path / "a.csv", **WHO)
    other = release_counts(
        practice.run, practice.ledger, tmp_path / "a.x", file_format=file_format, **WHO
    )
    assert other.again
    text = other.file.path.read_text(encoding="utf-8")
    assert "RELEASABLE-COUNTS" in text
    if file_format == "json":
        said = [str(one["count"]) for one in json.loads(text)["counts"]]
        assert said == [
            row["count"]
            for row in rows_of(plain.file)
            if row["table"] not in {"about", "not shown"}
        ]
    else:
        assert "&lt;5" in text
        assert "<script" not in text


def test_only_the_tables_that_are_asked_for(practice, tmp_path):
    tables = asked_tables("reasons, tiers")
    made = release_counts(practice.run, practice.ledger, tmp_path / "a.csv", tables=tables, **WHO)
    assert {row["table"] for row in rows_of(made.file)} == {
        *("tiers", "reasons", "about", "not shown")
    }
    with pytest.raises(UsageError, match="--tables people: no such table"):
        asked_tables("people,tiers")


def test_S9_every_step_keeps_or_drops_whom_it_is_given(practice, tmp_path):
    counts = counted(practice.run, practice.ledger.standing)
    structure = structure_of(counts)
    refuse_torn(counts, structure.sums)
    assert len(structure.sums) > 15
    torn = {**counts, ("attrition", "dropped: age"): counts["attrition", "dropped: age"] + 1}
    with pytest.raises(ExtractError, match="do not add up at attrition"):
        refuse_torn(torn, structure.sums)
    rows = practice.run.cohort.to_arrow("attrition").to_pylist()
    rows[2]["before"] += 1
    rows[2]["after"] += 1
    practice.run = made_run(rows, practice.run.candidates["tier"].to_pylist(), 1)
    with pytest.raises(ExtractError, match="does not go on at age"):
        release_counts(practice.run, practice.ledger, tmp_path / "a.csv", **WHO)
    assert not list(tmp_path.iterdir())


def test_of_several_practices_only_its_own_people_are_counted(practice):
    facts = pa.table(
        {
            "practice_id": ["A82001", "A82001", "A82001", "B81001"],
            "dropped_at": ["pain", None, "pain", "pain"],
        }
    )
    rows = [
        {"step": "alive", "text": "", "kind": "population", "before": 9, "dropped": 5, "after": 4},
        {"step": "pain", "text": "", "kind": "include", "before": 4, "dropped": 3, "after": 1},
    ]
    tables = {"attrition": pa.Table.from_pylist(rows), "facts": facts}
    practice.run.cohort.to_arrow = tables.__getitem__
    assert [step[2:] for step in steps_of(practice.run)] == [(3, 2, 1)]


def test_one_nominated_person_cannot_be_had_from_the_candidates(tmp_path):
    practice = Practice(1)
    rows = [
        {"step": "age", "text": "", "kind": "include", "before": 900, "dropped": 620, "after": 280}
    ]
    practice.run = made_run(rows, ["C"] * 280, 1)
    practice.find(new_tokens(280), Route.CODE_SEARCH)
    nominated = Found(person=new_tokens(1)[0], route=Route.GP_NOMINATION, found_on=DAY)
    practice.ledger.standing.add(nominated)
    made = release_counts(practice.run, practice.ledger, tmp_path / "a.csv", **WHO)
    shown = made.sheet.shown
    assert shown["routes", "gp_nomination: found"] == "<5"
    assert shown["routes", "code_search: found"] == "hidden"
    # 281 found, and 280 at the end of the search, would be 1 nominated
    assert "hidden" in {shown["stages", "considered"], shown["attrition", "left: age"]}
