"""EMIS Web: whole deliveries, changes, and the names of their files. No real data."""

import pytest
from emis_files import AGREEMENT, HERE, WHOLE, people, put, spec, text, whole
from extract_files import ON, column, day, findings, gz, table
from toy_profile import fates

from instep_cohort.errors import ExtractError
from instep_cohort.extracts import detect, ingest
from instep_cohort.extracts.profiles import find_profile


def test_the_newest_agreement_counts(tmp_path):
    extract = whole(tmp_path / "extract")
    for moment, disabled in (("20260101020000", "true"), ("20260108020000", "false")):
        name = f"{{}}_{moment}_{AGREEMENT}"
        put(extract, name, Agreements_SharingOrganisation=[{"Disabled": disabled}])
    store = ingest(extract, profile="emis", extract_date=ON, out=tmp_path / "store")
    assert findings(store, "patients") == {}


def delivery(folder, numbers, moment, processing, **files):
    """A delivery with files of every table, named as EMIS names them."""
    every = {name: [] for name in WHOLE} | files
    return put(folder, f"{numbers}_{{}}_{moment}_{AGREEMENT}", processing, **every)


def test_deliveries(tmp_path):
    """A whole delivery and two of changes, whose names do not sort in their order."""
    extract = tmp_path / "extract"
    delivery(
        extract,
        "9",
        "20261001020000",
        "9",
        **WHOLE
        | {
            "Admin_Patient": people({}, {}, {}),
            "CareRecord_Observation": [
                {"PatientGuid": "1", "CodeId": "1001"},
                {"PatientGuid": "1", "CodeId": "1002"},
                {"PatientGuid": "1", "CodeId": "1003"},
                {"PatientGuid": "2", "CodeId": "1004"},
            ],
            "Prescribing_IssueRecord": [{"PatientGuid": "1"}, {"PatientGuid": "3"}],
        },
    )
    gone = {"Deleted": "true", "EffectiveDate": "", "EffectiveDatePrecision": "", "CodeId": ""}
    delivery(
        extract,
        "10-11",
        "20261009020000",
        "11",
        CareRecord_Observation=[
            {"ObservationGuid": "{1}", "PatientGuid": "1", "CodeId": "1005", "ProcessingId": "11"},
            {"ObservationGuid": "{1}", "PatientGuid": "1", "CodeId": "1006", "ProcessingId": "10"},
            {"ObservationGuid": "{2}", "PatientGuid": "1", **gone},
            {"ObservationGuid": "{9}", "PatientGuid": "1", "CodeId": "1009"},
        ],
        Prescribing_DrugRecord=[{"PrescriptionType": "Repeat"}],
        Coding_ClinicalCode=[{"CodeId": "1003", "Term": "new words", "ReadTermId": "N143"}],
    )
    delivery(
        extract,
        "12",
        "20261010020000",
        "12",
        Admin_Patient=[
            {"PatientGuid": "2", "Deleted": "true", "Sex": "", "DateOfBirth": ""},
            {"PatientGuid": "3", "Sex": "M"},
        ],
        CareRecord_Observation=[{"ObservationGuid": "{9}", "PatientGuid": "1", **gone}],
        Prescribing_IssueRecord=[{"IssueRecordGuid": "{2}", "PatientGuid": "3", **gone}],
    )
    assert detect(extract).profile.name == "emis"
    store = ingest(extract, profile="auto", extract_date=ON, out=tmp_path / "store")
    assert column(store, "patients", "patient_id") == [f"{HERE}/1", f"{HERE}/3"]
    assert column(store, "patients", "sex") == ["F", "M"]
    assert len(table(store, "registrations")) == 2
    assert column(store, "medicines", "course") == ["repeat"]
    codes = [c for c in table(store, "codes") if c["kind"] == "clinical"]
    assert [(c["code"], c["term"], c["read_v2"]) for c in codes] == [
        ("1003", "new words", "N143."),
        ("1005", None, None),
    ]
    later, first = "replaced by a later row", f"9_CareRecord_Observation_20261001020000_{AGREEMENT}"
    assert fates(store, f"{first}.csv") == (4, 1, {}, {later: 2, "patient left out: deleted": 1})
    second = f"10-11_CareRecord_Observation_20261009020000_{AGREEMENT}.csv"
    assert fates(store, second) == (4, 1, {}, {later: 2, "deleted": 1})
    third = f"12_CareRecord_Observation_20261010020000_{AGREEMENT}.csv"
    assert fates(store, third) == (1, 0, {}, {"deleted": 1})
    for file in store.manifest.files:
        assert file.is_closed


