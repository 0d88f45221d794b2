"""Value sets read back: the same codes, named safely, and never taken for whole where they are not."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest
import search_xml as xml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instep_cohort.codelists import Library, check
from instep_cohort.emis_search import CodesBelow, read_codes_below, read_searches, write_import
from instep_cohort.errors import DefinitionError, UsageError

ON = date(2026, 1, 5)
# EMIS code ids of opt-outs, from the reference table
DISSENT, WITHDRAWN = "1814041000006118", "1814051000006116"
SHARING, CONSENT = "2533649013", "2675958014"


def read(tmp_path, *sets, kind="EVENTS", **options):
    column = "READCODE" if kind == "EVENTS" else "DRUGCODE"
    asked = xml.criterion(kind, xml.column(column, *sets))
    file = tmp_path / "given.xml"
    file.write_text(xml.document(xml.report(1, "One", xml.group(asked))), encoding="utf-8")
    return read_searches(file, **options)


def one(tmp_path, *values, name="Sets", **options):
    """The list of one value set of these values."""
    (made,) = read(tmp_path, xml.value_set(*values, name=name), **options).lists
    return made


def test_the_codes_of_a_value_set_with_their_terms(tmp_path):
    made = one(
        tmp_path,
        xml.value(WITHDRAWN, "Dissent withdrawn for secondary use of GP patient identifiable data"),
        xml.value(DISSENT, "Dissent from secondary use of GP patient identifiable data"),
        name="Type 1 (either)",
    )
    assert (made.id, made.title, made.kind, made.is_whole) == (
        *("type-1-either", "Type 1 (either)", "clinical"),
        True,
    )
    assert [(code.code, code.term[:10]) for code in made.codes] == [
        (DISSENT, "Dissent fr"),
        (WITHDRAWN, "Dissent wi"),
    ]


CONCEPT = "82423001"  # chronic pain, a concept of SNOMED CT
REFSET = xml.made_id(999_000_101_230, "10")
TRUE = xml.text("isRefset", "true")

# what stands in a value set; how many codes are taken, and what is said of the rest
NOT_WHOLE = [
    ([xml.value(CONCEPT)], 0, "82423001 is an id of another kind: EMIS code ids are description ids"),
    ([xml.value(DISSENT[:-1] + "1")], 0, "1814041000006111 has a wrong check digit: at least one of its digits is not right"),
    ([xml.value("1.81404E+15")], 0, "1.81404E+15 is no EMIS code id"),
    ([xml.value("9Nu0.")], 0, "9Nu0. is no EMIS code id"),
    ([xml.value("")], 0, " is no EMIS code id"),
    ([xml.value(DISSENT), xml.value(CONCEPT), xml.value(CONCEPT)], 1, "82423001 is an id of another kind: EMIS code ids are description ids; so it is with 1 more of this value set"),
    ([xml.value(REFSET, extra=TRUE)], 0, f"{REFSET} is a SNOMED reference set, whose members are not in the file"),
    ([xml.value(DISSENT, children=True)], 1, f"the codes below {DISSENT} belong to it, and the file does not name them"),
    ([xml.value(DISSENT, children=True), xml.value(SHARING, children=True)], 2, f"the codes below {DISSENT} and 1 others belong to it, and the file does not name them"),
    ([xml.value(DISSENT).replace(">false<", ">perhaps<")], 1, "includeChildren is neither true nor false"),
    ([xml.value(DISSENT, extra=xml.tag("exception", xml.text("value", SHARING)))], 1, "exception is not known inside values"),
    ([xml.tag("allValues", xml.text("codeSystem", "SNOMED_CONCEPT"), xml.value(DISSENT))], 0, "it means every code but those that are listed"),
    ([xml.value(DISSENT, extra=xml.text("clusterCode", "Other"))], 1, "a cluster code other than FlattenedCodeList is not known"),
    ([xml.value(DISSENT), xml.text("clusterCode", "Other")], 1, "a cluster code other than FlattenedCodeList is not known"),
    ([], 0, "the value set holds no code"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "taken", "why"), NOT_WHOLE)
def test_what_is_not_whole_says_so_and_is_not_pinned(values, taken, why, tmp_path):
    found = read(tmp_path, xml.value_set(*values, name="Sets"))
    (made,) = found.lists
    assert (len(made.codes), made.lacks) == (taken, (why,))
    (search,) = found.searches
    assert [one.part for one in search.missing] == [made.id]
    assert f"\n  {made.id}: " not in search.text
    assert f"\n  # {made.id}: 0.1.0" in search.text


SYSTEMS = [
    ("LIBRARY_ITEM", "the codes of a library item stay inside EMIS; the file has only its id"),
    ("EMISINTERNAL", "EMISINTERNAL holds words of EMIS itself, not codes of a terminology"),
    ("SCT_CONST", "the code system SCT_CONST is not known"),
    ("SCT_DRGGRP", "the code system SCT_DRGGRP is not known"),
    ("SCT_APPNAME", "the code system SCT_APPNAME is not known"),
    ("", "the code system (none) is not known"),
]


@pytest.mark.parametrize(("system", "why"), SYSTEMS)
def test_code_systems_that_are_not_ours_are_never_guessed(system, why, tmp_path):
    sets = xml.value_set(xml.value(DISSENT), name="Sets", system=system)
    (made,) = read(tmp_path, sets, kind="MEDICATION_ISSUES").lists
    assert (made.codes, made.lacks, made.kind) == ((), (why,), "medicine")


def test_a_flattened_list_is_whole(tmp_path):
    flattened = xml.text("clusterCode", "FlattenedCodeList")
    assert one(tmp_path, xml.value(DISSENT, extra=flattened), flattened).is_whole


def test_children_are_taken_along_where_a_table_says_which_they_are(tmp_path):
    table = CodesBelow.from_pairs([(SHARING, DISSENT), (CONSENT, SHARING), (WITHDRAWN, CONSENT)])
    grown = one(tmp_path, xml.value(SHARING, children=True), codes_below=table)
    assert (grown.is_whole, grown.ids) == (True, {SHARING, CONSENT, WITHDRAWN})
    alone = one(tmp_path, xml.value(SHARING), codes_below=table)
    assert alone.ids == {SHARING}
    unknown = one(tmp_path, xml.value(xml.made_id(70_001), children=True), codes_below=table)
    assert not unknown.is_whole


TABLES = [
    ("child,parent\n", None),
    (f"child,parent\n{SHARING},{DISSENT}\n", None),
    (f"parent,child\n{SHARING},{DISSENT}\n", "given.csv:1: the columns are not those"),
    (f"child,parent\n{SHARING}\n", "given.csv:2: the row has 1 cells"),
    (f"child,parent\n{SHARING},{DISSENT}\n{CONCEPT},{DISSENT}\n", "given.csv:3: '82423001' is a concept id"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), TABLES)
def test_tables_of_children(text, why, tmp_path):
    file = tmp_path / "given.csv"
    file.write_text(text, encoding="utf-8")
    if why:
        with pytest.raises(DefinitionError, match="^" + why.replace("(", r"\(")):
            read_codes_below(file)
    else:
        assert isinstance(read_codes_below(file), CodesBelow)
    with pytest.raises(UsageError):
        read_codes_below(tmp_path / "absent.csv")


def test_the_same_codes_are_one_list_and_the_same_name_is_not(tmp_path):
    a, b = xml.value(DISSENT, "a"), xml.value(SHARING, "b")
    found = read(
        tmp_path,
        *(xml.value_set(a, b, name="Wishes"), xml.value_set(b, a, name="Wishes again")),
        *(xml.value_set(a, name="Wishes"), xml.value_set(b), xml.value_set(xml.value(CONSENT))),
    )
    ids = [made.id for made in found.lists]
    assert len(set(ids)) == 4
    assert "wishes" in ids
    assert sum(name.startswith("wishes-") for name in ids) == 1
    assert sum(name.startswith("b-") for name in ids) == 1
    assert any(name.startswith("snomed-concept-2675958014-") for name in ids)


def test_other_names_of_the_same_codes_are_kept(tmp_path):
    sets = [xml.codes(name, DISSENT, SHARING) for name in ("Wishes", "Dissents", "Wishes")]
    out = written(tmp_path, *sets)
    made = Library(out / "codelists").get("wishes", "0.1.0")
    assert made.notes == ("Value sets with the same codes are also called Dissents.",)


def test_no_list_takes_the_name_of_one_that_is_shipped(tmp_path):
    names = [
        one(tmp_path, xml.value(DISSENT), name=name).id for name in ("Epilepsy", "Research opt-out")
    ]
    assert names == ["emis-epilepsy", "emis-research-opt-out"]


def test_value_sets_of_what_no_study_can_ask_are_lists_all_the_same(tmp_path):
    inner = xml.criterion("EVENTS", xml.column("READCODE", xml.codes("Inner", SHARING)))
    base = xml.tag(
        "baseCriteriaGroup",
        xml.tag("definition", xml.text("memberOperator", "AND"), xml.tag("criteria", inner)),
    )
    courses = xml.criterion(
        "MEDICATION_COURSES", xml.column("DRUGCODE", xml.codes("Drugs", DISSENT))
    )
    groups = [xml.group(xml.criterion("EVENTS", after=base)), xml.group(courses)]
    file = tmp_path / "given.xml"
    file.write_text(xml.document(xml.report(1, "One", *groups)), encoding="utf-8")
    found = read_searches(file)
    assert [(made.id, made.kind) for made in found.lists] == [
        ("drugs", "medicine"),
        ("inner", "clinical"),
    ]
    assert found.used_by == {"drugs": ("One",), "inner": ("One",)}


def written(tmp_path, *sets, **options):
    return write_import(read(tmp_path, *sets, **options), tmp_path / "out", on=ON)


def test_a_draft_is_written_that_the_library_reads(tmp_path):
    legacy = xml.text("legacyValue", "CATA469")
    values = [xml.value(DISSENT, "=cmd()", extra=legacy), xml.value(SHARING, "b, c")]
    out = written(tmp_path, xml.value_set(*values, name="Wishes"))
    made = Library(out / "codelists").get("wishes", "0.1.0")
    assert (made.status, made.title) == ("draft", "Wishes")
    assert [(one.system, one.code, one.match, one.term, one.note) for one in made.selectors] == [
        ("emis_code_id", DISSENT, "exact", "'=cmd()", "EMIS drug code CATA469"),
        ("emis_code_id", SHARING, "exact", "b, c", ""),
    ]
    assert "CATA469" not in made.categories
    wrong = [one for one in check(out / "codelists", on=ON) if one.file.startswith("wishes/")]
    assert wrong == []


def test_a_list_that_is_not_whole_says_what_it_lacks(tmp_path):
    out = written(tmp_path, xml.value_set(xml.value(DISSENT, children=True), name="Wishes"))
    made = Library(out / "codelists").get("wishes", "0.1.0")
    assert "codes below" in made.not_covered[0]


def test_lists_without_codes_are_not_written(tmp_path):
    out = written(tmp_path, xml.value_set(xml.value(CONCEPT), name="Wishes"))
    assert [path.name for path in (out / "codelists").iterdir()] == ["research-opt-out"]


def test_everything_not_understood_is_in_two_files_alike(tmp_path):
    sets = [xml.value_set(xml.value(CONCEPT), name="+A"), xml.value_set(xml.value(REFSET, extra=TRUE), name="B")]  # fmt: skip
    out = written(tmp_path, *sets)
    told = json.loads((out / "not-understood.json").read_text(encoding="utf-8"))
    with (out / "not-understood.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["why"] for row in rows] == [one["why"] for one in told]
    assert [row["part"] for row in rows] == ["a", "b"]
    assert {row["studies"] for row in rows} == {"one.incomplete.yaml"}
    assert all(one["search"] == "One" and one["line"] == 1 for one in told)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


IDS = st.integers(10_000, 99_999).map(xml.made_id)
TERMS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)
SETS = st.lists(st.dictionaries(IDS, TERMS, min_size=1, max_size=8), min_size=1, max_size=5)


@given(SETS, TERMS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_generated_value_sets_are_read_back(tmp_path_factory, sets, name):
    folder = tmp_path_factory.mktemp("sets")
    shown = [
        xml.value_set(*(xml.value(code, term) for code, term in codes.items()), name=name)
        for codes in sets
    ]
    found = read(folder, *shown)
    out = write_import(found, folder / "out", on=ON)
    library = Library(out / "codelists")
    back = [
        {selector.code for selector in library.get(made, "0.1.0").selectors}
        for made in library.ids()
        if made != "research-opt-out"
    ]
    assert sorted(map(sorted, back)) == sorted(map(sorted, {frozenset(codes) for codes in sets}))
    (search,) = found.searches
    assert search.is_complete
    assert set(search.lists) == set(library.ids()) - {"research-opt-out"}
