"""Which records a criterion looks at: the table, and the filters that one record has to pass."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from instep_cohort.emis_search.expressions import Asked, Expression, beyond_the_day
from instep_cohort.emis_search.findings import CannotSayError
from instep_cohort.emis_search.parsing import Element
from instep_cohort.emis_search.ranges import DateWindow, date_window, number_range
from instep_cohort.emis_search.value_sets import Kind, Shelf, ValueSet


class Table(NamedTuple):
    """One table of EMIS and its columns that a study can ask about."""

    kind: Kind
    code: str
    date: str
    number: str = ""


TABLES = {
    "EVENTS": Table("clinical", "READCODE", "DATE", "NUMERIC_VALUE"),
    "MEDICATION_ISSUES": Table("medicine", "DRUGCODE", "ISSUE_DATE"),
}
MEDICINE_TABLES = ("MEDICATION_ISSUES", "MEDICATION_COURSES")
_WHY_NOT = {
    "MEDICATION_COURSES": "a study counts issues, and a course of treatment is not an issue",
    "GPES_JOURNALS": "an extract has no GPES journals",
}
_WHY_NOT_COLUMN = {
    "AGE_AT_EVENT": "a study asks for the age on the search date, not for that at an event",
    "EPISODE": "an extract does not say whether a record is a first one, a review or an end",
}
_IN, _NOT_IN = "IN", "NOTIN"


class Records(NamedTuple):
    """The records of a criterion as a measure, its window, and the filters it has no words for."""

    table: Table
    asked: Asked
    window: DateWindow
    unsaid: tuple[CannotSayError, ...] = ()

    def exist(self) -> Expression:
        """Whether there is such a record."""
        if not self.window.first_day:
            return self.asked
        return beyond_the_day(self.asked, replace(self.asked, window=self.window.first_day))


class Codes(NamedTuple):
    """The value sets of one column, and whether the record's code is to be in or outside them."""

    lists: tuple[ValueSet, ...]
    inside: bool

    @property
    def are_whole(self) -> bool:
        """Whether every list is all that it means."""
        return all(one.is_whole for one in self.lists)

    @property
    def ids(self) -> frozenset[str]:
        """The codes of all its lists."""
        return frozenset[str]().union(*(one.ids for one in self.lists))


def table_of(criterion: Element) -> Table:
    """The table of a criterion.

    Raises:
        CannotSayError: a study knows no such records.
    """
    name = criterion.said("table")
    if name not in TABLES:
        why = _WHY_NOT.get(name, f"the table {name or '(none)'} is not known")
        raise CannotSayError(criterion.child("table") or criterion, why)
    return TABLES[name]


def records_of(criterion: Element, shelf: Shelf, search: str) -> Records:
    """The records that a criterion looks at.

    Raises:
        CannotSayError: it names no codes, so that there is no measure at all.
    """
    table = table_of(criterion)
    windows: list[DateWindow] = []
    values: list[tuple[float | None, float | None]] = []
    codes: list[Codes] = []
    unsaid: list[CannotSayError] = []
    for column in columns_of(criterion):
        try:
            name = column_name(column)
            if name == table.code:
                codes.append(codes_of(column, table, shelf, search))
            elif name == table.date:
                windows.append(date_window(range_of(column)))
            elif name == table.number:
                values.append(number_range(range_of(column)))
            else:
                why = _WHY_NOT_COLUMN.get(name, f"the column {name or '(none)'} is not known")
                unsaid.append(CannotSayError(column, why))
        except CannotSayError as error:
            unsaid.append(error)
    windows = [one for one in windows if one != DateWindow()]
    for n, what in ((len(windows), "windows of dates"), (len(values), "ranges of values")):
        if n > 1:
            unsaid.append(CannotSayError(criterion, f"there are {n} {what}; a measure has one"))
    try:
        lists = _lists(criterion, codes, shelf)
    except CannotSayError as error:
        raise (unsaid[0] if unsaid else error) from None
    window = windows[0] if windows else DateWindow()
    value = values[0] if values else None
    return Records(table, Asked(table.kind, lists, window.keys, value=value), window, tuple(unsaid))


def columns_of(criterion: Element) -> list[Element]:
    """The filters that one record has to pass, all of them."""
    filters = criterion.child("filterAttribute")
    return filters.all("columnValue") if filters else []


def column_name(column: Element) -> str:
    """The column of a filter.

    Raises:
        CannotSayError: the filter is of a kind that no study has.
    """
    if single := column.child("singleValue"):
        why = "a value that EMIS asks for or works out at run time has no place in a study"
        raise CannotSayError(single, why)
    if inner := column.child("restriction"):
        raise CannotSayError(inner, "a restriction inside a filter is not known")
    return column.said("column")


def range_of(column: Element) -> Element:
    """The range of a filter by dates or numbers.

    Raises:
        CannotSayError: it has none, or is turned round.
    """
    found = column.child("rangeValue")
    if found is None or column.all("valueSet"):
        raise CannotSayError(column, "a range is needed here")
    if column.said("inNotIn") not in ("", _IN):
        raise CannotSayError(column, "outside a range is not said")
    return found


def codes_of(column: Element, table: Table, shelf: Shelf, search: str) -> Codes:
    """The value sets of a filter by codes.

    Raises:
        CannotSayError: it has none, or says neither IN nor NOTIN.
    """
    sets = column.all("valueSet")
    if not sets or column.child("rangeValue"):
        raise CannotSayError(column, "a value set is needed here")
    which = column.said("inNotIn")
    if which not in (_IN, _NOT_IN):
        raise CannotSayError(column, f"{which or 'nothing'} stands where IN or NOTIN is known")
    lists = dict.fromkeys(shelf.of(one, table.kind, search) for one in sets)
    return Codes(tuple(lists), which == _IN)


def _lists(criterion: Element, codes: list[Codes], shelf: Shelf) -> tuple[ValueSet, ...]:
    inside = [one for one in codes if one.inside]
    outside = [one for one in codes if not one.inside]
    if not inside:
        raise CannotSayError(criterion, "a measure needs the codes that a record is to have")
    if len(inside) > 1:
        raise CannotSayError(criterion, "a record has one code, and two filters ask for it")
    if not outside:
        return inside[0].lists
    return (without(criterion, inside[0], outside, shelf),)


def without(place: Element, inside: Codes, outside: list[Codes], shelf: Shelf) -> ValueSet:
    """The list of the codes that are inside and not outside.

    Raises:
        CannotSayError: one of the lists is not whole, or nothing is left.
    """
    if not all(one.are_whole for one in (inside, *outside)):
        raise CannotSayError(place, "codes are left out by a value set that is not whole")
    left = shelf.difference(inside.lists, [one for codes in outside for one in codes.lists])
    if not left.codes:
        raise CannotSayError(place, "no code is left that a record could have")
    return left
