"""Extracts that other projects made, read to the exact row; counted again with the csv module."""

import csv
from collections import Counter
from datetime import datetime

import pytest
from extract_files import ON, SAMPLES, findings, quarantined, table

from instep_cohort.extracts import ingest

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the repo")


def rows_of(paths, delimiter):
    rows = []
    for path in sorted(paths):
        with path.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL)
            rows += [{k.lower(): v for k, v in row.items()} for row in reader]
    return rows


def number(text):
    return float(text) if text not in ("", "NA") else None


def day_number(text):
    return (datetime.strptime(text, "%d/%m/%Y") - datetime(1970, 1, 1)).days if text else None


def dated(rows, code, date, *others):
    """The rows as the store should hold them, with ids instead of keys."""
    return Counter(
        (row["patid"], day_number(row[date]), row[code], *(number(row[name]) for name in others))
        for row in rows
    )


def stored(store, name, *others):
    patients = {row["patient_key"]: row["patient_id"] for row in table(store, "patients")}
    codes = {row["code_key"]: row["code"] for row in table(store, "codes")}
    return Counter(
        (patients[r["patient_key"]], r["day"], codes[r["code_key"]], *(r[n] for n in others))
        for r in table(store, name)
    )


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory):
    out = tmp_path_factory.mktemp("synthetic") / "store"
    extract = SAMPLES / "synthetic-aurum"
    return ingest(extract, profile="aurum", extract_date=ON, out=out)


@pytest.fixture(scope="module")
def rcprd(tmp_path_factory):
    out = tmp_path_factory.mktemp("rcprd") / "store"
    extract = SAMPLES / "rcprd-aurum" / "aurum_data"
    return ingest(extract, profile="aurum", extract_date=ON, out=out)


def test_synthetic_events_and_issues_are_all_there(synthetic):
    folder = SAMPLES / "synthetic-aurum"
    observations = rows_of([folder / "Observation.csv"], ",")
    assert len(observations) == 9_000
    assert stored(synthetic, "events", "value") == dated(
        observations, "medcodeid", "obsdate", "value"
    )
    issues = rows_of([folder / "DrugIssue.csv"], ",")
    assert len(issues) == 6_000
    assert stored(synthetic, "medicines", "quantity", "days") == dated(
        issues, "prodcodeid", "issuedate", "quantity", "duration"
    )
    assert quarantined(synthetic) == []


def test_synthetic_patients_as_they_are(synthetic):
    source = {row["patid"]: row for row in rows_of([SAMPLES / "synthetic-aurum/Patient.csv"], ",")}
    patients = table(synthetic, "patients")
    assert [p["patient_id"] for p in patients] == sorted(source)
    assert [p["patient_key"] for p in patients] == list(range(1_500))
    registrations = {row["patient_key"]: row for row in table(synthetic, "registrations")}
    for patient in patients:
        row = source[patient["patient_id"]]
        first = f"01/{int(row['mob']):02}/{row['yob']}"
        assert patient["birth_day"] == day_number(first)
        assert patient["birth_precision"] == "month"
        assert patient["sex"] == {"1": "M", "2": "F", "3": "I"}[row["gender"]]
        assert patient["death_day"] == day_number(row["cprd_ddate"])
        registration = registrations[patient["patient_key"]]
        assert registration["start_day"] == day_number(row["regstartdate"])
        assert registration["end_day"] == day_number(row["regenddate"])
        assert (registration["kind"] == "regular") == (row["patienttypeid"] == "3")
        assert patient["practice_id"] == registration["practice_id"] == row["pracid"]


def test_synthetic_oddities_are_counted(synthetic):
    folder = SAMPLES / "synthetic-aurum"
    people = {row["patid"]: row for row in rows_of([folder / "Patient.csv"], ",")}
    observations = rows_of([folder / "Observation.csv"], ",")
    early = sum(
        day_number(row["obsdate"]) < day_number(people[row["patid"]]["regstartdate"])
        for row in observations
    )
    late = sum(
        day_number(row["obsdate"]) > day_number(people[row["patid"]]["cprd_ddate"])
        for row in observations
        if people[row["patid"]]["cprd_ddate"]
    )
    assert (early, late) == (2_218, 260)
    events = findings(synthetic, "events")
    assert (events["before the first registration"], events["after death"]) == (early, late)
    unacceptable = sum(row["acceptable"] == "0" for row in people.values())
    assert findings(synthetic, "patients")["acceptable = 0: kept"] == unacceptable
    other = sum(row["patienttypeid"] != "3" for row in people.values())
    finding = "kind of unknown meaning: taken as other"
    assert findings(synthetic, "registrations")[finding] == other


