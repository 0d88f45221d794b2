"""What a list may lack, as tables: the list, the codes of an extract, what is found and how."""

import pytest

from codelists.made_lists import code, codes_table, made_list, select
from instep_cohort.codelists import CodeIndex, resolve
from instep_cohort.discovery.dictionary import codes_of
from instep_cohort.discovery.lacking import may_lack
from instep_cohort.discovery.term_words import stem, stems, telling
from instep_cohort.discovery.ways import FoundBy, Way, score
from instep_cohort.terminology import Hierarchy, System

# words that no list is about, so that the others are not all rare
OTHER = [
    *("Haemoglobin estimation", "Low mood", "Asthma", "Hay fever", "Chest infection", "Cough"),
    *("Hypertension", "Atopic dermatitis", "Irritable bowel", "Vaccination given", "Eye test"),
]


def found(selectors, extract, *, kind="clinical", hierarchies=None):
    """The codes found, best first, each as (code, the ways)."""
    rows = [code(text) for text in extract]
    rows += [
        {"system": "local", "code": f"other {n}", "term": term} for n, term in enumerate(OTHER)
    ]
    columns = codes_table(*rows, kind=kind)
    listed = made_list(*(select(one)._replace(term="") for one in selectors), kind=kind)
    resolution = resolve(listed, CodeIndex.from_columns(columns), hierarchies)
    return may_lack(resolution, codes_of(columns, kind), hierarchies)


def ways(selectors, extract, **more):
    return [
        (one.code.code, [str(way.found_by) for way in one.ways])
        for one in found(selectors, extract, **more)
    ]


@pytest.mark.parametrize(
    ("selectors", "extract", "expected"),
    [
        pytest.param(
            ["snomed_ct exact 82423001"],
            ["snomed_ct 82423001; term=Chronic pain", "local L2; term=Chronic pains (finding)"],
            [("L2", ["term"])],
            id="the same words in another number",
        ),
        pytest.param(
            ["snomed_ct exact 82423001"],
            ["snomed_ct 82423001; term=Chronic pain", "local L2; term=Champaign painter"],
            [],
            id="whole words only",
        ),
        pytest.param(
            ["read_v2 exact N05z1", "read_v2 exact N05z2", "read_v2 exact N05z3"],
            [
                "read_v2 N05z1; term=one",
                "read_v2 N05z2; term=two",
                "read_v2 N05z3; term=three",
                "read_v2 N05z4; term=four",
                "read_v2 N06..; term=six",
            ],
            [("N05z4", ["beside"])],
            id="a sibling of codes in the list",
        ),
        pytest.param(
            ["read_v2 exact N05z."],
            ["read_v2 N05z.; term=one", "read_v2 N05z4; term=four"],
            [("N05z4", ["below"])],
            id="below a code that the list takes exactly",
        ),
        pytest.param(
            [f"read_v2 exact {one}" for one in ("N....", "N1...", "N2...", "N3...")],
            [f"read_v2 {one}; term=x" for one in ("N....", "N1...", "N2...", "N3...", "N9...")],
            [],
            id="a chapter is no neighbourhood",
        ),
        pytest.param(
            ["read_v2 exact N05..", "read_v2 exclude N051."],
            ["read_v2 N05..; term=Osteoarthritis", "read_v2 N051.; term=Osteoarthritis of knee"],
            [],
            id="what is excluded is not lacking",
        ),
        pytest.param(
            ["read_v2 exact 1M52."],
            [
                "read_v2 1M52.; snomed_concept=82423001; term=Chronic pain",
                "local L2; snomed_concept=82423001; term=Long-standing hurt",
            ],
            [("L2", ["same thing"])],
            id="the dictionary calls it the same",
        ),
        pytest.param(
            ["emis_code_id exact 1"],
            [
                "emis_code_id 1; read_v2=N0511; term=one",
                "emis_code_id 2; read_v2=N0512; term=two",
                "emis_code_id 3; read_v2=N0513; term=three",
            ],
            [],
            id="one sibling of two is too little",
        ),
    ],
)
def test_clinical(selectors, extract, expected):
    assert ways(selectors, extract) == expected


