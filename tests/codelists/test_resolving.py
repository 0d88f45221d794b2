"""How selectors meet codes (RULES.md, Rows): one table a clause, then made-up lists and extracts.

A table's row: the selector, the code of the extract with what its dictionary says of it, and how
the one meets the other (`-`: not at all).
"""

import pytest
from made_lists import code, codes_table, made_list, select

from instep_cohort.codelists import CodeIndex, resolve
from instep_cohort.errors import DefinitionError
from instep_cohort.terminology import Hierarchy, System

SYSTEM_AND_CODE = """
read_v2 exact 13J7.            | read_v2 13J7.                        | code
read_v2 exact 13J7.            | ctv3 13J7.                           | -
ctv3 exact 13J7.               | ctv3 13J7.                           | code
ctv3 exact F344.               | read_v2 F344.                        | -
ctv3 exact F344.               | read_v2 F347.; ctv3=F344.            | dictionary
emis_code_id exact 2533649013  | emis_code_id 2533649013              | code
emis_code_id exact 2533649013  | snomed_ct 2533649013                 | -
snomed_ct exact 82423001       | emis_code_id 9; snomed_concept=82423001 | dictionary
snomed_ct exact 82423001       | snomed_ct 82423001; snomed_concept=82423001 | code
read_v2 exact 1M52.            | emis_code_id 9; read_v2=1M52.        | dictionary
read_v2 exact 1M52.            | emis_code_id 9; ctv3=1M52.           | -
gemscript exact 00012345       | gemscript 00012345                   | code
gemscript exact 00012345       | local 00012345                       | -
dmd exact 322236009            | snomed_ct 322236009                  | -
"""

IDENTIFYING = """
read_v2 descendants 915..      | read_v2 9159.                        | -
read_v2 descendants 915..      | read_v2 9159.00                      | -
read_v2 descendants 915..      | emis_code_id 9; read_v2=915D./915B.  | -
read_v2 descendants 915..      | read_v2 915E.                        | code
read_v2 exact 1M52.            | snomed_ct 184103008; read_v2=1M52.   | -
ctv3 exact XaQgn               | ctv3 XaQgn                           | -
ctv3 exact XaQgn               | read_v2 N06..; ctv3=XaQgn            | -
snomed_ct exact 184097001      | emis_code_id 9; snomed_concept=184097001 | -
"""

CASE_MATTERS = """
read_v2 exact B22..            | read_v2 b22..                        | -
read_v2 descendants B22..      | read_v2 b221.                        | -
read_v2 exact A842.            | emis_code_id 9; read_v2=a842.        | -
ctv3 exact X703k               | ctv3 X703K                           | -
"""

SEVERAL_VALUES = """
read_v2 exact N051.            | emis_code_id 9; read_v2=N050./N051.  | dictionary
read_v2 exact N051.            | emis_code_id 9; read_v2=N050. / N051. | dictionary
ctv3 exact XE2v3               | emis_code_id 9; ctv3=XaCF3/XE2v3     | dictionary
snomed_ct exact 82423001       | emis_code_id 9; snomed_concept=1/82423001 | dictionary
"""

READ_V2 = """
read_v2 exact 13J3.            | read_v2 13J3.                        | code
read_v2 exact 13J3.            | read_v2 13J3.11                      | code
read_v2 exact 13J3.11          | read_v2 13J3.11                      | code
read_v2 exact 13J3.11          | read_v2 13J3.00                      | -
read_v2 exact 13J3.11          | read_v2 13J3.                        | code (5 characters)
read_v2 exact 13J3.00          | read_v2 13J3.                        | code (5 characters)
read_v2 exact 13J3.11          | emis_code_id 9; read_v2=13J3.11      | dictionary
read_v2 exact 13J3.11          | emis_code_id 9; read_v2=13J3.        | code (5 characters)
read_v2 exact 13J3.11          | emis_code_id 9; read_v2=13J3.00/13J3.11 | dictionary
read_v2 exact 13J3.11          | emis_code_id 9; read_v2=13J3./13J3.00   | -
read_v2 exact 13J3.11          | read_v2 13J3.; read_v2=13J3.11       | dictionary
read_v2 exact 13J3.11          | emis_code_id 9; read_v2=13J4.11      | -
read_v2 exact N05..            | read_v2 N051.                        | -
read_v2 descendants N05..      | read_v2 N05..                        | code
read_v2 descendants N05..      | read_v2 N05zL                        | code
read_v2 descendants N05..      | read_v2 N05zL11                      | code
read_v2 descendants N05..      | read_v2 N06..                        | -
read_v2 descendants N05..      | read_v2 N0...                        | -
read_v2 descendants N05zL      | read_v2 N05zL                        | code
read_v2 descendants N05..      | emis_code_id 9; read_v2=N05z.00      | dictionary
read_v2 descendants N05..      | ctv3 N051.                           | -
read_v2 exact 1475.            | read_v2 1475                         | code
read_v2 descendants E....      | emis_code_id 9; read_v2=EMISNQ1      | -
read_v2 descendants E....      | emis_code_id 9; read_v2=ESCTAB1      | -
"""

