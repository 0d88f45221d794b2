"""SystmOne: extracts that we made up by the published schema, read to the row. No real data."""

import calendar
import csv
import json
from collections import Counter
from datetime import date

import pytest
from extract_files import ON, SAMPLES, column, day, findings, table
from made_people import expected, found, ids
from toy_profile import fates

from instep_cohort.errors import ExtractError
from instep_cohort.extracts import detect, ingest
from instep_cohort.extracts.profiles import find_profile

HERE = "A81001"
COLUMNS = {
    "SRPatient": (
        "RowIdentifier IDOrganisationVisibleTo Title FirstName MiddleNames Surname "
        "PreviousSurname NHSNumber DateBirth DateDeath BirthPlace Gender SpeaksEnglish "
        "EmailAddress TestPatient SSRef SpineMatched RemovedData"
    ),
    "SRPatientRegistration": (
        "RowIdentifier IDOrganisationVisibleTo DateEventRecorded IDProfileEnteredBy "
        "DateRegistration DateDeRegistration RegistrationStatus PreferredPharmacy IDPatient "
        "IDOrganisation IDOrganisationRegisteredAt RemovedData"
    ),
    "SRCode": (
        "RowIdentifier IDOrganisationVisibleTo DateEventRecorded DateEvent IDProfileEnteredBy "
        "IDDoneBy TextualEventDoneBy IDOrganisationDoneAt CTV3Code CTV3Text SNOMEDCode SNOMEDText "
        "NumericComparator IsNumeric NumericValue NumericUnit EpisodeType IDTemplate "
        "IDQuestionnaire IDEvent IDPatient IDReferralIn IDAppointment IDVisit IDOrganisation "
        "IDOrganisationRegisteredAt RemovedData"
    ),
    "SRPrimaryCareMedication": (
        "RowIdentifier IDOrganisationVisibleTo DateEventRecorded DateEvent IDProfileEnteredBy "
        "IDDoneBy TextualEventDoneBy IDOrganisationDoneAt IDMultiLexProduct IDMultiLexPack "
        "IDMultiLexDMD NameOfMedication DateMedicationStart DateMedicationEnd MedicationDosage "
        "MedicationQuantity IsSupervised SupervisedDose UnsupervisedDose IsRepeatMedication "
        "IsOtherMedication IsDentalMedication IsHospitalMedication IDRepeatTemplate IDReferralIn "
        "IDEvent IDPatient IDOrganisation IDOrganisationRegisteredAt RemovedData"
    ),
    "SRCtv3": "RowIdentifier IDOrganisationVisibleTo Ctv3Code Ctv3Text RemovedData",
    "SRCtv3ToSnomed": "RowIdentifier IDOrganisationVisibleTo Ctv3Code SnomedCode RemovedData",
    "SRMedicationReadCodeDetails": (
        "RowIdentifier IDMultiLexProduct DrugReadCode DrugReadCodeDesc RemovedData"
    ),
    "SRRepeatTemplate": "RowIdentifier IDMultiLexDMD NameOfMedication IDPatient RemovedData",
}
COMMON = {"IDOrganisationVisibleTo": HERE, "IDOrganisation": HERE, "RemovedData": "0"}
PLAIN = {
    "SRPatient": {
        "RowIdentifier": "4711",
        "DateBirth": "03 Feb 1980 00:00",
        "Gender": "F",
        "TestPatient": "false",
    },
    "SRPatientRegistration": {
        "IDPatient": "4711",
        "DateRegistration": "01 Jan 2001 00:00:00",
        "RegistrationStatus": "GMS",
    },
    "SRCode": {
        "IDPatient": "4711",
        "DateEvent": "21 May 2026 14:30:00",
        "DateEventRecorded": "30 May 2026 09:00:00",
        "CTV3Code": "N142.",
        "CTV3Text": "Low back pain",
        "SNOMEDCode": "279039007",
        "IsNumeric": "false",
        "NumericValue": "0.0",
    },
    "SRPrimaryCareMedication": {
        "IDPatient": "4711",
        "DateEvent": "01 May 2026 10:00:00",
        "DateMedicationStart": "08 May 2026 00:00:00",
        "IDMultiLexProduct": "1234",
        "IDMultiLexDMD": "322280009",
        "NameOfMedication": "Codeine 30mg tablets",
        "MedicationQuantity": "28 tablets",
        "IsRepeatMedication": "false",
        "IsOtherMedication": "false",
        "IsDentalMedication": "false",
        "IsHospitalMedication": "false",
    },
}


