"""Patients and registrations."""

from collections import Counter

import pytest
from extract_files import (
    AURUM_PATIENT,
    aurum,
    column,
    csv_text,
    day,
    findings,
    quarantined,
    standard,
    table,
)

from instep_cohort.errors import ExtractError

BIRTHS = """
# birth_date | precision | day        | believed | finding
1961-07-14   |           | 1961-07-14 | day      |
1961-07-14   | day       | 1961-07-14 | day      |
1961-07-14   | Month     | 1961-07-01 | month    |
1961-07-14   | year      | 1961-01-01 | year     |
1961-07      |           | 1961-07-01 | month    |
1961-07      | day       | 1961-07-01 | month    |
1961-07      | year      | 1961-01-01 | year     |
1961         |           | 1961-01-01 | year     |
1961         | day       | 1961-01-01 | year     |
1961-07-14   | about     | 1961-01-01 | year     | birth_precision of unknown meaning: taken as year
1961-02-30   |           |            |          | date of birth unreadable: taken as missing
14/07/1961   |           |            |          | date of birth unreadable: taken as missing
             |           |            |          | date of birth missing
1874-12-31   |           |            |          | date of birth impossible: taken as missing
1875-01-01   |           | 1875-01-01 | day      |
2026-11-01   |           | 2026-11-01 | day      |
2026-11-02   |           |            |          | date of birth impossible: taken as missing
2027         |           |            |          | date of birth impossible: taken as missing
"""

DEATHS = """
# death_date        | day        | finding
                    |            |
2026-05-03          | 2026-05-03 |
2026-05-03 00:00:00 | 2026-05-03 |
2026-05             | 2026-05-01 | date of death partial: its first possible day is taken
2025                | 2025-01-01 | date of death partial: its first possible day is taken
2026-02-30          | 2026-11-01 | date of death unreadable: the extract date is taken
yes                 | 2026-11-01 | date of death unreadable: the extract date is taken
2026-11-02          | 2026-11-01 | date of death after the extract date: the extract date is taken
"""

REGISTRATIONS = """
# start    | end        | start day  | end day    | finding
2001-01-01 |            | 2001-01-01 |            |
2001-01-01 | 2020-03-04 | 2001-01-01 | 2020-03-04 |
2001-01-01 | 9999-12-31 | 2001-01-01 | 9999-12-31 |
2001-04    | 2020-04    | 2001-04-30 | 2020-04-01 | both partial
2001       | 2020       | 2001-12-31 | 2020-01-01 | both partial
           | 2020-03-04 |            | 2020-03-04 | no start
2001-02-30 |            |            |            | start unreadable: taken as missing
2020-03-04 | 2001-01-01 | 2020-03-04 | 2001-01-01 | ends before it starts
"""
BOTH_PARTIAL = {
    "start partial: its last possible day is taken",
    "end partial: its first possible day is taken",
}


def cases(text):
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()[1:]]


def as_day(cell):
    return day(cell) if cell else None


def people(rows, *names):
    """One patient for each row, their ids in its order."""
    return [
        {"patient_id": f"{number:02}", **dict(zip(names, row, strict=False))}
        for number, row in enumerate(rows)
    ]


def counted(rows):
    return Counter(row[-1] for row in rows if row[-1])


def test_birth(tmp_path):
    rows = cases(BIRTHS)
    store = standard(tmp_path, patients=people(rows, "birth_date", "birth_precision"))
    for row, patient in zip(rows, table(store, "patients"), strict=True):
        expected = (as_day(row[2]), row[3] or None)
        assert (patient["birth_day"], patient["birth_precision"]) == expected, row
    assert findings(store, "patients") == counted(rows)


def test_whoever_has_a_date_of_death_is_dead(tmp_path):
    rows = cases(DEATHS)
    store = standard(tmp_path, patients=people(rows, "death_date"))
    assert column(store, "patients", "death_day") == [as_day(row[1]) for row in rows]
    assert findings(store, "patients") == counted(rows)


def test_registration_of_a_patient(tmp_path):
    rows = cases(REGISTRATIONS)
    patients = people(rows, "registration_start", "registration_end")
    store = standard(tmp_path, patients=patients)
    expected = [
        [key, "A81001", as_day(row[2]), as_day(row[3]), "regular", "patients"]
        for key, row in enumerate(rows)
    ]
    assert [list(row.values()) for row in table(store, "registrations")] == expected
    both = counted(rows).pop("both partial")
    seen = counted(rows) + Counter(dict.fromkeys(BOTH_PARTIAL, both))
    del seen["both partial"]
    assert findings(store, "registrations") == seen


def test_an_unreadable_end_leaves_no_registration(tmp_path):
    store = standard(tmp_path, patients=[{"registration_end": "2026-02-30"}])
    assert table(store, "registrations") == []
    assert len(table(store, "patients")) == 1
    finding = "end of the registration is unreadable: not stored"
    assert findings(store, "registrations") == {finding: 1}
    assert findings(store, "patients") == {"no registration": 1}


