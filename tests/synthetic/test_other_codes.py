"""Codes of other systems: each is a fact out of a public list, and none is made up."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from instep_cohort.shipped_files import shipped
from instep_cohort.synthetic.neutral import ENTRIES
from instep_cohort.synthetic.other_codes import OtherCodes, other_codes
from instep_cohort.synthetic.products import PRODUCTS

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference dictionaries are not beside this repository"
)
SMALL = ("fit-notes", "employment", "research-opt-out", "chronic-pain-explicit")


def read(name):
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def listed():
    """The terms of each code of the shipped codelists, by system."""
    found = defaultdict(lambda: defaultdict(set))
    for path in shipped("codelists").glob("*/*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                found[row["system"]][row["code"]].add(row["term"].casefold())
    return found


def test_every_code_that_is_written_has_a_line_and_no_other_has():
    assert set(other_codes()) == {entry.code for entry in (*ENTRIES, *PRODUCTS)}


@needs_reference
def test_ctv3_codes_are_those_of_the_map():
    ctv3 = {(row["read_v2"], row["term_code"]): row["ctv3"] for row in read("read-v2-to-ctv3")}
    for entry in ENTRIES:
        five, term_code = entry.code[:5], entry.code[5:] or "00"
        assert other_codes()[entry.code].ctv3 == ctv3[five, term_code]


@needs_reference
def test_ctv3_has_the_same_drug_code_or_there_is_none():
    drugs = {row["code"] for row in read("ctv3-terms") if row["kind"] == "drug"}
    for product in PRODUCTS:
        assert other_codes()[product.code].ctv3 == (product.code if product.code in drugs else "")


@needs_reference
def test_concepts_are_those_of_the_crosswalks():
    known = {row["read_v2"]: row["snomed"] for name in SMALL for row in read(name)}
    for entry in ENTRIES:
        concept = other_codes()[entry.code].snomed_concept
        assert concept == (known.get(entry.code[:5]) or "") or len(entry.code) > 5


def test_dmd_ids_are_those_of_the_same_product_in_the_codelists(listed):
    """The first word of its dm+d term, and the first number, stand in the product's name too."""
    named = [(p, other_codes()[p.code].dmd) for p in PRODUCTS if other_codes()[p.code].dmd]
    assert len(named) > 15
    for product, dmd in named:
        terms = listed["dmd"][dmd]
        assert terms, product
        assert any(strength(product.term) & strength(term) for term in terms), product


def strength(term):
    """The numbers in a product's name."""
    plain = "".join(letter if letter.isdigit() or letter == "." else " " for letter in term)
    return {part.strip(".") for part in plain.split() if part.strip(".")}


def test_bnf_chemicals_are_those_of_the_codelists(listed):
    codes = {other_codes()[product.code].bnf for product in PRODUCTS} - {""}
    assert len(codes) > 8
    assert codes <= set(listed["bnf"])


@pytest.mark.parametrize(
    ("bnf", "section"), [("0407020C0", "04070200"), ("0407010F0", "04070100"), ("", "")]
)
def test_the_older_form_of_a_bnf_code_has_eight_digits(bnf, section):
    assert OtherCodes(bnf=bnf).bnf_section == section