def test_changes_alone_are_refused(tmp_path):
    extract = delivery(
        tmp_path / "extract",
        "12",
        "20261010020000",
        "12",
        **WHOLE | {"CareRecord_Observation": [{}, {"Deleted": "true"}]},
    )
    with pytest.raises(ExtractError, match="changes without the whole") as refused:
        ingest(extract, profile="emis", extract_date=ON, out=tmp_path / "store")
    assert "4711" not in str(refused.value)
    assert not (tmp_path / "store").exists()


def names(*deliveries, without=()):
    return [
        f"{numbers}_{title}_{moment}_{AGREEMENT}.csv"
        for numbers, moment in deliveries
        for title in WHOLE
        if (numbers, title) not in without
    ]


FIRST, SECOND, THIRD = ("1-9", "20260101020000"), ("10", "20260102020000"), ("11", "20260103020000")
BROKEN = {
    "one is missing": (
        names(FIRST, THIRD),
        "delivery 11 of 2026-01-03 does not follow delivery 1-9 of 2026-01-01: 10 is missing",
    ),
    "several are missing": (names(FIRST, ("20", "20260104020000")), "10 to 19 is missing"),
    "numbers begin again": (names(SECOND, ("1", "20260104020000")), "whole delivery has begun"),
    "a number twice": (names(FIRST, ("9", "20260102020000")), "whole delivery has begun"),
    "a file is missing": (
        names(FIRST, SECOND, without=[("10", "CareRecord_Observation")]),
        "delivery 10 of 2026-01-02 has no CareRecord_Observation file",
    ),
    "no patients": (
        names(FIRST, SECOND, without=[("1-9", "Admin_Patient")]),
        "delivery 1-9 of 2026-01-01 has no Admin_Patient file",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_deliveries_that_do_not_follow_one_another_are_refused(case):
    files, words = BROKEN[case]
    with pytest.raises(ExtractError, match=words):
        find_profile("emis").recognise(files)


def test_deliveries_that_follow_one_another():
    profile = find_profile("emis")
    other = [name.replace("45E7", "0000") for name in names(("5", THIRD[1]))]
    files = names(THIRD, FIRST, SECOND)
    assert len(profile.recognise([*files, *other])) == len(files) + len(other)
    without_numbers = [name.split("_", 1)[1] for name in names(FIRST, THIRD)]
    assert len(profile.recognise(without_numbers)) == 2 * len(WHOLE)


NAMES = f"""
291_Admin_Patient_20150211164536_{AGREEMENT}.csv                 | patient
1-291_admin_patient_20150211164536_{AGREEMENT.lower()}.CSV       | patient
2026/CareRecord_Observation.csv                                  | observation
CareRecord_Observation_2.csv.gz                                  | observation
a.zip/CareRecord_Observation_20260101-1.csv                      | observation
7_Coding_ClinicalCode_20150211164536_{{{AGREEMENT}}}.csv         | clinicalcode
Coding_DrugCodes.csv                                             | drugcode
291_Agreements_SharingOrganisation_20150211164536_{AGREEMENT}.csv | agreement
Prescribing_IssueRecord-3.csv                                    | issue
Prescribing_DrugRecord.csv                                       | drugrecord
Admin_Organisation.csv                                           | organisation
CareRecord_ObservationReferral.csv                               |
Admin_OrganisationLocation.csv                                   |
Admin_PatientHistory.csv                                         |
CareRecord_Diary.csv                                             |
Patient.csv                                                      |
Admin_Patient_old.csv                                            |
291_Admin_Patient_20150211164536_{AGREEMENT}.csv.gpg             |
"""


@pytest.mark.parametrize(("name", "source"), spec(NAMES))
def test_file_names(name, source):
    """Each beside the files that its delivery must have."""
    companions = [
        name.replace("Coding_ClinicalCode", one).replace("Agreements_SharingOrganisation", one)
        for one in ("Admin_Patient", "CareRecord_Observation")
    ]
    companions += [name.lower().replace("admin_patient", "carerecord_observation")]
    recognised = find_profile("emis").recognise([name, *companions])
    assert recognised.get(name, "") == source


def test_parts_archives_and_a_byte_order_mark(tmp_path):
    extract = whole(tmp_path / "extract")
    part = text(
        "CareRecord_Observation", [{"ObservationGuid": "{2}", "EffectiveDate": "2026-06-01"}]
    )
    (extract / "CareRecord_Observation_2.csv.gz").write_bytes(gz(part.decode()))
    patient = (extract / "Admin_Patient.csv").read_bytes()
    (extract / "Admin_Patient.csv").write_bytes(b"\xef\xbb\xbf" + patient)
    store = ingest(extract, profile="auto", extract_date=ON, out=tmp_path / "store")
    assert column(store, "events", "day") == [day("2026-05-21"), day("2026-06-01")]
    assert column(store, "patients", "patient_id") == [f"{HERE}/4711"]
