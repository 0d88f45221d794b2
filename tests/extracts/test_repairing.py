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