MEDICINES = """
bnf exact 0408010G0AAABAB      | gemscript 1; bnf=0408010G0AAABAB     | dictionary
bnf exact 0408010G0            | gemscript 1; bnf=0408010G0AAABAB     | -
bnf descendants 0408010G0      | gemscript 1; bnf=0408010G0AAABAB     | dictionary
bnf descendants 0408010G0      | gemscript 1; bnf=0408010G0           | dictionary
bnf descendants 0408010G0      | gemscript 1; bnf=0408010AEAAAAAA     | -
bnf descendants 04070200       | gemscript 1; bnf=04070100/04070200   | dictionary
bnf exact 04070100             | bnf 04070100/04070200                | code
dmd exact 322236009            | emis_code_id 9; dmd=322236009        | dictionary
dmd exact 322236009            | dmd 322236009                        | code
read_v2 descendants dnj..      | read_v2 dnj1.                        | code
substance exact codeine phosphate | emis_code_id 9; substance=Codeine Phosphate | substance
substance exact CODEINE | emis_code_id 9; substance=Paracetamol/ codeine  | substance
substance exact CODEINE | emis_code_id 9; substance=Paracetamol ;Codeine | substance
substance exact codeine        | emis_code_id 9; substance=Dihydrocodeine | -
substance exact codeine        | emis_code_id 9; substance=Codeine phosphate | -
substance exact morphine       | emis_code_id 9; term=Morphine 10mg tablets | -
product_name exact mst continus | emis_code_id 9; term=MST Continus 10mg tablets | product_name
product_name exact MST Continus | emis_code_id 9; term=Generic MST  CONTINUS® | product_name
product_name exact continus mst | emis_code_id 9; term=MST Continus 10mg | -
product_name exact morphine    | emis_code_id 9; term=Apomorphine 10mg/1ml | -
product_name exact morphine gel | emis_code_id 9; term=Apomorphine gel, morphine | -
product_name exact gel morphine | emis_code_id 9; term=Morphine: gel morphines | -
product_name exact morphine    | emis_code_id 9; term=Morphine-sulfate 10mg | product_name
product_name exact mst continus | emis_code_id 9; term=Zomorph MST / Continus 10mg | -
product_name exact zomorph     | emis_code_id 9; term=Morphine 10mg / Zomorph 10mg | product_name
product_name exact zomorph     | name Zomorph 10mg capsules           | product_name
product_name exact zomorph     | local Zomorph                        | -
product_name exact morphine    | emis_code_id 9; substance=Morphine   | -
dmd exact 322236009            | dmd 322236009; substance=Paracetamol | code
"""

NAMES_ARE_OF_PRODUCTS = """
product_name exact morphine    | emis_code_id 9; term=Morphine screening | -
substance exact morphine       | emis_code_id 9; term=Morphine           | -
"""

CLAUSES = {
    "clinical": SYSTEM_AND_CODE
    + IDENTIFYING
    + CASE_MATTERS
    + SEVERAL_VALUES
    + READ_V2
    + NAMES_ARE_OF_PRODUCTS,
    "medicine": MEDICINES,
}


SPEC = [
    pytest.param(kind, *(cell.strip() for cell in line.split("|")), id=line)
    for kind, text in CLAUSES.items()
    for line in filter(str.strip, text.splitlines())
]


@pytest.mark.parametrize(("kind", "selector", "row", "met"), SPEC)
def test_a_selector_meets_a_code(kind, selector, row, met):
    index = CodeIndex.from_columns(codes_table(code(row), kind=kind))
    found = resolve(made_list(select(selector), kind=kind), index)
    expected = {} if met == "-" else {0: met}
    assert found.matched_by_key == expected
    assert found.categories_by_key == {key: {"pain"} for key in expected}
    assert (len(found.unmatched) == 1) is (met == "-")
    weak = ("code (5 characters)", "substance", "product_name")
    assert [one.weaker for one in found.matches] == [met in weak for _ in expected]


@pytest.mark.parametrize(("kind", "selector", "row", "met"), SPEC)
def test_a_selector_excludes_just_what_it_would_take_in(kind, selector, row, met):
    out = selector.replace(" exact ", " exclude ").replace(" descendants ", " exclude_descendants ")
    index = CodeIndex.from_columns(codes_table(code(row), kind=kind))
    found = resolve(made_list(select(selector), select(out), kind=kind), index)
    assert set(found.excluded) == (set() if met == "-" else {0})
    assert found.is_empty
    assert [one.matched_by for one in found.met] == ([] if met == "-" else [met, met])