def text(name, rows, *, without=(), more=()):
    """A file as SystmOne writes it: every field quoted, cp1252, CR LF."""
    columns = [c for c in (*COLUMNS[name].split(), *more) if c not in without]
    filled = [
        {"RowIdentifier": str(n)} | COMMON | PLAIN.get(name, {}) | row
        for n, row in enumerate(rows, start=1)
    ]
    lines = [columns, *([row.get(c, "") for c in columns] for row in filled)]
    quoted = (",".join(f'"{cell}"' for cell in line) for line in lines)
    return "".join(f"{line}\r\n" for line in quoted).encode("cp1252")


def put(folder, **files):
    """A delivery of these files: rows changed against an ordinary one, or a file's bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        content = rows if isinstance(rows, bytes) else text(name, rows)
        (folder / f"{name}.csv").write_bytes(content)
    return folder


def whole(folder, **files):
    every = {"SRPatient": [{}], "SRPatientRegistration": [{}], "SRCode": [{}], **files}
    return put(folder, **every)


def read(tmp_path, **files):
    extract = whole(tmp_path / "extract", **files)
    return ingest(extract, profile="systmone", extract_date=ON, out=tmp_path / "store")


def apart(store):
    """Where each quarantined row stands, and why it is there."""
    return [(row["file"], row["line"], row["reason"]) for row in table(store, "quarantine")]


def people(*rows):
    return [{"RowIdentifier": str(n), **row} for n, row in enumerate(rows, start=1)]


def test_an_extract_is_read(tmp_path):
    extract = whole(
        tmp_path / "extract", SRPrimaryCareMedication=[{}], SRRepeatTemplate=[{"IDPatient": "4711"}]
    )
    assert detect(extract).profile.name == "systmone"
    store = ingest(extract, profile="auto", extract_date=ON, out=tmp_path / "store")
    assert table(store, "patients") == [
        {
            "patient_key": 0,
            "patient_id": "4711",
            "practice_id": HERE,
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
    [event] = table(store, "events")
    assert (event["day"], event["value"], event["unit"]) == (day("2026-05-21"), None, None)
    [issue] = table(store, "medicines")
    assert (issue["day"], issue["quantity"], issue["course"]) == (day("2026-05-08"), 28.0, "acute")
    clinical, medicine = table(store, "codes")
    assert (clinical["system"], clinical["code"], clinical["term"]) == (
        "ctv3",
        "N142.",
        "Low back pain",
    )
    assert clinical["snomed_concept"] == "279039007"
    assert (medicine["system"], medicine["code"], medicine["dmd"]) == ("local", "1234", "322280009")
    assert store.manifest.unused_files == ("SRRepeatTemplate.csv",)  # a template is no issue


def test_people(tmp_path):
    rows = people(
        {"Gender": "M", "DateBirth": "31 DEC 1999 00:00"},
        {"Gender": "i", "DateBirth": "1980-01-01", "TestPatient": "TRUE"},
        {"Gender": "U", "DateDeath": "05 Mar 2020 00:00", "DateBirth": ""},
        {"Gender": "X", "DateDeath": "30 Feb 2020 00:00", "DateBirth": "01 Feb 2027 00:00"},
        {"TestPatient": "perhaps"},
    )
    store = read(tmp_path, SRPatient=rows, SRPatientRegistration=[], SRCode=[])
    assert column(store, "patients", "sex") == ["M", "I", "U", "U"]
    assert column(store, "patients", "birth_day") == [day("1999-12-31"), None, None, None]
    assert column(store, "patients", "death_day") == [
        None,
        None,
        day("2020-03-05"),
        day(ON.isoformat()),
    ]
    assert column(store, "patients", "is_test") == [False, True, False, False]
    assert findings(store, "patients") == {
        "sex of unknown meaning: taken as unknown": 1,
        "date of birth missing": 1,
        "date of birth unreadable: taken as missing": 1,
        "date of birth impossible: taken as missing": 1,
        "date of death unreadable: the extract date is taken": 1,
        "no registration": 4,
    }
    assert apart(store) == [("SRPatient.csv", 6, "is_test is neither true nor false")]


KINDS = """
GMS                                     | regular
gms                                     | regular
GMS,Contraception                       | regular
Contraception, GMS                      | regular
Temporary                               | temporary
Temporary Resident < 16 days            | temporary
Temporary Resident 16 days to 3 months  | temporary
Private                                 | other
Applied                                 | other
Immediately Necessary Treatment         | other
Remotely Registered                     | other
Walk-in Patient                         | other
Not GMS                                 | other, unknown
Something new                           | other, unknown
                                        | other, missing
