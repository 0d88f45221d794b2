"""`ingest --repair`: what damaged cells may have been, and that none of it is applied."""

import csv
from dataclasses import replace

import pytest
from extract_files import ON, PATIENT, aurum, csv_text, put, table
from toy_profile import NOTES, PEOPLE

from instep_cohort.errors import UsageError
from instep_cohort.extracts import ingest
from instep_cohort.extracts.faulty_columns import FaultyColumns
from instep_cohort.extracts.systems.aurum import AURUM
from instep_cohort.extracts.systems.standard import STANDARD

HEAD = "patient_id,date,system,code,term\n"


def suggested(tmp_path, events, *, patients=("1",), name="repair.csv"):
    """The suggestions for events, each as line, column, found, suggested; and the store."""
    people = csv_text([PATIENT | {"patient_id": who} for who in patients])
    extract = put(tmp_path / "extract", patients_csv=people, events_csv=HEAD + events)
    out, file = tmp_path / "store", tmp_path / name
    store = ingest(extract, profile="standard", extract_date=ON, out=out, repair=file)
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines)), store


def brief(rows):
    return [(int(r["line"]), r["column"], r["found"], r["suggested"]) for r in rows]


CODES = [
    # system, as it stands there, as it may have been
    ("read_v2", "N05", "N05.."),
    ("read_v2", "2126.0", "2126."),
    ("read_v2", "147", ""),  # 147.. or 0147.
    ("ctv3", "X75", "X75.."),
    ("snomed_ct", "279039007.0", "279039007"),
    ("snomed_ct", "2.79E+08", ""),
    ("snomed_ct", "900000000000000000", ""),  # rounded to 15 digits
    ("bnf", "40702", "040702"),
    ("gemscript", "123456", "00123456"),
]


@pytest.mark.parametrize(("system", "found", "mended"), CODES)
def test_codes(tmp_path, system, found, mended):
    rows, store = suggested(tmp_path, f"1,2026-05-01,{system},{found},x\n")
    assert brief(rows) == [(2, "code", found, mended)]
    assert rows[0]["file"] == "events.csv"
    assert rows[0]["why"]
    [code] = table(store, "codes")
    assert code["code"] == found  # nothing is applied


@pytest.mark.parametrize(
    ("system", "code"),
    [("read_v2", "N05.."), ("read_v2", "N05..11"), ("local", "1.0"), ("ctv3", "XaX1E")],
)
def test_sound_and_local_codes_are_left_alone(tmp_path, system, code):
    rows, _ = suggested(tmp_path, f"1,2026-05-01,{system},{code},x\n")
    assert rows == []


IDS = [
    # patients, the id on a row, what is suggested
    (("00815",), "815", "00815"),
    (("815",), "00815", "815"),
    (("4711",), "4711.0", "4711"),
    (("0004711",), "4711.0", "0004711"),
    (("1",), "4.711E+03", "4711"),  # nobody has it, yet that is what it was
    (("1",), "4.7E+18", ""),
    (("0815", "00815"), "815", None),  # two may have it
    (("1",), "99", None),
    (("a1",), "0a1", None),
]


@pytest.mark.parametrize(("patients", "found", "mended"), IDS)
def test_ids_of_nobody(tmp_path, patients, found, mended):
    line = f"{found},2026-05-01,read_v2,N05..,x\n"
    rows, store = suggested(tmp_path, line, patients=patients)
    expected = [] if mended is None else [(2, "patient_id", found, mended)]
    assert brief(rows) == expected
    [bad] = table(store, "quarantine")
    assert (bad["line"], bad["column"], bad["reason"]) == (2, "patient_id", "unknown patient")


def test_ids_of_patients_that_a_spreadsheet_wrote(tmp_path):
    rows, _ = suggested(tmp_path, "1,2026-05-01,read_v2,N05..,x\n", patients=("1", "4711.0", "x.y"))
    assert [(r["file"], r["line"], r["found"], r["suggested"]) for r in rows] == [
        ("patients.csv", "3", "4711.0", "4711")
    ]


def test_lines_are_those_of_the_file_whatever_stands_before(tmp_path):
    events = (
        '1,2026-05-01,read_v2,N05..,"two\nlines"\n\n1,2026-05-01\n'
        "1,2026-05-01,read_v2,N06,x\n1,2026-05-01,ctv3,N07,x\n2.0,2026-05-01,read_v2,N08,x\n"
    )
    rows, _ = suggested(tmp_path, events)
    assert brief(rows) == [
        (6, "code", "N06", "N06.."),
        (7, "code", "N07", "N07.."),
        (8, "code", "N08", "N08.."),
        (8, "patient_id", "2.0", "2"),
    ]


