"""A list in words: everything that it says of itself, and every row by system and category."""

import json
from datetime import date

import pytest
from made_lists import made_list, select

from instep_cohort.codelists import Library, Match, Release, Selector, Source, describe
from instep_cohort.codelists.describing import as_dict
from instep_cohort.codelists.model import Codelist, CrosswalkDecision
from instep_cohort.codelists.text_columns import columns
from instep_cohort.terminology import System

DAY = date(2026, 11, 24)
LIST = Codelist(
    id="aches",
    version="1.1.0",
    status="reviewed",
    title="Aches",
    purpose="People who ache.",
    kind="clinical",
    categories={"pain": "where it hurts", "stiff": "where it is stiff"},
    selectors=(
        Selector(System.READ_V2, "N051.", Match.EXACT, "stiff", "Localised OA", "map", 3),
        Selector(System.READ_V2, "N05..", Match.DESCENDANTS, "pain", "Osteoarthritis", "", 2),
        Selector(System.CTV3, "XaX1E", Match.EXACT, "pain", "Ache", "", 1),
        Selector(System.READ_V2, "N05zL", Match.EXCLUDE, None, "OA of knee", "", 4),
    ),
    method="Read line by line.\n",
    sources=(Source("read", "Read v2", "the reference", "none needed"),),
    not_covered=("moods",),
    notes=("pain before stiffness",),
    crosswalk=(CrosswalkDecision("left_out", ("N06..",), ("XaX1F",), "another ache", 9),),
    review_by=date(2027, 11, 24),
    history=(
        Release("1.1.0", DAY, "reviewed", "second", "A. Clinician", date(2026, 11, 20)),
        Release("1.0.0", DAY, "draft", "first"),
    ),
    sha256="0" * 64,
)

SUMMARY = """\
aches 1.1.0: Aches

People who ache.

kind           clinical
status         reviewed, read by A. Clinician on 2026-11-20
selectors      4 (read_v2 3, ctv3 1)
read again by  2027-11-24

Categories, and how many rows each has
  pain            2  where it hurts
  stiff           1  where it is stiff
  (left out)      1  what the list excludes, in any category

Method
Read line by line.

Not covered
- moods

Notes
- pain before stiffness

Where Read v2 and CTV3 differ
- N06.., XaX1F: left out; another ache

Sources
  read  Read v2
        the reference
        none needed

History
- 1.1.0 (2026-11-24, reviewed, read by A. Clinician on 2026-11-20): second
- 1.0.0 (2026-11-24, draft): first"""

ROWS = """

How a row is read
  exact        this code
  descendants  this code and every code below it
  exclude      this code is left out, whatever takes it in
  … | note     why, or the source in which the code was seen

read_v2: 3 selectors
  pain (1)
    N05..  descendants  Osteoarthritis
  stiff (1)
    N051.  exact  Localised OA | map
  (left out) (1)
    N05zL  exclude  OA of knee

ctv3: 1 selector
  pain (1)
    XaX1E  exact  Ache"""


def test_a_list_described_for_its_reviewer():
    assert describe(LIST) == SUMMARY + ROWS
    assert describe(LIST, selectors=False) == SUMMARY


def test_a_draft_says_so():
    text = describe(made_list(select("read_v2 exact N05..")))
    assert "draft: no clinician has reviewed it" in text
    assert "no day is set" in text


def test_as_json():
    said = json.loads(json.dumps(as_dict(LIST)))
    assert said["categories"][0] == {"name": "pain", "meaning": "where it hurts", "selectors": 2}
    assert said["excluding_selectors"] == 1
    assert said["history"][0]["reviewed_on"] == "2026-11-20"
    assert said["history"][1]["reviewed_on"] is None
    assert said["review_by"] == "2027-11-24"
    assert said["selectors"][0] == {
        "system": "read_v2",
        "code": "N051.",
        "match": "exact",
        "category": "stiff",
        "term": "Localised OA",
        "note": "map",
    }
    assert "selectors" not in as_dict(LIST, selectors=False)


def test_shipped_lists_can_be_read_at_100_columns_with_every_row():
    library = Library()
    for name in library.ids():
        one = library.latest(name)
        lines = describe(one).splitlines()
        # a citation without a space cannot be folded
        assert [line for line in lines if len(line) > 100 and " " in line.strip()] == []
        first = {line.split()[0] for line in lines if line}
        assert {selector.code.split()[0] for selector in one.selectors} <= first


@pytest.mark.parametrize(
    ("rows", "width", "expected"),
    [
        ([], 20, []),
        ([("a", "b")], 100, ["  a  b"]),
        ([("a", ""), ("bcd", "e")], 100, ["  a", "  bcd  e"]),
        ([("a", "x\ny")], 100, ["  a  x", "     y"]),
        ([("a", "one two three four five six seven")], 30, ["  a  one two three four five", "     six seven"]),
        ([("a" * 30, "one two three four five six")], 30, ["  " + "a" * 30 + "  one two three four five", " " * 34 + "six"]),
    ],
)  # fmt: skip
def test_columns(rows, width, expected):
    assert columns(rows, indent="  ", width=width) == expected
