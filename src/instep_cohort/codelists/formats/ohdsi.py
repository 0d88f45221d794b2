"""OHDSI concept set JSON: concepts with the flags isExcluded, includeDescendants, includeMapped.

Sources:

- The parts of a concept set, an expression and a concept, and that the concept's id is needed:
  "Concept Set Specification (DRAFT)", ohdsi.github.io/TAB. It spells ``conceptId``; ATLAS and Circe
  spell ``CONCEPT_ID`` (``Concept.java`` of OHDSI/circe-be), which is written here. Both are read.
- ``ConceptSets`` of a cohort definition holds several sets, each with id, name and expression
  (OHDSI/circe-be).
- A Read concept's code in OMOP is the code and its term code, seven characters:
  ``Read/load_stage.sql`` of OHDSI/Vocabulary-v5.0.
- The names of the vocabularies SNOMED, Read, dm+d and Gemscript: release notes of the same
  repository. OMOP has none for CTV3, BNF, EMIS code ids or names that could be verified.
- ``concept_ancestor`` holds standard and classification concepts only (issue 508 there), so
  includeDescendants finds nothing below a Read concept.

An OMOP id cannot be known without the vocabulary, and 0 is the id of "No matching concept", which
stands on every record that was not mapped: a set with 0 would take them all in. So the id is left
out, and a tool that needs it refuses the set.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.formats.category_sets import (
    CategorySet,
    ReadSet,
    by_category,
    joined,
    match_of,
)
from instep_cohort.codelists.formats.exchange import (
    About,
    Exported,
    ExportedFile,
    Hints,
    Imported,
    SourceFile,
    list_file,
    noted,
    unsaid,
)
from instep_cohort.codelists.formats.json_documents import JsonObject, objects, text_of
from instep_cohort.codelists.model import Codelist, Selector
from instep_cohort.codelists.rows import Row
from instep_cohort.terminology.systems import System

VOCABULARIES: Mapping[System, str] = {
    System.SNOMED_CT: "SNOMED",
    System.READ_V2: "Read",
    System.DMD: "dm+d",
    System.GEMSCRIPT: "Gemscript",
}
_SYSTEMS = {name: system for system, name in VOCABULARIES.items()}


def looks_like(source: SourceFile) -> str:
    """Why a JSON file seems to be a concept set; empty where it does not."""
    if source.begins_as_json and _sets(source.json.value):
        return "its items are concepts of a concept set expression"
    return ""


def read(source: SourceFile, hints: Hints) -> Imported:
    """The concepts of a concept set, of an array of them, or of a cohort definition.

    Of a concept the source code is taken, not the OMOP id; a vocabulary that no codelist can speak
    keeps its name, so that the check of the rows finds it.
    """
    if fault := source.json.fault:
        found = noted("file-shape", fault.text, fault.repair, file=source.name, line=fault.line)
        return Imported((), (*source.findings, found))
    sets = _sets(source.json.value)
    if not sets:
        text = "there is no concept set here: no items in an expression"
        found = noted("file-shape", text, "export the concept set as JSON", file=source.name)
        return Imported((), (*source.findings, found))
    findings: list[Finding] = list(source.findings)
    read_sets = []
    for one in sets:
        rows = [
            (_excluded(item), row)
            for item in objects(_expression(one)["items"])
            for row in _rows(item, source.name, findings)
        ]
        taken = tuple(row for excluded, row in rows if not excluded)
        left_out = tuple(row for excluded, row in rows if excluded)
        read_sets.append(ReadSet(text_of(one.get("name")), taken, left_out))
    rows_of_list, spread = joined(read_sets, source.name)
    return Imported(tuple(rows_of_list), (*findings, *spread), _about(sets))


def _expression(one: JsonObject) -> JsonObject:
    inner = one.get("expression")
    return inner if isinstance(inner, JsonObject) else one


def _sets(value: object) -> list[JsonObject]:
    """The concept sets in a document, whichever of its forms it has."""
    found = objects(value)
    if isinstance(value, JsonObject):
        found = objects(value.get("ConceptSets")) or [value]
    return [one for one in found if isinstance(_expression(one).get("items"), list)]


def _excluded(item: JsonObject) -> bool:
    return item.get("isExcluded") is True


def _rows(item: JsonObject, file: str, findings: list[Finding]) -> Iterator[Row]:
    """Yields the row of one item; says what of it no codelist holds."""
    concept = item.get("concept")
    if not isinstance(concept, JsonObject):
        text = "an item has no concept"
        findings.append(noted("not-read", text, "take it out", file=file, line=item.line))
        return

    def value(upper: str, camel: str) -> str:
        return text_of(concept.get(upper, concept.get(camel)))

    code, number = value("CONCEPT_CODE", "conceptCode"), value("CONCEPT_ID", "conceptId")
    if not code:
        text = f"the concept {number or 'without an id'} has no source code beside its OMOP id"
        repair = "export it from ATLAS with the details of its concepts"
        findings.append(noted("not-read", text, repair, file=file, line=concept.line))
        return
    if item.get("includeMapped") is True:
        text = f"{code!r} also takes in what is mapped to it, which no codelist can say"
        repair = "add the mapped codes as rows"
        findings.append(noted("not-read", text, repair, file=file, line=item.line))
    vocabulary = value("VOCABULARY_ID", "vocabularyId")
    system = _SYSTEMS.get(vocabulary)
    yield Row(
        concept.line,
        str(system) if system else vocabulary,
        code,
        match_of(excludes=_excluded(item), goes_down=item.get("includeDescendants") is True),
        "",
        value("CONCEPT_NAME", "conceptName"),
        f"OMOP concept {number}" if number else "",
    )


def _about(sets: list[JsonObject]) -> About:
    inner = sets[0].get("metadata")
    metadata = inner if isinstance(inner, JsonObject) else JsonObject()
    names = {text_of(one.get("name")): text_of(one.get("description")) for one in sets}
    return About(
        title=text_of(metadata.get("title")) or (next(iter(names)) if len(names) == 1 else ""),
        purpose=text_of(metadata.get("purpose")),
        categories={name: line for name, line in names.items() if line},
    )


def write(codelist: Codelist) -> Exported:
    """A list as concept sets, one for each category; several stand in an array.

    Every concept has its vocabulary, code and name, and none an OMOP id.
    """
    sets, losses = by_category(codelist, tuple(VOCABULARIES), "OMOP")
    file = list_file(codelist)
    documents = [_document(codelist, one, place) for place, one in enumerate(sets)]
    findings = list(losses)
    if documents:
        findings += _id_losses(codelist)
    held = [one for one in codelist.selectors if one.system in VOCABULARIES]
    if noted_lines := [one.line for one in held if one.note]:
        text = f"the notes of {len(noted_lines)} rows are not written: a concept has none"
        findings.append(noted("detail-lost", text, file=file, line=noted_lines[0] or None))
    if len(documents) > 1:
        text = f"a concept set is one meaning: {len(documents)} sets, one for each category"
        findings.append(noted("detail-lost", text, "the file is an array of them", file=file))
    shown = documents[0] if len(documents) == 1 else documents
    data = json.dumps(shown, ensure_ascii=False, indent=2).encode() + b"\n"
    said = frozenset({"title", "purpose", "version", "categories' descriptions"})
    return Exported(
        (ExportedFile("", data),) if documents else (),
        (*findings, *unsaid(codelist, said=said)),
    )


def _id_losses(codelist: Codelist) -> Iterator[Finding]:
    file = list_file(codelist)
    yield noted(
        "no-concept-id",
        "no concept has its CONCEPT_ID: only an OMOP vocabulary knows it, and 0 would mean every "
        "record that was not mapped",
        "look each one up by VOCABULARY_ID and CONCEPT_CODE before the file is used",
        file=file,
    )
    read_v2 = [one for one in codelist.selectors if one.system is System.READ_V2]
    if fives := [one.line for one in read_v2 if len(one.code) == 5]:  # noqa: PLR2004
        yield noted(
            "takes-in-less",
            f"{len(fives)} Read codes stand without a term code, and OMOP has one concept for each "
            "term code",
            "look up every concept whose code begins with the five characters",
            file=file,
            line=fives[0] or None,
        )
    for one in read_v2:
        if one.match.goes_down:
            yield noted(
                "takes-in-more" if one.match.excludes else "takes-in-less",
                f"{one.match} read_v2 {one.code!r} is written with includeDescendants, and OMOP's "
                "table of ancestors has no Read concepts",
                "list the codes below it one by one",
                file=file,
                line=one.line or None,
            )


def _document(codelist: Codelist, one: CategorySet, place: int) -> dict[str, Any]:
    return {
        "id": place,
        "name": one.category,
        "description": one.about,
        "version": codelist.version,
        "expression": {"items": [_item(selector) for selector in (*one.taken, *one.excluded)]},
        "metadata": {
            "codelist": codelist.id,
            "title": codelist.title,
            "purpose": codelist.purpose,
        },
    }


def _item(selector: Selector) -> dict[str, Any]:
    return {
        "concept": {
            "CONCEPT_NAME": selector.term,
            "CONCEPT_CODE": selector.code,
            "VOCABULARY_ID": VOCABULARIES[selector.system],
        },
        "isExcluded": selector.match.excludes,
        "includeDescendants": selector.match.goes_down,
        "includeMapped": False,
    }
