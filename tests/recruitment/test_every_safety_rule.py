"""Each safety rule S1 to S15 has a test that names it; `make mutants` shows that it can fail."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
RULES = {
    "S1": "no list without opt-out data, a fresh extract, resolved versions, the right practice",
    "S2": "what an opt-out does follows the declared legal basis; an unknown basis refuses",
    "S3": "opt-outs are looked up again at every batch and reminder",
    "S4": "only `invite`, with a screener's name and day, is exportable",
    "S5": "dead, left, outside the age range on the mailing date, excluded: out again at export",
    "S6": "the mail file has the mailing house's columns and no word of the record",
    "S7": "the key is apart, tokens are random",
    "S8": "what leaves is counts, none of 1 to 4 to be worked out",
    "S9": "attrition counts persons, and each step adds up",
    "S10": "every file carries its class, and no writer writes a column above it",
    "S11": "the ledger only grows; no identifier in a message",
    "S12": "a fit note is never unemployment",
    "S13": "a limit on letters, and a cooling-off across studies",
    "S14": "what a letter must say, and must not",
    "S15": "who declines is not written to again from that moment",
}


def named():
    found = {}
    for path in TESTS.rglob("test_*.py"):
        for rule in re.findall(r"^def test_s(\d+)_", path.read_text("utf-8"), re.M | re.I):
            found.setdefault(f"S{rule}", set()).add(path.name)
    return found


@pytest.mark.parametrize("rule", RULES)
def test_a_test_names_the_rule(rule):
    assert named().get(rule), RULES[rule]


@pytest.mark.parametrize("rule", RULES)
def test_a_mutant_breaks_the_rule(rule):
    mutants = (TESTS / "mutants" / "break_safety.py").read_text(encoding="utf-8")
    assert f'"{rule} ' in mutants, RULES[rule]
