"""The codelists that are shipped: sound, and word for word what the terminologies say."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from instep_cohort.codelists import Severity, check
from instep_cohort.codelists.files import load
from instep_cohort.codelists.versions import list_folders, released

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


@needs_reference
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_read_code_and_its_term_are_in_the_reference(folder, known_terms):
    wrong, looked_at = [], 0
    for version in released(folder):
        for selector in load(folder, version).selectors:
            if selector.system not in ("read_v2", "ctv3"):
                continue
            looked_at += 1
            known = known_terms.get((str(selector.system), selector.code[:5]), set())
            if folded(selector.term) not in known:
                wrong.append(
                    (f"{folder.name}:{selector.line}", selector.code, selector.term, known)
                )
    assert looked_at
    assert wrong == []
