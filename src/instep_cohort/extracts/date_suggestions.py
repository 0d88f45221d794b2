"""Suggestions for dates that cannot be read: of patients, of registrations, of records.

Only cells that a profile takes as they stand: a date that is put together of several columns is
none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from instep_cohort.extracts import dates
from instep_cohort.extracts.damaged_dates import NUMBER, TURNED, Others, last_number, mend_date
from instep_cohort.extracts.profile import RecordMap
from instep_cohort.extracts.reading import Readable
from instep_cohort.extracts.record_rows import TARGETS, left_out, may_leave_out
from instep_cohort.extracts.snapshots import RECORD, rows
from instep_cohort.extracts.source_tables import DateStyles
from instep_cohort.extracts.sources import Sources
from instep_cohort.extracts.sql import literal
from instep_cohort.extracts.staging import joined
from instep_cohort.extracts.suggestions import Cell, Suggestion, cells, placed

UNREADABLE = "date unreadable: undated"


class _Dates(NamedTuple):
    """A column of dates: its name where its rows are, its expression, how it is written."""

    name: str
    expression: str
    styles: DateStyles


def date_suggestions(sources: Sources, extract_date: date) -> Iterator[Suggestion]:
    """A suggestion for each date that is none of its table's, where it is known damage.

    Args:
        sources: the extract, of which everything has been read.
        extract_date: the day it was taken.
    """
    yield from _of_patients(sources, extract_date)
    yield from _of_registrations(sources, extract_date)
    seen: set[tuple[str, str, str]] = set()
    for record in sources.profile.records:
        key = record.source, record.columns.get("date", ""), record.where
        if key not in seen and sources.findings.rows(TARGETS[record.kind].table, UNREADABLE):
            seen.add(key)
            yield from _of_records(sources, record, extract_date)


def _of_patients(sources: Sources, extract_date: date) -> Iterator[Suggestion]:
    m = sources.profile.patients
    styles = sources.profile.dates_of(m.source)
    columns = [_Dates("birth", m.birth, m.birth_dates)]
    columns += [_Dates(f"death_{n}", text, styles) for n, text in enumerate(m.deaths)]
    columns += [_Dates("start_date", m.start, styles), _Dates("end_date", m.end, styles)]
    yield from _of_staged(sources, "patient_source", m.source, columns, extract_date)


def _of_registrations(sources: Sources, extract_date: date) -> Iterator[Suggestion]:
    given = sources.profile.registrations
    if given is None or not sources.of(given.source):
        return
    styles = sources.profile.dates_of(given.source)
    columns = [_Dates("start_date", given.start, styles), _Dates("end_date", given.end, styles)]
    yield from _of_staged(sources, "registration_source", given.source, columns, extract_date)


def _of_staged(
    sources: Sources, staged: str, source: str, columns: Iterable[_Dates], extract_date: date
) -> Iterator[Suggestion]:
    table = sources.profile.table(source)
    plain = [column for column in columns if table.cell(column.expression)]
    for file in sources.of(source):
        query = f"SELECT * FROM {staged} WHERE file = {file.number} AND left_out IS NULL"
        yield from _of_file(sources, file, query, plain, extract_date)


def _of_records(sources: Sources, record: RecordMap, extract_date: date) -> Iterator[Suggestion]:
    text = record.columns.get("date", "")
    if not sources.profile.table(record.source).cell(text):
        return
    column = _Dates("date_text", text, sources.profile.dates_of(record.source))
    skipped = left_out(sources, record) if may_leave_out(sources, record) else "NULL"
    for file in sources.of(record.source):
        taken = joined(sources, rows(sources, record.source, [file], numbered=True), record.joins)
        query = (
            f"SELECT {RECORD} AS record, {text} AS date_text FROM ({taken}) "
            f"WHERE ({skipped}) IS NULL"
        )
        yield from _of_file(sources, file, query, [column], extract_date)


def _of_file(
    sources: Sources, file: Readable, query: str, columns: list[_Dates], extract_date: date
) -> Iterator[Suggestion]:
    known: dict[str, Others] = {}
    for one in columns:
        others = _others(sources, query, one, extract_date)
        if others is not None:
            known[one.name] = others
    if not known:
        return
    every = " UNION ALL ".join(
        f"SELECT record, {literal(one.name)} AS role, '' AS system, {one.name} AS text "
        f"FROM ({query}) WHERE {_is_unreadable(sources, one)}"
        for one in columns
        if one.name in known
    )
    styles = {one.name: one.styles for one in columns}
    yield from placed(
        sources,
        file,
        {one.name: one.expression for one in columns},
        cells(sources.connection.cursor().execute(f"FROM ({every}) ORDER BY record, role")),
        lambda batch: _mended(batch, styles, known),
    )


def _is_unreadable(sources: Sources, column: _Dates) -> str:
    markers = tuple(sources.profile.markers)
    text = dates.without_markers(column.name, markers, column.styles)
    return dates.is_unreadable(f"({text})", column.styles)


def _others(sources: Sources, query: str, column: _Dates, extract_date: date) -> Others | None:
    """What the column says as a whole; ``None`` where each of its dates can be read."""
    name = column.name
    one, other = (
        f"TRY_CAST(regexp_extract({name}, {literal(TURNED)}, {n}) AS INTEGER)" for n in (1, 2)
    )
    number = f"TRY_CAST(regexp_extract({name}, {literal(NUMBER)}, 1) AS INTEGER)"
    is_number = f"regexp_full_match({name}, {literal(NUMBER)})"
    is_turned = f"regexp_full_match({name}, {literal(TURNED)})"
    counts = (
        f"{_is_unreadable(sources, column)}",
        is_number,
        f"{is_number} AND {number} > {last_number(extract_date)}",
        f"{is_turned} AND {one} BETWEEN 13 AND 31 AND {other} BETWEEN 1 AND 12",
        f"{is_turned} AND {one} BETWEEN 1 AND 12 AND {other} BETWEEN 13 AND 31",
    )
    counted = ", ".join(f"count(*) FILTER (WHERE {rule})" for rule in counts)
    [(unreadable, *rest)] = sources.connection.execute(
        f"SELECT {counted} FROM ({query})"
    ).fetchall()
    return Others(*rest) if unreadable else None


def _mended(
    batch: list[Cell], styles: Mapping[str, DateStyles], others: Mapping[str, Others]
) -> Iterator[tuple[Cell, str, str]]:
    for cell in batch:
        mended = mend_date(cell.text, styles[cell.role], others[cell.role])
        if mended is not None:
            yield (cell, *mended)
