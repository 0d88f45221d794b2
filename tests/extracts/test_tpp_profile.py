"""Tables of OpenSAFELY-TPP: made-up CSV and Parquet files, and what becomes of their peculiarities."""

from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from extract_files import ON, column, csv_text, day, findings, gz, put, quarantined, table
from toy_profile import fates

import instep_cohort as ic
from instep_cohort.errors import ExtractError
from instep_cohort.extracts import detect, ingest
from instep_cohort.extracts.profiles import PROFILES, find_profile

PATIENT = {
    "Patient_ID": "4711",
    "DateOfBirth": "1980-03-01",
    "DateOfDeath": "9999-12-31",
    "Sex": "F",
}
REGISTRATION = {
    "Registration_ID": "1",
    "Patient_ID": "4711",
    "Organisation_ID": "7",
    "StartDate": "2001-02-01 00:00:00.000",
    "EndDate": "9999-12-31 00:00:00.000",
}
EVENT = {
    "CodedEvent_ID": "1",
    "Patient_ID": "4711",
    "CTV3Code": "X703k",
    "ConsultationDate": "2026-05-21 10:10:10",
    "NumericValue": "0.0",
}
SNOMED = {
    "CodedEvent_ID": "2",
    "Patient_ID": "4711",
    "ConceptId": "279039007",
    "ConsultationDate": "2026-05-22T10:10:10",
    "NumericValue": "",
    "CodeSystemId": "0",
}
ISSUE = {
    "MedicationIssue_ID": "1",
    "Patient_ID": "4711",
    "MultilexDrug_ID": "6;0;0",
    "ConsultationDate": "2026-05-21",
    "StartDate": "2026-06-01",
    "RepeatMedication_ID": "0",
    "Quantity": "28 tablet",
}
PRODUCT = {"MultilexDrug_ID": "6;0;0", "DMD_ID": "322280009", "FullName": "Made-up 30mg tablets"}
PLAIN = {
    "Patient": PATIENT,
    "RegistrationHistory": REGISTRATION,
    "CodedEvent": EVENT,
    "CodedEvent_SNOMED": SNOMED,
    "MedicationIssue": ISSUE,
    "MedicationDictionary": PRODUCT,
    "CTV3Dictionary": {"CTV3Code": "X703k", "Description": "A made-up term"},
    "PatientsWithTypeOneDissent": {"Patient_ID": "4711"},
}


def rows_of(files):
    files = {"Patient": [{}], "RegistrationHistory": [{}], "CodedEvent": [{}], **files}
    return {name: [PLAIN[name] | row for row in rows] for name, rows in files.items()}


def tpp(tmp_path, *, on=ON, **files):
    texts = {f"{name}_csv": csv_text(rows) for name, rows in rows_of(files).items()}
    extract = put(tmp_path / "extract", **{k[:-4] + ".csv": v for k, v in texts.items()})
    store = ingest(extract, profile="tpp", extract_date=on, out=tmp_path / "store")
    assert all(file.is_closed for file in store.manifest.files)
    return store


