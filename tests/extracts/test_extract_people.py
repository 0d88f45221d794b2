"""Patients and registrations."""

import pytest
from extract_files import aurum, column, day, findings, quarantined, standard, table

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
    for line in text.strip().splitlines()[1:]:
        yield pytest.param(*(cell.strip() for cell in line.split("|")), id=line.split("|")[0])


def as_day(cell):
    return day(cell) if cell else None


@pytest.mark.parametrize(
    ("birth", "precision", "first", "believed", "finding"), list(cases(BIRTHS))
)
def test_birth(tmp_path, birth, precision, first, believed, finding):
    patient = {"birth_date": birth, "birth_precision": precision, "registration_start": ""}
    store = standard(tmp_path, patients=[patient])
    [row] = table(store, "patients")
    assert (row["birth_day"], row["birth_precision"]) == (as_day(first), believed or None)
    assert set(findings(store, "patients")) == ({finding} if finding else set())


@pytest.mark.parametrize(("death", "first", "finding"), list(cases(DEATHS)))
def test_whoever_has_a_date_of_death_is_dead(tmp_path, death, first, finding):
    store = standard(tmp_path, patients=[{"death_date": death}])
    assert column(store, "patients", "death_day") == [as_day(first)]
    assert set(findings(store, "patients")) == ({finding} if finding else set())


@pytest.mark.parametrize(("start", "end", "first", "last", "finding"), list(cases(REGISTRATIONS)))
def test_registration_of_a_patient(tmp_path, start, end, first, last, finding):
    patient = {"registration_start": start, "registration_end": end}
    store = standard(tmp_path, patients=[patient])
    [row] = table(store, "registrations")
    assert (row["start_day"], row["end_day"]) == (as_day(first), as_day(last))
    assert (row["practice_id"], row["kind"], row["source"]) == ("A81001", "regular", "patients")
    expected = BOTH_PARTIAL if finding == "both partial" else {finding} - {""}
    assert set(findings(store, "registrations")) == expected


def test_an_unreadable_end_leaves_no_registration(tmp_path):
    store = standard(tmp_path, patients=[{"registration_end": "2026-02-30"}])
    assert table(store, "registrations") == []
    assert len(table(store, "patients")) == 1
    finding = "end of the registration is unreadable: not stored"
    assert findings(store, "registrations") == {finding: 1}
    assert findings(store, "patients") == {"no registration": 1}


@pytest.mark.parametrize(
    ("kind", "stored", "finding"),
    [
        ("regular", "regular", None),
        ("Temporary", "temporary", None),
        ("other", "other", None),
        ("", "other", "kind missing: taken as other"),
        ("private", "other", "kind of unknown meaning: taken as other"),
    ],
)
def test_kind_of_registration(tmp_path, kind, stored, finding):
    store = standard(tmp_path, patients=[{"registration_kind": kind}])
    assert column(store, "registrations", "kind") == [stored]
    assert list(findings(store, "registrations")) == ([finding] if finding else [])


def test_a_registrations_file_is_complete(tmp_path):
    registrations = [
        {"patient_id": "1", "start": "2001-01-01", "end": "2005-01-01", "kind": "regular"},
        {"patient_id": "1", "start": "2006-01-01", "end": "", "kind": "temporary"},
        {"patient_id": "1", "start": "2007-01-01", "end": "soon", "kind": "regular"},
        {"patient_id": "9", "start": "2007-01-01", "end": "", "kind": "regular"},
        {"patient_id": "", "start": "2007-01-01", "end": "", "kind": "regular"},
    ]
    people = [{"registration_start": "1990-01-01"}, {"patient_id": "2"}]
    store = standard(tmp_path, patients=people, registrations=registrations)
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


@pytest.mark.parametrize("text", ["true", "TRUE", "1", "y", "Y"])
def test_flags_that_hold(tmp_path, text):
    store = standard(tmp_path, patients=[{"is_test": text, "is_confidential": text}])
    [row] = table(store, "patients")
    assert (row["is_test"], row["is_confidential"]) == (True, True)


@pytest.mark.parametrize("text", ["false", "False", "0", "n", "N", ""])
def test_flags_that_do_not_hold(tmp_path, text):
    store = standard(tmp_path, patients=[{"is_test": text, "is_confidential": text}])
    [row] = table(store, "patients")
    assert (row["is_test"], row["is_confidential"]) == (False, False)


