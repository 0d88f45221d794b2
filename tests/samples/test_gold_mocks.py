"""The made-up CPRD GOLD cases of OHDSI: read to the exact row, each peculiarity pinned."""

import csv
import shutil
from collections import Counter
from datetime import date

import pyarrow.parquet as pq
import pytest
from plain_aurum import NOT_HERE, SAMPLES

import instep_cohort as ic
from instep_cohort.extracts import detect

SAMPLE = SAMPLES / "ohdsi-gold-mocks"
ON = date(2016, 12, 31)

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason=NOT_HERE)


def lines_of(name):
    """The rows of a tab-separated file: a line ends with a line feed, and with nothing else."""
    text = (SAMPLE / f"dbo.{name}.txt").read_bytes().decode("ascii").removesuffix("\n")
    header, *lines = text.split("\n")
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def parsed(name):
    with (SAMPLE / "parsed" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """The store of the tables as their database wrote them."""
    extract = tmp_path_factory.mktemp("gold")
    for path in SAMPLE.glob("dbo.*.txt"):
        shutil.copy(path, extract)
    assert detect(extract).profile.name == "gold"
    return ic.ingest(extract, profile="gold", extract_date=ON, out=extract / "store")


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """The store of the same cases as they were read from an insert script."""
    out = tmp_path_factory.mktemp("gold-parsed") / "store"
    return ic.ingest(SAMPLE / "parsed", profile="gold", extract_date=ON, out=out)


def rows_of(store, table):
    return pq.read_table(store.table_path(table)).to_pylist()


def registrations(store):
    ids = {row["patient_key"]: row["patient_id"] for row in rows_of(store, "patients")}
    return {ids[row["patient_key"]]: row for row in rows_of(store, "registrations")}


def day(text):
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def counts(store):
    return {
        file.file: (file.read, file.stored, file.quarantined, file.skipped)
        for file in store.manifest.files
    }


def found(store, table):
    return {f.finding: f.rows for f in store.manifest.findings if f.table == table}


DETAILS = {"no medcode: only points to additional details": 8}
UNKNOWN = {"unknown patient": 1}


def test_the_counts_of_each_table_close(tables):
    assert counts(tables) == {
        "dbo.Clinical.txt": (28, 20, {}, DETAILS),
        "dbo.Entity.txt": (491, 491, {}, {}),
        "dbo.Immunisation.txt": (12, 11, UNKNOWN, {}),
        "dbo.Lookup.txt": (1249, 1249, {}, {}),
        "dbo.LookupType.txt": (89, 89, {}, {}),
        "dbo.Medical.txt": (27, 27, {}, {}),
        "dbo.Patient.txt": (151, 141, {}, {"copy of an earlier row of the patient": 10}),
        "dbo.Practice.txt": (9, 9, {}, {}),
        "dbo.Referral.txt": (9, 8, UNKNOWN, {}),
        "dbo.Test.txt": (18, 17, UNKNOWN, {}),
        "dbo.Therapy.txt": (13, 13, {}, {}),
        "dbo.product_old.txt": (4, 4, {}, {}),
    }
    for name, (read, *_) in counts(tables).items():
        assert len(lines_of(name.removeprefix("dbo.").removesuffix(".txt"))) == read
    assert tables.manifest.unused_files == (
        *("dbo.Additional.txt", "dbo.BnfCodes.txt", "dbo.CommonDosages.txt"),
        *("dbo.Consultation.txt", "dbo.PackType.txt", "dbo.Staff.txt", "dbo.TEST_CASE.txt"),
    )


def test_a_lone_carriage_return_in_backticks_ends_no_row(tables):
    raw = (SAMPLE / "dbo.Lookup.txt").read_bytes()
    assert (raw.count(b"\n"), raw.count(b"\r"), raw.count(b"\r`")) == (1250, 71, 71)
    assert found(tables, "events")["carriage return within a row: read as a blank"] == 71
    assert counts(tables)["dbo.Lookup.txt"][0] == 1250 - 1


def test_patients_with_two_rows_have_two_alike(tables):
    rows = Counter(tuple(row.values()) for row in lines_of("Patient"))
    assert sum(n - 1 for n in rows.values()) == 10
    assert len({row["patid"] for row in lines_of("Patient")}) == len(rows) == 141


@pytest.mark.parametrize("name", ["tables", "cases"])
def test_birth_sex_death_and_practice(name, request):
    store = request.getfixturevalue(name)
    rows = lines_of("Patient") if name == "tables" else parsed("patient")
    stored = store.patients.set_index("patient_id")
    assert len(stored) == {"tables": 141, "cases": 142}[name]
    for row in rows:
        patient = stored.loc[row["patid"]]
        month = int(row["mob"] or 0)
        assert patient["birth_date"].date() == date(int(row["yob"]) + 1800, month or 1, 1)
        assert patient["birth_precision"] == ("month" if month else "year")
        assert patient["sex"] == {"1": "M", "2": "F", "3": "I", "4": "U", "0": "U"}[row["gender"]]
        assert patient["practice_id"] == row["pracid"]
        died = "" if str(patient["death_date"]) == "NaT" else str(patient["death_date"].date())
        assert died == row["deathdate"]
    assert found(store, "patients") == {
        "accept = 0: kept": sum(row["accept"] == "0" for row in rows),
        "year of birth counts from 1800: 1800 is added": len(stored),
    }
    assert min(row["yob"] for row in rows if len(row["yob"]) == 2) == "99"  # born in 1899


def test_who_is_registered_and_as_what(tables, cases):
    stored = registrations(tables)
    kinds = Counter(row["kind"] for row in stored.values())
    # In the tables regstat is empty, so that only accept = 1 says that somebody is no temporary
    # patient; in the parsed cases regstat is 0 throughout.
    assert kinds == {"regular": 140, "other": 1}
    assert {row["kind"] for row in registrations(cases).values()} == {"regular"}
    for store in (tables, cases):
        assert found(store, "registrations") == {"ends before it starts": 2}
    rows = {row["patid"]: row for row in lines_of("Patient")}
    for patid, row in rows.items():
        assert stored[patid]["start_day"] == day(row["crd"])
        assert stored[patid]["end_day"] == (day(row["tod"]) if row["tod"] else None)


EVENTS = ("Clinical", "Referral", "Immunisation", "Test")


def test_each_coded_row_is_an_event_with_its_read_code(tables):
    people = {row["patid"] for row in lines_of("Patient")}
    read = {row["medcode"]: row["read_code"] for row in lines_of("Medical")}
    expected = Counter(
        (row["patid"], row["eventdate"], row["medcode"])
        for name in EVENTS
        for row in lines_of(name)
        if row["medcode"] and row["patid"] in people
    )
    events = tables.events
    days = events["date"].dt.strftime("%Y-%m-%d")
    rows = zip(events["patient_id"], days, events["code"], strict=True)
    assert Counter(rows) == expected
    assert expected.total() == 56
    codes = tables.codes().to_pylist()
    clinical = [code for code in codes if code["kind"] == "clinical"]
    assert {code["system"] for code in clinical} == {"local"}
    assert {code["code"]: code["read_v2"] for code in clinical} == {
        medcode: read[medcode] for medcode in {medcode for _, _, medcode in expected}
    }
    assert {len(code["read_v2"]) for code in clinical} == {5, 7}  # T1742 has no term code


def test_an_unknown_patient_of_three_tables_is_set_apart(tables):
    rows = rows_of(tables, "quarantine")
    assert [(row["file"], row["line"], row["reason"]) for row in rows] == [
        ("dbo.Immunisation.txt", 4, "unknown patient"),
        ("dbo.Referral.txt", 4, "unknown patient"),
        ("dbo.Test.txt", 4, "unknown patient"),
    ]


def test_only_an_entity_with_an_operator_and_a_value_gives_a_value(tables):
    events = tables.events
    valued = events[events["value"].notna()].set_index("patient_id")
    # 190 and 288 are "Operator, Value, Unit of measure"; 215 begins with a qualifier, so that its
    # data2 is an end of the normal range; 284 has an "estimated size" there.
    assert dict(valued["value"]) == {"1352111": 3.7, "1452111": 3.7}
    assert dict(valued["unit"]) == {"1352111": "%", "1452111": "%"}
    units = {
        row["code"]: row["text"] for row in lines_of("Lookup") if row["lookup_type_id"] == "81"
    }
    assert units["1"] == "%"
    tests = {row["patid"]: row for row in lines_of("Test")}
    assert {tests[patid]["data3"] for patid in valued.index} == {"1.000"}


def test_issues_have_the_gemscript_code_of_their_product(tables, cases):
    for store, rows, products in (
        (tables, lines_of("Therapy"), lines_of("product_old")),
        (cases, parsed("therapy"), parsed("product")),
    ):
        gemscript = {row["prodcode"]: row["gemscriptcode"] for row in products}
        expected = Counter(
            (
                *(row["patid"], row["eventdate"], gemscript.get(row["prodcode"], row["prodcode"])),
                *(float(row["qty"]), float(row["numdays"]) or None, "repeat"),
            )
            for row in rows
        )
        issues = store.medicines
        days = issues["date"].dt.strftime("%Y-%m-%d")
        lengths = issues["days"].astype(object).where(issues["days"].notna(), None)
        stored = zip(
            *(issues["patient_id"], days, issues["code"], issues["quantity"], lengths),
            issues["course"],
            strict=True,
        )
        assert Counter(stored) == expected
        assert expected.total() == 13
    assert found(tables, "medicines")["code is not in the dictionary"] == 4  # 47, 47, 2232, -1
    assert found(cases, "medicines")["code is not in the dictionary"] == 1  # -1
    names = {code["code"]: code["term"] for code in cases.codes().to_pylist()}
    assert names["48541020"] == "Camcolit 250 tablets (Essential Pharma Ltd)"
    # bnf is 00000000, which is none; bnfcode of Therapy, 55, is a number of a lookup.
    assert not any(code["bnf"] for code in cases.codes().to_pylist())


def test_the_counts_of_the_parsed_cases_close(cases):
    assert counts(cases) == {
        "clinical.csv": (30, 22, {}, DETAILS),
        "immunisation.csv": (10, 10, {}, {}),
        "medical.csv": (22, 22, {}, {}),
        "patient.csv": (142, 142, {}, {}),
        "practice.csv": (8, 8, {}, {}),
        "product.csv": (5, 5, {}, {}),
        "referral.csv": (7, 7, {}, {}),
        "test.csv": (16, 16, {}, {}),
        "therapy.csv": (13, 13, {}, {}),
    }
    for name, (read, *_) in counts(cases).items():
        assert len(parsed(name.removesuffix(".csv"))) == read


def test_both_forms_in_one_folder_are_refused(tmp_path):
    with pytest.raises(ic.ExtractError, match="a patient_id is there more than once") as refusal:
        ic.ingest(SAMPLE, profile="gold", extract_date=ON, out=tmp_path / "store")
    assert "101111" not in str(refusal.value)
