"""EMIS Web: people, practices, registrations, columns and damage. No real data."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from emis_files import (
    COLUMNS,
    HERE,
    READ,
    REFERENCE,
    THERE,
    apart,
    read,
    read_people,
    reference,
    spec,
    text,
    whole,
)
from extract_files import ON, column, day, findings, table
from toy_profile import fates

from instep_cohort.errors import ExtractError
from instep_cohort.extracts import detect, ingest
from instep_cohort.extracts.profiles import PROFILES, find_profile
from instep_cohort.extracts.sources import Sources
from instep_cohort.extracts.systems import emis

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "extracts" / "emis.md"


def test_an_extract_is_read(tmp_path):
    extract = whole(
        tmp_path / "extract",
        Agreements_SharingOrganisation=[{}],
        CareRecord_Problem=[{}],
        CareRecord_Diary=[{}],
    )
    assert detect(extract).profile.name == "emis"
    store = ingest(extract, profile="auto", extract_date=ON, out=tmp_path / "store")
    assert table(store, "patients") == [
        {
            "patient_key": 0,
            "patient_id": f"{HERE}/4711",
            "practice_id": "A81001",
            "sex": "F",
            "birth_day": day("1980-02-03"),
            "birth_precision": "day",
            "death_day": None,
            "is_test": False,
            "is_confidential": False,
        }
    ]
    [stay] = table(store, "registrations")
    assert (stay["start_day"], stay["end_day"], stay["kind"]) == (
        day("2001-01-01"),
        None,
        "regular",
    )
    [event] = table(store, "events")  # a problem and a diary entry add nothing to it
    assert (event["day"], event["value"], event["unit"]) == (day("2026-05-21"), None, None)
    [issue] = table(store, "medicines")
    assert (issue["day"], issue["quantity"], issue["days"], issue["course"]) == (
        day("2026-05-08"),
        28.0,
        14.0,
        "acute",
    )
    clinical, medicine = table(store, "codes")
    assert (clinical["system"], clinical["code"]) == ("emis_code_id", "1001")
    assert (clinical["term"], clinical["read_v2"], clinical["snomed_concept"]) == (
        "Low back pain",
        "N142.",
        "279039007",
    )
    assert (medicine["system"], medicine["code"], medicine["term"], medicine["dmd"]) == (
        "emis_code_id",
        "2001",
        "Codeine 30mg tablets",
        "322280009",
    )
    assert store.manifest.unused_files == ("CareRecord_Diary.csv", "CareRecord_Problem.csv")
    assert findings(store, "patients") == {}
    for file in store.manifest.files:
        assert file.is_closed


def test_people(tmp_path):
    store = read_people(
        tmp_path,
        {"Sex": "M", "DateOfBirth": "1999-12-31"},
        {"Sex": "i", "DummyType": "TRUE"},
        {"Sex": "U", "DateOfDeath": "2020-03-05", "DateofDeactivation": "2020-03-09"},
        {"Sex": "X", "DateOfDeath": "2020-02-30", "DateOfBirth": "2027-02-01"},
        {"SpineSensitive": "true", "DateOfBirth": ""},
        {"IsConfidential": "True", "SpineSensitive": ""},
        {"PatientTypeDescription": " Dummy", "DummyType": ""},
        {"SpineSensitive": "perhaps", "IsConfidential": "false"},
        {"SpineSensitive": "false", "IsConfidential": "perhaps"},
        {"DummyType": "perhaps"},
    )
    assert column(store, "patients", "sex") == ["M", "I", "U", "U", "F", "F", "F"]
    birth = day("1980-02-03")
    assert column(store, "patients", "birth_day") == [
        day("1999-12-31"),
        birth,
        birth,
        None,
        None,
        birth,
        birth,
    ]
    assert column(store, "patients", "death_day") == [
        None,
        None,
        day("2020-03-05"),
        day(ON.isoformat()),
        None,
        None,
        None,
    ]
    test, confidential = [False] * 7, [False] * 7
    test[1] = test[6] = confidential[4] = confidential[5] = True
    assert column(store, "patients", "is_test") == test
    assert column(store, "patients", "is_confidential") == confidential
    assert findings(store, "patients") == {
        "sex of unknown meaning: taken as unknown": 1,
        "date of birth missing": 1,
        "date of birth impossible: taken as missing": 1,
        "date of death unreadable: the extract date is taken": 1,
        "dead, and the registration was not ended": 1,
    }
    assert apart(store) == [
        ("Admin_Patient.csv", 9, "is_confidential is neither true nor false"),
        ("Admin_Patient.csv", 10, "is_confidential is neither true nor false"),
        ("Admin_Patient.csv", 11, "is_test is neither true nor false"),
    ]


def test_a_guid_is_unique_only_within_its_organisation(tmp_path):
    """Two practices have a patient, a course and an observation of the same GUIDs."""
    both = [{}, {"OrganisationGuid": THERE}]
    store = read(
        tmp_path,
        Admin_Patient=[{}, {"OrganisationGuid": THERE, "Sex": "M"}],
        Admin_Organisation=[{}, {"OrganisationGuid": THERE, "ODSCode": "B82002"}],
        CareRecord_Observation=[
            {"ObservationGuid": "{1}"},
            {"ObservationGuid": "{1}", "OrganisationGuid": THERE, "EffectiveDate": "2026-06-01"},
        ],
        Prescribing_IssueRecord=both,
        Prescribing_DrugRecord=[{}, {"OrganisationGuid": THERE, "PrescriptionType": "Repeat"}],
    )
    patients = table(store, "patients")
    assert [(p["patient_id"], p["practice_id"], p["sex"]) for p in patients] == [
        (f"{HERE}/4711", "A81001", "F"),
        (f"{THERE}/4711", "B82002", "M"),
    ]
    assert [(e["patient_key"], e["day"]) for e in table(store, "events")] == [
        (0, day("2026-05-21")),
        (1, day("2026-06-01")),
    ]
    assert column(store, "medicines", "course") == ["acute", "repeat"]


def test_practices(tmp_path):
    rows = [{}, {"PatientGuid": "2", "OrganisationGuid": THERE}]
    store = read(
        tmp_path,
        Admin_Patient=rows,
        Admin_Organisation=[{}, {"OrganisationGuid": THERE, "ODSCode": ""}],
    )
    assert column(store, "patients", "practice_id") == ["A81001", THERE]
    assert findings(store, "patients") == {"no ODS code: the practice is called by its GUID": 1}
    assert fates(store, "Admin_Organisation.csv") == (2, 2, {}, {})
    extract = whole(tmp_path / "bare")
    (extract / "Admin_Organisation.csv").unlink()
    store = ingest(extract, profile="emis", extract_date=ON, out=tmp_path / "bare-store")
    assert column(store, "patients", "practice_id") == [HERE]
    said = [f.finding for f in store.manifest.findings]
    assert "no Admin_Organisation file: practices are called by their GUID" in said


AGREEMENTS = """
true  | false | false | 0
TRUE  | False | false | 0
true  | true  | false | 1
true  | false | true  | 1
false | false | false | 1
"""


@pytest.mark.parametrize(("activated", "disabled", "deleted", "rows"), spec(AGREEMENTS))
def test_a_practice_that_no_longer_shares(tmp_path, activated, disabled, deleted, rows):
    row = {"IsActivated": activated, "Disabled": disabled, "Deleted": deleted}
    store = read(tmp_path, Agreements_SharingOrganisation=[row])
    said = findings(store, "patients")
    finding = "the practice's sharing agreement is not in force: its data may have stopped"
    assert said.get(finding, 0) == int(rows)


KINDS = """
Regular            | regular
 regular           | regular