def test_synthetic_codes_carry_their_dictionaries(synthetic):
    folder = SAMPLES / "synthetic-aurum"
    medical = {r["medcodeid"]: r for r in rows_of([folder / "MedicalDictionary.csv"], ",")}
    products = {r["prodcodeid"]: r for r in rows_of([folder / "ProductDictionary.csv"], ",")}
    used = Counter(row["medcodeid"] for row in rows_of([folder / "Observation.csv"], ","))
    used_products = Counter(row["prodcodeid"] for row in rows_of([folder / "DrugIssue.csv"], ","))
    codes = table(synthetic, "codes")
    assert {c["code"]: c["rows"] for c in codes if c["kind"] == "clinical"} == used
    assert {c["code"]: c["rows"] for c in codes if c["kind"] == "medicine"} == used_products
    for code in codes:
        assert code["system"] == "emis_code_id"
        if code["kind"] == "clinical":
            row = medical[code["code"]]
            assert (code["term"], code["snomed_concept"]) == (row["term"], row["snomedctconceptid"])
        else:
            row = products[code["code"]]
            assert (code["term"], code["dmd"]) == (row["productname"], row["dmdid"])
            assert (code["bnf"], code["substance"]) == (row["bnfchapter"], row["drugsubstancename"])


def test_synthetic_files_are_counted_or_named(synthetic):
    counts = {file.file: (file.read, file.stored) for file in synthetic.manifest.files}
    assert counts == {
        "DrugIssue.csv": (6_000, 6_000),
        "MedicalDictionary.csv": (442, 442),
        "Observation.csv": (9_000, 9_000),
        "Patient.csv": (1_500, 1_500),
        "Practice.csv": (3, 3),
        "ProductDictionary.csv": (3_446, 3_446),
    }
    assert synthetic.manifest.unused_files == (
        "Consultation.csv",
        "Problem.csv",
        "Referral.csv",
        "Staff.csv",
    )


def test_rcprd_parts_are_all_there(rcprd):
    folder = SAMPLES / "rcprd-aurum" / "aurum_data"
    observations = rows_of(folder.glob("*observation*"), "\t")
    issues = rows_of(folder.glob("*drugissue*"), "\t")
    assert (len(observations), len(issues)) == (300, 300)
    assert stored(rcprd, "events", "value") == dated(observations, "medcodeid", "obsdate", "value")
    assert stored(rcprd, "medicines", "quantity", "days") == dated(
        issues, "prodcodeid", "issuedate", "quantity", "duration"
    )
    assert all(file.read == file.stored for file in rcprd.manifest.files)


def test_rcprd_peculiarities(rcprd):
    patients = table(rcprd, "patients")
    assert len(patients) == 12
    # mob is the text NA on every row
    assert findings(rcprd, "patients")["literal NA: taken as missing"] == 12
    assert {p["birth_precision"] for p in patients} == {"year"}
    # emis_ddate and cprd_ddate never agree: the earlier one is believed
    first = next(p for p in patients if p["patient_id"] == "1")
    assert first["death_day"] == day_number("17/03/1935")
    assert findings(rcprd, "patients")["dates of death differ: the earliest is taken"] == 12
    assert findings(rcprd, "events")["no medical dictionary in the extract"] == 300
    assert findings(rcprd, "medicines")["no product dictionary in the extract"] == 300
    assert all(c["term"] is None and c["dmd"] is None for c in table(rcprd, "codes"))


def test_long_ids_are_whole(rcprd):
    codes = {code["code"] for code in table(rcprd, "codes")}
    assert {"13483031000006114", "1498241000033111"} <= codes
