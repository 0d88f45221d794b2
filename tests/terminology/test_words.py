"""How names are cut into words and folded."""

import pytest

from instep_cohort.terminology.words import folded, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MST Continus® 10mg tablets", ["mst", "continus", "10mg", "tablets"]),
        ("Co-codamol 8mg/500mg", ["co", "codamol", "8mg", "500mg"]),
        ("Oramorph_10mg", ["oramorph", "10mg"]),
        ("Mörphin", ["mörphin"]),
        ("Mo\u0308rphin", ["mörphin"]),  # the same letter in two characters
        ("MASSE Maße", ["masse", "masse"]),
        ("ΣΙΓΜΑς", ["σιγμασ"]),
        ("  ", []),
        ("®™", []),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


def test_folding_is_the_same_for_both_spellings_of_an_accent():
    assert folded("É") == folded("E\u0301") == "é"
    assert folded("Codeine PHOSPHATE") == "codeine phosphate"


def test_folding_puts_letters_together_that_it_took_apart():
    # U+1FB7 folds to three characters, the first two of which have one form together
    assert folded("\u1fb7") == folded(folded("\u1fb7"))
