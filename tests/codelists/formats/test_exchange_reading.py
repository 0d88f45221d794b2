"""Files as OpenCodelists, the Phenotype Library, ATLAS and terminology servers give them."""

import json
from datetime import date

import pytest

from instep_cohort.codelists import Severity
from instep_cohort.codelists.formats import import_list
from instep_cohort.codelists.rows import read_rows
from instep_cohort.errors import DefinitionError, UsageError

ON = date(2026, 11, 24)


@pytest.fixture
def read(tmp_path):
    """Imports one file given as text; gives back the rows, the findings, and the import."""

    def run(text, *, name="given.csv", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        made = import_list([path], id="given", out=tmp_path / "lists", on=ON, **options)
        data = (made.folder / "working.csv").read_bytes()
        rows = [",".join(row[1:]) for row in read_rows(data, "working.csv").rows]
        return rows, [(one.code, one.line) for one in made.findings], made

    return run


def refusal(read, text, **options):
    with pytest.raises((DefinitionError, UsageError)) as refused:
        read(text, **options)
    return str(refused.value)


OPENCODELISTS = [
    ("code,term\n82423001,Chronic pain\n", "snomed_ct", "snomed_ct,82423001"),
    ("id,name\n82423001,Chronic pain\n", "snomed_ct", "snomed_ct,82423001"),
    ("snomedct_id,term\n82423001,Chronic pain\n", None, "snomed_ct,82423001"),
    ("CTV3ID,CTV3PreferredTermDesc\nXaX1E,Chronic pain\n", None, "ctv3,XaX1E"),
    ("CTV3Code,Description\nXaX1E,Chronic pain\n", None, "ctv3,XaX1E"),
    ("ctv3_id,ctv3_name\nXaX1E,Chronic pain\n", None, "ctv3,XaX1E"),
    ("ctv3id,readterm\nXaX1E,Chronic pain\n", None, "ctv3,XaX1E"),
    ("Read2Code,term\nN05..,Chronic pain\n", None, "read_v2,N05.."),
    ("BNFCode,name\n0408010G0,Chronic pain\n", None, "bnf,0408010G0"),
    ("code,term,dmd_id\n322236009,Chronic pain,322236009\n", None, "dmd,322236009"),
]


@pytest.mark.parametrize(("text", "system", "row"), OPENCODELISTS)
def test_the_column_variants_of_opencodelists(read, text, system, row):
    rows, _, made = read(
        text, format="opencodelists", systems=[system] if system else [], kind="medicine"
    )
    assert rows == [f"{row},exact,uncategorised,Chronic pain,"]
    assert made.format == "opencodelists"


def test_other_columns_go_into_the_note_and_a_category_is_kept(read):
    rows, found, made = read(
        "dmd_type,dmd_id,dmd_name,bnf_code,category\n"
        "VMP,322236009,Paracetamol 500mg tablets,0407010H0AAAMAM,Weak (oral)\n"
    )
    assert made.format == "opencodelists"
    assert "dmd_id" in made.why
    assert rows == [
        (
            "dmd,322236009,exact,weak_oral,Paracetamol 500mg tablets,"
            "dmd_type: VMP; bnf_code: 0407010H0AAAMAM"
        )
    ]
    assert found == [("category-renamed", 2)]
    assert (
        "weak_oral: 'as the source says: Weak (oral)'"
        in made.folder.joinpath("codelist.yaml").read_text()
    )


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("code,term\n82423001,Pain\n", {}, "does not say of which system"),
        ("icd10_code,term\nM54,Pain\n", {"format": "opencodelists"}, "no column 'code'"),
        ("code,icd10,term\nM54,M54,x\n", {"format": "opencodelists"}, "icd10 holds codes that no"),
        ("ctv3id,term\nN05..,Pain\n", {"systems": ["read_v2"]}, "--system is read_v2"),
        ("code,term\n1,x\n", {"systems": ["icd10"]}, "there is no system 'icd10'"),
        ("code,term\n", {"systems": ["ctv3"]}, "there is no row"),
        ("", {}, "its first lines are like no format"),
        ("a,b\n1,2\n", {"columns": {"code": "x"}, "format": "plain"}, "there is no column 'x'"),
        ("a,b\n1,2\n", {"columns": {"kode": "a"}, "format": "plain"}, "--column kode"),
        ("code\n1\n", {"format": "toml"}, "there is no format 'toml'"),
        ("readcode,ctv3\nN05..,N05..\n", {"format": "plain"}, "codes of read_v2 and ctv3"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(read, tmp_path, text, options, said):
    assert said in refusal(read, text, **options)
    assert not (tmp_path / "lists" / "given").exists()


def test_plain_tables_by_the_names_of_their_columns(read):
    rows, _, made = read(
        "Terminology,Concept,Wording,Kind\nSNOMED CT,82423001,Chronic pain,A\n",
        columns={"code": "Concept", "term": "wording", "category": "Kind"},
        format="plain",
    )
    assert rows == ["snomed_ct,82423001,exact,a,Chronic pain,"]
    assert made.why == ""


def test_wrong_codes_stay_as_they_are_and_are_found_with_their_line(read):
    rows, found, made = read(
        "system,code,match,category,term,note\n"
        "snomed_ct,82423010,exact,pain,Wrong check digit,\n"
        "snomed_ct,2126000.0,exact,pain,Spreadsheet,\n"
        "read_v2,N05,exact,pain,Lost dots,\n"
        "read_v2,N05..,descandants,pain,No such match,\n"
        "icd10,M54,exact,pain,No such system,\n"
        "ctv3,XaX1E,exact,pain,Sound,\n"
    )
    assert not made.is_sound
    assert len(rows) == 6
    assert "snomed_ct,2126000.0,exact,pain,Spreadsheet," in rows
    assert {(code, line) for code, line in found if line and line > 1} >= {
        ("code-check-digit", 2),
        ("code-spreadsheet-number", 3),
        ("code-missing-dots", 4),
        ("match-unknown", 5),
        ("system-unknown", 6),
    }


def test_rows_that_say_the_same_are_written_once_and_told(read):
    rows, found, _ = read(
        "code,term\n82423001,Chronic pain\n82423001,Pain that lasts\n", systems=["snomed_ct"]
    )
    assert rows == ["snomed_ct,82423001,exact,uncategorised,Chronic pain,"]
    assert found == [("row-merged", 3)]


PHENOTYPE = (
    "code,description,coding_system,concept_id,concept_version_id,concept_name,"
    "phenotype_id,phenotype_version_id,phenotype_name,code_attributes\r\n"
)


def test_a_phenotype_of_the_library(read):
    rows, found, made = read(
        PHENOTYPE
        + "N05..,Osteoarthritis,Read codes v2,C12,34,Joint - primary care,PH5,10,Joints,\r\n"
        + "239873007,OA of knee,SNOMED  CT codes,C13,35,Joint - SNOMED,PH5,10,Joints,"
        '"[{""category"": ""knee"", ""note"": ""read twice""}]"\r\n'
        + "M17,Gonarthrosis,ICD10 codes,C14,36,Joint - hospital,PH5,10,Joints,\r\n"
        + ",,Med codes,C15,37,Nothing,PH5,10,Joints,\r\n"
    )
    assert made.format == "hdruk"
    assert rows == [
        "ICD10 codes,M17,exact,joint_hospital,Gonarthrosis,",
        "read_v2,N05..,exact,joint_primary_care,Osteoarthritis,",
        "snomed_ct,239873007,exact,joint_snomed,OA of knee,read twice; category: knee",
    ]
    assert ("system-unknown", 4) in found
    assert ("detail-lost", 5) in found
    card = " ".join((made.folder / "codelist.yaml").read_text().split())
    assert "title: Joints" in card
    assert "phenotype PH5 version 10; concept C12 version 34" in card
    assert "given.csv, sha256 " in card
    assert "licence: ''" in card


CONCEPT = {
    "CONCEPT_ID": 4182210,
    "CONCEPT_NAME": "Chronic pain",
    "CONCEPT_CODE": "82423001",
    "VOCABULARY_ID": "SNOMED",
}


def item(*, excluded=False, below=False, mapped=False, **concept):
    return {
        "concept": {**CONCEPT, **concept},
        "isExcluded": excluded,
        "includeDescendants": below,
        "includeMapped": mapped,
    }


@pytest.mark.parametrize(
    "wrap",
    [
        lambda items: {"items": items},
        lambda items: {"id": 1, "name": "pain", "expression": {"items": items}},
        lambda items: [{"id": 1, "name": "pain", "expression": {"items": items}}],
        lambda items: {"ConceptSets": [{"name": "pain", "expression": {"items": items}}]},
    ],
)
def test_concept_sets_in_each_of_their_forms(read, wrap):
    items = [item(), item(excluded=True, CONCEPT_CODE="22253000")]
    rows, _, made = read(json.dumps(wrap(items)), name="given.json", category="pain")
    assert made.format == "ohdsi"
    assert rows == [
        "snomed_ct,82423001,exact,pain,Chronic pain,OMOP concept 4182210",
        "snomed_ct,22253000,exclude,,Chronic pain,OMOP concept 4182210",
    ]


def test_what_a_concept_set_says_and_a_list_cannot(read):
    items = [
        item(mapped=True),
        item(below=True, CONCEPT_CODE="22253000"),
        {"concept": {"conceptId": 5}, "isExcluded": False},
        item(VOCABULARY_ID="ICD10", CONCEPT_CODE="M54"),
        item(VOCABULARY_ID="Read", CONCEPT_CODE="N05..00"),
        {"isExcluded": False},
    ]
    rows, found, made = read(json.dumps({"items": items}, indent=1), name="given.json")
    assert (
        rows
        == [
            "ICD10,M54,exact,uncategorised,Chronic pain,OMOP concept 4182210",
            "snomed_ct,22253000,descendants,uncategorised,Chronic pain,OMOP concept 4182210",
            "read_v2,N05..00,exact,uncategorised,Chronic pain,OMOP concept 4182210",
            "snomed_ct,82423001,exact,uncategorised,Chronic pain,OMOP concept 4182210",
        ]
        or sorted(rows) == rows
    )
    assert len(rows) == 4
    assert [code for code, _ in found].count("not-read") == 3
    assert {"descendants-need-table", "system-unknown"} <= {code for code, _ in found}
    # each with the line on which its object begins
    text = json.dumps({"items": items}, indent=1).splitlines()
    lines = [line for code, line in found if code == "not-read"]
    assert all("{" in text[line - 1] for line in lines)
    assert "has no source code beside its OMOP id" in (made.folder / "codelist.yaml").read_text()


def value_set(**compose):
    return {"resourceType": "ValueSet", "status": "active", "compose": compose}


SCT = "http://snomed.info/sct"


def part(*codes, system=SCT, **more):
    return {"system": system, "concept": [{"code": code, "display": "x"} for code in codes], **more}


def below(code, op="is-a", system="http://read.info/readv2", prop="concept"):
    return {"system": system, "filter": [{"property": prop, "op": op, "value": code}]}


VALUE_SETS = [
    (
        value_set(include=[part("82423001")], exclude=[part("22253000")]),
        ["snomed_ct,22253000,exclude,,x,", "snomed_ct,82423001,exact,pain,x,"],
        [],
    ),
    (
        value_set(include=[below("N05.."), part("N05..", system="http://read.info/readv2")]),
        ["read_v2,N05..,descendants,pain,x,"],
        [],
    ),
    (
        value_set(include=[below("N05..", op="descendent-of")]),
        ["read_v2,N05..,descendants,pain,,", "read_v2,N05..,exclude,,,"],
        [],
    ),
    (
        value_set(
            include=[
                below("N05..", op="descendent-of"),
                part("N05..", system="http://read.info/readv2"),
            ]
        ),
        ["read_v2,N05..,descendants,pain,x,"],
        [],
    ),
    (
        value_set(include=[part("82423001"), below("82423001", prop="constraint", system=SCT)]),
        ["snomed_ct,82423001,exact,pain,x,"],
        ["not-read"],
    ),
    (
        value_set(include=[part("82423001"), {"valueSet": ["http://example.org/vs"]}]),
        ["snomed_ct,82423001,exact,pain,x,"],
        ["not-read"],
    ),
    (
        value_set(include=[part("82423001"), {"system": SCT}]),
        ["snomed_ct,82423001,exact,pain,x,"],
        ["not-read"],
    ),
    (
        value_set(
            include=[part("82423001")],
            exclude=[below("N05..", op="descendent-of"), part("22253000")],
        ),
        ["snomed_ct,22253000,exclude,,x,", "snomed_ct,82423001,exact,pain,x,"],
        ["not-read"],
    ),
    (
        value_set(include=[part("M54", system="http://hl7.org/fhir/sid/icd-10")]),
        ["http://hl7.org/fhir/sid/icd-10,M54,exact,pain,x,"],
        ["system-unknown"],
    ),
    (
        value_set(include=[part("322236009", system="https://dmd.nhs.uk/", version="2026")]),
        ["dmd,322236009,exact,pain,x,"],
        ["detail-lost"],
    ),
    (
        {
            "resourceType": "ValueSet",
            "status": "active",
            "expansion": {
                "timestamp": "2026-01-01T00:00:00Z",
                "contains": [
                    {
                        "system": SCT,
                        "code": "82423001",
                        "display": "x",
                        "contains": [{"system": SCT, "code": "22253000", "display": "y"}],
                    },
                    {"system": SCT, "code": "1", "abstract": True},
                ],
            },
        },
        ["snomed_ct,22253000,exact,pain,y,", "snomed_ct,82423001,exact,pain,x,"],
        ["detail-lost"],
    ),
]


@pytest.mark.parametrize(("document", "rows", "codes"), VALUE_SETS)
def test_value_sets(read, document, rows, codes):
    back, found, made = read(
        json.dumps(document), name="given.json", category="pain", kind="medicine"
    )
    told = {"term-missing", "chapter-kind", "no-effect", "only-exclusions", "code-shape"}
    assert made.format == "fhir"
    assert sorted(back) == rows
    assert [code for code, _ in found if code not in told] == codes


def test_each_value_set_of_a_bundle_is_a_category(read):
    first = {**value_set(include=[part("82423001")], exclude=[part("22253000")]), "title": "Pain A"}
    second = {**value_set(include=[part("279039007")]), "title": "Pain B"}
    other = {"resourceType": "CodeSystem", "status": "active", "content": "complete"}
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in (first, second, other)],
    }
    rows, found, _ = read(json.dumps(bundle), name="given.json")
    assert sorted(rows) == [
        "snomed_ct,22253000,exclude,,x,",
        "snomed_ct,279039007,exact,pain_b,x,",
        "snomed_ct,82423001,exact,pain_a,x,",
    ]
    assert {code for code, _ in found} == {"not-read", "category-renamed", "exclusion-spread"}


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"resourceType": "ValueSet"}, "status"),
        (
            {"resourceType": "ValueSet", "status": "new", "compose": {"include": [part("1")]}},
            "status",
        ),
        (value_set(include=[{"system": SCT, "concept": [{"display": "x"}]}]), "concept[0].code"),
        (value_set(include=[part(" 1 ")]), "compose.include[0].concept[0].code"),
        (value_set(include=[part("1") | below("1")]), "compose.include[0]"),
        (value_set(include="all"), "compose.include"),
        ({**value_set(include=[part("1")]), "colour": "red"}, "colour"),
        ({"resourceType": "Bundle", "type": "collection"}, "no ValueSet"),
        ({"resourceType": "Patient"}, "no ValueSet"),
        (value_set(), "compose"),
    ],
)
def test_a_resource_that_the_library_refuses_is_not_read(read, tmp_path, document, where):
    assert where in refusal(read, json.dumps(document), name="given.json")
    assert not (tmp_path / "lists" / "given").exists()


def test_without_the_library_it_says_how_to_get_it(read, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fhir.resources.R4B.valueset", None)
    said = refusal(read, json.dumps(value_set(include=[part("1")])), name="given.json")
    assert "pip install 'instep-cohort[fhir]'" in said


def test_a_term_of_a_formula_is_marked_and_told(read):
    rows, found, made = read(
        'code,term\n82423001,"=HYPERLINK(""http://x"",""y"")"\n', systems=["snomed_ct"]
    )
    assert rows[0].split(",")[4].startswith("'=HYPERLINK")
    assert ("formula-marked", 2) in found
    assert all(one.severity is not Severity.ERROR for one in made.findings)