@pytest.mark.parametrize(
    ("selectors", "extract", "expected"),
    [
        pytest.param(
            ["product_name exact zydol"],
            [
                "local a; substance=Tramadol; term=Zydol capsules",
                "local b; substance=tramadol; term=Otherdol tablets",
                "local c; substance=paracetamol; term=Panadol tablets",
            ],
            [("b", ["substance"])],
            id="the same ingredient",
        ),
        pytest.param(
            ["product_name exact tramacet"],
            [
                "local a; substance=tramadol/paracetamol; term=Tramacet tablets",
                "local b; substance=paracetamol; term=Panadol",
                "local c; substance=paracetamol; term=Calpol",
                "local d; substance=paracetamol; term=Hedex",
            ],
            [],
            id="an ingredient that is mostly elsewhere says little",
        ),
        pytest.param(
            ["product_name exact tramacet"],
            [
                "local a; substance=tramadol/paracetamol; term=Tramacet tablets",
                "local b; substance=tramadol/paracetamol; term=Tramacet capsules",
                "local c; substance=paracetamol; term=Panadol",
            ],
            [],
            id="an ingredient that the list has in company only",
        ),
        pytest.param(
            ["product_name exact zydol"],
            [
                "local a; bnf=040702040AAAAAA; term=Zydol capsules",
                "local b; bnf=040702040BBAAAA; term=Otherdol tablets",
                "local c; bnf=0301011R0AAAPAP; term=Ventolin",
            ],
            [("b", ["BNF chemical"])],
            id="the same chemical",
        ),
        pytest.param(
            ["product_name exact zydol"],
            [
                "local a; substance=Zydol 5mg/5ml oral solution; term=Zydol 5mg/5ml oral solution",
                "local b; substance=Theo 1mg/5ml oral solution; term=Theo 1mg/5ml oral solution",
            ],
            [],
            id="a dose is no ingredient, a form no name",
        ),
    ],
)
def test_medicines(selectors, extract, expected):
    assert ways(selectors, extract, kind="medicine") == expected


def test_a_hierarchy_table_is_read():
    table = {System.CTV3: Hierarchy.from_pairs([("Xa1", "Xa0"), ("Xa2", "Xa0"), ("Xa3", "Xa0")])}
    extract = ["ctv3 Xa1; term=one", "ctv3 Xa2; term=two", "ctv3 Xa3; term=three"]
    selectors = ["ctv3 exact Xa1", "ctv3 exact Xa2"]
    assert ways(selectors, extract) == []
    assert ways(selectors, extract, hierarchies=table) == [("Xa3", ["beside"])]


@pytest.mark.parametrize(
    ("term", "against"),
    [
        ("Chronic pain, resolved", "its term says 'resolved'"),
        ("FH: Chronic pain", "its term says 'fh'"),
        ("H/O: chronic pain", "its term says 'history'"),
        ("Chronic pain of tooth", "nearer to the excluded 'Toothache, chronic pain of tooth'"),
    ],
)
def test_what_speaks_against_a_code_halves_its_score(term, against):
    extract = [
        "read_v2 1M52.; term=Chronic pain",
        "read_v2 J05..; term=Toothache, chronic pain of tooth",
        "local L2; term=Chronic pains",
        f"local L3; term={term}",
    ]
    plain, other = found(["read_v2 exact 1M52.", "read_v2 exclude J05.."], extract)
    assert (plain.code.code, plain.against) == ("L2", ())
    assert (other.code.code, other.against) == ("L3", (against,))
    assert other.score == pytest.approx(score(other.ways) / 2)


def test_more_ways_score_higher_and_the_score_is_what_its_ways_add_up_to():
    codes = ("N05z1", "N05z2", "N05z3", "N05z4", "A12..")
    extract = [f"read_v2 {one}; term=Osteoarthritis" for one in codes]
    both, one = found([f"read_v2 exact N05z{n}" for n in (1, 2, 3)], extract)
    assert (both.code.code, one.code.code) == ("N05z4", "A12..")
    assert {way.found_by for way in both.ways} == {FoundBy.BESIDE, FoundBy.TERM}
    assert both.score > one.score == pytest.approx(one.ways[0].strength)
    assert both.score == pytest.approx(
        1 - (1 - both.ways[0].strength) * (1 - both.ways[1].strength)
    )


def test_score_of_ways():
    assert score([]) == 0
    assert score([Way(FoundBy.TERM, 0.5, ""), Way(FoundBy.BELOW, 0.5, "")]) == 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tablets", "tablet"),
        ("neuropathies", "neuropathy"),
        ("sulphate", "sulfate"),
        ("oesophageal", "esophageal"),
        ("tumours", "tumor"),
        ("biopsies", "biopsy"),
        ("patches", "patch"),
        ("backaches", "backache"),
        ("masses", "mass"),
    ],
)
def test_words_that_are_one(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["arthritis", "diabetes", "hallux", "pus", "gas", "mass"])
def test_words_that_are_no_plural(word):
    assert stem(word) == word


def test_what_a_term_tells():
    term = "[X]Other specified disorders of the left knee, 2nd stage NOS (finding)"
    assert telling(stems(term)) == {"left", "knee", "stage"}
