"""FHIR R4 and R4B ``ValueSet``: what one is, the URLs of the code systems, and its validation.

Sources:

- The elements, and that ``exclude`` takes codes out of everything that ``include`` took in:
  hl7.org/fhir/R4/valueset.html. ``ValueSet`` is normative from R4 on, so R4 and R4B have it alike;
  fhir.resources 8 has R4B (4.3.0).
- ``is-a`` takes the concept itself along, ``descendent-of`` does not:
  hl7.org/fhir/R4/valueset-filter-operator.html.
- ``http://snomed.info/sct``, ``http://read.info/readv2``, ``http://read.info/ctv3`` and
  ``https://fhir.hl7.org.uk/Id/resipuk-gemscript-drug-codes``: "Common code systems" of the GP
  Connect specification. ``https://dmd.nhs.uk``: NHS England's medicines guidance and servers.
  ``http://terminology.hl7.org/CodeSystem/rcV2`` and ``…/read-Codes``: HL7 Terminology, retired.
- The comment of a concept: hl7.org/fhir/R4B/extension-valueset-concept-comments.html. The category
  stands in ``useContext`` as the clinical focus (hl7.org/fhir/R4/codesystem-usage-context-type).

Not verified: a URL for BNF codes and for EMIS code ids, so these are not written; and whether any
server knows the hierarchy of Read v2, which ``is-a`` needs there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from instep_cohort.codelists.formats.exchange import SourceFile
from instep_cohort.codelists.formats.json_documents import JsonObject
from instep_cohort.errors import UsageError
from instep_cohort.terminology.systems import System

URLS: Mapping[System, str] = {
    System.READ_V2: "http://read.info/readv2",
    System.CTV3: "http://read.info/ctv3",
    System.SNOMED_CT: "http://snomed.info/sct",
    System.DMD: "https://dmd.nhs.uk",
    System.GEMSCRIPT: "https://fhir.hl7.org.uk/Id/resipuk-gemscript-drug-codes",
}
_ALSO_READ: Mapping[str, System] = {
    "http://terminology.hl7.org/CodeSystem/rcV2": System.READ_V2,
    "http://terminology.hl7.org/CodeSystem/read-Codes": System.CTV3,
}
_SYSTEMS = {**{url: system for system, url in URLS.items()}, **_ALSO_READ}

COMMENT_URL = "http://hl7.org/fhir/StructureDefinition/valueset-concept-comments"
FOCUS = {
    "system": "http://terminology.hl7.org/CodeSystem/usage-context-type",
    "code": "focus",
    "display": "Clinical Focus",
}
STATUSES = ("draft", "active", "retired", "unknown")  # hl7.org/fhir/R4/valueset-publication-status


def system_of(url: str) -> System | None:
    """The code system with that URL; ``None`` where no codelist can speak it."""
    return _SYSTEMS.get(url.rstrip("/"))


def looks_like(source: SourceFile) -> str:
    """Why a JSON file seems to be a FHIR resource; empty where it does not."""
    value = source.json.value if source.begins_as_json else None
    kind = value.get("resourceType") if isinstance(value, dict) else None
    return f"its resourceType is {kind}" if isinstance(kind, str) else ""


def faults(resource: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yields what is wrong with a ValueSet: the path to it, and a sentence.

    The library checks elements, types and cardinalities; what it does not check, and matters here,
    is checked beside it: the status, and that a part has concepts or filters, not both (vsd-3).

    Raises:
        UsageError: the package fhir.resources is not installed.
    """
    try:
        from fhir.resources.R4B.valueset import ValueSet
    except ImportError as fault:
        raise UsageError(
            "FHIR needs a package that is not installed: pip install 'instep-cohort[fhir]'"
        ) from fault
    from pydantic import ValidationError

    try:
        ValueSet.model_validate(resource)
    except ValidationError as fault:
        for error in fault.errors(include_url=False, include_input=False):
            yield tuple(error["loc"]), error["msg"]
        return
    if resource.get("status") not in STATUSES:
        yield ("status",), f"one of {', '.join(STATUSES)} is needed"
    compose = resource.get("compose") or {}
    for part in ("include", "exclude"):
        for place, one in enumerate(compose.get(part) or ()):
            if one.get("concept") and one.get("filter"):
                yield ("compose", part, place), "concepts and filters do not go together (vsd-3)"


def line_at(root: JsonObject, path: Sequence[str | int]) -> int:
    """The line of the innermost object on the way to a path."""
    here: Any = root
    line = root.line
    for step in path:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            break
        line = here.line if isinstance(here, JsonObject) else line
    return line


def dotted(path: Sequence[str | int]) -> str:
    """A path as FHIR people write it: ``compose.include[0].concept[3].code``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]
