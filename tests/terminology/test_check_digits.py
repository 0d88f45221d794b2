"""Check digits and kinds of SNOMED-shaped ids, on ids that terminologies issued."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep_cohort.terminology.check_digits import (
    IdKind,
    check_digit,
    has_check_digit,
    id_kind,
    is_concept,
)

SHARED = Path(__file__).parents[3] / "shared"
DIGITS = st.text("0123456789", min_size=5, max_size=17)


def test_verhoeffs_own_example():
    assert check_digit("236") == "3"
    assert has_check_digit("2363")


@given(DIGITS)
def test_the_check_digit_is_the_only_one_that_passes(digits):
    passing = [last for last in "0123456789" if has_check_digit(digits + last)]
    assert passing == [check_digit(digits)]


@given(DIGITS, st.data())
def test_one_changed_digit_or_two_swapped_neighbours_are_seen(digits, data):
    code = digits + check_digit(digits)
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != code[place]]))
    assert not has_check_digit(code[:place] + other + code[place + 1 :])
    first = data.draw(st.integers(0, len(code) - 2))
    if code[first] != code[first + 1]:
        swapped = code[:first] + code[first + 1] + code[first] + code[first + 2 :]
        assert not has_check_digit(swapped)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("82423001", IdKind.CONCEPT),  # chronic pain
        ("751481000000104", IdKind.CONCEPT),  # eMED3, not fit for work
        ("11561000000115", IdKind.DESCRIPTION),  # an EMIS code id
        ("2533649013", IdKind.DESCRIPTION),
        ("100022", IdKind.RELATIONSHIP),
        ("100050", None),
        ("XaX1E", None),
        ("", None),
        ("٨٢٤٢٣٠٠١", None),  # digits of another alphabet are no digits of an id
    ],
)
def test_what_an_id_names(code, kind):
    assert id_kind(code) is kind
    assert is_concept(code) is (kind is IdKind.CONCEPT)


@pytest.mark.parametrize("code", ["82423002", "082423001", "8242300", "", "24700", "2363"])
def test_no_concept(code):
    assert not is_concept(code)


def test_only_digits_have_a_check_digit():
    assert not has_check_digit("")
    assert not has_check_digit("XaX1E")
    with pytest.raises(ValueError, match="digits"):
        check_digit("N05..")


@pytest.mark.skipif(not SHARED.exists(), reason="the samples of other projects are not here")
def test_every_id_of_the_sample_dictionaries_is_sound():
    folder = SHARED / "samples" / "synthetic-aurum"
    for file, column in (
        ("MedicalDictionary.csv", "snomedctconceptid"),
        ("ProductDictionary.csv", "dmdid"),
    ):
        with (folder / file).open(encoding="utf-8", newline="") as opened:
            ids = {row[column] for row in csv.DictReader(opened)} - {""}
        assert len(ids) > 400
        assert [code for code in ids if not is_concept(code)] == []
