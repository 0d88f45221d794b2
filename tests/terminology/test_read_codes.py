"""Read v2 codes taken apart, and what is never taken for one."""

import csv
from pathlib import Path

import pytest

from instep_cohort.terminology import read_codes
from instep_cohort.terminology.read_codes import ReadCode, read_code

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("N05..", ("N05..", None)),
        ("N05zL", ("N05zL", None)),
        ("13J3.00", ("13J3.", "00")),
        ("13J3.11", ("13J3.", "11")),
        ("13J3.1A", ("13J3.", "1A")),
        ("1475", ("1475.", None)),  # undotted, as some extracts have it
        ("13R..", ("13R..", None)),
        ("N05", ("N05..", None)),
        ("N05.", ("N05..", None)),
    ],
)
def test_read_codes_are_taken_apart(text, expected):
    assert read_code(text) == ReadCode(*expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".....",
        "N.05.",
        "#9V0..",
        "9V0.00",
        "13m1.0",
        "DNA CPR",
        "N05.. ",
        "ÄB1..",
        "B305.1212",
        "EMISNQ12",
        "ESCTAB1",  # seven characters of the right alphabet, and no Read code
        "^ESCT1",
        "JHCCA",
    ],
)
def test_other_text_is_never_cut_to_five_characters(text):
    assert read_code(text) is None


def test_the_term_code_stands_behind_seven_characters_only():
    assert read_codes.term_code("13J3.11") == "11"
    assert read_codes.term_code("13J3.") is None


def test_the_line_of_parents_ends_at_the_chapter():
    line = ["N05zL"]
    while above := read_codes.parent(line[-1]):
        line.append(above)
    assert line == ["N05zL", "N05z.", "N05..", "N0...", "N...."]


def test_a_child_begins_with_the_stem_of_each_of_its_parents():
    assert read_codes.stem("N05..") == "N05"
    assert read_codes.stem("N05zL") == "N05zL"
    assert read_codes.five("N05..00") == "N05.."


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference files are not here")
def test_every_code_of_the_national_map_is_read_as_itself():
    with (REFERENCE / "read-v2-to-ctv3.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) > 100_000
    for row in rows:
        assert read_codes.is_five(row["ctv3"])
        whole = row["read_v2"] + row["term_code"]
        assert read_code(whole) == (row["read_v2"], row["term_code"])
