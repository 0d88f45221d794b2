"""Every code of a made-up practice is a real one and says what it says in published codelists."""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from instep_cohort.synthetic import products, vocabulary
from instep_cohort.synthetic.products import PRODUCTS
from instep_cohort.synthetic.vocabulary import CLINICAL, STAGES

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference dictionaries are not beside this repository"
)
SMALL = ("fit-notes", "employment", "research-opt-out", "chronic-pain-explicit")


def read(name):
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def terms():
    """The terms of each code, by kind; the dictionary keeps one spelling of several cases."""
    found = defaultdict(set)
    for row in read("read-v2-terms"):
        found[row["kind"], row["code"]].add(row["term"].casefold())
    for name in SMALL:
        for row in read(name):
            for term in row["term"].split(" / "):
                plain = re.sub(r" \(CTV3 term.*\)$", "", term)
                found["clinical", row["read_v2"]].add(plain.casefold())
    return found


@needs_reference
@pytest.mark.parametrize(
    ("kind", "entries"),
    [("clinical", [entry for entry in CLINICAL if len(entry.code) == 5]), ("drug", PRODUCTS)],
)
def test_codes_and_terms_are_in_the_dictionary(terms, kind, entries):
    wrong = [
        (entry.code, entry.term)
        for entry in entries
        if entry.term.casefold() not in terms[kind, entry.code]
    ]
    assert wrong == []


@needs_reference
def test_codes_of_seven_characters_name_the_term_that_the_map_gives_them():
    ctv3 = {(row["read_v2"], row["term_code"]): row["ctv3"] for row in read("read-v2-to-ctv3")}
    words = defaultdict(set)
    for row in read("ctv3-terms"):
        words[row["code"]].add(row["term"])
    seven = [entry for entry in CLINICAL if len(entry.code) == 7]
    assert seven
    for entry in seven:
        assert entry.term in words[ctv3[entry.code[:5], entry.code[5:]]]


@needs_reference
def test_substances_are_written_as_in_the_table_of_equivalents():
    known = {row["ingredient"] for row in read("ome-factors")}
    opioids = {name for product in products.OPIOIDS for name in product.substance.split("/")}
    assert opioids - {"Paracetamol"} <= known


def test_no_code_stands_twice():
    for entries in (CLINICAL, PRODUCTS):
        assert [code for code, n in Counter(e.code for e in entries).items() if n > 1] == []


def test_codes_have_the_shape_of_read_v2():
    for entry in (*CLINICAL, *PRODUCTS):
        assert re.fullmatch(r"[0-9A-Za-z]{1,5}\.{0,4}", entry.code[:5])
        assert len(entry.code) in {5, 7}
        assert set(entry.who) <= set(STAGES)
        assert entry.weight > 0


def test_bnf_codes_are_only_those_that_are_cited():
    assert {product.bnf for product in PRODUCTS} == {"", "0408010G0", "0408010AE"}
    for product in products.GABAPENTINOIDS:
        assert (
            product.bnf == {"Gabapentin": "0408010G0", "Pregabalin": "0408010AE"}[product.substance]
        )


def test_routine_is_nothing_that_a_study_of_pain_asks_for():
    routine = {entry.code for entry in vocabulary.ROUTINE}
    for entry in CLINICAL[len(vocabulary.ROUTINE) :]:
        assert entry.code not in routine
    assert not [code for code in routine if code.startswith(("N", "F2", "F3", "1M", "9D", "13J"))]
    for product in (*products.REPEAT, *products.ACUTE):
        assert not product.code.startswith(("dj", "di", "dn", "o4", "j2", "cg", "a8"))