def test_a_dictionary_and_what_a_row_says_are_looked_at(tmp_path):
    store = aurum(
        tmp_path,
        MedicalDictionary=[
            {
                "medcodeid": "498521000006119",
                "term": "t",
                "cleansedreadcode": "N05..",
                "snomedctconceptid": "2.79E+08",
            }
        ],
    )
    file = tmp_path / "repair.csv"
    ingest(
        store.path.parent / "extract",
        profile="aurum",
        extract_date=ON,
        out=tmp_path / "again",
        repair=file,
    )
    with file.open(encoding="utf-8", newline="") as lines:
        [row] = csv.DictReader(lines)
    assert (row["file"], row["column"]) == ("MedicalDictionary.txt", "snomedctconceptid")
    assert (row["line"], row["found"], row["suggested"]) == ("2", "2.79E+08", "")


# ---------------------------------------------------------------- dates


IN_1900 = "counted from 1900"
DATES = [
    # as it stands there, as it may have been, of the reason
    ("46143", "2026-05-01", IN_1900),
    ("46143.604", "2026-05-01", IN_1900),
    ("1/5/2026", "2026-05-01 or 2026-01-05", "dd/mm/yyyy or mm/dd/yyyy"),
    ("01/05/2026 14:30", "2026-05-01 or 2026-01-05", "dd/mm/yyyy or mm/dd/yyyy"),
    ("13/05/2026", "2026-05-13", "dd/mm/yyyy"),
    ("05/13/2026", "2026-05-13", "mm/dd/yyyy"),
    ("05.05.2026", "2026-05-05", "no other day"),
    ("29-02-2024", "2024-02-29", "dd/mm/yyyy"),
    ("01-May-2026", "2026-05-01", "by its name"),
    ("1 September 2025", "2025-09-01", "by its name"),
    ("20260501", "2026-05-01", "in this order"),
    ("2026/5/1", "2026-05-01", "in this order"),
    ("01/05/26", "", "two digits"),
    ("1-May-26", "", "two digits"),
]


@pytest.mark.parametrize(("found", "mended", "why"), DATES)
def test_dates(tmp_path, found, mended, why):
    rows, store = suggested(tmp_path, f"1,{found},read_v2,N05..,x\n")
    assert brief(rows) == [(2, "date", found, mended)]
    assert why in rows[0]["why"]
    assert store.events["date"].isna().all()  # nothing is applied


@pytest.mark.parametrize(
    "text",
    [
        *("2026-05-01", "2026-05", "2026", "", "30/02/2026", "31/31/2026", "2026-02-30", "soon"),
        *("9999", "123456", "01234", "1-Foo-2026", "46143x", "20261301"),
    ],
)
def test_what_is_a_date_or_nothing_that_is_known_is_left_alone(tmp_path, text):
    assert suggested(tmp_path, f"1,{text},read_v2,N05..,x\n")[0] == []


def test_numbers_that_may_count_from_1900_or_1904(tmp_path):
    early = "1,40000,read_v2,N05..,x\n"
    [row], _ = suggested(tmp_path, early)
    assert row["suggested"] == "2009-07-06 or 2013-07-07"
    assert "from 1900, 2013-07-07 where it counts from 1904" in row["why"]


def test_the_column_says_from_when_a_spreadsheet_counted(tmp_path):
    early, late = "1,40000,read_v2,N05..,x\n", "1,46143,read_v2,N05..,x\n"
    rows, _ = suggested(tmp_path, early + late)
    assert [row["suggested"] for row in rows] == ["2009-07-06", "2026-05-01"]


def test_a_few_late_numbers_do_not_say_it(tmp_path):
    early, late = "1,40000,read_v2,N05..,x\n", "1,46143,read_v2,N05..,x\n"
    rows, _ = suggested(tmp_path, early * 100 + late)
    assert {row["suggested"] for row in rows} == {
        *("2009-07-06 or 2013-07-07", "2026-05-01 or 2030-05-02")
    }


def test_the_reason_says_what_the_column_says(tmp_path):
    line = "1,{},read_v2,N05..,x\n"
    rows, _ = suggested(tmp_path, line.format("01/05/2026") + line.format("13/05/2026") * 2)
    assert "2 can only be dd/mm/yyyy and 0 only mm/dd/yyyy" in rows[0]["why"]


