"""CPRD Aurum in its true layout, without dictionaries: read to the last row, and not searched."""

import csv
from collections import Counter

import pytest
from plain_aurum import EXTRACT_DATE, NOT_HERE, SAMPLES, day_of

import instep_cohort as ic

SAMPLE = SAMPLES / "rcprd-aurum" / "aurum_data"

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason=NOT_HERE)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def rows_named(part):
    return [row for path in sorted(SAMPLE.iterdir()) if part in path.name for row in rows_of(path)]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    out = tmp_path_factory.mktemp("rcprd") / "store"
    return ic.ingest(SAMPLE, profile="aurum", extract_date=EXTRACT_DATE, out=out)


def findings(store):
    return {(each.table, each.finding): each.rows for each in store.manifest.findings}


def test_the_counts_of_each_file_close(store):
    expected = {path.name: len(rows_of(path)) for path in SAMPLE.iterdir()}
    assert sum(expected.values()) == 3 * 100 + 3 * 100 + 2 * 6 + 2 * 3
    assert {file.file: file.read for file in store.manifest.files} == expected
    assert {file.file: file.stored for file in store.manifest.files} == expected
    assert {name: counts.rows for name, counts in store.manifest.tables.items()} == {
        "patients": 12,
        "registrations": 12,
        "codes": len({row["medcodeid"] for row in rows_named("observation")})
        + len({row["prodcodeid"] for row in rows_named("drugissue")}),
        "events": 300,
        "medicines": 300,
        "quarantine": 0,
    }
    assert not store.manifest.unused_files


def stored_rows(frame, *numbers):
    columns = ("patient_id", "date", "code", *numbers)
    dated = frame.assign(date=frame["date"].dt.date)
    return Counter(zip(*(dated[name] for name in columns), strict=True))


def test_each_row_of_the_files_is_a_row_of_the_store(store):
    observations = Counter(
        (row["patid"], day_of(row["obsdate"]), row["medcodeid"], float(row["value"]))
        for row in rows_named("observation")
    )
    assert stored_rows(store.events, "value") == observations
    issues = Counter(
        (
            *(row["patid"], day_of(row["issuedate"]), row["prodcodeid"]),
            *(float(row["quantity"]), float(row["duration"])),
        )
        for row in rows_named("drugissue")
    )
    assert stored_rows(store.medicines, "quantity", "days") == issues


def test_long_ids_stay_as_they_are_written(store):
    written = {row["prodcodeid"] for row in rows_named("drugissue")}
    assert max(map(len, written)) > 15, "more digits than a spreadsheet keeps"
    assert set(store.medicines["code"]) == written


def test_a_literal_na_is_a_missing_month_and_said_so(store):
    patients = rows_named("extract_patient")
    assert {row["mob"] for row in patients} == {"NA"}
    stored = store.patients.set_index("patient_id")
    assert set(stored["birth_precision"]) == {"year"}
    assert {id_: f"{birth:%Y}" for id_, birth in stored["birth_date"].items()} == {
        row["patid"]: row["yob"] for row in patients
    }
    assert findings(store)["patients", "literal NA: taken as missing"] == len(patients)


def test_the_oddities_of_the_sample_are_counted(store):
    found = findings(store)
    people = {row["patid"]: row for row in rows_named("extract_patient")}
    deaths = {
        p: min(d for n in ("cprd_ddate", "emis_ddate") if (d := day_of(row[n])))
        for p, row in people.items()
    }
    dates = {
        "events": [(row["patid"], day_of(row["obsdate"])) for row in rows_named("observation")],
        "medicines": [(row["patid"], day_of(row["issuedate"])) for row in rows_named("drugissue")],
    }
    for table, rows in dates.items():
        after_death = sum(day > deaths[p] for p, day in rows)
        before_birth = sum(day.year < int(people[p]["yob"]) for p, day in rows)
        assert found[table, "after death"] == after_death > 200
        assert found[table, "before birth"] == before_birth > 90
    assert found["events", "no medical dictionary in the extract"] == 300
    assert found["medicines", "no product dictionary in the extract"] == 300


@pytest.mark.parametrize("study", ["instep", "any-pain-any-medicine"])
def test_a_search_is_refused_for_want_of_a_dictionary(store, study):
    with pytest.raises(ic.SafetyRefusal) as refused:
        ic.identify(
            ic.load_study(study), store, on=EXTRACT_DATE, no_opt_out_list="Dr A. Example, GP"
        )
    assert refused.value.exit_code == 4
    message = str(refused.value)
    assert message.startswith("Nobody's opt-out can be found in this extract")
    assert "coded in emis_code_id, the opt-out list in ctv3, read_v2, snomed_ct" in message
    assert "together with its code dictionary" in message
