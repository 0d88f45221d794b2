"""Imported searches find whom EMIS would find: held against a second reading, and by hand."""

from __future__ import annotations

import csv
from datetime import date

import emis_by_hand as by_hand
import pytest
import search_xml as xml

import instep_cohort as ic
from instep_cohort.emis_search import read_searches, write_import
from instep_cohort.errors import DefinitionError

ON = by_hand.ON
NOBODY = "A. Tester, data manager"


def ingested(folder, patients):
    """A store of these patients, whose records are known by EMIS code ids."""
    extract = folder / "extract"
    extract.mkdir()
    rows = [(p.id, "p1", "F", p.birth, "", "2001-01-01", "") for p in patients]
    # the opt-out list is read by Read v2 here
    events = [(patients[0].id, "2020-01-01", "read_v2", "9N1..", "Seen in", "")]
    events += [
        (p.id, day, "emis_code_id", code, "a term", "" if value is None else value)
        for p in patients
        for day, code, value in p.records["EVENTS"]
    ]
    medicines = [
        (p.id, day, "emis_code_id", code)
        for p in patients
        for day, code, _ in p.records["MEDICATION_ISSUES"]
    ]
    _table(extract / "patients.csv", _PATIENTS, rows)
    _table(extract / "events.csv", "patient_id,date,system,code,term,value", events)
    _table(extract / "medicines.csv", "patient_id,date,system,code", medicines)
    return ic.ingest(extract, profile="standard", extract_date=ON, out=folder / "store")


_PATIENTS = "patient_id,practice_id,sex,birth_date,death_date,registration_start,registration_end"


def _table(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def candidates(study, store, codelists):
    cohort = ic.identify(
        ic.load_study(study), store, on=ON, codelists=codelists, no_opt_out_list=NOBODY
    )
    return set(cohort.to_arrow()["patient_id"].to_pylist())


@pytest.mark.parametrize("seed", range(2))
def test_generated_searches_find_whom_the_second_reading_finds(seed, tmp_path):
    searches = by_hand.made_searches(seed, 16)
    patients = by_hand.made_patients(seed, 150)
    wanted = by_hand.members(searches, patients)
    store = ingested(tmp_path, patients)
    file = tmp_path / "made.xml"
    file.write_text(by_hand.as_xml(searches), encoding="utf-8")
    imported = read_searches(file)
    out = write_import(imported, tmp_path / "out", on=ON)
    ran = 0
    for search, made in zip(searches, imported.searches, strict=True):
        study = out / "studies" / made.file
        if made.is_complete:
            assert candidates(study, store, out / "codelists") == wanted[search.n], (
                study.read_text()
            )
            ran += 1
        else:
            with pytest.raises(DefinitionError):
                ic.load_study(study)
    assert ran >= 6


CHRONIC, CARE, OPIOID = by_hand.CLINICAL[:2], by_hand.CLINICAL[2:3], by_hand.DRUGS[:2]

# each patient, whether the search below finds them, and why
PEOPLE = [
    ("both", True, [("2025-01-10", CHRONIC[0])], [("2026-01-05", OPIOID[1])]),
    ("no-medicine", False, [("2025-01-10", CHRONIC[0])], []),
    ("medicine-on-first-day", False, [("2025-01-10", CHRONIC[1])], [("2025-09-30", OPIOID[0])]),
    ("medicine-a-day-later", True, [("2025-01-10", CHRONIC[1])], [("2025-10-01", OPIOID[0])]),
    ("dying", False, [("2025-01-10", CHRONIC[0]), ("2024-01-01", CARE[0])], [("2026-01-05", OPIOID[0])]),
    ("no-pain", False, [], [("2026-01-05", OPIOID[0])]),
]  # fmt: skip
SEARCH = xml.report(
    7,
    "Pain and opioids",
    xml.group(
        xml.ages(xml.since("GTEQ", 18, "YEAR"), xml.until("LTEQ", 64, "YEAR")),
        xml.events("Chronic pain", *CHRONIC),
        true="NEXT",
    ),
    xml.group(xml.events("Palliative care", *CARE), true="REJECT", false="NEXT"),
    xml.group(xml.issues("Opioids", *OPIOID, window=[xml.since("GT", -6, "MONTH")])),
)
BY_HAND = """\
study: by-hand
version: 1.0.0
codelists: {emis-chronic-pain: 0.1.0, emis-palliative-care: 0.1.0, emis-opioids: 0.1.0, research-opt-out: 1.0.0}
population: {age: {min: 18, max: 64}}
measures:
  pain: {events: emis-chronic-pain}
  care: {events: emis-palliative-care}
  opioid: {medicines: emis-opioids, after: 2025-10-01}
include: {pain: pain, opioid: opioid}
exclude: {care: care}
opt_outs: {events: research-opt-out}
"""


def test_one_search_finds_whom_a_study_written_by_hand_finds(tmp_path):
    patients = [
        by_hand.Patient(
            name,
            date(1980, 5, 1),
            {
                "EVENTS": [(date.fromisoformat(day), code, None) for day, code in events],
                "MEDICATION_ISSUES": [(date.fromisoformat(d), c, None) for d, c in issues],
            },
        )
        for name, _, events, issues in PEOPLE
    ]
    file = tmp_path / "one.xml"
    file.write_text(xml.document(SEARCH), encoding="utf-8")
    imported = read_searches(file)
    out = write_import(imported, tmp_path / "out", on=ON)
    (tmp_path / "by-hand.yaml").write_text(BY_HAND, encoding="utf-8")
    store = ingested(tmp_path, patients)
    found = [
        candidates(study, store, out / "codelists")
        for study in (out / "studies" / "pain-and-opioids.yaml", tmp_path / "by-hand.yaml")
    ]
    assert found[0] == found[1] == {name for name, wanted, *_ in PEOPLE if wanted}
