"""Damaged files: every row is stored, quarantined with its line, or skipped, and nothing is guessed."""

import csv
import io

import pytest
from extract_files import (
    AURUM_PATIENT,
    EVENT,
    ON,
    PATIENT,
    aurum,
    csv_text,
    findings,
    put,
    quarantined,
    standard,
    table,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instep_cohort.errors import ExtractError
from instep_cohort.extracts import ingest

HEADER = b"patient_id,date,system,code,term\n"
GOOD = b"1,2026-05-01,local,a,x\n"
OTHER = b"1,2026-05-01,local,b,y\n"

# what stands between two good lines, and which lines of it go to quarantine with which reason
DAMAGE = {
    "too few": (b"1,2026-05-01,local\n", {3: "too few columns"}),
    "too many": (b"1,2026-05-01,local,a,x,y\n", {3: "too many columns"}),
    "empty surplus": (b"1,2026-05-01,local,a,x,,\n", {}),
    "not UTF-8": ("1,2026-05-01,local,a,é\n".encode() + b"1,,local,a,\xe9\n", {4: "not UTF-8"}),
    "NUL": (b"1,2026-05-01,local,a,\0\n", {3: "NUL byte"}),
    "NUL in quotes": (b'1,2026-05-01,local,a,"\0"\n', {3: "NUL byte"}),
    "unclosed quote": (b'1,2026-05-01,local,a,"x\n', {3: "stray or unclosed quote"}),
    "text behind a quote": (b'1,2026-05-01,local,a,"x"y\n', {3: "stray or unclosed quote"}),
    "too few in quotes": (b'1,2026-05-01,"local"\n', {3: "too few columns"}),
    "too many in quotes": (b'1,2026-05-01,"local",a,x,y\n', {3: "too many columns"}),
    "quote within": (b'1,2026-05-01,local,a,5" nail\n', {}),
    "blanks about quotes": (b'1,2026-05-01, "local" ,a,x\n', {}),
    "quotes behind quotes": (b'1,2026-05-01,local,"a"" ""b" "c",x\n', {}),
    "a second quote unclosed": (b'1,2026-05-01,local,"a" "b,x\n', {3: "stray or unclosed quote"}),
    "carriage return": (b"1,2026-05-01,local,a,x\ry\n", {}),
    "junk": (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n",
        {3: "too few columns", 4: "too few columns", 5: "NUL byte"},
    ),
    "too long": (b"1,2026-05-01,local,a," + b"x" * 1_000_100 + b"\n", {3: "line too long"}),
    "too long in quotes": (
        b'1,2026-05-01,local,a,"x\n' + b"x" * 1_000_100 + b'"\n',
        {3: "stray or unclosed quote", 4: "line too long"},
    ),
    "blank": (b"\n   \n\r\n", {}),
}
SKIPPED = {"blank": 3}
ADDED = {
    "empty surplus": 1,
    "not UTF-8": 1,
    "quote within": 1,
    "blanks about quotes": 1,
    "quotes behind quotes": 1,
    "carriage return": 1,
}


@pytest.mark.parametrize("name", DAMAGE)
@pytest.mark.parametrize("last", [b"", OTHER], ids=["at the end", "within"])
def test_damage_spoils_its_own_line(tmp_path, name, last):
    damage, bad = DAMAGE[name]
    store = standard(tmp_path, events=HEADER + GOOD + damage + last)
    assert {line: reason for _, line, reason, _ in quarantined(store)} == bad
    raw_lines = (HEADER + GOOD + damage).split(b"\n")
    for _, line, _, raw in quarantined(store):
        expected = raw_lines[line - 1].removesuffix(b"\r")
        encoding = "cp1252" if name == "junk" else "utf-8"
        assert raw == expected.decode(encoding, "replace")[:1_000]
    [file] = [file for file in store.manifest.files if file.file == "events.csv"]
    assert file.stored == 1 + bool(last) + ADDED.get(name, 0) == len(table(store, "events"))
    assert file.skipped == ({"blank line": SKIPPED[name]} if name in SKIPPED else {})
    assert file.read == file.stored + len(bad) + SKIPPED.get(name, 0)


def test_a_carriage_return_within_a_row_is_said(tmp_path):
    store = standard(tmp_path, events=HEADER + b"1,2026-05-01,local,a,x\ry\n")
    assert table(store, "codes")[0]["term"] == "x y"
    assert findings(store, "events") == {"carriage return within a row: read as a blank": 1}


def test_a_truncated_last_line(tmp_path):
    store = standard(tmp_path, events=HEADER + GOOD + b"1,2026-05-0")
    assert quarantined(store) == [("events.csv", 3, "too few columns", "1,2026-05-0")]


def test_a_quote_that_never_closes_takes_no_other_row_along(tmp_path):
    rows = b'1,2026-05-01,local,a,"x\n' + GOOD * 3000
    store = standard(tmp_path, events=HEADER + rows)
    assert len(table(store, "events")) == 3000
    assert len(quarantined(store)) == 1


def test_a_quote_is_a_letter_in_a_tab_file(tmp_path):
    dictionary = 'medcodeid\tterm\n498521000006119\t"Painful" 5"\n2\t"x\n'
    store = aurum(tmp_path, MedicalDictionary=dictionary)
    assert table(store, "codes")[0]["term"] == '"Painful" 5"'
    assert quarantined(store) == []


def test_line_numbers_behind_quoted_lines_and_blank_lines(tmp_path):
    rows = b'1,,local,a,"x\n\ny"\n\n\n9,,local,a,x\n1,,local\n1,,local,b,"q""\r\n"\n9,,local,"c""d",x\n'
    store = standard(tmp_path, events=HEADER + GOOD + rows)
    assert quarantined(store) == [
        ("events.csv", 8, "unknown patient", "9,,local,a,x"),
        ("events.csv", 9, "too few columns", "1,,local"),
        ("events.csv", 12, "unknown patient", '9,,local,"c""d",x'),
    ]
    terms = {code["code"]: code["term"] for code in table(store, "codes")}
    assert terms == {"a": "x", "b": 'q"\r\n'}


def test_a_long_row_is_cut_in_quarantine(tmp_path):
    store = standard(tmp_path, events=HEADER + b"9,,local,a," + b"x" * 20_000 + b"\n" + GOOD)
    [(_, line, reason, raw)] = quarantined(store)
    assert (line, reason, len(raw)) == (2, "unknown patient", 10_000)


def test_damage_in_patients_and_dictionaries(tmp_path):
    good = csv_text([AURUM_PATIENT], "\t")
    store = aurum(
        tmp_path,
        Patient=good + "1002\t20001\n",
        MedicalDictionary="medcodeid\tterm\n1\n498521000006119\tBack pain\n",
    )
    assert [row[:3] for row in quarantined(store)] == [
        ("MedicalDictionary.txt", 2, "too few columns"),
        ("Patient.txt", 3, "too few columns"),
    ]
    assert table(store, "codes")[0]["term"] == "Back pain"


def test_words_are_counted_in_damaged_files_too(tmp_path):
    rows = "patid\tmedcodeid\tobsdate\n1001\t2\tNA\n1001\t2\n1001\tNA\t01/05/2026\n"
    store = aurum(tmp_path, Observation=rows)
    assert findings(store, "events")["literal NA: taken as missing"] == 2
    assert [row[1:3] for row in quarantined(store)] == [(3, "too few columns"), (4, "no code")]


def test_one_damaged_part_of_many(tmp_path):
    extract = put(tmp_path / "extract", patients_csv=csv_text([PATIENT]))
    put(
        extract / "events",
        a_csv=HEADER + GOOD * 2,
        b_csv=HEADER + b"1\n" + OTHER,
        c_csv=HEADER + GOOD,
    )
    store = ingest(extract, profile="standard", extract_date=ON, out=tmp_path / "store")
    assert quarantined(store) == [("events/b.csv", 2, "too few columns", "1")]
    assert {f.file: f.stored for f in store.manifest.files}["events/b.csv"] == 1
    assert len(table(store, "events")) == 4


def test_many_bad_rows_among_many(tmp_path):
    numbers = range(2, 30_002)
    bad = {n for n in numbers if n % 7 == 0}
    rows = b"".join(b"9,,local,x%d,\n" % n if n in bad else GOOD for n in numbers)
    store = standard(tmp_path, events=HEADER + rows)
    assert {(line, raw) for _, line, _, raw in quarantined(store)} == {
        (n, f"9,,local,x{n},") for n in bad
    }


CELLS = st.text(st.sampled_from('ab19"\n\r,; \0é'), max_size=6)


@st.composite
def damaged_lines(draw):
    """Rows that a writer wrote, some of them with bytes changed, cut or added."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=draw(st.sampled_from(["\n", "\r\n"])))
    for _ in range(draw(st.integers(1, 8))):
        patient = draw(st.sampled_from(["1", "1", "9", ""]))
        date = draw(st.sampled_from(["2026-05-01", "2026-02-30", "2026", ""]))
        writer.writerow([patient, date, "local", draw(CELLS), draw(CELLS)])
    data = bytearray(out.getvalue().encode())
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(data)))
        junk = draw(st.sampled_from([b'"', b"\0", b"\xff", b"\n", b"\r", b",", b""]))
        data[place : place + draw(st.integers(0, 2))] = junk
    return bytes(data)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(damaged_lines())
def test_whatever_stands_there_every_row_is_accounted_for(tmp_path, data):
    store = standard(tmp_path, events=HEADER + data)
    [file] = [file for file in store.manifest.files if file.file == "events.csv"]
    assert file.is_closed
    assert file.stored == len(table(store, "events"))
    assert sum(file.quarantined.values()) == len(quarantined(store))
    lines = (HEADER + data).split(b"\n")
    for _, line, reason, raw in quarantined(store):
        shown = {lines[line - 1].decode(coding, "replace") for coding in ("utf-8", "latin-1")}
        shown |= {lines[line - 1].decode("cp1252", "replace")}
        assert raw.split("\n")[0].rstrip("\r") in {text.rstrip("\r") for text in shown}
        assert reason
    # a bad line at the end sends the file through the exact reader, which must see the same rows
    end = b"" if data.endswith(b"\n") else b"\n"
    again = standard(tmp_path / "exact", events=HEADER + data + end + b"bad\n")
    assert table(again, "events") == table(store, "events")
    assert table(again, "codes") == table(store, "codes")
    assert [row for row in quarantined(again) if row[3] != "bad"] == quarantined(store)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200), st.sampled_from(["patients", "events", "medicines"]), st.booleans())
def test_bytes_of_any_kind_end_in_an_answer(tmp_path, data, name, headed):
    head = {
        "patients": csv_text([PATIENT]),
        "events": csv_text([EVENT]),
        "medicines": csv_text([EVENT]),
    }
    content = (head[name].encode() if headed else b"") + data
    try:
        store = standard(tmp_path, **{name: content})
    except ExtractError:
        return
    assert all(file.is_closed for file in store.manifest.files)
