"""Rows left out on purpose, several records of one row, opt-outs that are flags, joined tables."""

from dataclasses import replace

from extract_files import column, day, findings, quarantined, table
from toy_profile import ISSUES, NOTES, PEOPLE, PERSON, TOY, fates, read, with_tables

from instep_cohort.extracts.profile import DictionaryMap, Join, RegistrationMap

SKIPPING = replace(
    TOY,
    records=(replace(NOTES, skips={"cancelled": "kind = 'C'", "heading": "kind IN ('C', 'H')"}),),
)


def test_rows_left_out_on_purpose(tmp_path):
    notes = [
        {"kind": "C"},
        {"kind": "H"},
        {"kind": "H", "pid": "9"},
        {"kind": "C", "pid": "", "code": ""},
        {"kind": "x", "code": "a"},
        {"code": "b"},
        {"pid": "9"},
        {"code": ""},
    ]
    store = read(tmp_path, SKIPPING, notes=notes)
    assert fates(store, "notes.csv") == (
        8,
        2,
        {"no code": 1, "unknown patient": 1},
        {"cancelled": 2, "heading": 2},
    )
    assert column(store, "codes", "code") == ["a", "b"]
    assert [row[1] for row in quarantined(store)] == [8, 9]


def test_a_code_of_rows_that_count_and_rows_that_do_not(tmp_path):
    store = read(tmp_path, SKIPPING, notes=[{}, {"kind": "C"}, {"kind": "H", "day": "2026-05-02"}])
    assert column(store, "events", "day") == [day("2026-05-01")]
    assert column(store, "codes", "rows") == [1]


def test_people_left_out_take_their_records_along(tmp_path):
    profile = replace(
        TOY, patients=replace(PEOPLE, skips={"elsewhere": "flag = 'E'", "deleted": "flag = 'D'"})
    )
    people = [
        {},
        {"pid": "2", "flag": "E"},
        {"pid": "3", "flag": "D"},
        {"pid": "3"},
        {"pid": "", "flag": "D"},
    ]
    notes = [{"pid": pid} for pid in ("1", "2", "2", "3", "9", "")]
    store = read(tmp_path, profile, people=people, notes=notes)
    assert column(store, "patients", "patient_id") == ["1", "3"]
    assert fates(store, "people.csv") == (5, 2, {}, {"deleted": 2, "elsewhere": 1})
    assert fates(store, "notes.csv") == (
        6,
        2,
        {"no patient_id": 1, "unknown patient": 1},
        {"patient left out: elsewhere": 2},
    )


def test_registrations_left_out(tmp_path):
    registrations = RegistrationMap(
        source="sheets",
        patient_id="id",
        start="'2001-01-01'",
        end="NULL",
        kind="'regular'",
        skips={"registered elsewhere": "course = 'elsewhere'"},
    )
    profile = replace(
        TOY, registrations=registrations, patients=replace(PEOPLE, skips={"deleted": "flag = 'D'"})
    )
    sheets = [{"id": "1"}, {"id": "1", "course": "elsewhere"}, {"id": "2"}, {"id": "9"}]
    store = read(tmp_path, profile, people=[{}, {"pid": "2", "flag": "D"}], sheets=sheets)
    assert len(table(store, "registrations")) == 1
    assert fates(store, "sheets.csv") == (
        4,
        1,
        {"unknown patient": 1},
        {"patient left out: deleted": 1, "registered elsewhere": 1},
    )


BOTH = replace(
    TOY,
    records=(
        replace(NOTES, where="kind IS DISTINCT FROM 'drug'", skips={"heading": "kind = 'H'"}),
        replace(
            ISSUES,
            source="notes",
            columns={**ISSUES.columns, "code": "other"},
            where="other IS NOT NULL",
        ),
    ),
)


