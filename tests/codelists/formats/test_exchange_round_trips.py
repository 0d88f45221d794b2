"""Every shipped list, and made-up ones, through each format and back: what is kept, what is told."""

import json

import pytest
from exchange_lists import (
    SYSTEMS,
    expected_changes,
    expected_rows,
    go_round,
    kept_selectors,
    made_lists,
    told_changes,
)
from hypothesis import HealthCheck, assume, given, settings

from instep_cohort.codelists import Codelist, Library, Match, Selector, Severity
from instep_cohort.codelists.formats import EXCHANGE_RULES, FORMATS, export_list
from instep_cohort.terminology import System

LIBRARY = Library()
LISTS = LIBRARY.ids()


def test_every_format_goes_both_ways_and_says_what_it_holds():
    assert set(FORMATS) >= set(SYSTEMS)
    for name in SYSTEMS:
        one = FORMATS[name]
        assert one.read
        assert one.write
        assert one.holds
        assert one.lacks


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("id_of_list", LISTS)
def test_a_shipped_list_comes_back_as_far_as_the_format_holds_it(id_of_list, name, tmp_path):
    codelist = LIBRARY.latest(id_of_list)
    back = go_round(codelist, name, tmp_path)
    assert set(back.rows) == expected_rows(codelist, name)
    assert len(back.rows) == len(set(back.rows))
    assert told_changes(back.losses) == expected_changes(codelist, name)
    # nothing that was written is wrong, but for parts of BNF codes that lost their hierarchy
    assert {one.code for one in back.findings} <= {"bnf-exact"}
    notes = [one for one in kept_selectors(codelist, name) if one.note]
    told = [one.text for one in back.losses if "notes of" in one.text]
    lost = bool(notes) and name in ("opencodelists", "ohdsi")
    assert [text.split()[3] for text in told] == ([str(len(notes))] if lost else [])


@pytest.mark.parametrize("name", SYSTEMS)
@given(codelist=made_lists())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_made_up_list_comes_back_too(name, codelist, tmp_path_factory):
    assume(kept_selectors(codelist, name))
    if name in ("fhir", "ohdsi"):
        assume(any(not one.match.excludes for one in kept_selectors(codelist, name)))
    back = go_round(codelist, name, tmp_path_factory.mktemp("round"))
    assert set(back.rows) == expected_rows(codelist, name)
    assert told_changes(back.losses) == expected_changes(codelist, name)


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_the_card_says_is_kept_or_told(name, tmp_path):
    codelist = LIBRARY.latest("opioids")
    back = go_round(codelist, name, tmp_path)
    [told] = [one.text for one in back.losses if one.file == "opioids/codelist.yaml"]
    for part in ("method", "sources", "not_covered", "notes", "review_by", "history"):
        assert part in told
    for part, text in (
        ("title", codelist.title),
        ("purpose", codelist.purpose),
        ("descriptions", codelist.categories["strong"][:30]),
    ):
        flat = " ".join(back.card.split())
        assert (part in told) != (text in flat), part


def test_every_kind_of_loss_has_a_meaning_and_losses_of_meaning_are_errors():
    assert EXCHANGE_RULES["takes-in-more"].severity is Severity.ERROR
    assert EXCHANGE_RULES["takes-in-less"].severity is Severity.ERROR
    assert EXCHANGE_RULES["no-concept-id"].severity is Severity.ERROR
    assert EXCHANGE_RULES["detail-lost"].severity is Severity.WARNING
    assert all(rule.meaning for rule in EXCHANGE_RULES.values())


def made(*selectors: Selector, **more) -> Codelist:
    numbered = tuple(one._replace(line=n) for n, one in enumerate(selectors, start=2))
    categories = {one.category: "" for one in selectors if one.category}
    return Codelist("made", "1.0.0", "draft", "Made", "Made up.", "clinical", categories, numbered)


