"""Checking one CSV file that somebody downloaded: a codelist without codelist.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from instep_cohort.codelists.checks.list_checks import emptiness, list_findings
from instep_cohort.codelists.checks.row_checks import ListFacts, row_findings, selector
from instep_cohort.codelists.checks.terms import dictionary_findings
from instep_cohort.codelists.column_names import (
    Columns,
    find_columns,
    system_in_name,
    system_named,
)
from instep_cohort.codelists.files import read_selectors
from instep_cohort.codelists.findings import Finding, Severity, finding
from instep_cohort.codelists.model import Selector
from instep_cohort.codelists.rows import COLUMNS, Row, meant, read_cells
from instep_cohort.terminology.code_faults import damage
from instep_cohort.terminology.dictionaries import Dictionary
from instep_cohort.terminology.systems import System

# Of 24,178 clinical Read v2 codes with a letter, 1.7% have no capital: three of them in a row are
# no accident. Of drug codes three in four have none, so it is only a warning.
LEAST_FOR_CASE = 3
_NOT_THERE = ("", "-")
_READ = (System.READ_V2, System.CTV3)


def lone_findings(
    data: bytes, path: Path, *, system: System | None, dictionary: Dictionary | None
) -> list[Finding]:
    """Everything that is wrong with a downloaded file.

    Args:
        data: its bytes.
        path: its name, which may say the system of its codes.
        system: the system of its codes, where the file does not say it.
        dictionary: codes and terms to hold it against.

    Our own six columns are read as strictly as a released version; in other files the columns are
    found by the names that people give them, and a code is ``exact`` where nothing else is said.
    """
    header, rows, found = read_cells(data, path.name)
    facts = ListFacts(None, None, (), dictionary)
    if set(COLUMNS) <= {meant(column, header) for column in header}:
        return list(_of_our_columns(data, path, facts))
    if not header:
        return found or list(emptiness((), path.name))
    columns = find_columns(header)
    found += _column_findings(columns, header, path.name)
    sides = _sides(columns, system or system_in_name(path))
    if not sides and "code" in columns.others:
        place = columns.others["code"]
        found.append(_untold([cells[place] for _, cells in rows], dictionary, path.name))
        found += _damaged(rows, header, place, path.name)
    table = _Table(header, rows, columns)
    alone, has_terms = len(sides) == 1, "term" in columns.others
    taken = 0
    for side in sides:
        rows_of_side = list(table.read(side, alone=alone))
        taken += len(rows_of_side)
        side_found = _of_side(rows_of_side, facts, path, alone=alone, has_terms=has_terms)
        names = table.names(side)
        found += [wrong._replace(where=names.get(wrong.where, wrong.where)) for wrong in side_found]
    if sides and not taken and not any(one.severity is Severity.ERROR for one in found):
        found += emptiness((), path.name)
    codes = {header[place] for _, place in sides} or {
        header[place] for name, place in columns.others.items() if name == "code"
    }
    # in a column of codes, the checks of codes say it better
    return [one for one in found if one.code != "formula" or one.where not in codes]


class _Side(NamedTuple):
    """A column of codes: its system, ``None`` where another column names it, and its place."""

    system: System | None
    place: int


def _sides(columns: Columns, told: System | None) -> list[_Side]:
    """The columns of codes; none where nothing says which system they are of."""
    if columns.systems:
        return [_Side(system, place) for system, place in columns.systems.items()]
    code = columns.others.get("code")
    if code is None or not (told or "system" in columns.others):
        return []
    return [_Side(None if "system" in columns.others else told, code)]


class _Table:
    """A table whose columns are known, side by side as rows of a codelist."""

    def __init__(
        self, header: Sequence[str], rows: Sequence[tuple[int, list[str]]], columns: Columns
    ) -> None:
        self._header = header
        self._rows = rows
        self._others = columns.others

    def names(self, side: _Side) -> Mapping[str, str]:
        """What the file calls our columns."""
        named = {column: self._header[place] for column, place in self._others.items()}
        return {**named, "code": self._header[side.place]}

    def read(self, side: _Side, *, alone: bool) -> Iterator[Row]:
        """Yields the codes of a side; of several sides, each may have none on a row."""
        for line, cells in self._rows:
            code = cells[side.place]
            if alone or code.strip() not in _NOT_THERE:
                yield Row(
                    line,
                    self._system(side, cells),
                    code,
                    self._cell(cells, "match", "exact"),
                    self._cell(cells, "category"),
                    self._cell(cells, "term"),
                    self._cell(cells, "note"),
                )

    def _system(self, side: _Side, cells: Sequence[str]) -> str:
        if side.system:
            return side.system.value
        said = cells[self._others["system"]]
        named = system_named(said)
        return named.value if named else said

    def _cell(self, cells: Sequence[str], column: str, otherwise: str = "") -> str:
        place = self._others.get(column)
        return otherwise if place is None else cells[place]


def _of_our_columns(data: bytes, path: Path, facts: ListFacts) -> Iterator[Finding]:
    read = read_selectors(data, path.name, facts)
    yield from read.findings
    if read.selectors:
        yield from list_findings(read.selectors, (), path.name)
    elif not read.findings:
        yield from emptiness((), path.name)
    yield from _of_dictionary(read.selectors, facts, path)


def _of_side(
    rows: Sequence[Row], facts: ListFacts, path: Path, *, alone: bool, has_terms: bool
) -> Iterator[Finding]:
    """Yields what is wrong with the codes of one column, under the names of our columns.

    A crosswalk has several such columns, and may hold one code of a side in several rows.
    """
    selectors = []
    for row in rows:
        made = selector(row)
        for wrong in row_findings(row, made, facts, path.name):
            if has_terms or wrong.code != "term-missing":
                yield wrong
        if made:
            selectors.append(made)
    if alone and selectors:
        for wrong in list_findings(selectors, (), path.name):
            if wrong.code != "order":  # a downloaded file has an order of its own
                yield wrong
    if facts.dictionary is None:
        yield from _lower_cased(selectors, path.name)
    yield from _of_dictionary(selectors, facts, path)


def _of_dictionary(
    selectors: Sequence[Selector], facts: ListFacts, path: Path
) -> Iterator[Finding]:
    words = [path.stem, *{one.category or "" for one in selectors}]
    return dictionary_findings(selectors, facts.dictionary, words, path.name)


def _column_findings(columns: Columns, header: Sequence[str], file: str) -> Iterator[Finding]:
    if "code" not in columns.others and not columns.systems:
        near = get_close_matches("code", [name.strip().casefold() for name in header], 1)
        yield finding(
            "no-code-column",
            f"no column holds codes: the first line has {', '.join(map(repr, header))}",
            f"did you mean {near[0]}? Name it code"
            if near
            else "name the column of the codes code, or after its system, such as read_v2",
            file=file,
            line=1,
        )
    for name in columns.ignored:
        near = get_close_matches(name.strip().casefold(), COLUMNS, 1)
        yield finding(
            "column-ignored",
            f"the column {name!r} is not looked at",
            f"did you mean {near[0]}?" if near else "take it out, or leave it",
            file=file,
            line=1,
            where=name,
        )


def _untold(codes: Sequence[str], dictionary: Dictionary | None, file: str) -> Finding:
    known = []
    for system in dictionary.terms if dictionary else ():
        assert dictionary is not None  # noqa: S101 - there are systems only where there is one
        count = sum(dictionary.knows(system, code.strip()) for code in codes)
        known.append((count, system))
    seen = ", ".join(
        f"{count} of {len(codes)} are known in {system}"
        for count, system in sorted(known, reverse=True)
        if count
    )
    return finding(
        "system-untold",
        "nothing says which system the codes are of" + (f"; {seen}" if seen else ""),
        "say it with --system, or in a column system: one string can be a code in two systems",
        file=file,
        line=1,
    )


def _damaged(
    rows: Sequence[tuple[int, list[str]]], header: Sequence[str], place: int, file: str
) -> Iterator[Finding]:
    """Yields what is wrong with codes whatever their system."""
    for line, cells in rows:
        if wrong := damage(cells[place]):
            yield finding(
                f"code-{wrong.name}",
                wrong.text,
                wrong.repair,
                file=file,
                line=line,
                where=header[place],
                row_code=cells[place],
            )


def _lower_cased(selectors: Sequence[Selector], file: str) -> Iterator[Finding]:
    for system in _READ:
        codes = [one.code for one in selectors if one.system is system]
        lettered = [code for code in codes if any(map(str.isalpha, code))]
        if len(lettered) >= LEAST_FOR_CASE and not any(map(str.isupper, "".join(lettered))):
            yield finding(
                "lower-cased",
                f"none of the {len(lettered)} {system} codes with letters has a capital: in a list "
                "of anything but medicines they have lost their case",
                "take the codes again from their source, or look with --terms: b22.. and B22.. are "
                "two codes",
                file=file,
            )