Temporary          | temporary
Emergency          | other
Walk-In Patient    | other
Dummy              | other
Pre Registration   | other
Regular Patient    | other, unknown
                   | other, missing
"""


def test_kinds_of_registration(tmp_path):
    cases = spec(KINDS)
    rows = [
        {"PatientTypeDescription": word, "DateOfRegistration": f"2001-01-{n:02}"}
        for n, (word, _) in enumerate(cases, start=1)
    ]
    store = read_people(tmp_path, *rows)
    stays = sorted(table(store, "registrations"), key=lambda row: row["start_day"])
    assert [row["kind"] for row in stays] == [kind.split(",")[0] for _, kind in cases]
    assert findings(store, "registrations") == {
        "kind of unknown meaning: taken as other": 1,
        "kind missing: taken as other": 1,
    }


def test_every_published_patient_type_is_known(tmp_path):
    types = reference("emis-patient-types.csv")
    kinds = {row["SourceType"]: {"R": "regular", "T": "temporary"} for row in types}
    assert len(kinds) == 37
    store = read_people(tmp_path, *({"PatientTypeDescription": word} for word in kinds))
    assert findings(store, "registrations") == {}
    wanted = Counter(kinds[row["SourceType"]].get(row["TargetCode"], "other") for row in types)
    assert Counter(column(store, "registrations", "kind")) == wanted
    assert wanted == {"regular": 1, "temporary": 1, "other": 35}


def test_stays(tmp_path):
    store = read_people(
        tmp_path,
        {"DateofDeactivation": "2010-06-30"},
        {"DateofDeactivation": "2027-01-01"},
        {"DateOfRegistration": ""},
        {"DateofDeactivation": "soon"},
        {"DateOfRegistration": "2011-01-01", "DateofDeactivation": "2010-01-01"},
    )
    stays = {row["patient_key"]: row for row in table(store, "registrations")}
    assert [(stays[n]["start_day"], stays[n]["end_day"]) for n in (0, 1, 2, 4)] == [
        (day("2001-01-01"), day("2010-06-30")),
        (day("2001-01-01"), day("2027-01-01")),
        (None, None),
        (day("2011-01-01"), day("2010-01-01")),
    ]
    assert findings(store, "registrations") == {
        "no start": 1,
        "ends before it starts": 1,
        "end of the registration is unreadable: not stored": 1,
    }


def layouts():
    """Of each table that is read, every published layout."""
    if not (REFERENCE / "extract-schemas.json").is_file():
        pytest.skip("the published schemas are not beside this repository")
    schemas = json.loads((REFERENCE / "extract-schemas.json").read_text())
    five = schemas["emis_transforms_v5"]["tables"]
    eight = schemas["emis_extract_v8_2"]["tables"]
    found_ = {}
    for name in READ:
        old = five[name.split("_")[1]]
        new = [one["name"].strip("*") for one in eight[name]["columns"]]
        found_[name] = [*old.get("variants", [old["columns"]]), new]
    return found_


@pytest.mark.parametrize("number", range(4))
def test_every_published_layout_is_known(tmp_path, number):
    files = {
        name: text(name, [{}], columns=published[number % len(published)])
        for name, published in layouts().items()
    }
    store = read(tmp_path, **files)
    assert [f.finding for f in store.manifest.findings if "unknown columns" in f.finding] == []
    assert column(store, "events", "day") == [day("2026-05-21")]
    assert column(store, "medicines", "course") == ["acute"]


def test_every_column_is_read_or_said_not_to_be():
    for name, published in layouts().items():
        [one] = [t for t in find_profile("emis").tables if t.title == name]
        every = {column_.lower() for columns in published for column_ in columns}
        every |= {column_.lower() for column_ in COLUMNS[name].split()}
        assert every <= {*one.columns, *one.unread}
        assert not set(one.columns) & set(one.unread)


def test_columns_of_other_versions(tmp_path):
    columns = COLUMNS["CareRecord_Observation"].split()
    store = read(
        tmp_path,
        CareRecord_Observation=text(
            "CareRecord_Observation", [{}], columns=[*columns, "AgreementGuid", "BrandNew"]
        ),
        Admin_Patient=text(
            "Admin_Patient",
            [{"DATEOFDEACTIVATION": "2010-01-01"}],
            columns=[
                c.replace("DateofDeactivation", "DATEOFDEACTIVATION")
                for c in COLUMNS["Admin_Patient"].split()
            ],
        ),
    )
    assert findings(store, "events")["unknown columns, not read: brandnew"] == 1
    assert column(store, "registrations", "end_day") == [day("2010-01-01")]
    without = [c for c in columns if c != "EffectiveDatePrecision"]
    with pytest.raises(ExtractError, match="column `effectivedateprecision` is missing"):
        read(
            tmp_path / "without",
            CareRecord_Observation=text("CareRecord_Observation", [{}], columns=without),
        )


@pytest.mark.parametrize(
    "title", ["Admin_Patient", "CareRecord_Observation", "Coding_ClinicalCode"]
)
def test_what_cannot_be_done_without(tmp_path, title):
    extract = whole(tmp_path / "extract")
    (extract / f"{title}.csv").unlink()
    with pytest.raises(ExtractError, match=f"no {title} file"):
        ingest(extract, profile="emis", extract_date=ON, out=tmp_path / "store")


def test_damage(tmp_path):
    terms = ["Ménière’s £5", 'a "quoted" word,\r\nand a line']
    codes = [{"CodeId": str(1001 + n), "Term": t} for n, t in enumerate(terms)]
    observations = text("CareRecord_Observation", [{}, {"CodeId": "1002"}])
    issues = text("Prescribing_IssueRecord", [{}, {}]).replace(b'"{2}",', b'"{2}","one too many",')
    patients = text("Admin_Patient", [{}, {"PatientGuid": ""}])
    store = read(
        tmp_path,
        Coding_ClinicalCode=codes,
        CareRecord_Observation=observations + b'"{3}","4711',
        Prescribing_IssueRecord=issues,
        Admin_Patient=patients,
    )
    said = [c["term"] for c in table(store, "codes") if c["kind"] == "clinical"]
    assert said == ["Ménière’s £5", 'a "quoted" word,\r\nand a line']
    assert [(file, line) for file, line, _ in apart(store)] == [
        ("Admin_Patient.csv", 3),
        ("CareRecord_Observation.csv", 4),
        ("Prescribing_IssueRecord.csv", 3),
    ]
    assert all("4711" not in reason for _, _, reason in apart(store))


def test_sound_files_go_through_the_quick_reader(tmp_path, monkeypatch):
    def slow(self, file):
        raise AssertionError(f"{file.name} went through the slow reader")

    monkeypatch.setattr(Sources, "mend", slow)
    term = {"Term": 'Ménière’s, a "quoted" word'}
    store = read(tmp_path, Coding_ClinicalCode=[term], CareRecord_Observation=[{}] * 3)
    assert len(table(store, "events")) == 3


def test_a_patient_who_stands_twice(tmp_path):
    store = read(tmp_path, Admin_Patient=[{}, {}])
    assert column(store, "patients", "patient_id") == [f"{HERE}/4711"]
    with pytest.raises(ExtractError, match=r"Admin_Patient.csv:2 and Admin_Patient.csv:3") as said:
        read(tmp_path / "twice", Admin_Patient=[{}, {"Sex": "M"}])
    assert "4711" not in str(said.value)


def test_ids_stay_text(tmp_path):
    ids_ = ["007", "9223372036854775807123", "1e5"]
    store = read(
        tmp_path,
        Admin_Patient=[{"PatientGuid": one} for one in ids_],
        CareRecord_Observation=[
            {"PatientGuid": one, "CodeId": "12487881000006115"} for one in ids_
        ],
        Prescribing_IssueRecord=[],
    )
    assert column(store, "patients", "patient_id") == sorted(f"{HERE}/{one}" for one in ids_)
    assert column(store, "codes", "code") == ["12487881000006115"]


def test_no_other_profile_takes_it(tmp_path):
    extract = whole(tmp_path / "extract")
    assert detect(extract).profile.name == "emis"
    for other in PROFILES:
        if other != "emis":
            with pytest.raises(ExtractError):
                ingest(extract, profile=other, extract_date=date(2026, 1, 1), out=tmp_path / other)


def test_the_page_names_what_is_read():
    page = PAGE.read_text(encoding="utf-8")
    for one in find_profile("emis").tables:
        assert one.title in page
    for word in (*emis.LOCAL_PREFIXES, *emis.LOCAL_SUFFIXES):
        assert f"`{word}`" in page
    for name in COLUMNS:
        assert name in page
