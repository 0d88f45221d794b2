"""Search by words: whole words, synonyms that are said, exclusions that only ever take away."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discovery.discovery_extract import EVENTS, NAME_ONLY
from instep_cohort.discovery import search
from instep_cohort.discovery.search_words import Pattern, patterns
from instep_cohort.discovery.synonyms import SYNONYMS
from instep_cohort.errors import UsageError
from instep_cohort.small_tables import runs_as_formula
from instep_cohort.terminology import System


def codes(result):
    return [one.code.code for one in result.found]


@pytest.mark.parametrize(
    ("words", "more", "found"),
    [
        ("osteoarthritis", {}, {"N05..", "N05zL", "N05zM", "1475.", "=1+1."}),
        ("osteoarthritis", {"without": ["history"]}, {"N05..", "N05zL", "N05zM", "=1+1."}),
        ("osteoarthritis knees", {}, {"N05zL"}),
        ("arthritis", {}, set()),
        ("*arthritis", {}, {"N05..", "N05zL", "N05zM", "1475.", "=1+1."}),
        ("osteo*", {"without": ["knee ankle"]}, {"N05..", "1475.", "=1+1."}),
        ("pain", {}, {"N142.", "16C5.", "12I..", "N145."}),
        ("pain", {"synonyms": False}, {"N142.", "16C5.", "12I.."}),
        ("back pain", {"also": ["sciatica"]}, {"N142.", "16C5.", "12I..", "N145.", "N143."}),
        ("haemoglobin", {}, {"423.."}),
        ("hemoglobin", {}, {"423.."}),
        ("tramadol", {}, {"djA1.", "djA2.", "dia1."}),
        ("tramadol", {"kind": "clinical"}, set()),
        ("zamadol", {}, {"djA1."}),
        ("tramadol", {"without": ["zamadol"]}, {"djA2.", "dia1."}),
        ("capsules", {"kind": "medicine"}, {"djA1.", "djA2.", "a6b1."}),
    ],
)
def test_words(store, words, more, found):
    assert set(codes(search(store, words, **more))) == found


WORDS = ["osteoarthritis", "pain", "back", "low", "nos", "of", "osteo*", "history", "tablets"]
some = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)
quick = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@quick
@given(words=some, refused=st.lists(st.sampled_from(WORDS), max_size=2), also=some, one=some)
def test_more_exclusions_never_find_more(store, words, refused, also, one):
    given_ = {"also": [" ".join(also)], "synonyms": True}
    fewer = set(codes(search(store, " ".join(words), without=[*refused, *one], **given_)))
    assert fewer <= set(codes(search(store, " ".join(words), without=refused, **given_)))
    # and neither do more words in the same exclusion
    grown = [" ".join([*refused, *one])]
    assert set(codes(search(store, " ".join(words), without=grown, **given_))) == fewer


@quick
@given(words=some, one=some, also=st.lists(st.sampled_from(WORDS), max_size=1))
def test_more_words_never_find_more(store, words, one, also):
    whole = set(codes(search(store, " ".join([*words, *one]), also=also)))
    assert whole <= set(codes(search(store, " ".join(words), also=also)))


def test_nearest_first_and_synonyms_are_said(store):
    result = search(store, "pain")
    scores = [one.score for one in result.found]
    assert scores == sorted(scores, reverse=True)
    assert result.searched["pain"] == tuple(SYNONYMS["pain"])
    backache = next(one for one in result.found if one.code.code == "N145.")
    assert backache.by == {"backache": "pain"}
    [asked] = [one for one in search(store, "backache").found if one.code.code == "N145."]
    assert backache.score < asked.score
    assert "*algia" in repr(result)
    assert "backache for pain" in repr(result)


def test_small_numbers_are_hidden(store):
    shown = {
        one.code.code: one.code.counts
        for one in search(store, "pain sciatica", also=["sciatica", "low"]).found
    }
    assert [str(n) for n in shown["N143."]] == ["<5", "hidden"]
    assert [str(n) for n in shown["12I.."]] == ["<5", "hidden"]
    assert shown["16C5."].patients == 21
    [exact] = search(store, "sciatica", inside_practice=True).found
    assert exact.code.counts == (1, 1)


def test_rows_for_a_codelist(store):
    result = search(store, "osteoarthritis", without=["history"])
    lines = list(csv.reader(io.StringIO(result.as_csv())))
    assert lines[0] == ["system", "code", "match", "category", "term", "note"]
    by_code = {line[1]: line for line in lines[1:]}
    assert by_code["N05.."] == [
        *("read_v2", "N05..", "exact", "", "Osteoarthritis"),
        "search: osteoarthritis; patients: 12",
    ]
    assert by_code["N05zM"][5] == "search: osteoarthritis; patients: <5"
    assert not any(runs_as_formula(cell) for line in lines for cell in line)


def test_codes_of_another_system(store):
    result = search(store, "tramadol", system="bnf")
    assert result.system is System.BNF
    assert [row[:2] for row in result.codelist_rows()] == [
        ("bnf", "040702040AAAAAA"),
        ("bnf", "040702040AAABAB"),
    ]
    assert result.left_out == 1
    assert "1 more have no bnf code" in repr(result)


def test_a_name_that_few_patients_have_is_said_inside_the_practice_only(store):
    hidden, shown = (search(store, "ointment", inside_practice=inside) for inside in (False, True))
    for text in (repr(hidden), hidden._repr_html_(), hidden.as_csv(), str(hidden.as_dict())):
        assert NAME_ONLY not in text
    assert len(hidden.found) == 1
    assert hidden.codelist_rows() == []
    assert shown.codelist_rows()[0][:2] == ("product_name", NAME_ONLY)


@pytest.mark.parametrize(
    ("words", "more", "message"),
    [
        ("", {}, "no word"),
        ("- /", {}, "no word"),
        ("pain", {"without": [""]}, "no word"),
        ("ab*", {}, "3 letters or more"),
        ("pain", {"system": "read_v9"}, "one of read_v2, ctv3, snomed_ct"),
        ("pain", {"kind": "drug"}, "clinical or medicine"),
    ],
)
def test_refusals(store, words, more, message):
    with pytest.raises(UsageError, match=message):
        search(store, words, **more)


@pytest.mark.parametrize(
    ("pattern", "meets", "misses"),
    [
        ("pain", "pain", "painful"),
        ("pains", "pain", "painful"),
        ("neuralg*", "neuralgia", "aneuralg"),
        ("*algia", "neuralgia", "algiax"),
        ("*oesoph*", "gastroesophageal", "esopagus"),
    ],
)
def test_patterns(pattern, meets, misses):
    [one] = patterns(pattern)
    assert one.meets(meets)
    assert not one.meets(misses)


def test_a_synonym_is_one_both_ways():
    for word, others in SYNONYMS.items():
        assert word not in others
        for other in others:
            if "*" not in other:
                assert any(Pattern(back).meets(word) for back in SYNONYMS[other])


def test_nothing_found(store):
    result = search(store, "unicorn")
    assert result.found == ()
    assert "none" in repr(result)
    assert len(EVENTS) > 0