def test_one_row_of_two_kinds(tmp_path):
    notes = [
        {"code": "a", "other": "5"},  # both an event and an issue
        {"code": "a"},
        {"kind": "drug", "other": "5"},
        {"kind": "drug"},  # nobody's
        {"kind": "H", "other": "5"},  # the issue is stored
        {"kind": "H"},
        {"pid": "9", "other": "5"},
        {"code": "", "other": "5"},  # the issue is stored
        {"code": ""},
    ]
    store = read(tmp_path, BOTH, notes=notes)
    assert (len(table(store, "events")), len(table(store, "medicines"))) == (2, 4)
    assert fates(store, "notes.csv") == (
        9,
        5,
        {"no code": 1, "unknown patient": 1},
        {"heading": 1, "of no kind that is read": 1},
    )
    assert [(line, reason) for _, line, reason, _ in quarantined(store)] == [
        (8, "unknown patient"),
        (10, "no code"),
    ]


def test_where_alone(tmp_path):
    profile = replace(TOY, records=(replace(NOTES, where="kind = 'N'"),))
    store = read(tmp_path, profile, notes=[{"kind": "N"}, {"kind": "X"}, {}])
    assert fates(store, "notes.csv") == (3, 1, {}, {"of no kind that is read": 2})


def test_a_row_with_codes_in_two_systems_is_one_event(tmp_path):
    said = {"term": "kind", "snomed_concept": "other", "ctv3": "value", "read_v2": "clinic"}
    profile = replace(TOY, records=(replace(NOTES, columns={**NOTES.columns, **said}),))
    notes = [{"kind": "Pain", "other": "161891005", "value": "X75rB", "clinic": "N05.."}, {}]
    store = read(tmp_path, profile, notes=notes)
    assert len(table(store, "events")) == 2
    [code] = table(store, "codes")
    assert (code["snomed_concept"], code["ctv3"], code["read_v2"]) == (
        "161891005",
        "X75rB",
        "N05..",
    )
    assert (code["term"], code["rows"]) == ("Pain", 2)


FLAG = replace(
    NOTES,
    source="people",
    columns={
        "patient_id": "pid",
        "system": "'local'",
        "code": "'type-1-dissent'",
        "term": "'flag of the patient'",
        "snomed_concept": "'827241000000103'",
    },
    where="flag = 'dissent'",
)


def test_an_opt_out_that_is_a_flag_of_the_patient(tmp_path):
    profile = replace(TOY, records=(*TOY.records, FLAG))
    people = [
        {},
        {"pid": "2", "flag": "dissent", "born": "?", "died": "?"},
        {"pid": "3", "flag": "x"},
        {"pid": "", "flag": "dissent"},
    ]
    store = read(tmp_path, profile, people=people)
    codes = {row["code"]: row for row in table(store, "codes")}
    assert codes["type-1-dissent"]["snomed_concept"] == "827241000000103"
    events = [(row["patient_key"], row["day"]) for row in table(store, "events")]
    assert (1, None) in events
    assert len(events) == 2
    assert fates(store, "people.csv") == (4, 3, {"no patient_id": 1}, {})
    assert quarantined(store) == [
        ("people.csv", 5, "no patient_id", ",A81001,1980-02-03,,2001-01-01,,dissent")
    ]


def test_an_opt_out_that_is_a_table(tmp_path):
    dissents = replace(
        FLAG,
        source="sheets",
        where="",
        columns={**FLAG.columns, "patient_id": "id", "date": "course"},
    )
    profile = replace(TOY, records=(*TOY.records, dissents))
    sheets = [
        {"id": "1", "course": text} for text in ("2026-02-30", "9999-99-99", "", "2026-05-01")
    ]
    store = read(tmp_path, profile, sheets=sheets)
    assert fates(store, "sheets.csv") == (4, 4, {}, {})
    assert sorted(column(store, "events", "day"), key=str)[-3:] == [None] * 3


PARENT = Join(
    "sheets",
    on={"parent": "id"},
    columns={"course_of": "CASE course WHEN 'A' THEN 'acute' WHEN 'R' THEN 'repeat' END"},
)
JOINING = replace(
    TOY,
    records=(
        NOTES,
        replace(ISSUES, columns={**ISSUES.columns, "course": "course_of"}, joins=(PARENT,)),
    ),
)


