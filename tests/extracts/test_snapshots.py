"""Whole deliveries and changes to them: of each key the last row counts, wherever it stands."""

from dataclasses import replace

import pytest
from extract_files import column, findings, quarantined, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_profile import ISSUES, NOTES, TOY, fates, read, with_tables

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.profile import Join
from instep_cohort.extracts.source_tables import Snapshot

NOTES_SNAPSHOT = Snapshot(key=("id",), order="seq", deleted="gone = 'true'")
PEOPLE_SNAPSHOT = Snapshot(key=("pid",), order="seq", deleted="gone = 'true'")
CHAINED = with_tables(TOY, notes={"snapshot": NOTES_SNAPSHOT}, people={"snapshot": PEOPLE_SNAPSHOT})
REPLACED = "replaced by a later row"


def note(key, seq, code="a", gone="", **more):
    return {"id": key, "seq": seq, "code": code, "gone": gone, **more}


def test_one_delivery_is_read_as_it_is(tmp_path):
    store = read(tmp_path, CHAINED, notes=[note("1", "7"), note("1", "7"), note("2", "7", "b")])
    assert column(store, "codes", "rows") == [2, 1]
    assert fates(store, "notes.csv") == (3, 3, {}, {})


def test_later_rows_replace_and_delete(tmp_path):
    whole = [note("1", "10", "a"), note("2", "10", "b"), note("3", "10", "c"), note("4", "10", "d")]
    first = [note("2", "11", "B"), note("3", "11", "", "true", pid=""), note("5", "11", "e")]
    second = [note("2", "100", "BB"), note("5", "100", "", "true"), note("3", "100", "C")]
    store = read(
        tmp_path, CHAINED, notes_1=second, notes_2=whole, notes_3=first, notes=[note("", "9", "z")]
    )
    assert column(store, "codes", "code") == ["BB", "C", "a", "d", "z"]
    assert fates(store, "notes-1.csv") == (3, 2, {}, {"deleted": 1})
    assert fates(store, "notes-2.csv") == (4, 2, {}, {REPLACED: 2})
    assert fates(store, "notes-3.csv") == (3, 0, {}, {REPLACED: 3})


def test_the_order_is_a_number_and_rows_without_one_are_the_oldest(tmp_path):
    rows = [
        note("1", "9", "nine"),
        note("1", "10", "ten"),
        note("1", "", "none"),
        note("2", "x", "b"),
    ]
    store = read(tmp_path, CHAINED, notes=rows)
    assert column(store, "codes", "code") == ["b", "ten"]
    assert findings(store, "events")["seq is no number: the row counts as the oldest"] == 2


def test_of_one_delivery_the_row_further_down_counts(tmp_path):
    rows = [note("1", "2", "first"), note("2", "1", "x"), note("1", "2", "second")]
    store = read(tmp_path, CHAINED, notes=rows, notes_2=[note("2", "1", "y")])
    assert column(store, "codes", "code") == ["second", "x"]  # notes-2.csv sorts before notes.csv


def test_a_row_without_a_key_replaces_and_deletes_nothing(tmp_path):
    rows = [
        note("", "1", "a"),
        note("", "2", "b"),
        note("", "2", "", "true"),
        note("1", "1", "c"),
        note("1", "2", "", "true"),
    ]
    store = read(tmp_path, CHAINED, notes=rows)
    assert column(store, "codes", "code") == ["a", "b"]
    assert fates(store, "notes.csv")[3] == {
        REPLACED: 1,
        "deleted": 1,
        "deletes nothing: without a key": 1,
    }


def test_a_key_of_several_columns(tmp_path):
    profile = with_tables(
        CHAINED, notes={"snapshot": replace(NOTES_SNAPSHOT, key=("clinic", "id"))}
    )
    rows = [
        note("1", "1", "a", clinic="x"),
        note("1", "1", "b", clinic="y"),
        note("1", "2", "c", clinic="y"),
    ]
    store = read(tmp_path, profile, notes=rows)
    assert column(store, "codes", "code") == ["a", "c"]


def test_people_are_replaced_and_deleted(tmp_path):
    people = [
        {"seq": "1", "practice": "old"},
        {"pid": "2", "seq": "1"},
        {"seq": "2", "practice": "new"},
        {"pid": "2", "seq": "3", "gone": "true", "practice": "", "from": ""},
    ]
    notes = [note("1", "1"), note("2", "1", pid="2")]
    store = read(tmp_path, CHAINED, people=people, notes=notes)
    assert column(store, "patients", "practice_id") == ["new"]
    assert len(table(store, "registrations")) == 1
    assert fates(store, "people.csv") == (4, 1, {}, {REPLACED: 2, "deleted": 1})
    assert fates(store, "notes.csv") == (2, 1, {}, {"patient left out: deleted": 1})


def test_damage_and_bad_rows_among_deliveries(tmp_path):
    text = (
        "pid,day,code,id,seq,gone\n"
        '1,2026-05-01,"a\nx",1,1,\n'
        "1,2026-05-01\n"
        "9,2026-05-01,b,2,1,\n"
        "9,2026-05-01,b,2,2,\n"
        "1,2026-05-01,c,1,2,\n"
    )
    store = read(tmp_path, CHAINED, notes=text, people=[{"seq": "1"}, {"seq": "2"}])
    assert column(store, "codes", "code") == ["c"]
    assert [row[1:3] for row in quarantined(store)] == [
        (4, "too few columns"),
        (6, "unknown patient"),
    ]
    assert fates(store, "notes.csv")[3] == {REPLACED: 2}


