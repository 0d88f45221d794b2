"""Codes of an opt-out list in the raw text of rows that could not be read."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from instep_cohort.codelists import Library
from instep_cohort.codelists.resolving.codes_in_text import codes_in_text

PATTERN = codes_in_text(
    Library().latest("research-opt-out"), ("type_1_dissent",), own=["1814041000006118"]
)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("1,2026-05-01,icd10,9Nu0.,x", True),
        ("1,2026-05-01,read_v2,9Nu0,x", True),
        ("1,2026-05-01,read_v2,9Nu0.00,x", True),
        ('"1","9Nu0.11"', True),
        ("9Nu0.", True),
        ("1\t827241000000103\t", True),
        ("1,XaZ89,", True),
        ("1,1814041000006118,", True),
        ("1,9Nu1.,withdrawn", False),
        ("1,8272410000001030,", False),
        ("1,x9Nu0.,", False),
        ("1,XaZ89x,", False),
        ("1,N05..,ache", False),
        ("", False),
    ],
)
def test_a_row_holds_a_code_of_a_dissent(raw, found):
    assert pc.match_substring_regex(pa.array([raw]), PATTERN).to_pylist() == [found]


def test_a_list_without_such_codes_finds_nothing():
    pattern = codes_in_text(Library().latest("research-opt-out"), ("no_such",))
    assert pc.match_substring_regex(pa.array(["9Nu0.", ""]), pattern).to_pylist() == [False, False]