def test_columns_of_another_table(tmp_path):
    issues = [{"parent": parent} for parent in ("1", "1", "2", "3", "", "7")]
    issues.append({"parent": "1", "pid": "9"})
    sheets = [
        {"id": "1", "course": "R"},
        {"id": "2", "course": "A"},
        {"id": "3", "course": "R"},
        {"id": "3", "course": "A"},
        {"id": "", "course": "A"},
    ]
    store = read(tmp_path, JOINING, issues=issues, sheets=sheets)
    courses = sorted(column(store, "medicines", "course"), key=str)
    assert courses == [None, None, "acute", "acute", "repeat", "repeat"]
    assert fates(store, "sheets.csv") == (5, 4, {"no key": 1}, {})
    contradiction = (
        "several sheets rows say different things of one key: the first in order is taken"
    )
    assert findings(store, "medicines")[contradiction] == 1
    assert ("issues.csv", 8, "unknown patient", "9,2026-05-01,9,1") in quarantined(store)


def test_a_joined_table_may_be_missing(tmp_path):
    store = read(tmp_path, JOINING, issues=[{"parent": "1"}])
    assert column(store, "medicines", "course") == [None]


def test_a_table_that_is_joined_and_read_counts_once(tmp_path):
    beside = Join("notes", on={"drug": "code"}, columns={"concept": "other"})
    profile = replace(
        TOY,
        records=(
            NOTES,
            replace(ISSUES, columns={**ISSUES.columns, "dmd": "concept"}, joins=(beside,)),
        ),
    )
    notes = [{"code": "9", "other": "322280009"}, {"code": "9"}, {"pid": "7"}]
    store = read(tmp_path, profile, notes=notes, issues=[{}])
    assert fates(store, "notes.csv") == (3, 2, {"unknown patient": 1}, {})
    assert next(c["dmd"] for c in table(store, "codes") if c["kind"] == "medicine") == "322280009"


def test_practice_of_a_patient_from_another_table(tmp_path):
    beside = Join("sheets", on={"practice": "id"}, columns={"ods": "course"})
    patients = replace(PEOPLE, practice_id="coalesce(ods, practice)", joins=(beside,))
    profile = replace(TOY, patients=patients, practices=("sheets", "course"))
    sheets = [{"id": "A81001", "course": "B1"}]
    store = read(tmp_path, profile, people=[{}, {"pid": "2", "practice": "x"}], sheets=sheets)
    assert column(store, "patients", "practice_id") == ["B1", "x"]
    assert fates(store, "sheets.csv") == (1, 1, {}, {})


def test_an_id_of_several_columns(tmp_path):
    both = "practice || '/' || pid"
    profile = replace(
        with_tables(TOY, notes={}),
        patients=replace(PEOPLE, patient_id=both),
        records=(replace(NOTES, columns={**NOTES.columns, "patient_id": "clinic || '/' || pid"}),),
    )
    people = [{}, {"practice": "B2"}, {"practice": ""}]
    notes = [{"clinic": "B2"}, {"clinic": "C3"}, {"clinic": "A81001", "code": ""}]
    store = read(tmp_path, profile, people=people, notes=notes)
    assert column(store, "patients", "patient_id") == ["A81001/1", "B2/1"]
    assert column(store, "events", "patient_key") == [1]
    assert quarantined(store) == [
        ("notes.csv", 3, "unknown patient", "1,2026-05-01,N05..,C3"),
        ("notes.csv", 4, "no code", "1,2026-05-01,,A81001"),
        ("people.csv", 4, "no patient_id", "1,,1980-02-03,,2001-01-01,"),
    ]


def test_dictionary_rows_left_out(tmp_path):
    dictionary = DictionaryMap(
        source="sheets",
        kind="clinical",
        columns={"system": "'ctv3'", "code": "id", "term": "course"},
        skips={"withdrawn": "gone = '1'"},
    )
    sheets = [{"id": "N05..", "course": "new"}, {"id": "N05..", "course": "old", "gone": "1"}]
    store = read(tmp_path, replace(TOY, dictionaries=(dictionary,)), sheets=sheets)
    assert column(store, "codes", "term") == ["new"]
    assert fates(store, "sheets.csv") == (2, 1, {}, {"withdrawn": 1})
    assert len(PERSON) == 6
