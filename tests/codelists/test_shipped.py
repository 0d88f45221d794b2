"""The codelists that are shipped: sound, and word for word what the terminologies say."""

import csv
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from instep_cohort.codelists import Match, Selector, Severity, check
from instep_cohort.codelists.comparing import compare
from instep_cohort.codelists.files import load
from instep_cohort.codelists.releasing.bumps import next_version, reasons
from instep_cohort.codelists.versions import list_folders, released
from instep_cohort.terminology import System

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "codelists"
REFERENCE = ROOT.parent / "shared" / "reference"
NEEDED = {
    "chronic-pain",
    "epilepsy",
    "fit-notes",
    "gabapentinoids",
    "opioids",
    "palliative-care",
    "research-opt-out",
}
# Small tables that give one term for the code of each system.
CROSSWALKS = (
    "chronic-pain-explicit.csv",
    "employment.csv",
    "fit-notes.csv",
    "research-opt-out.csv",
)
FOLDERS = list_folders(SHIPPED)

needs_reference = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the reference terms are not part of the repository"
)


def test_the_lists_that_the_study_needs_are_there():
    assert {folder.name for folder in FOLDERS} >= NEEDED


def test_no_list_has_an_error():
    # on a fixed day; a review date that has passed is a warning, and no matter of the code
    findings = check(SHIPPED, on=date(2026, 11, 24))
    assert [str(one) for one in findings if one.severity is Severity.ERROR] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_list_says_what_it_is(folder):
    for version in released(folder):
        one = load(folder, version)
        assert one.sources
        assert one.not_covered
        assert len(one.method) > 100
        assert one.status == "draft" or one.history[0].reviewer


def test_a_new_version_has_the_number_that_its_change_asks_for():
    looked_at = 0
    for folder in FOLDERS:
        for older, newer in pairwise(released(folder)):
            change = compare(load(folder, older), load(folder, newer))
            asked = max((one.bump for one in reasons(change.rows)), key=lambda bump: bump.size)
            assert newer == next_version(older, asked), folder.name
            looked_at += 1
    assert looked_at >= 10


def folded(term):
    return " ".join(term.split()).casefold()


@pytest.fixture(scope="module")
def known_terms():
    """Every term that the reference has for each (system, code), without case and spacing."""
    known = {}
    for file, system in (("read-v2-terms.csv", "read_v2"), ("ctv3-terms.csv", "ctv3")):
        for row in rows_of(file):
            known.setdefault((system, row["code"]), set()).add(folded(row["term"]))
    for file in CROSSWALKS:
        for row in rows_of(file):
            for system in ("read_v2", "ctv3"):
                for code in re.split(r" \| |\(", row[system])[:2]:
                    known.setdefault((system, code), set()).update(words_of(row["term"]))
    return known


def words_of(cell):
    """A crosswalk writes alternatives as `A / B`, and puts a remark in brackets at the end."""
    return {folded(cell), *(folded(one) for one in re.split(r" / | \([^()]*\)$", cell) if one)}


def rows_of(file):
    with (REFERENCE / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def preferred():
    """Each (Read v2 code, CTV3 code) that the map joins by the preferred term."""
    rows = rows_of("read-v2-to-ctv3.csv")
    return {(row["read_v2"], row["ctv3"]) for row in rows if row["term_code"] == "00"}


THROUGH_MAP = re.compile(r"map (\S+); term of the (Read v2|CTV3) code")


def terms_through_map(selector, known, preferred):
    """The terms of the code on the other side of the map, where the row says it has one of them."""
    said = THROUGH_MAP.fullmatch(selector.note)
    if said is None:
        return set()
    partner, theirs = said[1], {"Read v2": "read_v2", "CTV3": "ctv3"}[said[2]]
    pair = (partner, selector.code) if theirs == "read_v2" else (selector.code, partner)
    return known.get((theirs, partner), set()) if pair in preferred else set()


def test_a_term_through_the_map_needs_the_map_and_the_other_code():
    known, preferred = {("read_v2", "N2132"): {"tennis elbow"}}, {("N2132", "N2132")}
    for note, code, expected in (
        ("map N2132; term of the Read v2 code", "N2132", {"tennis elbow"}),
        ("map N2132; term of the Read v2 code", "N2133", set()),
        ("map N2132; term of the CTV3 code", "N2132", set()),
        ("map N2132", "N2132", set()),
    ):
        selector = Selector(System.CTV3, code, Match.EXACT, "pain", "Tennis elbow", note)
        assert terms_through_map(selector, known, preferred) == expected


@needs_reference
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_read_code_and_its_term_are_in_the_reference(folder, known_terms, preferred):
    wrong, looked_at = [], 0
    for version in released(folder):
        for selector in load(folder, version).selectors:
            if selector.system not in ("read_v2", "ctv3"):
                continue
            looked_at += 1
            known = known_terms.get((str(selector.system), selector.code[:5]), set())
            known = known | terms_through_map(selector, known_terms, preferred)
            if folded(selector.term) not in known:
                wrong.append(
                    (f"{folder.name}:{selector.line}", selector.code, selector.term, known)
                )
    assert looked_at
    assert wrong == []
