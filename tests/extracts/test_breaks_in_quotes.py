"""Line ends within quoted cells: read as they are by the quick reader wherever that is exact."""

import csv
import gzip
import io
from dataclasses import replace

import pytest
from extract_files import ON, PATIENT, csv_text, findings, put, quarantined, table

from instep_cohort.extracts import ingest, survey
from instep_cohort.extracts.files import SourceFile
from instep_cohort.extracts.first_lines import Form
from instep_cohort.extracts.profiles import find_profile

HEADER = "patient_id,date,system,code,term\n"
ROWS = (
    '1,2026-05-01,local,a,"first\n\nsecond ""said"", third\n"\n'
    "9,2026-05-01,local,b,nobody\n"
    '"1","2026-05-01","local","c","1,2026-05-01,local,d,no row\n"\n'
    '9,2026-05-01,local,e,"nobody\neither"\n'
    "1,2026-05-01,local,f,last\n"
)
QUICKLY, SLOWLY = "counting the records of events.csv", "reading events.csv line by line"


def read(folder, events, profile="standard", name="events.csv"):
    """The store, and what was said while it was made."""
    extract = put(folder / "extract", patients_csv=csv_text([PATIENT]))
    (extract / name).write_bytes(events if isinstance(events, bytes) else events.encode())
    said = []
    store = ingest(
        extract, profile=profile, extract_date=ON, out=folder / "store", progress=said.append
    )
    return store, said


def terms(store):
    return {code["code"]: code["term"] for code in table(store, "codes")}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["feed", "return and feed"])
@pytest.mark.parametrize("kind", ["\n", "\r\n", "\r", "\n\r"], ids=repr)
def test_a_sound_file_is_read_as_it_is(tmp_path, end, kind):
    outside, within = HEADER + ROWS, False
    written = ""
    for letter in outside:
        within ^= letter == '"'
        written += (kind if within else end) if letter == "\n" else letter
    store, said = read(tmp_path, written)
    has_lines = "\n" in kind
    assert (QUICKLY in said) == has_lines
    assert (SLOWLY in said) == (not has_lines)  # only returns: no line end that was counted
    broken = 'first\n\nsecond "said", third\n'.replace("\n", kind)
    assert terms(store) == {
        "a": broken.strip(" "),
        "c": f"1,2026-05-01,local,d,no row{kind}",
        "f": "last",
    }
    many = kind.count("\n")
    assert quarantined(store) == [
        ("events.csv", 3 + 3 * many, "unknown patient", "9,2026-05-01,local,b,nobody"),
        (
            *("events.csv", 5 + 4 * many, "unknown patient"),
            f'9,2026-05-01,local,e,"nobody{kind}either"',
        ),
    ]
    [file] = [file for file in store.manifest.files if file.file == "events.csv"]
    assert (file.read, file.stored, file.skipped) == (5, 3, {})