def test_a_code_that_a_list_takes_in_and_excludes_is_not_in_a_flat_file(tmp_path):
    codelist = made(
        Selector(System.READ_V2, "N05..", Match.DESCENDANTS, "pain", "Osteoarthritis"),
        Selector(System.READ_V2, "N051.", Match.EXACT, "pain", "Localised"),
        Selector(System.READ_V2, "N0510", Match.EXACT, "pain", "Localised, site unspecified"),
        Selector(System.READ_V2, "13J3.11", Match.EXACT, "pain", "one term"),
        Selector(System.READ_V2, "13J4.", Match.EXACT, "pain", "all terms but one"),
        Selector(System.READ_V2, "N051.", Match.EXCLUDE_DESCENDANTS, None),
        Selector(System.READ_V2, "13J3.", Match.EXCLUDE, None),
        Selector(System.READ_V2, "13J4.11", Match.EXCLUDE, None),
    )
    made_files = export_list(codelist, format="opencodelists", out=tmp_path / "a.csv")
    codes = [line.split(",")[0] for line in made_files.files[0].read_text().splitlines()]
    assert codes == ["code", "N05..", "13J4."]


def test_concepts_have_no_omop_id_and_never_nought(tmp_path):
    out = tmp_path / "a.json"
    export_list(LIBRARY.latest("chronic-pain"), format="ohdsi", out=out)
    text = out.read_text(encoding="utf-8")
    sets = json.loads(text)
    assert [one["name"] for one in sets] == list(LIBRARY.latest("chronic-pain").categories)
    items = [item for one in sets for item in one["expression"]["items"]]
    assert len(items) > 500
    assert not any("CONCEPT_ID" in item["concept"] for item in items)
    assert {item["concept"]["VOCABULARY_ID"] for item in items} <= {"Read", "SNOMED"}


def test_a_value_set_says_exclusions_descendants_terms_and_notes(tmp_path):
    codelist = made(
        Selector(System.READ_V2, "N05..", Match.DESCENDANTS, "pain", "Osteoarthritis", "whole"),
        Selector(System.READ_V2, "N05..", Match.EXACT, "pain", "Osteoarthritis"),
        Selector(System.READ_V2, "N05zL", Match.EXCLUDE, None, "of knee"),
    )
    made_list = export_list(codelist, format="fhir", out=tmp_path / "a.json")
    assert [one.code for one in made_list.losses if one.line == 3] == ["row-merged"]
    value_set = json.loads((tmp_path / "a.json").read_text())
    assert value_set["resourceType"] == "ValueSet"
    assert value_set["compose"] == {
        "include": [
            {
                "system": "http://read.info/readv2",
                "concept": [
                    {
                        "code": "N05..",
                        "display": "Osteoarthritis",
                        "extension": [
                            {
                                "url": "http://hl7.org/fhir/StructureDefinition/valueset-concept-comments",
                                "valueString": "whole",
                            }
                        ],
                    }
                ],
            },
            {
                "system": "http://read.info/readv2",
                "filter": [{"property": "concept", "op": "is-a", "value": "N05.."}],
            },
        ],
        "exclude": [
            {
                "system": "http://read.info/readv2",
                "concept": [{"code": "N05zL", "display": "of knee"}],
            }
        ],
    }


@pytest.mark.parametrize("id_of_list", LISTS)
def test_the_fhir_library_takes_every_value_set_that_is_written(id_of_list, tmp_path):
    from fhir.resources.R4B.bundle import Bundle
    from fhir.resources.R4B.valueset import ValueSet

    export_list(LIBRARY.latest(id_of_list), format="fhir", out=tmp_path / "a.json")
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    kind = Bundle if json.loads(text)["resourceType"] == "Bundle" else ValueSet
    resource = kind.model_validate_json(text)
    sets = [one.resource for one in resource.entry] if kind is Bundle else [resource]
    assert all(isinstance(one, ValueSet) and one.compose.include for one in sets)
