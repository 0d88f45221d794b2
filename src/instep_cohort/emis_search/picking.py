"""Restrictions: the latest or the earliest record, and the test that it has to pass."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from instep_cohort.emis_search.expressions import (
    Asked,
    Edge,
    Expression,
    OnlyToLeaveOut,
    all_of,
)
from instep_cohort.emis_search.findings import CannotSayError, Findings
from instep_cohort.emis_search.parsing import Element
from instep_cohort.emis_search.ranges import date_window, number_range
from instep_cohort.emis_search.records import (
    Codes,
    Records,
    Table,
    codes_of,
    column_name,
    range_of,
    without,
)
from instep_cohort.emis_search.value_sets import Shelf, ValueSet

_EDGES: dict[str, Edge] = {"DESC": "last", "ASC": "first"}
_TIES = "of several records on that date any may pass; which one EMIS picks is not known"
_LITERAL = (
    "the test names codes that the pick never looks at; whether EMIS looks at them is not known"
)
_AS_READ = "read literally: whoever has one of the codes is left out, later codes or not"


class Pick(NamedTuple):
    """How many records are kept, from which end."""

    records: int
    edge: Edge


def picked(
    records: Records, restriction: Element, shelf: Shelf, findings: Findings, search: str
) -> Expression:
    """Whether the records that are picked pass the restriction's test.

    Raises:
        CannotSayError: the study language has no such pick.
    """
    pick = pick_of(restriction, records.table)
    test = restriction.child("testAttribute")
    if test is None:
        # some are left of whatever was there
        return records.exist()
    if pick.records != 1:
        raise CannotSayError(test, f"a test of the {pick.records} records at one end is not said")
    if records.window.first_day and pick.edge == "first":
        raise CannotSayError(restriction, "the earliest record of such a window is not said")
    asked, dated = records.asked, list[Expression]()
    literal = False
    for column in test.all("columnValue"):
        name = column_name(column)
        if name == records.table.code:
            codes = codes_of(column, records.table, shelf, search)
            if _misses(records, codes):
                literal = True
            else:
                asked = replace(asked, lists=_tested(records, codes, column, shelf))
        elif name == records.table.date:
            dated.append(_dated(records, pick, range_of(column)))
        elif name == records.table.number and asked.value is None:
            asked = replace(asked, value=number_range(range_of(column)))
        else:
            raise CannotSayError(column, f"a test of {name or 'nothing'} is not said")
    parts = [*dated, *_on_the_date(records, pick, asked)]
    if asked != records.asked:
        findings.note(search, restriction, _TIES)
    if literal:
        return OnlyToLeaveOut(all_of(parts), restriction, search, _LITERAL, _AS_READ)
    return all_of(parts)


def _on_the_date(records: Records, pick: Pick, tested: Asked) -> list[Expression]:
    """That a record on the picked date passes the test, where there is one."""
    if tested == records.asked:
        return [records.exist()]
    passing = tested.within(0, "around", pick.edge, records.asked)
    # the picked date has to lie in the window without its first day
    return [passing, records.exist()] if records.window.first_day else [passing]


def pick_of(restriction: Element, table: Table) -> Pick:
    """How many records a restriction keeps, from which end by date.

    Raises:
        CannotSayError: it does not go by the date alone, or keeps no number.
    """
    order = restriction.child("columnOrder")
    columns = order.all("columns") if order else []
    count = order.said("recordCount") if order else ""
    if not count.isascii() or not count.isdigit() or not int(count[:6]):
        raise CannotSayError(restriction, "how many records it keeps is not known")
    if len(columns) != 1 or columns[0].said("column") != table.date:
        raise CannotSayError(restriction, "records are picked by their date only")
    direction = columns[0].said("direction")
    if direction not in _EDGES:
        raise CannotSayError(restriction, "the direction is neither ASC nor DESC")
    return Pick(int(count[:6]), _EDGES[direction])


def _misses(records: Records, codes: Codes) -> bool:
    """Whether the test asks for a code outside a list that shares nothing with the pick's."""
    known = Codes(records.asked.lists, inside=True)
    return (
        not codes.inside and codes.are_whole and known.are_whole and known.ids.isdisjoint(codes.ids)
    )


def _tested(records: Records, codes: Codes, column: Element, shelf: Shelf) -> tuple[ValueSet, ...]:
    """The lists that the picked record's code has to be in."""
    chosen = Codes(records.asked.lists, inside=True)
    if not codes.inside:
        return (without(column, chosen, [codes], shelf),)
    if not (codes.are_whole and chosen.are_whole):
        raise CannotSayError(column, "a test by a value set that is not whole is not said")
    if not codes.ids <= chosen.ids:
        raise CannotSayError(column, "the test names codes that the pick does not look at")
    return chosen.lists if codes.ids == chosen.ids else codes.lists


def _dated(records: Records, pick: Pick, range_value: Element) -> Expression:
    """That the latest record is not older: the same as that there is one so new."""
    window = date_window(range_value)
    keys = {key for key, _ in window.keys}
    if pick.edge != "last" or records.asked.window or not keys <= {"within", "after"}:
        raise CannotSayError(range_value, "such a test of the date is not said")
    asked = replace(records.asked, window=window.keys)
    return Records(records.table, asked, window).exist()