def test_dates_of_patients_and_their_registrations(tmp_path):
    person = {"birth_date": "31/12/1970", "death_date": "40000", "registration_start": "1/13/2001"}
    extract = put(
        tmp_path / "extract",
        patients_csv=csv_text([PATIENT | person]),
        events_csv=HEAD + "1,2026-05-01,read_v2,N05..,x\n",
    )
    file = tmp_path / "repair.csv"
    ingest(extract, profile="standard", extract_date=ON, out=tmp_path / "store", repair=file)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(r["file"], r["line"], r["column"], r["suggested"]) for r in rows] == [
        ("patients.csv", "2", "birth_date", "1970-12-31"),
        ("patients.csv", "2", "death_date", "2009-07-06 or 2013-07-07"),
        ("patients.csv", "2", "registration_start", "2001-01-13"),
    ]


def test_dates_are_written_as_their_table_writes_them(tmp_path):
    texts = ["46143", "2026-05-01", "05/13/2026", "01/05/2026"]
    store = aurum(tmp_path, Observation=[{"obsdate": text} for text in texts])
    file = tmp_path / "repair.csv"
    given = {"profile": "aurum", "extract_date": ON, "out": tmp_path / "again"}
    ingest(store.path.parent / "extract", **given, repair=file)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    mended = [(r["column"], r["found"], r["suggested"]) for r in rows if r["column"] == "obsdate"]
    assert mended == [
        ("obsdate", "46143", "01/05/2026"),
        ("obsdate", "2026-05-01", "01/05/2026"),
        ("obsdate", "05/13/2026", "13/05/2026"),
    ]
    assert "day and month exchanged" in rows[-1]["why"]


def test_no_cell_runs_as_a_formula(tmp_path):
    rows, _ = suggested(tmp_path, "1,2026-05-01,ctv3,=X75s3,x\n")
    assert brief(rows) == [(2, "code", "'=X75s3", "X75s3")]


def test_the_file_is_private_and_new(tmp_path):
    suggested(tmp_path, "1,2026-05-01,read_v2,N05,x\n")
    file = tmp_path / "repair.csv"
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["extract", "repair.csv", "store"]
    before = file.read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        suggested(tmp_path, "1,2026-05-01,read_v2,N06,x\n")
    assert file.read_bytes() == before
    with pytest.raises(UsageError, match="no such folder"):
        suggested(tmp_path, "", name="nowhere/repair.csv")


def test_without_the_option_nothing_is_written(tmp_path):
    extract = put(
        tmp_path / "extract",
        patients_csv=csv_text([PATIENT]),
        events_csv=HEAD + "1,2026-05-01,read_v2,N05,x\n",
    )
    ingest(extract, profile="standard", extract_date=ON, out=tmp_path / "store")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["extract", "store"]


# ---------------------------------------------------------------- the column of a quarantined row


QUARANTINED = [
    (",2026-05-01,read_v2,N05..,x", "patient_id", "no patient_id"),
    ("9,2026-05-01,read_v2,N05..,x", "patient_id", "unknown patient"),
    ("1,2026-05-01,read_v2,,x", "code", "no code"),
    ("1,2026-05-01,icd10,N05..,x", "system", "unknown system"),
    ("1,2026-05-01", None, "too few columns"),
    ('1,2026-05-01,read_v2,N05..,"x', None, "stray or unclosed quote"),
]


@pytest.mark.parametrize(("line", "column", "reason"), QUARANTINED)
def test_a_quarantined_row_has_file_line_column_reason_and_text(tmp_path, line, column, reason):
    _, store = suggested(tmp_path, f"1,2026-05-01,read_v2,N05..,x\n{line}\n")
    [bad] = table(store, "quarantine")
    assert bad == {
        "file": "events.csv",
        "line": 3,
        "column": column,
        "reason": reason,
        "raw": line,
    }


def test_columns_are_those_that_an_expression_reads():
    assert FaultyColumns(STANDARD, "patients")["is_test is neither true nor false"] == "is_test"
    assert FaultyColumns(STANDARD, "registrations")["end of the registration is unreadable"] == (
        "end"
    )
    assert FaultyColumns(STANDARD, "medicines")["no code"] == "code, term"
    assert FaultyColumns(AURUM, "observation")["unknown patient"] == "patid"
    assert FaultyColumns(AURUM, "observation")["unknown system"] == ""
    assert FaultyColumns(AURUM, "practice")["no practice_id"] == "pracid"
    assert FaultyColumns(AURUM, "observation")["NUL byte"] == ""
    assert PEOPLE.patient_id == NOTES.columns["patient_id"] == "pid"
    composed = replace(AURUM.records[0], columns={"patient_id": "pracid || '/patid' || patid"})
    profile = replace(AURUM, records=(composed,))
    assert FaultyColumns(profile, "observation")["unknown patient"] == "patid"
