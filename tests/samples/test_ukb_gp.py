"""The dummy UK Biobank files, read to the exact row by the mapping of the examples."""

import csv
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from plain_aurum import NOT_HERE, SAMPLES, day_of

import instep_cohort as ic

SAMPLE = SAMPLES / "ukbwranglr-gp"
MAPPING = Path(__file__).parents[2] / "examples" / "mappings" / "uk-biobank-gp.yaml"
ON = date(2017, 9, 30)
# The sample has no table of participants, so that one is made up.
PARTICIPANTS = {"1": "F", "2": "M", "3": "F", "4": "M", "8": "F"}
MARKERS = {
    "01/01/1901": "before the date of birth",
    "03/03/1903": "in the year of birth",
    "07/07/2037": "in the future",
}

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason=NOT_HERE)


def rows_of(name):
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    extract = tmp_path_factory.mktemp("biobank")
    for path in SAMPLE.glob("*.txt"):
        shutil.copy(path, extract)
    lines = [f"{eid},{'FM'.index(sex)},1950,3,\n" for eid, sex in PARTICIPANTS.items()]
    header = "eid,sex,year_of_birth,month_of_birth,date_of_death\n"
    (extract / "participants.csv").write_text(header + "".join(lines))
    profile = ic.load_mapping(MAPPING)
    return ic.ingest(extract, profile=profile, extract_date=ON, out=extract / "store")


def found(store, table):
    return {f.finding: f.rows for f in store.manifest.findings if f.table == table}


def test_the_counts_of_each_file_close(store):
    assert {f.file: (f.read, f.stored, f.quarantined, f.skipped) for f in store.manifest.files} == {
        "dummy_gp_clinical.txt": (12, 12, {}, {}),
        "dummy_gp_scripts.txt": (6, 6, {}, {}),
        "participants.csv": (5, 5, {}, {}),
    }
    assert (len(rows_of("dummy_gp_clinical.txt")), len(rows_of("dummy_gp_scripts.txt"))) == (12, 6)


def shown_day(text):
    return None if text in MARKERS else day_of(text)


def stored_rows(frame, number):
    days = [None if str(day) == "NaT" else day.date() for day in frame["date"]]
    numbers = frame[number].astype(object).where(frame[number].notna(), None)
    columns = (frame["patient_id"], days, frame["system"], frame["code"], numbers)
    return Counter(zip(*columns, strict=True))


def test_each_clinical_row_is_an_event(store):
    expected = Counter(
        (
            *(row["eid"], shown_day(row["event_dt"])),
            *(("read_v2", row["read_2"]) if row["read_2"] else ("ctv3", row["read_3"])),
            float(row["value1"]) if row["value1"] else None,
        )
        for row in rows_of("dummy_gp_clinical.txt")
    )
    assert stored_rows(store.events, "value") == expected
    assert Counter(store.events["system"]) == {"read_v2": 9, "ctv3": 3}


def own_code(row):
    for name, system in (("dmd_code", "dmd"), ("read_2", "read_v2")):
        if row[name]:
            return system, row[name]
    return "bnf", row["bnf_code"].replace(".", "")


def test_each_script_is_an_issue_by_its_best_code(store):
    expected = Counter(
        (
            *(row["eid"], shown_day(row["issue_date"]), *own_code(row)),
            float(row["quantity"]) if row["quantity"] else None,
        )
        for row in rows_of("dummy_gp_scripts.txt")
    )
    assert stored_rows(store.medicines, "quantity") == expected
    assert Counter(store.medicines["system"]) == {"dmd": 3, "read_v2": 2, "bnf": 1}


def test_bnf_codes_with_and_without_dots_and_odd_read_codes(store):
    codes = {(c["system"], c["code"]): c for c in store.codes().to_pylist()}
    assert codes["bnf", "0202010000"]["term"] == "drug2"  # 02.02.01.00.00
    assert codes["read_v2", "bd3j"]["bnf"] == "02020100"
    # What two rows say beside dm+d 1: drug Read codes of six characters.
    assert codes["dmd", "1"]["read_v2"] == "bd3j00/bxi300"
    assert found(store, "codes")["the dictionary contradicts itself"] == 1
    unusual = "read_v2 code of unusual shape: kept as it is"
    one_letter = [r for r in rows_of("dummy_gp_clinical.txt") if len(r["read_2"]) == 1]
    assert found(store, "events")[unusual] == len(one_letter) == 5
    assert found(store, "medicines")[unusual] == 2  # bxi3, bd3j


@pytest.mark.parametrize(
    ("name", "column", "table"),
    [
        ("dummy_gp_clinical.txt", "event_dt", "events"),
        ("dummy_gp_scripts.txt", "issue_date", "medicines"),
    ],
)
def test_marker_dates_are_counted_by_name(store, name, column, table):
    written = Counter(row[column] for row in rows_of(name))
    for text, meaning in MARKERS.items():
        finding = f"date is the marker {day_of(text)} ({meaning}): undated"
        assert found(store, table)[finding] == written[text] > 0
    assert "date missing: undated" not in found(store, table)


def test_a_study_runs_and_finds_nobody_since_nobody_is_registered(store):
    study = ic.load_study("any-pain-any-medicine")
    cohort = ic.identify(study, store, on=ON, no_opt_out_list="Dr A. Example, GP")
    assert len(cohort.candidates) == 0
    steps = cohort.attrition.set_index("step")
    assert steps.loc["alive", "after"] == len(PARTICIPANTS)
    assert steps.loc["registered", "after"] == 0
    assert found(store, "registrations")["no start"] == len(PARTICIPANTS)