def test_a_flag_nobody_understands_takes_the_patient_out(tmp_path):
    people = [{"is_test": "perhaps"}, {"patient_id": "2", "is_confidential": "yes"}]
    store = standard(tmp_path, patients=[*people, {"patient_id": "3"}])
    assert column(store, "patients", "patient_id") == ["3"]
    reasons = [(line, reason) for _, line, reason, _ in quarantined(store)]
    assert reasons == [
        (2, "unknown patient"),  # the event of the first
        (2, "is_test is neither true nor false"),
        (3, "is_confidential is neither true nor false"),
    ]


@pytest.mark.parametrize(
    ("sex", "stored", "finding"),
    [
        ("F", "F", None),
        ("m", "M", None),
        ("I", "I", None),
        ("U", "U", None),
        ("", "U", "sex missing"),
        ("female", "U", "sex of unknown meaning: taken as unknown"),
    ],
)
def test_sex(tmp_path, sex, stored, finding):
    store = standard(tmp_path, patients=[{"sex": sex}])
    assert column(store, "patients", "sex") == [stored]
    assert list(findings(store, "patients")) == ([finding] if finding else [])


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


def test_a_repeat_is_seen_across_parts_and_in_rows_without_a_place(tmp_path):
    second = [{"patid": "1001"}, {"patid": "1001", "pracid": "7"}]
    with pytest.raises(ExtractError, match=r"Patient\.txt:2 and Patient_2\.txt:2"):
        aurum(
            tmp_path,
            Patient=[{}],
            Patient_2="\t".join(
                [
                    "patid",
                    "pracid",
                    "gender",
                    "yob",
                    "regstartdate",
                    "regenddate",
                    "patienttypeid",
                    "cprd_ddate",
                ]
            )
            + "\n1001"
            + "\t" * 7,
        )
    with pytest.raises(ExtractError, match="more than once"):
        standard(tmp_path / "flags", patients=[{"is_test": "?"}, {}])
    assert second


AURUM_BIRTHS = [
    ("1961", "", "1961-01-01", "year", None),
    ("1961", "7", "1961-07-01", "month", None),
    ("1961", "07", "1961-07-01", "month", None),
    ("1961", "0", "1961-01-01", "year", None),
    ("1961", "13", "1961-01-01", "year", "month of birth is none: only the year is used"),
    ("1961", "x", "1961-01-01", "year", "month of birth is none: only the year is used"),
    ("1874", "", None, None, "date of birth impossible: taken as missing"),
    ("2027", "", None, None, "date of birth impossible: taken as missing"),
    ("61", "", None, None, "date of birth unreadable: taken as missing"),
    ("", "", None, None, "date of birth missing"),
]


@pytest.mark.parametrize(("yob", "mob", "first", "precision", "finding"), AURUM_BIRTHS)
def test_aurum_birth(tmp_path, yob, mob, first, precision, finding):
    store = aurum(tmp_path, Patient=[{"yob": yob, "mob": mob}])
    [row] = table(store, "patients")
    assert (row["birth_day"], row["birth_precision"]) == (first and day(first), precision)
    assert set(findings(store, "patients")) == ({finding} if finding else set())


@pytest.mark.parametrize(
    ("cprd", "emis", "first", "finding"),
    [
        ("", "", None, None),
        ("03/05/2026", "03/05/2026", "2026-05-03", None),
        ("03/05/2026", "", "2026-05-03", None),
        ("", "03/05/2026", "2026-05-03", None),
        ("03/05/2026", "02/05/2026", "2026-05-02", "dates of death differ: the earliest is taken"),
        ("02/05/2026", "03/05/2026", "2026-05-02", "dates of death differ: the earliest is taken"),
        ("", "?", "2026-11-01", "date of death unreadable: the extract date is taken"),
        ("02/05/2026", "?", "2026-05-02", "date of death unreadable: the extract date is taken"),
    ],
)
def test_aurum_death(tmp_path, cprd, emis, first, finding):
    store = aurum(tmp_path, Patient=[{"cprd_ddate": cprd, "emis_ddate": emis}])
    assert column(store, "patients", "death_day") == [first and day(first)]
    assert list(findings(store, "patients")) == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("gender", "sex"),
    [("1", "M"), ("2", "F"), ("3", "I"), ("4", "U"), ("M", "M"), ("F", "F"), ("0", "U"), ("", "U")],
)
def test_aurum_gender(tmp_path, gender, sex):
    assert column(aurum(tmp_path, Patient=[{"gender": gender}]), "patients", "sex") == [sex]


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