"""


def test_kinds_of_registration(tmp_path):
    cases = [[cell.strip() for cell in line.split("|")] for line in KINDS.strip("\n").splitlines()]
    rows = [
        {"RegistrationStatus": status, "DateRegistration": f"{n:02} Jan 2001 00:00:00"}
        for n, (status, _) in enumerate(cases, start=1)
    ]
    store = read(tmp_path, SRPatientRegistration=rows)
    stays = sorted(table(store, "registrations"), key=lambda row: row["start_day"])
    assert [row["kind"] for row in stays] == [kind.split(",")[0] for _, kind in cases]
    said = Counter(kind.split(", ")[1] for _, kind in cases if "," in kind)
    assert findings(store, "registrations") == {
        "kind of unknown meaning: taken as other": said["unknown"],
        "kind missing: taken as other": said["missing"],
    }


def test_registrations_at_other_practices(tmp_path):
    rows = [
        {"DateDeRegistration": "01 Jan 2010 00:00:00"},
        {"IDOrganisation": "", "DateRegistration": "02 Jan 2011 00:00:00"},
        {"IDOrganisation": "B82002"},
        {"IDOrganisation": "B82002", "IDOrganisationVisibleTo": ""},
        {"IDPatient": "9"},
        {"DateDeRegistration": "soon"},
    ]
    store = read(tmp_path, SRPatientRegistration=rows)
    stays = sorted(table(store, "registrations"), key=lambda row: row["start_day"])
    assert [(row["practice_id"], row["end_day"]) for row in stays] == [
        (HERE, day("2010-01-01")),
        (HERE, None),
    ]
    assert fates(store, "SRPatientRegistration.csv") == (
        6,
        2,
        {"unknown patient": 1, "end of the registration is unreadable": 1},
        {"registration at another practice": 2},
    )


def test_codes_of_an_event(tmp_path):
    rows = [
        {},
        {"SNOMEDCode": "-1", "CTV3Code": "XaZ89"},
        {"SNOMEDCode": "", "CTV3Code": "XaZ89"},
        {"CTV3Code": "Y0017", "CTV3Text": "Nocturnal asthma", "SNOMEDCode": "-1"},
        {"CTV3Code": "", "CTV3Text": "", "SNOMEDCode": "203082005", "SNOMEDText": "Fibromyalgia"},
        {"CTV3Code": "", "SNOMEDCode": "-1"},
        {"IDPatient": "9"},
        {"IDPatient": ""},
    ]
    store = read(tmp_path, SRCode=rows)
    said = {
        (c["system"], c["code"], c["term"], c["ctv3"], c["snomed_concept"], c["rows"])
        for c in table(store, "codes")
    }
    assert said == {
        ("ctv3", "N142.", "Low back pain", None, "279039007", 1),
        ("ctv3", "XaZ89", "Low back pain", None, None, 2),
        ("local", "Y0017", "Nocturnal asthma", "Y0017", None, 1),
        ("snomed_ct", "203082005", "Fibromyalgia", None, None, 1),
    }
    assert fates(store, "SRCode.csv") == (
        8,
        5,
        {"no code": 1, "unknown patient": 1, "no patient_id": 1},
        {},
    )
    assert [line for _, line, _ in apart(store)] == [7, 8, 9]


def test_values(tmp_path):
    cases = [
        ({"IsNumeric": "true", "NumericValue": "5.5", "NumericUnit": "mmol/L"}, (5.5, "mmol/L")),
        ({"IsNumeric": "true", "NumericValue": "0"}, (0.0, None)),
        ({"IsNumeric": "false", "NumericValue": "7", "NumericUnit": "kg"}, (None, None)),
        ({"IsNumeric": "", "NumericValue": "7", "NumericUnit": "kg"}, (7.0, "kg")),
        ({"IsNumeric": "", "NumericValue": "0.0"}, (None, None)),
        ({"IsNumeric": "", "NumericValue": "-1"}, (None, None)),
        ({"IsNumeric": "", "NumericValue": "-1.0", "NumericUnit": "kg"}, (None, None)),
        ({"IsNumeric": "", "NumericValue": "-1.5"}, (-1.5, None)),
        ({"IsNumeric": "true", "NumericValue": "many"}, (None, None)),
    ]
    rows = [row | {"DateEvent": f"{n:02} May 2026"} for n, (row, _) in enumerate(cases, start=1)]
    store = read(tmp_path, SRCode=rows)
    events = sorted(table(store, "events"), key=lambda row: row["day"])
    assert [(row["value"], row["unit"]) for row in events] == [value for _, value in cases]
    assert findings(store, "events")["value is not a number: left empty"] == 1


def test_dates(tmp_path):
    cases = {
        "21 May 2026 14:30:00": day("2026-05-21"),
        "21 MAY 2026": day("2026-05-21"),
        "May 2026": None,
        "2026": None,
        "21/05/2026": None,
        "31 Jun 2026 00:00:00": None,
        "": None,  # never the day that it was typed in
    }
    store = read(tmp_path, SRCode=[{"DateEvent": written} for written in cases])
    assert Counter(column(store, "events", "day")) == Counter(cases.values())
    assert Counter(column(store, "events", "date_precision")) == {
        "day": 2,
        "month": 1,
        "year": 1,
        "none": 3,
    }
    assert findings(store, "events")["date missing: undated"] == 1
    assert findings(store, "events")["date unreadable: undated"] == 2


def test_medicines(tmp_path):
    rows = [
        {"IsRepeatMedication": "true", "MedicationQuantity": "56"},
        {"DateMedicationStart": ""},
        {"IDMultiLexDMD": "-1", "MedicationQuantity": "2 x 28 tablets"},
        {"IDMultiLexDMD": "", "IDMultiLexProduct": "0", "MedicationQuantity": "1,000 ml"},
        {"IDMultiLexDMD": "", "IDMultiLexProduct": "", "NameOfMedication": ""},
        {"IsHospitalMedication": "true"},
        {"IsDentalMedication": "TRUE"},
        {"IsOtherMedication": "true"},
        {"IsOtherMedication": "true", "IsRepeatMedication": "true", "MedicationQuantity": "0.5 g"},
        {"RemovedData": ""},
        {"IDMultiLexProduct": "-1"},
    ]
    store = read(tmp_path, SRPrimaryCareMedication=rows)
    assert fates(store, "SRPrimaryCareMedication.csv") == (
        11,
        7,
        {"no code": 1},
        {"medicine given elsewhere, no issue": 3},
    )
    codes = {c["code_key"]: (c["system"], c["code"]) for c in table(store, "codes")}
    issues = Counter(
        (*codes[m["code_key"]], m["day"], m["quantity"], m["course"])
        for m in table(store, "medicines")
    )
    start, event = day("2026-05-08"), day("2026-05-01")
    assert issues == {
        ("local", "1234", start, 56.0, "repeat"): 1,
        ("local", "1234", event, 28.0, "acute"): 1,
        ("local", "1234", start, None, "acute"): 1,
        ("name", "Codeine 30mg tablets", start, None, "acute"): 1,
        ("local", "1234", start, 0.5, "repeat"): 1,
        ("local", "1234", start, 28.0, "acute"): 1,
        ("dmd", "322280009", start, 28.0, "acute"): 1,
    }
    assert findings(store, "medicines")["quantity is not a number: left empty"] == 2
    assert findings(store, "medicines")["no code: known by name only"] == 1


def test_an_issue_dated_ahead_keeps_its_day(tmp_path):
    rows = [{"DateEvent": "30 Oct 2026 09:00:00", "DateMedicationStart": "20 Nov 2026 00:00:00"}]
    store = read(tmp_path, SRPrimaryCareMedication=rows)
    assert column(store, "medicines", "day") == [day("2026-11-20")]
    assert findings(store, "medicines")["after the extract date"] == 1


def test_dictionaries(tmp_path):
    store = read(
        tmp_path,
        SRCode=[{"SNOMEDCode": "-1", "CTV3Text": ""}, {"CTV3Code": "Y0017", "SNOMEDCode": ""}],
        SRCtv3=[
            {"Ctv3Code": "N142.", "Ctv3Text": "Low back pain"},
            {"Ctv3Code": "Y0017", "Ctv3Text": "Nocturnal asthma"},
            {"Ctv3Code": ""},
        ],
        SRCtv3ToSnomed=[
            {"Ctv3Code": "N142.", "SnomedCode": "279039007"},
            {"Ctv3Code": "Y0017", "SnomedCode": "-1"},
            {"Ctv3Code": "N142.", "SnomedCode": "1", "RemovedData": "0"},
        ],
        SRPrimaryCareMedication=[{}, {"IDMultiLexDMD": ""}, {"IDMultiLexProduct": "5"}],
        SRMedicationReadCodeDetails=[
            {"IDMultiLexProduct": "1234", "DrugReadCode": "x01Lb", "DrugReadCodeDesc": "CODEINE"}
        ],
    )
    codes = {(c["system"], c["code"]): c for c in table(store, "codes")}
    assert codes["ctv3", "N142."]["term"] == "Low back pain"
    assert codes["ctv3", "N142."]["snomed_concept"] == "279039007"
    assert codes["local", "Y0017"]["ctv3"] == "Y0017"
    assert codes["local", "1234"]["ctv3"] == "x01Lb"
    assert codes["local", "1234"]["dmd"] == codes["local", "5"]["dmd"] == "322280009"
    assert codes["local", "5"]["ctv3"] is None  # one dm+d id, and its CTV3 code is not theirs
    assert fates(store, "SRCtv3.csv") == (3, 2, {"no code": 1}, {})
    assert fates(store, "SRMedicationReadCodeDetails.csv") == (1, 1, {}, {})


def test_opt_outs_survive_any_date(tmp_path):
    rows = [{"CTV3Code": "XaZ89", "DateEvent": written} for written in ("", "soon", "31 Feb 2020")]
    store = read(tmp_path, SRCode=rows)
    assert column(store, "codes", "rows") == [3]
    assert apart(store) == []


def test_deliveries(tmp_path):
    """A whole delivery, and two of changes that a date in the name of a folder puts in order."""
    extract = tmp_path / "extract"
    whole(
        extract / "bulk",
        SRPatient=people({}, {}, {}),
        SRPatientRegistration=[{"IDPatient": n} for n in "123"],
        SRCode=[
            {"IDPatient": "1", "CTV3Code": "old.."},
            {"IDPatient": "1", "CTV3Code": "gone."},
            {"IDPatient": "1", "CTV3Code": "stays"},
            {"IDPatient": "2", "CTV3Code": "left."},
        ],
    )
    put(
        extract / "20261020_0300",
        SRPatient=[
            {"RowIdentifier": "2", "RemovedData": "1"},
            {"RowIdentifier": "3", "Gender": "M"},
        ],
        SRPatientRegistration=[{"RowIdentifier": "3", "IDPatient": "3", "RemovedData": "1"}],
        SRCode=[
            {"RowIdentifier": "1", "IDPatient": "1", "CTV3Code": "new.."},
            {"RowIdentifier": "9", "IDPatient": "1", "CTV3Code": "brief"},
        ],
    )
    put(
        extract / "20261009_0300",
        SRCode=[
            {"RowIdentifier": "1", "IDPatient": "1", "CTV3Code": "mid.."},
            {"RowIdentifier": "2", "IDPatient": "", "CTV3Code": "", "RemovedData": "1"},
        ],
    )
    put(
        extract / "20261030_0300",
        SRCode=[{"RowIdentifier": "9", "IDPatient": "1", "CTV3Code": "", "RemovedData": "1"}],
    )
    store = ingest(extract, profile="auto", extract_date=ON, out=tmp_path / "store")
    assert column(store, "patients", "patient_id") == ["1", "3"]
    assert column(store, "patients", "sex") == ["F", "M"]
    assert len(table(store, "registrations")) == 1
    assert column(store, "codes", "code") == ["new..", "stays"]
    later = "replaced by a later row"
    assert fates(store, "bulk/SRCode.csv") == (4, 1, {}, {later: 2, "patient left out: deleted": 1})
    assert fates(store, "20261009_0300/SRCode.csv") == (2, 0, {}, {later: 1, "deleted": 1})
    assert fates(store, "20261020_0300/SRCode.csv") == (2, 1, {}, {later: 1})
    assert fates(store, "20261030_0300/SRCode.csv") == (1, 0, {}, {"deleted": 1})


MOMENTS = {
    "20240131_0300/SRCode.csv": "20240131030000",
    "2024-01-31T03.00.15/split/A81001/SRCode.csv": "20240131030015",
    "2024-01-31/SRCode.csv": "20240131000000",
    "export 2024-05-01/20240131_0300/SRCode_2.csv": "20240131030000",
    "20240131_0300.zip/SRCode.csv": "20240131030000",
    "bulk/SRCode.csv": "",
    "12345678/SRCode_1.csv": "",
    "20241331_0300/SRCode.csv": "",
}


@pytest.mark.parametrize("name", MOMENTS)
def test_the_moment_of_a_delivery(name):
    profile = find_profile("systmone")
    assert profile.recognise([name]) == {name: "code"}
    assert profile.table("code").delivery_of(name) == MOMENTS[name]


def test_changes_alone_are_refused(tmp_path):
    deletion = {"RowIdentifier": "77", "RemovedData": "1"}
    with pytest.raises(ExtractError, match="changes without the whole") as refused:
        read(tmp_path, SRCode=[{}, deletion])
    assert "4711" not in str(refused.value)
    assert not (tmp_path / "store").exists()


def test_every_published_layout_is_known(tmp_path):
    schema = SAMPLES.parent / "reference" / "extract-schemas.json"
    if not schema.is_file():
        pytest.skip("the published schemas are not beside this repository")
    tables = json.loads(schema.read_text())["tpp_transforms_sr"]["tables"]
    layouts = {name: tables[name].get("variants", [tables[name]["columns"]]) for name in COLUMNS}
    assert len(layouts["SRCode"]) == 7
    for number in range(7):
        files = {}
        for name in (*PLAIN, "SRCtv3", "SRCtv3ToSnomed", "SRMedicationReadCodeDetails"):
            columns = layouts[name][number % len(layouts[name])]
            known = COLUMNS[name].split()
            assert set(columns) <= set(known)
            dictionary = {"Ctv3Code": "N142.", "IDMultiLexProduct": "1234", "DrugReadCode": "x01Lb"}
            files[name] = text(name, [dictionary], without=set(known) - set(columns))
        store = read(tmp_path / str(number), **files)
        assert column(store, "events", "day") == [day("2026-05-21")]
        assert column(store, "events", "value") == [None]
        unknown = [f.finding for f in store.manifest.findings if "unknown columns" in f.finding]
        assert unknown == []


def test_unknown_columns_are_named_and_known_ones_may_be_missing(tmp_path):
    store = read(tmp_path, SRCode=text("SRCode", [{}], more=("IDBrandNew",)))
    assert findings(store, "events")["unknown columns, not read: idbrandnew"] == 1
    with pytest.raises(ExtractError, match="column `ctv3code` is missing"):
        read(tmp_path / "without", SRCode=text("SRCode", [{}], without=("CTV3Code",)))
    extract = put(tmp_path / "bare", SRPatient=[{}], SRCode=[{}])
    with pytest.raises(ExtractError, match="no SRPatientRegistration file"):
        ingest(extract, profile="systmone", extract_date=ON, out=tmp_path / "none")


def test_windows_1252_and_damage(tmp_path):
    terms = ["Ménière’s £5", 'a "" quote,\r\nand a line']
    code = text("SRCode", [{"CTV3Code": f"Xa{n}.."} | {"CTV3Text": t} for n, t in enumerate(terms)])
    store = read(tmp_path, SRCode=code + b'"3","torn off')
    assert column(store, "codes", "term") == ["Ménière’s £5", 'a " quote,\r\nand a line']
    [(file, line, _)] = apart(store)
    assert (file, line) == ("SRCode.csv", 5)
    assert "file is not UTF-8: read as Windows-1252" not in findings(store, "events")


def test_ids_stay_text(tmp_path):
    ids = ["007", "9223372036854775807123", "1e5"]
    store = read(
        tmp_path,
        SRPatient=[{"RowIdentifier": one} for one in ids],
        SRPatientRegistration=[{"IDPatient": one} for one in ids],
        SRCode=[{"IDPatient": one, "SNOMEDCode": "11561000000115123"} for one in ids],
    )
    assert column(store, "patients", "patient_id") == sorted(ids)
    assert column(store, "codes", "snomed_concept") == ["11561000000115123"]


def test_no_other_profile_takes_it(tmp_path):
    extract = whole(tmp_path / "extract", SRPrimaryCareMedication=[{}])
    assert detect(extract).profile.name == "systmone"
    for other in ("aurum", "standard", "vision"):
        with pytest.raises(ExtractError):
            ingest(extract, profile=other, extract_date=date(2026, 1, 1), out=tmp_path / other)


def test_the_same_people_are_found_as_in_the_standard_profile(tmp_path):
    """Their Read v2 codes as the CTV3 codes that the NHS map gives, their medicines by name."""
    mapping = SAMPLES.parent / "reference" / "read-v2-to-ctv3.csv"
    if not mapping.is_file():
        pytest.skip("the map from Read v2 to CTV3 is not beside this repository")
    with mapping.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        ctv3 = {row["read_v2"]: row["ctv3"] for row in rows if row["term_code"] == "00"}
    people_, stays, codes, medicines = [], [], [], []
    for pid, one in ids().items():
        [stay] = one.stays
        died = spoken(one.died)
        people_.append(
            {
                "RowIdentifier": pid,
                "DateBirth": spoken(one.birth),
                "Gender": one.sex,
                "DateDeath": died,
            }
        )
        stays.append(
            {
                "IDPatient": pid,
                "DateRegistration": spoken(stay.since),
                "DateDeRegistration": spoken(stay.until),
                "RegistrationStatus": {"regular": "GMS", "temporary": "Temporary"}[stay.kind],
            }
        )
        stays.append({"IDPatient": pid, "IDOrganisation": "B82002"})
        codes += [
            {
                "IDPatient": pid,
                "DateEvent": spoken(e.date),
                "CTV3Code": ctv3[e.code],
                "CTV3Text": e.term,
                "SNOMEDCode": "-1",
            }
            for e in one.events
        ]
        medicines += [
            {
                "IDPatient": pid,
                "DateMedicationStart": spoken(m.date),
                "NameOfMedication": m.term,
                "IDMultiLexDMD": "",
                "IDMultiLexProduct": "",
                "IsRepeatMedication": ["true", "false"][number % 2],
            }
            for number, m in enumerate(one.medicines)
        ]
    extract = whole(
        tmp_path / "extract",
        SRPatient=people_,
        SRPatientRegistration=stays,
        SRCode=codes,
        SRPrimaryCareMedication=medicines,
    )
    candidates = found(extract, "auto", tmp_path / "store")
    assert candidates == expected(tmp_path)
    assert 15 <= len(candidates) < len(people_)


def spoken(day_or_text):
    """As SystmOne writes a day; a month or a year stays one."""
    if day_or_text is None or not (parts := str(day_or_text).split("-")[::-1])[-1]:
        return ""
    if len(parts) > 1:
        parts[-2] = calendar.month_abbr[int(parts[-2])]
    return " ".join(parts) + (" 00:00" if len(parts) == 3 else "")
