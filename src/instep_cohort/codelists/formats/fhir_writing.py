"""Writing a codelist as a FHIR ``ValueSet``, or as a ``Bundle`` of one for each category."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from instep_cohort.codelists.formats.category_sets import CategorySet, by_category
from instep_cohort.codelists.formats.exchange import (
    Exported,
    ExportedFile,
    list_file,
    noted,
    unsaid,
)
from instep_cohort.codelists.formats.fhir import COMMENT_URL, FOCUS, URLS, dotted, faults
from instep_cohort.codelists.model import Codelist, Match, Selector
from instep_cohort.errors import DefinitionError, Fault


def write(codelist: Codelist) -> Exported:
    """A list as value sets, one for each category, each with the list's exclusions.

    A code with all that stands below it is a filter, and a concept as well, which gives it its
    name. No canonical URL is written: only a publisher gives one.

    Raises:
        UsageError: the FHIR library is not installed.
        DefinitionError: the library refuses what would be written.
    """
    sets, losses = by_category(codelist, tuple(URLS), "FHIR")
    resources = [_value_set(codelist, one) for one in sets]
    wrong = [
        Fault(dotted(path), text, "mend the list", list_file(codelist))
        for one in resources
        for path, text in faults(one)
    ]
    if wrong:
        raise DefinitionError(wrong)
    findings = list(losses)
    for one in sets:
        findings += [
            noted(
                "row-merged",
                f"{row.match} {row.system} {row.code!r} says nothing beside the row of this code "
                "that takes in what stands below it",
                file=list_file(codelist),
                line=row.line or None,
            )
            for row in (*_covered(one.taken), *_covered(one.excluded))
        ]
    if len(resources) > 1:
        text = f"a value set is one meaning: a Bundle of {len(resources)}, one for each category"
        findings.append(noted("detail-lost", text, file=list_file(codelist)))
    said = frozenset({"title", "purpose", "version", "categories' descriptions"})
    document = resources[0] if len(resources) == 1 else _bundle(resources)
    data = json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
    return Exported(
        (ExportedFile("", data),) if resources else (), (*findings, *unsaid(codelist, said=said))
    )


def _bundle(resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in resources],
    }


def _value_set(codelist: Codelist, one: CategorySet) -> dict[str, Any]:
    release = next((r for r in codelist.history if r.version == codelist.version), None)
    licences = "; ".join(dict.fromkeys(source.licence for source in codelist.sources))
    compose = {"include": _parts(one.taken), "exclude": _parts(one.excluded)}
    parts: dict[str, Any] = {
        "resourceType": "ValueSet",
        "version": codelist.version,
        "name": _name(codelist.id, one.category),
        "title": f"{codelist.title}: {one.category}",
        "status": "active" if codelist.status == "published" else "draft",
        "date": release.date.isoformat() if release else "",
        "description": one.about,
        "useContext": [{"code": FOCUS, "valueCodeableConcept": {"text": one.category}}],
        "purpose": codelist.purpose,
        "copyright": licences,
        "compose": {key: value for key, value in compose.items() if value},
    }
    return {key: value for key, value in parts.items() if value}


def _name(id_of_list: str, category: str) -> str:
    """A name that programs can use (vsd-0): a capital, then letters, digits and underscores."""
    camel = "".join(part.capitalize() for part in id_of_list.split("-"))
    return f"{camel if camel[:1].isalpha() else f'L{camel}'}_{category}"


def _covered(selectors: Sequence[Selector]) -> list[Selector]:
    """The rows of a code that another row takes in together with what stands below it."""
    roots = {(one.system, one.code) for one in selectors if one.match.goes_down}
    return [one for one in selectors if not one.match.goes_down and (one.system, one.code) in roots]


def _parts(selectors: Sequence[Selector]) -> list[dict[str, Any]]:
    """Selectors as the includes or excludes of a value set: concepts by system, then filters.

    Several filters of one part would have to hold together, so each has a part of its own.
    """
    covered = _covered(selectors)
    parts: list[dict[str, Any]] = []
    for system, url in URLS.items():
        concepts = [
            _concept(one)
            for one in selectors
            if one.system is system and one not in covered and _is_named(one)
        ]
        if concepts:
            parts.append({"system": url, "concept": concepts})
    return parts + [
        {
            "system": URLS[one.system],
            "filter": [{"property": "concept", "op": "is-a", "value": one.code}],
        }
        for one in selectors
        if one.match.goes_down
    ]


def _is_named(one: Selector) -> bool:
    """Whether a selector needs a concept: always, but for a filter without name and note."""
    return one.match in (Match.EXACT, Match.EXCLUDE) or bool(one.term or one.note)


def _concept(one: Selector) -> dict[str, Any]:
    concept: dict[str, Any] = {"code": one.code}
    if one.term:
        concept["display"] = one.term
    if one.note:
        concept["extension"] = [{"url": COMMENT_URL, "valueString": one.note}]
    return concept