def test_kind_of_registration(tmp_path):
    kinds = ["regular", "Temporary", "other", "", "private"]
    store = standard(tmp_path, patients=people(zip(kinds, strict=True), "registration_kind"))
    stored = ["regular", "temporary", "other", "other", "other"]
    assert column(store, "registrations", "kind") == stored
    assert findings(store, "registrations") == {
        "kind missing: taken as other": 1,
        "kind of unknown meaning: taken as other": 1,
    }


def test_a_registrations_file_is_complete(tmp_path):
    registrations = [
        {"patient_id": "1", "start": "2001-01-01", "end": "2005-01-01", "kind": "regular"},
        {"patient_id": "1", "start": "2006-01-01", "end": "", "kind": "temporary"},
        {"patient_id": "1", "start": "2007-01-01", "end": "soon", "kind": "regular"},
        {"patient_id": "9", "start": "2007-01-01", "end": "", "kind": "regular"},
        {"patient_id": "", "start": "2007-01-01", "end": "", "kind": "regular"},
    ]
    patients = [{"registration_start": "1990-01-01"}, {"patient_id": "2"}]
    store = standard(tmp_path, patients=patients, registrations=registrations)
    rows = [list(row.values()) for row in table(store, "registrations")]
    assert rows == [
        [0, "A81001", day("2001-01-01"), day("2005-01-01"), "regular", "registrations"],
        [0, "A81001", day("2006-01-01"), None, "temporary", "registrations"],
    ]
    assert quarantined(store) == [
        (
            "registrations.csv",
            4,
            "end of the registration is unreadable",
            "1,2007-01-01,soon,regular",
        ),
        ("registrations.csv", 5, "unknown patient", "9,2007-01-01,,regular"),
        ("registrations.csv", 6, "no patient_id", ",2007-01-01,,regular"),
    ]
    assert findings(store, "patients") == {"no registration": 1}


def test_with_a_registrations_file_patients_need_no_registration_columns(tmp_path):
    patients = "patient_id,practice_id,sex,birth_date,death_date\n1,A81001,F,1980-02-03,\n"
    registrations = "patient_id,start,end,kind,practice_id\n1,2001-01-01,,regular,B2\n"
    store = standard(tmp_path, patients=patients, registrations=registrations)
    assert column(store, "registrations", "practice_id") == ["B2"]
    with pytest.raises(ExtractError, match="`registration_start` is missing"):
        standard(tmp_path / "without", patients=patients)


def test_flags(tmp_path):
    true, false = ["true", "TRUE", "1", "y", "Y"], ["false", "False", "0", "n", "N", ""]
    rows = [(text, text) for text in (*true, *false)]
    store = standard(tmp_path, patients=people(rows, "is_test", "is_confidential"))
    expected = [True] * len(true) + [False] * len(false)
    assert column(store, "patients", "is_test") == expected
    assert column(store, "patients", "is_confidential") == expected


def test_a_flag_nobody_understands_takes_the_patient_out(tmp_path):
    odd = [{"is_test": "perhaps"}, {"patient_id": "2", "is_confidential": "yes"}]
    store = standard(tmp_path, patients=[*odd, {"patient_id": "3"}])
    assert column(store, "patients", "patient_id") == ["3"]
    reasons = [(line, reason) for _, line, reason, _ in quarantined(store)]
    assert reasons == [
        (2, "unknown patient"),  # the event of the first
        (2, "is_test is neither true nor false"),
        (3, "is_confidential is neither true nor false"),
    ]


def test_sex(tmp_path):
    store = standard(tmp_path, patients=people(zip(["F", "m", "I", "U", "", "female"]), "sex"))
    assert column(store, "patients", "sex") == ["F", "M", "I", "U", "U", "U"]
    assert findings(store, "patients") == {
        "sex missing": 1,
        "sex of unknown meaning: taken as unknown": 1,
    }


def test_keys_follow_ids_and_ids_stay_text(tmp_path):
    ids = ["10", "007", "7", "1234567890123456789", "9007199254740993", "abc", "9" * 18]
    store = standard(
        tmp_path,
        patients=[{"patient_id": i} for i in ids],
        events=[{"patient_id": i} for i in ids],
    )
    assert column(store, "patients", "patient_id") == sorted(ids)
    assert column(store, "patients", "patient_key") == list(range(7))
    assert sorted(column(store, "events", "patient_key")) == list(range(7))


def test_blanks_around_an_id_are_no_part_of_it(tmp_path):
    store = standard(tmp_path, patients=[{"patient_id": " 007 "}], events=[{"patient_id": "007"}])
    assert column(store, "patients", "patient_id") == ["007"]
    assert len(table(store, "events")) == 1


def test_a_patient_without_an_id_goes_to_quarantine(tmp_path):
    store = standard(tmp_path, patients=[{}, {"patient_id": " "}])
    raw = " ,A81001,F,1980-02-03,,2001-01-01,"
    assert quarantined(store) == [("patients.csv", 3, "no patient_id", raw)]


