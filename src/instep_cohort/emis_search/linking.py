"""Linked criteria: a second record so many days after or before the first."""

from __future__ import annotations

from instep_cohort.emis_search.bounds import MOST_DAYS
from instep_cohort.emis_search.expressions import (
    Asked,
    Edge,
    Expression,
    all_of,
    any_of,
    beyond_the_day,
    negated,
)
from instep_cohort.emis_search.findings import CannotSayError
from instep_cohort.emis_search.parsing import Element
from instep_cohort.emis_search.picking import pick_of
from instep_cohort.emis_search.ranges import DayRange, days_between
from instep_cohort.emis_search.records import Records, records_of
from instep_cohort.emis_search.value_sets import Shelf


def linked(
    records: Records, restriction: Element | None, link: Element, shelf: Shelf, search: str
) -> Expression:
    """Whether a record has, or has not, the second record that the link asks for.

    Raises:
        CannotSayError: the study language cannot join the two.
    """
    second = link.child("criterion")
    relationship = link.child("relationship")
    if second is None or relationship is None:
        raise CannotSayError(link, "a link needs a relationship and a criterion")
    if records.window.first_day:
        raise CannotSayError(link, "a link to the records of such a window is not said")
    others = _second(second, shelf, search)
    columns = (relationship.said("parentColumn"), relationship.said("childColumn"))
    if columns != (records.table.date, others.table.date):
        raise CannotSayError(relationship, "records are linked by their dates only")
    days = days_between(relationship.child("rangeValue") or relationship)
    lacking = _is_negated(second)
    edge = _edge(records, restriction, days, relationship, lacking=lacking)
    near = _near(others.asked, records.asked, edge, days, relationship)
    return all_of([records.asked, negated(near)]) if lacking else near


def _second(second: Element, shelf: Shelf, search: str) -> Records:
    """The records that a link may lead to."""
    filters = second.child("filterAttribute")
    inside = [
        second.child("linkedCriterion"),
        second.child("baseCriteriaGroup"),
        filters.child("restriction") if filters else None,
    ]
    for one in inside:
        if one is not None:
            raise CannotSayError(one, f"a {one.name} in a linked criterion is not said")
    found = records_of(second, shelf, search)
    if found.unsaid:
        raise found.unsaid[0]
    if found.asked.window:
        why = "a linked record has a window of its own beside the link; a measure has one"
        raise CannotSayError(second, why)
    return found


def _is_negated(second: Element) -> bool:
    said = second.said("negation").lower()
    if said not in ("true", "false"):
        raise CannotSayError(second, "negation is neither true nor false")
    return said == "true"


def _edge(
    records: Records,
    restriction: Element | None,
    days: DayRange,
    relationship: Element,
    *,
    lacking: bool,
) -> Edge:
    """The one date of the main records by which the whole question is settled."""
    if restriction is not None:
        if test := restriction.child("testAttribute"):
            raise CannotSayError(test, "a link of records that were tested is not said")
        pick = pick_of(restriction, records.table)
        if pick.records == 1:
            return pick.edge
        raise CannotSayError(restriction, "a link of several picked records is not said")
    # Some record has a later one if the first has; some has none later if the last has none.
    if days.most is None:
        return "last" if lacking else "first"
    if days.least is None:
        return "first" if lacking else "last"
    why = "any of several records, with another so many days away, is not said"
    raise CannotSayError(relationship, why)


def _near(
    others: Asked, main: Asked, edge: Edge, days: DayRange, relationship: Element
) -> Expression:
    """Whether one of the others lies that many days after the main records' first or last."""
    least = -MOST_DAYS if days.least is None else days.least
    most = MOST_DAYS if days.most is None else days.most
    on_the_day = others.within(0, "around", edge, main)
    after = others.within(most, "after", edge, main) if most > 0 else on_the_day
    before = others.within(-least, "before", edge, main) if least < 0 else on_the_day
    if least <= 0 <= most:
        sides = [side for side in (before, after) if side is not on_the_day]
        return any_of(sides or [on_the_day])
    if least == 1 <= most:
        return beyond_the_day(after, on_the_day)
    if most == -1 >= least:
        return beyond_the_day(before, on_the_day)
    why = "a window that begins some days away from the other record is not said"
    raise CannotSayError(relationship, why)