UNSOUND = {
    # name: (rows behind the others, reasons in quarantine, reasons to skip)
    "blank line": ("\n", [], {"blank line": 1}),
    "too few": ("1,2026\n", ["too few columns"], {}),
    "unclosed": ('1,2026-05-01,local,g,"x\n', ["stray or unclosed quote"], {}),
    "two in open cells": ('1,,local,a,5" nail\n' * 2, [], {}),
    "two in open cells and a blank line": (
        '1,,local,a,5" nail\n' * 2 + "\n",
        [],
        {"blank line": 1},
    ),
    "NUL": ("1,2026-05-01,local,a,\0\n", ["NUL byte"], {}),
    "return outside of quotes": ("1,2026-05-01,local,a,x\ry\n", [], {}),
    "another line end": ("1,2026-05-01,local,a,x\r\n", [], {}),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_what_is_unsound_beside_it_is_found(tmp_path, name):
    rows, reasons, skipped = UNSOUND[name]
    store, said = read(tmp_path, HEADER + ROWS + rows)
    assert SLOWLY in said
    assert [row[2] for row in quarantined(store)][2:] == reasons
    [file] = [file for file in store.manifest.files if file.file == "events.csv"]
    assert file.skipped == skipped
    assert file.is_closed
    expected = 3 + rows.count("\n") - len(reasons) - sum(skipped.values())
    assert file.stored == len(table(store, "events")) == expected


def test_quotes_in_open_cells_need_no_copy(tmp_path):
    store, said = read(tmp_path, HEADER + '1,2026-05-01,local,a,5" nail\n' * 2)
    assert QUICKLY in said
    assert SLOWLY not in said
    assert terms(store) == {"a": '5" nail'}
    assert len(table(store, "events")) == 2


def test_a_quote_left_open_in_the_header(tmp_path):
    header = HEADER.replace("term", 'term,"more')
    rows = '1,2026-05-01,local,a,"x\ny",z\n1,2026-05-01,local,b,"x",z\n'
    store, said = read(tmp_path, header + rows)
    assert SLOWLY in said
    assert terms(store) == {"a": "x\ny", "b": "x"}


def test_windows_1252(tmp_path):
    profile = replace(find_profile("standard"), encoding="cp1252")
    rows = ROWS.replace("said", "caf\xe9").encode("cp1252")
    store, said = read(tmp_path, HEADER.encode() + rows, profile=profile)
    assert "reading events.csv as Windows-1252" in said
    assert SLOWLY not in said
    assert terms(store)["a"] == 'first\n\nsecond "caf\xe9", third\n'
    assert [row[1] for row in quarantined(store)] == [6, 9]


def test_packed(tmp_path):
    data = gzip.compress((HEADER + ROWS).encode())
    store, said = read(tmp_path, data, name="events.csv.gz")
    assert said.count("counting the records of events.csv.gz") == 1
    assert not any("line by line" in one for one in said)
    assert [row[1] for row in quarantined(store)] == [6, 9]
    assert findings(store, "events") == {}


def no_row(number):
    """A row whose text looks like rows, so that nobody who begins within it can tell."""
    return [number, "2026-05-01", "local", "a", "x\n" + "1,2026-05-01,local,z,no row\n" * 10]


@pytest.mark.parametrize("damage", ["", "1\n"], ids=["sound", "damaged"])
def test_many_threads_do_not_guess_where_a_row_begins(tmp_path, damage):
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    for number in range(40_000):  # 13 MB: DuckDB 1.5 divides what has more than 8
        write(no_row(1 if number % 4 else f"9{number}"))
    store, said = read(tmp_path, HEADER + out.getvalue() + damage)
    assert (SLOWLY in said) == bool(damage)
    assert len(table(store, "events")) == 30_000
    found = [(row[1], row[3][:10]) for row in quarantined(store) if row[3] != "1"]
    assert found == [(2 + 12 * n, f"9{n},2026-05"[:10]) for n in range(0, 40_000, 4)]
    assert [code["code"] for code in table(store, "codes")] == ["a"]


@pytest.mark.parametrize("size", [*range(1, 24), 1 << 20])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (ROWS, True),
        ('1,,local,a,"x"\n1,,local,b,"y""z"\n', False),
        ('1,,local,a,"\n"\n', True),
        ('1,,local,a,5" nail\n1,,local,a,x\n', True),
        ("1,,local,a,x\n", False),
    ],
)
def test_line_ends_within_quotes_are_noticed(tmp_path, monkeypatch, size, rows, expected):
    monkeypatch.setattr(survey, "_CHUNK", size)
    path = tmp_path / "events.csv"
    path.write_text('"patient_id",date\n' + rows, encoding="utf-8", newline="")
    form = Form.of(find_profile("standard"), "events")
    found = survey.survey(SourceFile("events.csv", "events", path), (), form, lambda _: None)
    assert found.breaks_in_quotes == expected