def test_a_repeated_patient_is_refused_by_line_and_not_by_id(tmp_path):
    ids = ["991", "992", "991", "993", "992"]
    with pytest.raises(ExtractError) as refusal:
        standard(tmp_path, patients=[{"patient_id": i} for i in ids])
    text = str(refusal.value)
    assert "patients.csv:2 and patients.csv:4; patients.csv:3 and patients.csv:6" in text
    assert "99" not in text
    assert not (tmp_path / "store").exists()


def test_many_repeated_patients_are_named_in_part(tmp_path):
    ids = [str(i % 7) for i in range(14)]
    with pytest.raises(ExtractError, match="; and 2 more"):
        standard(tmp_path, patients=[{"patient_id": i} for i in ids])


def test_a_repeat_is_seen_across_parts(tmp_path):
    second = csv_text([AURUM_PATIENT | {"patid": "1"}, AURUM_PATIENT], "\t")
    with pytest.raises(ExtractError, match=r"Patient\.txt:2 and Patient_2\.txt:3"):
        aurum(tmp_path, Patient=[{}], Patient_2=second)


def test_a_repeat_is_seen_in_rows_without_a_place(tmp_path):
    with pytest.raises(ExtractError, match="more than once"):
        standard(tmp_path, patients=[{"is_test": "?"}, {}])


AURUM_BIRTHS = """
# yob | mob | day        | precision | finding
1961  |     | 1961-01-01 | year      |
1961  | 7   | 1961-07-01 | month     |
1961  | 07  | 1961-07-01 | month     |
1961  | 0   | 1961-01-01 | year      |
1961  | 13  | 1961-01-01 | year      | month of birth is none: only the year is used
1961  | x   | 1961-01-01 | year      | month of birth is none: only the year is used
1874  |     |            |           | date of birth impossible: taken as missing
2027  |     |            |           | date of birth impossible: taken as missing
61    |     |            |           | date of birth unreadable: taken as missing
      |     |            |           | date of birth missing
"""

AURUM_DEATHS = """
# cprd     | emis       | day        | finding
           |            |            |
03/05/2026 | 03/05/2026 | 2026-05-03 |
03/05/2026 |            | 2026-05-03 |
           | 03/05/2026 | 2026-05-03 |
03/05/2026 | 02/05/2026 | 2026-05-02 | dates of death differ: the earliest is taken
02/05/2026 | 03/05/2026 | 2026-05-02 | dates of death differ: the earliest is taken
           | ?          | 2026-11-01 | date of death unreadable: the extract date is taken
02/05/2026 | ?          | 2026-05-02 | date of death unreadable: the extract date is taken
"""


def aurum_people(rows, *names):
    return [
        {"patid": f"{number:02}", **dict(zip(names, row, strict=False))}
        for number, row in enumerate(rows)
    ]


def test_aurum_birth(tmp_path):
    rows = cases(AURUM_BIRTHS)
    store = aurum(tmp_path, Patient=aurum_people(rows, "yob", "mob"))
    for row, patient in zip(rows, table(store, "patients"), strict=True):
        expected = (as_day(row[2]), row[3] or None)
        assert (patient["birth_day"], patient["birth_precision"]) == expected, row
    assert findings(store, "patients") == counted(rows)


def test_aurum_death(tmp_path):
    rows = cases(AURUM_DEATHS)
    store = aurum(tmp_path, Patient=aurum_people(rows, "cprd_ddate", "emis_ddate"))
    assert column(store, "patients", "death_day") == [as_day(row[2]) for row in rows]
    assert findings(store, "patients") == counted(rows)


def test_aurum_gender(tmp_path):
    genders = ["1", "2", "3", "4", "M", "F", "0", ""]
    store = aurum(tmp_path, Patient=aurum_people(zip(genders), "gender"))
    assert column(store, "patients", "sex") == ["M", "F", "I", "U", "M", "F", "U", "U"]


def test_only_patient_type_3_is_regular(tmp_path):
    people = [{"patid": str(n), "patienttypeid": t} for n, t in enumerate(["3", "58", "1", ""])]
    store = aurum(tmp_path, Patient=people)
    assert column(store, "registrations", "kind") == ["regular", "other", "other", "other"]
    assert findings(store, "registrations") == {
        "kind of unknown meaning: taken as other": 2,
        "kind missing: taken as other": 1,
    }


def test_aurum_practices_are_compared(tmp_path):
    people = [{"patid": "1"}, {"patid": "2", "pracid": "7"}, {"patid": "3", "pracid": ""}]
    practices = [{"pracid": "20001", "uts": "x"}, {"pracid": "", "uts": "y"}]
    store = aurum(tmp_path, Patient=people, Practice=practices)
    assert findings(store, "patients") == {
        "no practice_id": 1,
        "practice is not in the extract's list of practices": 1,
    }
    assert ("Practice.txt", 3, "no practice_id", "\ty") in quarantined(store)


def test_unacceptable_patients_are_kept(tmp_path):
    store = aurum(tmp_path, Patient=[{"acceptable": "0"}])
    assert len(table(store, "patients")) == 1
    assert findings(store, "patients") == {"acceptable = 0: kept": 1}