def test_deletions_without_deliveries(tmp_path):
    profile = with_tables(TOY, notes={"snapshot": Snapshot(key=("id",), deleted="gone = '1'")})
    store = read(
        tmp_path,
        profile,
        notes=[note("1", "1"), note("1", "2", gone="1"), note("2", "3", gone="1")],
    )
    assert fates(store, "notes.csv") == (3, 1, {}, {"deleted": 2})


def test_a_record_map_over_a_table_of_people_with_deliveries(tmp_path):
    flag = replace(
        NOTES,
        source="people",
        columns={"patient_id": "pid", "system": "'local'", "code": "flag"},
        where="flag IS NOT NULL",
    )
    people = [
        {"seq": "1", "flag": "old"},
        {"seq": "2", "flag": "new"},
        {"pid": "2", "seq": "1", "flag": "x"},
    ]
    store = read(tmp_path, replace(CHAINED, records=(*TOY.records, flag)), people=people)
    assert {c["code"] for c in table(store, "codes") if c["system"] == "local"} == {"new", "x"}
    assert fates(store, "people.csv") == (3, 2, {}, {REPLACED: 1})


def test_a_joined_table_as_it_stands_now(tmp_path):
    parent = Join("sheets", on={"parent": "id"}, columns={"course_of": "course"})
    records = (
        NOTES,
        replace(ISSUES, columns={**ISSUES.columns, "course": "course_of"}, joins=(parent,)),
    )
    profile = with_tables(
        replace(TOY, records=records),
        sheets={"snapshot": Snapshot(key=("id",), order="seq", deleted="gone = '1'")},
    )
    sheets = [
        {"id": "1", "course": "acute", "seq": "1"},
        {"id": "1", "course": "repeat", "seq": "2"},
        {"id": "2", "course": "acute", "seq": "1"},
        {"id": "2", "course": "", "seq": "2", "gone": "1"},
    ]
    issues = [{"parent": "1"}, {"parent": "2"}]
    store = read(tmp_path, profile, issues=issues, sheets=sheets)
    assert sorted(column(store, "medicines", "course"), key=str) == [None, "repeat"]
    assert fates(store, "sheets.csv") == (4, 1, {}, {REPLACED: 2, "deleted": 1})


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        # a day's changes alone: what is deleted was never there
        (
            [note("1", "5"), note("2", "5", "", "true")],
            r"^1 rows delete something .* and 0 something",
        ),
        (
            [
                note("1", "5"),
                note("2", "5", "", "true"),
                note("3", "6", "", "true"),
                note("1", "6", "", "true"),
            ],
            r"^2 rows delete something that the extract does not have, and 1 something that it has",
        ),
        # changes to people who did not change
        (
            [note("1", "5", pid="4711"), note("2", "5", pid="9"), note("3", "5")],
            "^2 records are of people",
        ),
    ],
)
def test_changes_without_the_whole_are_refused(tmp_path, notes, message):
    with pytest.raises(ExtractError, match=message) as refusal:
        read(tmp_path, CHAINED, notes=notes)
    assert "changes without the whole delivery" in str(refusal.value)
    assert "4711" not in str(refusal.value)
    assert not (tmp_path / "store").exists()


def test_a_stray_deletion_among_others_is_no_reason(tmp_path):
    rows = [
        note("1", "1"),
        note("1", "2", "", "true"),
        note("7", "2", "", "true"),
        note("2", "1", "b"),
    ]
    store = read(tmp_path, CHAINED, notes=rows)
    nothing = "deletes a row that the extract does not have"
    assert fates(store, "notes.csv")[3] == {REPLACED: 1, "deleted": 1, nothing: 1}


def test_a_whole_that_may_delete(tmp_path):
    may = replace(NOTES_SNAPSHOT, whole_may_delete=True)
    store = read(
        tmp_path,
        with_tables(CHAINED, notes={"snapshot": may}),
        notes=[note("1", "1"), note("2", "1", "", "true")],
    )
    assert fates(store, "notes.csv") == (2, 1, {}, {"deleted": 1})


ROWS = st.lists(
    st.tuples(st.sampled_from("123"), st.integers(1, 12), st.booleans(), st.booleans()),
    min_size=1,
    max_size=14,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS)
def test_the_last_row_of_each_key_against_plain_python(tmp_path, rows):
    files = {True: [note("8", "0", "y")], False: [note("9", "0", "z")]}
    for number, (key, seq, gone, first) in enumerate(rows):
        files[first].append(note(key, str(seq), f"c{number}", "true" if gone else ""))
    profile = with_tables(
        CHAINED, notes={"snapshot": replace(NOTES_SNAPSHOT, whole_may_delete=True)}
    )
    store = read(tmp_path, profile, notes=files[False], notes_1=files[True])
    last = {}
    for place, row in enumerate(files[True] + files[False]):  # notes-1.csv sorts before notes.csv
        now = (int(row["seq"]), place)
        if row["id"] not in last or now > last[row["id"]][0]:
            last[row["id"]] = (now, row)
    kept = {row["code"] for _, row in last.values() if not row["gone"]}
    assert set(column(store, "codes", "code")) == kept