def resolved(selectors, *rows, kind="clinical", hierarchies=None, **more):
    index = CodeIndex.from_columns(codes_table(*map(code, rows), kind=kind))
    codelist = made_list(*(select(text, n) for n, text in enumerate(selectors)), kind=kind)
    return resolve(codelist, index, hierarchies, **more)


def test_exclusion_wins_in_any_system_and_in_any_order():
    row = "emis_code_id 9; read_v2=N05zL; ctv3=XE1FD; snomed_concept=82423001"
    taking = ["read_v2 descendants N05..", "emis_code_id exact 9"]
    for excluding in ("snomed_ct exclude 82423001", "ctv3 exclude XE1FD", "read_v2 exclude N05zL"):
        for selectors in ([excluding, *taking], [*taking, excluding]):
            found = resolved(selectors, row, "read_v2 N050.")
            assert found.categories_by_key == {1: {"pain"}}
            assert [s.code for s in found.excluded[0]] == [excluding.split()[2]]


def test_a_weak_match_excludes_as_much_as_a_strong_one():
    found = resolved(["read_v2 exact 13J3.", "read_v2 exclude 13J3.11"], "read_v2 13J3.")
    assert found.is_empty
    found = resolved(["read_v2 exact 13J3.", "read_v2 exclude 13J3.11"], "read_v2 13J3.00")
    assert found.matched_by_key == {0: "code"}


def test_a_product_is_excluded_by_name_whatever_took_it_in():
    found = resolved(
        ["substance exact gabapentin", "product_name exclude gel"],
        "emis_code_id 1; term=Gabapentin 6% gel; substance=Gabapentin",
        "emis_code_id 2; term=Gelatin-free gabapentin 300mg capsules; substance=Gabapentin",
        kind="medicine",
    )
    assert found.matched_by_key == {1: "substance"}


def test_the_strongest_way_is_told_and_every_category_is_kept():
    found = resolved(
        [
            "product_name exact zomorph = brand",
            "substance exact morphine = strong",
            "bnf descendants 0407020 = strong",
            "dmd exact 322236009 = exact_one",
        ],
        "emis_code_id 1; term=Zomorph; substance=Morphine; bnf=0407020Q0; dmd=322236009",
        "emis_code_id 2; term=Zomorph; substance=Morphine",
        kind="medicine",
    )
    assert found.matched_by_key == {0: "dictionary", 1: "substance"}
    assert found.categories_by_key == {
        0: {"brand", "strong", "exact_one"},
        1: {"brand", "strong"},
    }


def test_a_list_meets_codes_of_its_own_kind_only_unless_told_otherwise():
    table = codes_table(code("read_v2 dnj1."), {**code("read_v2 dnj1."), "kind": "medicine"})
    index = CodeIndex.from_columns(table)
    codelist = made_list(select("read_v2 descendants dnj.."), kind="medicine")
    assert set(resolve(codelist, index).categories_by_key) == {1}
    assert set(resolve(codelist, index, kind="clinical").categories_by_key) == {0}


def test_a_hierarchy_table_takes_along_what_it_names_below_a_code():
    tables = {System.SNOMED_CT: Hierarchy.from_pairs([("2", "1"), ("3", "2"), ("4", "9")])}
    found = resolved(
        ["snomed_ct descendants 1", "snomed_ct exclude_descendants 3"],
        "snomed_ct 1",
        "emis_code_id 8; snomed_concept=2",
        "snomed_ct 3",
        "snomed_ct 4",
        hierarchies=tables,
    )
    assert found.matched_by_key == {0: "code", 1: "hierarchy"}
    assert set(found.excluded) == {2}


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("ctv3 descendants XaX1E", "needs a hierarchy table of ctv3"),
        ("snomed_ct exclude_descendants 82423001", "needs a hierarchy table of snomed_ct"),
        ("dmd descendants 322236009", "needs a hierarchy table of dmd"),
        ("emis_code_id descendants 2533649013", "nothing stands below anything in emis_code_id"),
        ("gemscript descendants 00012345", "nothing stands below anything in gemscript"),
        ("substance descendants codeine", "nothing stands below anything in substance"),
        ("product_name exclude_descendants gel", "nothing stands below anything in product_name"),
    ],
)
def test_descendants_without_a_hierarchy_are_refused_not_cut_to_the_code(selector, said):
    with pytest.raises(DefinitionError) as refused:
        resolved([selector, "read_v2 exact N05..", selector], "read_v2 N05..")
    assert len(refused.value.faults) == 2
    assert said in str(refused.value)
    assert refused.value.faults[1].line == 2


def test_an_extract_without_codes_is_met_by_nothing():
    found = resolved(["read_v2 descendants N05..", "snomed_ct exclude 82423001"])
    assert found.is_empty
    assert len(found.unmatched) == 2
