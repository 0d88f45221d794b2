"""Files that are broken or made to break: every one is refused in words, none with a traceback."""

import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instep_cohort.codelists.formats import FORMATS, export_list, import_list, importing
from instep_cohort.codelists.library import Library
from instep_cohort.errors import InstepError, UsageError

ON = date(2026, 11, 24)
DEEP = "[" * 100_000 + "]" * 100_000
HOSTILE = {
    "deep": DEEP,
    "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "cut off": '{"items": [',
    "nan": '{"items": [{"concept": {"CONCEPT_ID": NaN}}]}',
    "infinity": '{"items": -Infinity}',
    "long number": '{"items": [' + "9" * 5_000 + "]}",
    "key twice": '{"items": [],\n "items": []}',
    "half a sign": '{"items": [{"concept": {"CONCEPT_CODE": "\\ud800", "VOCABULARY_ID": "x"}}]}',
    "no object": "[1, 2, null]",
    "other shapes": '{"items": {"concept": 5}}',
    "nothing": "",
    "a string": '"code"',
    "nul": "code,term\n1\0,x\n",
    "open quote": 'code,term\n"1,x\n',
    "long cell": "code,term\n" + "1" * 200_000 + ",x\n",
    "a sheet": "PK\x03\x04 whatever",
    "xml": "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
    "header alone": "code,term,category\n",
    "value set of nothing": '{"resourceType": "ValueSet", "status": "draft", "compose": null}',
    "value set of lists": '{"resourceType": ["ValueSet"], "status": {}, "compose": []}',
    "bundle of numbers": '{"resourceType": "Bundle", "entry": [1, {"resource": 2}]}',
}


@pytest.mark.parametrize("name", ["auto", *FORMATS])
@pytest.mark.parametrize("case", HOSTILE)
def test_broken_files_are_refused_in_words(case, name, tmp_path):
    path = tmp_path / "given"
    path.write_bytes(HOSTILE[case].encode())
    try:
        made = import_list(
            [path], id="given", out=tmp_path / "lists", on=ON, format=name, systems=["snomed_ct"]
        )
    except InstepError:
        assert not (tmp_path / "lists").exists()
    else:
        assert not made.is_sound
        assert made.rows


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "82423001", "is-a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("resourceType", "status", "compose", "include", "exclude", "concept"),
                    *("filter", "system", "code", "display", "items", "expression", "name"),
                    *("expansion", "contains", "useContext", "valueSet", "isExcluded", "title"),
                    *("CONCEPT_CODE", "VOCABULARY_ID", "extension", "metadata", "ConceptSets"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@pytest.mark.parametrize("name", ["fhir", "ohdsi", "auto"])
@given(value=JSON, is_value_set=st.booleans())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_json_is_read_or_refused(name, value, is_value_set, tmp_path_factory):
    if is_value_set and isinstance(value, dict):
        value = {**value, "resourceType": "ValueSet", "status": "draft"}
    folder = tmp_path_factory.mktemp("any")
    (folder / "given.json").write_text(json.dumps(value))
    with suppress(InstepError):
        import_list([folder / "given.json"], id="given", out=folder / "out", on=ON, format=name)


@pytest.mark.parametrize("name", ["hdruk", "opencodelists", "plain", "auto"])
@given(text=st.text(st.sampled_from(list('code,term\n"\r;\t=x1. ')), max_size=40))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_csv_is_read_or_refused(name, text, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    (folder / "given.csv").write_bytes(text.encode())
    with suppress(InstepError):
        import_list(
            [folder / "given.csv"],
            id="given",
            out=folder / "out",
            on=ON,
            format=name,
            systems=["read_v2"],
        )


@pytest.mark.parametrize("name", ["../up", "a/b", "a\\b", "", ".", "-a", "A", "a" * 200, "a\0b"])
def test_an_id_is_no_path(name, tmp_path):
    (tmp_path / "given.csv").write_text("code,term\n82423001,x\n")
    with pytest.raises(UsageError, match="cannot be the name"):
        import_list(
            [tmp_path / "given.csv"], id=name, out=tmp_path / "out", on=ON, systems=["snomed_ct"]
        )
    assert [one.name for one in tmp_path.iterdir()] == ["given.csv"]


def test_what_is_there_is_never_harmed(tmp_path):
    (tmp_path / "given.csv").write_text("code,term\n82423001,x\n")
    home = tmp_path / "lists" / "aches"
    home.mkdir(parents=True)
    (home / "codelist.yaml").write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        import_list(
            [tmp_path / "given.csv"], id="aches", out=home.parent, on=ON, systems=["snomed_ct"]
        )
    assert (home / "codelist.yaml").read_text() == "mine"
    codelist = Library().latest("epilepsy")
    (tmp_path / "out-ctv3.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"out-ctv3\.csv is there already"):
        export_list(codelist, format="opencodelists", out=tmp_path / "out.csv")
    left = sorted(one.name for one in tmp_path.iterdir())
    assert left == ["given.csv", "lists", "out-ctv3.csv"]
    assert (tmp_path / "out-ctv3.csv").read_text() == "mine"
    export_list(codelist, format="opencodelists", out=tmp_path / "out.csv", overwrite=True)
    assert (tmp_path / "out-ctv3.csv").read_text().startswith("code,term,category\n")


def test_a_file_that_is_too_big_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "MOST_BYTES", 10)
    (tmp_path / "given.csv").write_text("code,term\n82423001,x\n")
    with pytest.raises(UsageError, match="bigger than"):
        import_list([tmp_path / "given.csv"], id="given", out=tmp_path, on=ON)


def test_encodings_are_read_through_and_told(tmp_path):
    rows = "code,term\n82423001,Sjögren\n"
    for encoding, code in (("utf-8-sig", "bom"), ("cp1252", "encoding")):
        (tmp_path / "given.csv").write_bytes(rows.encode(encoding))
        made = import_list(
            [tmp_path / "given.csv"],
            id=f"a{len(code)}",
            out=tmp_path / "lists",
            on=ON,
            systems=["snomed_ct"],
        )
        assert code in {one.code for one in made.findings}
        assert "Sjögren" in (made.folder / "working.csv").read_text(encoding="utf-8")