NAMES = {
    "CodedEvent.csv": "codedevent",
    "codedevent_snomed.parquet": "codedevent_snomed",
    "dbo.Patient.csv.gz": "patient",
    "export/CodedEvent/part-0.parquet": "codedevent",
    "MedicationDictionary/whatever.csv": "medicationdictionary",
    "APCS.csv": None,
    "CodedEventRange.csv": None,
    "part-0.parquet": None,
    "Patient.txt": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_files_are_known_by_their_names(name):
    assert find_profile("tpp").recognise([name]).get(name) == NAMES[name]


def test_a_table_that_is_there_twice_is_refused():
    with pytest.raises(ExtractError, match=r"codedevent is there more than once: CodedEvent\.csv"):
        find_profile("tpp").recognise(["CodedEvent.csv", "CodedEvent/part-0.parquet"])


def test_it_is_recognised_and_fits_no_other_profile(tmp_path):
    texts = {f"{name}.csv": csv_text(rows) for name, rows in rows_of({}).items()}
    extract = put(tmp_path, **texts)
    found = detect(extract)
    assert found.profile.name == "tpp"
    assert "CodedEvent.csv (codedevent_id, patient_id, ctv3code" in str(found)
    for name in set(PROFILES) - {"tpp"}:
        with pytest.raises(ExtractError):
            detect(extract, {name: find_profile(name)})


@pytest.mark.parametrize(
    ("row", "birth", "death", "sex"),
    [
        ({}, "1980-03-01", None, "F"),
        ({"DateOfBirth": "1980-03-17"}, "1980-03-01", None, "F"),
        ({"DateOfBirth": "9999-12-31"}, None, None, "F"),
        ({"DateOfDeath": "2020-04-03"}, "1980-03-01", "2020-04-03", "F"),
        ({"DateOfDeath": "2020-04-03T00:00:00", "Sex": "m"}, "1980-03-01", "2020-04-03", "M"),
        ({"DateOfDeath": "", "Sex": "I"}, "1980-03-01", None, "I"),
        ({"DateOfDeath": "NULL", "Sex": ""}, "1980-03-01", None, "U"),
        ({"DateOfDeath": "soon"}, "1980-03-01", "2026-11-01", "F"),
    ],
)
def test_a_patient(tmp_path, row, birth, death, sex):
    store = tpp(tmp_path, Patient=[row])
    [patient] = table(store, "patients")
    assert patient["birth_day"] == (None if birth is None else day(birth))
    assert patient["birth_precision"] == (None if birth is None else "month")
    assert patient["death_day"] == (None if death is None else day(death))
    assert patient["sex"] == sex


def test_the_marker_of_an_open_end_is_counted_by_name(tmp_path):
    store = tpp(tmp_path)
    open_ = "is the marker 9999-12-31 (open or missing): taken as missing"
    assert findings(store, "patients") == {f"date of death {open_}": 1}
    assert findings(store, "registrations") == {f"end {open_}": 1}


PRACTICES = {
    "the open one": ([("7", "2001-01-01", "9999-12-31")], "7"),
    "open before ended": (
        [("7", "2001-01-01", "9999-12-31"), ("8", "2010-01-01", "2020-01-01")],
        "7",
    ),
    "of two that are open the later": (
        [("7", "2001-01-01", "9999-12-31"), ("8", "2010-01-01", "9999-12-31")],
        "8",
    ),
    "that ends after the extract date is open": (
        [("7", "2001-01-01", "2026-11-02"), ("8", "2010-01-01", "2026-11-01")],
        "7",
    ),
    "of two that ended the later": (
        [("7", "2001-01-01", "2010-01-01"), ("8", "2009-01-01", "2012-01-01")],
        "8",
    ),
    "on one day the first in order": (
        [("9", "2001-01-01", "9999-12-31"), ("10", "2001-01-01", "9999-12-31")],
        "10",
    ),
    "one without a start last": ([("7", "", "9999-12-31"), ("8", "2001-01-01", "9999-12-31")], "8"),
    "an end that cannot be read is none": (
        [("7", "2020-01-01", "soon"), ("8", "2001-01-01", "2010-01-01")],
        "8",
    ),
    "no practice on the row": ([("", "2001-01-01", "9999-12-31")], None),
}


@pytest.mark.parametrize("name", PRACTICES)
def test_the_practice_of_a_patient(tmp_path, name):
    rows, practice = PRACTICES[name]
    names = ("Organisation_ID", "StartDate", "EndDate")
    history = [dict(zip(names, row, strict=True)) for row in rows]
    store = tpp(tmp_path, RegistrationHistory=history)
    assert column(store, "patients", "practice_id") == [practice]
    assert findings(store, "patients").get("no practice_id", 0) == (practice is None)


def test_overlapping_registrations_are_all_kept(tmp_path):
    history = [{}, {"Organisation_ID": "8", "StartDate": "2010-01-01", "EndDate": "2012-01-01"}]
    store = tpp(tmp_path, RegistrationHistory=history)
    rows = [(r["practice_id"], r["start_day"], r["end_day"]) for r in table(store, "registrations")]
    assert sorted(rows) == [
        ("7", day("2001-02-01"), None),
        ("8", day("2010-01-01"), day("2012-01-01")),
    ]
    assert set(column(store, "registrations", "kind")) == {"regular"}


def test_somebody_without_a_registration_belongs_nowhere(tmp_path):
    store = tpp(tmp_path, RegistrationHistory=[{"Patient_ID": "5"}])
    assert column(store, "patients", "practice_id") == [None]
    assert fates(store, "RegistrationHistory.csv")[:3] == (1, 0, {"unknown patient": 1})


def test_ctv3_codes_keep_their_case(tmp_path):
    store = tpp(tmp_path, CodedEvent=[{}, {"CodedEvent_ID": "2", "CTV3Code": "X703K"}])
    assert column(store, "codes", "code") == ["X703K", "X703k"]
    assert column(store, "codes", "rows") == [1, 1]


def test_an_event_of_both_tables_is_one(tmp_path):
    store = tpp(
        tmp_path,
        CodedEvent=[{}, {"CodedEvent_ID": "3", "CTV3Code": "13J7."}],
        CodedEvent_SNOMED=[{"CodedEvent_ID": "1"}, {"CodedEvent_ID": "2", "ConceptId": "73595000"}],
    )
    assert fates(store, "CodedEvent.csv") == (2, 2, {}, {})
    assert fates(store, "CodedEvent_SNOMED.csv") == (
        *(2, 1, {}),
        {"the same event as in CodedEvent": 1},
    )
    said = {
        (c["system"], c["code"]): (c["snomed_concept"], c["rows"]) for c in table(store, "codes")
    }
    assert said == {
        ("ctv3", "X703k"): ("279039007", 1),
        ("ctv3", "13J7."): (None, 1),
        ("snomed_ct", "73595000"): (None, 1),
    }


def test_the_id_of_an_event_of_somebody_else_is_another_event(tmp_path):
    store = tpp(
        tmp_path,
        Patient=[{}, {"Patient_ID": "5"}],
        CodedEvent_SNOMED=[{"CodedEvent_ID": "1", "Patient_ID": "5"}],
    )
    assert len(table(store, "events")) == 2


def test_rows_without_an_id_are_never_put_together(tmp_path):
    rows = [{"CodedEvent_ID": ""}]
    store = tpp(tmp_path, CodedEvent=rows, CodedEvent_SNOMED=rows)
    assert len(table(store, "events")) == 2


def test_dates_and_values_of_events(tmp_path):
    dates = ("2026-05-21", "2026-05-21T10:10:10", "9999-12-31T00:00:00", "9999-12-31", "", "soon")
    events = [
        {"CodedEvent_ID": str(n), "ConsultationDate": text, "NumericValue": f"{n}.5"}
        for n, text in enumerate(dates)
    ]
    store = tpp(tmp_path, CodedEvent=events)
    by_value = {row["value"]: row["day"] for row in table(store, "events")}
    dated = day("2026-05-21")
    assert by_value == {0.5: dated, 1.5: dated, 2.5: None, 3.5: None, 4.5: None, 5.5: None}
    found = findings(store, "events")
    assert found["date is the marker 9999-12-31 (open or missing): undated"] == 2
    assert found["date missing: undated"] == found["date unreadable: undated"] == 1


@pytest.mark.parametrize(
    ("product", "dmd", "wrong"),
    [
        ({}, "322280009", 0),
        ({"DMD_ID": ""}, None, 0),
        ({"DMD_ID": "MULTIPLE_DMD_MAPPING"}, None, 1),
        ({"DMD_ID": "19956611000001102"}, "19956611000001102", 0),
    ],
)
def test_an_issue_has_the_dmd_id_of_the_dictionary(tmp_path, product, dmd, wrong):
    store = tpp(tmp_path, MedicationIssue=[{}], MedicationDictionary=[product])
    [code] = [code for code in table(store, "codes") if code["kind"] == "medicine"]
    assert (code["system"], code["code"], code["dmd"]) == ("local", "6;0;0", dmd)
    assert code["term"] == "Made-up 30mg tablets"
    assert findings(store, "codes").get("dmd_id is no dm+d id: left out", 0) == wrong


def test_the_day_and_the_course_of_an_issue(tmp_path):
    repeats = {"0": "acute", "12": "repeat", "": None, "-1": None}
    issues = [{"RepeatMedication_ID": number} for number in repeats]
    store = tpp(tmp_path, MedicationIssue=issues)
    assert set(column(store, "medicines", "day")) == {day("2026-05-21")}  # never StartDate
    assert sorted(map(str, column(store, "medicines", "course"))) == sorted(
        map(str, repeats.values())
    )


def test_a_product_that_the_dictionary_does_not_have_is_counted(tmp_path):
    issues = [{}, {"MultilexDrug_ID": "9;0;0"}]
    store = tpp(tmp_path, MedicationIssue=issues, MedicationDictionary=[{}])
    assert findings(store, "medicines")["code is not in the dictionary"] == 1


def test_the_table_of_dissents_is_an_opt_out_of_each_patient_in_it(tmp_path):
    store = tpp(
        tmp_path,
        Patient=[{}, {"Patient_ID": "5"}],
        PatientsWithTypeOneDissent=[{}, {"Patient_ID": "6"}],
    )
    assert fates(store, "PatientsWithTypeOneDissent.csv")[:3] == (2, 1, {"unknown patient": 1})
    [code] = [code for code in table(store, "codes") if code["system"] == "local"]
    assert (code["code"], code["snomed_concept"]) == ("type-1-dissent", "827241000000103")
    [event] = [event for event in table(store, "events") if event["code_key"] == code["code_key"]]
    assert (event["day"], event["date_precision"]) == (None, "none")


STUDY = """
study: made-up
version: 1.0.0
title: Chronic pain
codelists: {chronic-pain: 1.0.0, research-opt-out: 1.0.0}
measures: {pain: {events: chronic-pain}}
include: {chronic_pain: pain}
opt_outs: {events: research-opt-out}
"""


def test_a_dissent_of_the_table_removes_the_patient(tmp_path):
    people = [{"Patient_ID": patient} for patient in ("1", "2", "3")]
    store = tpp(
        tmp_path,
        Patient=people,
        RegistrationHistory=[people[0], people[1], people[2] | {"EndDate": "2020-01-01"}],
        CodedEvent=[
            row | {"CodedEvent_ID": row["Patient_ID"], "CTV3Code": "E278."} for row in people
        ],
        PatientsWithTypeOneDissent=[{"Patient_ID": "2"}],
    )
    study = tmp_path / "study.yaml"
    study.write_text(STUDY)
    cohort = ic.identify(ic.load_study(study), store, on=ON, no_opt_out_list="Dr A. Example, GP")
    dropped = dict(zip(cohort.facts["patient_id"], cohort.facts["dropped_at"], strict=True))
    assert dropped == {"1": "", "2": "type_1"}  # 3 has left, so is not in the population


def test_without_the_table_of_dissents_it_is_said(tmp_path):
    said = "no PatientsWithTypeOneDissent file in the extract: only coded opt-outs are known"
    assert said in findings(tpp(tmp_path), "events")


def test_parquet_and_parts_give_the_same_store(tmp_path):
    files = {
        "CodedEvent": [{}, {"CodedEvent_ID": "5", "ConsultationDate": ""}],
        "CodedEvent_SNOMED": [{}, {"CodedEvent_ID": "1"}],
        "MedicationIssue": [{}],
        "MedicationDictionary": [{}],
        "PatientsWithTypeOneDissent": [{}],
    }
    first = tpp(tmp_path / "csv", **files)
    folder = tmp_path / "parquet"
    for name, rows in rows_of(files).items():
        (folder / name).mkdir(parents=True)
        for number, row in enumerate(rows):
            columns = {key: [typed(key, text)] for key, text in row.items()}
            pq.write_table(pa.table(columns), folder / name / f"part-{number}.parquet")
    assert detect(folder).profile.name == "tpp"
    second = ingest(folder, profile="tpp", extract_date=ON, out=tmp_path / "store")
    for name in ("patients", "registrations", "codes", "events", "medicines"):
        assert table(first, name) == table(second, name)
    assert first.sha256 == second.sha256


def typed(key, text):
    """As a database export writes it: numbers as whole numbers, dates as moments."""
    if not text:
        return None
    if key.endswith("_ID") and text.isdecimal():
        return int(text)
    return datetime.fromisoformat(text) if "Date" in key else text


def test_ids_as_decimal_numbers_are_refused(tmp_path):
    texts = {f"{name}.csv": csv_text(rows) for name, rows in rows_of({}).items()}
    del texts["Patient.csv"]
    extract = put(tmp_path / "extract", **texts)
    columns = {key: [value] for key, value in PATIENT.items()} | {"Patient_ID": [4711.0]}
    pq.write_table(pa.table(columns), extract / "Patient.parquet")
    with pytest.raises(ExtractError, match="`patient_id` is double, which damages ids"):
        ingest(extract, profile="tpp", extract_date=ON, out=tmp_path / "store")


@pytest.mark.parametrize("name", sorted(set(PLAIN) - {"PatientsWithTypeOneDissent"}))
def test_a_damaged_row_is_set_apart_with_its_line(tmp_path, name):
    texts = {f"{n}.csv": csv_text(rows) for n, rows in rows_of({name: [{}]}).items()}
    header, row = texts[f"{name}.csv"].splitlines()
    texts[f"{name}.csv"] = f"{header}\n4711\n{row}\n"
    extract = put(tmp_path / "extract", **texts)
    store = ingest(extract, profile="tpp", extract_date=ON, out=tmp_path / "store")
    assert [row[:2] for row in quarantined(store)] == [(f"{name}.csv", 2)]
    assert "4711" not in str(store)


def test_compressed_files(tmp_path):
    texts = {f"{name}.csv.gz": gz(csv_text(rows)) for name, rows in rows_of({}).items()}
    store = ingest(
        put(tmp_path / "extract", **texts), profile="tpp", extract_date=ON, out=tmp_path / "store"
    )
    assert len(table(store, "events")) == 1
