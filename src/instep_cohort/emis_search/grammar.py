"""The grammar of EMIS search XML: which elements and attributes may stand where, and how often.

What is not here is not understood, and a part that is not understood could be a filter: the search
that holds it is never taken for a whole one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from instep_cohort.emis_search.parsing import Element


class Unknown(NamedTuple):
    """An element that the grammar does not hold, and why."""

    element: Element
    why: str


_CHILDREN: dict[str, str] = {
    "report": (
        "id name description creationTime author populationType folder sequence parent searchDate "
        "userInterface VersionIndependentGUID population execution "
        "listReport auditReport aggregateReport"
    ),
    "parent": "SearchIdentifier",
    "execution": "patientAgeAndRegistrationInclusive",
    "population": "criteriaGroup",
    "criteriaGroup": "id definition actionIfTrue actionIfFalse",
    "definition": "memberOperator criteria",
    "criteria": "criterion populationCriterion",
    "criterion": (
        "id table displayName description negation filterAttribute exceptionCode "
        "baseCriteriaGroup linkedCriterion"
    ),
    "filterAttribute": "columnValue restriction",
    "columnValue": "id column displayName inNotIn valueSet rangeValue singleValue restriction",
    "restriction": "columnOrder testAttribute",
    "columnOrder": "recordCount columns",
    "columns": "column displayName direction",
    "testAttribute": "columnValue",
    "baseCriteriaGroup": "definition",
    "linkedCriterion": "relationship criterion",
    "relationship": (
        "parentColumn parentColumnDisplayName childColumn childColumnDisplayName rangeValue"
    ),
    "valueSet": "id codeSystem description values allValues clusterCode",
    "values": "value displayName includeChildren isRefset legacyValue clusterCode",
    "allValues": "codeSystem values",
    "rangeValue": "rangeFrom rangeTo",
    "rangeFrom": "value operator",
    "rangeTo": "value operator",
}
_KNOWN = {name: frozenset(children.split()) for name, children in _CHILDREN.items()}
_BOUND_VALUE = frozenset({"value", "unit", "relation"})
_ATTRIBUTES = {
    "parent": {"parentType"},
    "SearchIdentifier": {"reportGuid"},
    "populationCriterion": {"reportGuid"},
    "rangeValue": {"relativeTo"},
}
_MAY_REPEAT = {
    *("criteriaGroup", "criteria", "columnValue", "valueSet", "values", "columns"),
    "baseCriteriaGroup",
}
# who wrote it and how EMIS shows it: whatever stands in them finds nobody
_OPAQUE = {"author", "folder", "userInterface", "singleValue"}
OTHER_REPORTS = ("listReport", "auditReport", "aggregateReport")
# read by themselves, so that what is unknown in one of them is known to be in it
_APART = {"criterion", "valueSet"}


def unknowns(element: Element) -> Iterator[Unknown]:
    """Yields what the grammar does not hold in an element, outermost only.

    Criteria and value sets inside it are not looked into.
    """
    if element.name in _OPAQUE or element.name in OTHER_REPORTS:
        return
    known = _known_children(element)
    if strange := sorted(element.attributes.keys() - _ATTRIBUTES.get(element.name, set())):
        yield Unknown(element, f"the attribute {strange[0]} is not in the known grammar")
    if known and element.text:
        yield Unknown(element, "text stands where only elements are known")
    seen = Counter[str]()
    for child in element.children:
        seen[child.name] += 1
        if child.name not in known:
            # a thousand of a kind in one place are told by the first
            if seen[child.name] == 1:
                yield Unknown(child, f"{child.name} is not known inside {element.name}")
        elif child.name in _MAY_REPEAT or seen[child.name] == 1:
            if child.name not in _APART:
                yield from unknowns(child)
        elif seen[child.name] == 2:  # noqa: PLR2004
            yield Unknown(child, f"a second {child.name} inside {element.name} is not known")


def _known_children(element: Element) -> frozenset[str]:
    above = element.above.name if element.above else ""
    if element.name == "value" and above in ("rangeFrom", "rangeTo"):
        return _BOUND_VALUE
    return _KNOWN.get(element.name, frozenset())
