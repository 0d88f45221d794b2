"""Criteria: what one of them asks of a patient, as far as the study language can say it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from instep_cohort.emis_search.expressions import (
    Expression,
    Hole,
    all_of,
    negated,
)
from instep_cohort.emis_search.findings import CannotSayError, Findings
from instep_cohort.emis_search.grammar import unknowns
from instep_cohort.emis_search.linking import linked
from instep_cohort.emis_search.parsing import Element
from instep_cohort.emis_search.picking import picked
from instep_cohort.emis_search.ranges import age_range, birth_range, registration_range
from instep_cohort.emis_search.records import (
    Records,
    column_name,
    columns_of,
    range_of,
    records_of,
)
from instep_cohort.emis_search.value_sets import Shelf

_PATIENTS = "PATIENTS"
_OF_PATIENTS = {
    "AGE": age_range,
    "DOB": birth_range,
    "GMS_DATE_OF_REGISTRATION": registration_range,
}
_CALENDAR = re.compile(r"MONTH|YEAR")


def asked_by(criterion: Element, shelf: Shelf, findings: Findings, search: str) -> Expression:
    """What a criterion asks; whatever cannot be said of it is a hole, so that nothing is lost."""
    parts: list[Expression] = []
    for one in (*_unknowns(criterion), *_said(criterion, shelf, findings, search)):
        if isinstance(one, CannotSayError):
            parts.append(Hole(findings.hole(search, one.element, one.why)))
        else:
            parts.append(one)
    _note(criterion, findings, search)
    whole = all_of(parts)
    match criterion.said("negation").lower():
        case "false":
            return whole
        case "true":
            return negated(whole)
    place = criterion.child("negation") or criterion
    return Hole(findings.hole(search, place, "negation is neither true nor false"))


def _unknowns(criterion: Element) -> Iterator[CannotSayError]:
    for place, why in unknowns(criterion):
        yield CannotSayError(place, why)
    inner = criterion.child("linkedCriterion")
    if inner and (second := inner.child("criterion")):
        yield from _unknowns(second)


def _said(
    criterion: Element, shelf: Shelf, findings: Findings, search: str
) -> Iterator[Expression | CannotSayError]:
    """Yields what a criterion asks, part by part, and what cannot be said of it."""
    if base := criterion.child("baseCriteriaGroup"):
        yield CannotSayError(base, "records that several criteria choose together are not said")
        return
    try:
        if criterion.said("table") == _PATIENTS:
            yield from _of_patient(criterion)
            return
        records = records_of(criterion, shelf, search)
        yield from records.unsaid
        yield _of_records(criterion, records, shelf, findings, search)
    except CannotSayError as error:
        yield error


def _of_records(
    criterion: Element, records: Records, shelf: Shelf, findings: Findings, search: str
) -> Expression:
    filters = criterion.child("filterAttribute")
    restriction = filters.child("restriction") if filters else None
    link = criterion.child("linkedCriterion")
    if link:
        return linked(records, restriction, link, shelf, search)
    if restriction:
        return picked(records, restriction, shelf, findings, search)
    return records.exist()


def _of_patient(criterion: Element) -> Iterator[Expression | CannotSayError]:
    columns = columns_of(criterion)
    if not columns:
        yield CannotSayError(criterion, "it asks nothing of the patient")
    for extra in ("linkedCriterion", "restriction"):
        for place in (criterion, criterion.child("filterAttribute")):
            if place and (found := place.child(extra)):
                yield CannotSayError(found, f"a {extra} of patients is not said")
    for column in columns:
        try:
            name = column_name(column)
            if name not in _OF_PATIENTS:
                yield CannotSayError(column, f"a study does not ask for {name or 'nothing'}")
            else:
                yield _OF_PATIENTS[name](range_of(column))
        except CannotSayError as error:
            yield error


def _note(criterion: Element, findings: Findings, search: str) -> None:
    """Notes what changes nobody, but should be known."""
    if label := criterion.child("exceptionCode"):
        findings.note(search, label, "a QOF label, which chooses nobody")
    for inner in criterion.within():
        if inner.name == "unit" and _CALENDAR.search(inner.text) and _is_window(inner):
            findings.note(
                search,
                inner,
                "how EMIS counts months at the end of a month is not known; look at the dates of "
                "the study with study show --on DATE",
            )


def _is_window(unit: Element) -> bool:
    above = unit.above
    while above is not None and above.name != "columnValue":
        above = above.above
    return above is not None and above.said("column") in ("DATE", "ISSUE_DATE")
