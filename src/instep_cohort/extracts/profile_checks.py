"""Whether a profile is whole: every name that it uses is there, every expression can be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import duckdb

from instep_cohort.extracts.profile import Join, Profile, RecordMap
from instep_cohort.extracts.record_rows import SAID, TARGETS
from instep_cohort.extracts.source_tables import DELIVERY, SourceTable
from instep_cohort.extracts.sql import identifier

_NAME = re.compile("[a-z][a-z0-9_]*")
_ALWAYS = ("patient_id", "system", "code")
_DATES = ("date", "date_precision")


def profile_faults(profile: Profile) -> tuple[str, ...]:
    """What is wrong with a profile, one sentence each; nothing for a good one.

    Each SQL expression is bound, without any row, to the columns that it may use.
    """
    names = [table.name for table in profile.tables]
    faults = [fault for table in profile.tables for fault in _table_faults(table)]
    faults += [f"table {name} is there twice" for name in set(names) if names.count(name) > 1]
    faults += [f"marker {day!r} is no ISO date" for day in profile.markers if not _is_date(day)]
    used = [source for _, source, _, _ in _expressions(profile)]
    used += [join.source for record in profile.records for join in record.joins]
    absent = sorted(set(used) - set(names))
    faults += [f"{name} is used, and no table is called so" for name in absent]
    for number, record in enumerate(profile.records):
        faults += [f"records[{number}]: {fault}" for fault in _record_faults(record)]
    for dictionary in profile.dictionaries:
        for name in _strange(dictionary.columns, ("system", "code"), SAID):
            faults.append(f"dictionary {dictionary.source}: column {name}")
    if not faults:
        faults += _unreadable(profile)
    return tuple(faults)


def _table_faults(table: SourceTable) -> Iterator[str]:
    where, columns = f"table {table.name}", table.columns
    if not _NAME.fullmatch(table.name):
        yield f"{where}: a name is lower-case letters, digits and _"
    for column in columns:
        if column != column.lower():
            yield f"{where}: column {column} is not lower case"
        if column.startswith("_") or column == "filename":
            yield f"{where}: column {column} has a name that the readers use; give it an alias"
    if table.delivered and DELIVERY not in table.optional:
        yield f"{where}: delivered needs an optional column {DELIVERY}"
    for said, names in {
        "aliases": tuple(table.aliases.values()),
        "ids": table.ids,
        "absent_means": tuple(table.absent_means),
        "snapshot": _snapshot_columns(table),
    }.items():
        for name in sorted(set(names) - set(columns)):
            yield f"{where}: {said} has {name}, which is no column of it"
    widths = [len(layout.columns) for layout in table.layouts]
    for layout in table.layouts:
        for name in sorted(set(table.needed) - set(layout.columns)):
            yield f"{where}: a layout lacks {name}"
        for name in sorted(set(layout.shapes) - set(layout.columns)):
            yield f"{where}: a layout has a shape for {name}, which it lacks"
        if widths.count(len(layout.columns)) > 1 and not layout.shapes:
            yield f"{where}: two layouts have {len(layout.columns)} columns and one has no shapes"


def _snapshot_columns(table: SourceTable) -> tuple[str, ...]:
    if table.snapshot is None:
        return ()
    return (*table.snapshot.key, *filter(None, [table.snapshot.order]))


def _record_faults(record: RecordMap) -> Iterator[str]:
    target = TARGETS[record.kind]
    known = (*_DATES, *target.numbers, *target.texts, *SAID)
    for name in _strange(record.columns, _ALWAYS, known):
        yield f"column {name}"


def _strange(given: Mapping[str, str], always: Iterable[str], known: Iterable[str]) -> list[str]:
    """Columns that are missing, and those that nobody reads."""
    return [f"{name} is missing" for name in always if name not in given] + [
        f"{name} is not read" for name in given if name not in (*always, *known)
    ]


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _expressions(
    profile: Profile,
) -> Iterator[tuple[str, str, tuple[Join, ...], Iterable[str]]]:
    """Where they stand, the table that they read, the joins beside it, and the expressions."""
    m = profile.patients
    own = (m.patient_id, m.practice_id, m.sex, m.birth, m.start, m.end, m.registration_kind)
    flags = (m.birth_precision, m.is_test, m.is_confidential)
    rules = (*m.remarks.values(), *m.skips.values())
    yield "patients", m.source, m.joins, (*own, *flags, *m.deaths, *rules)
    if (r := profile.registrations) is not None:
        theirs = (r.patient_id, r.practice_id, r.start, r.end, r.kind)
        yield "registrations", r.source, r.joins, (*theirs, *r.skips.values())
    for number, record in enumerate(profile.records):
        rules = (*record.skips.values(), *filter(None, [record.where]))
        # The maps of one table are read side by side, so their joins stand together.
        joins = tuple(join for one in profile.records_of(record.source) for join in one.joins)
        unique = tuple(join for place, join in enumerate(joins) if join not in joins[:place])
        yield f"records[{number}]", record.source, unique, (*record.columns.values(), *rules)
    for d in profile.dictionaries:
        rules = (*d.checks.values(), *d.skips.values())
        yield f"dictionary {d.source}", d.source, (), (*d.columns.values(), *rules)
    if profile.practices is not None:
        yield "practices", profile.practices[0], (), (profile.practices[1],)
    for table in profile.tables:
        if table.snapshot is not None:
            yield f"table {table.name}: snapshot", table.name, (), (table.snapshot.deleted,)


def _unreadable(profile: Profile) -> Iterator[str]:
    with duckdb.connect() as connection:
        for where, source, joins, expressions in _expressions(profile):
            columns = [*profile.table(source).columns]
            for join in joins:
                theirs = profile.table(join.source).columns
                for text in (*join.on.values(), *join.columns.values()):
                    yield from _fault(connection, f"{where}: join {join.source}", text, theirs)
                for name in set(join.columns) & set(columns):
                    yield f"{where}: join {join.source} gives {name}, which is there already"
                columns += [name for name in join.columns if name not in columns]
                for text in join.on:
                    yield from _fault(connection, f"{where}: join {join.source}", text, columns)
            for text in expressions:
                yield from _fault(connection, where, text, columns)


def _fault(
    connection: duckdb.DuckDBPyConnection, where: str, text: str, columns: Iterable[str]
) -> Iterator[str]:
    empty = ", ".join(f"CAST(NULL AS VARCHAR) AS {identifier(name)}" for name in columns)
    try:
        connection.execute(f"SELECT ({text}) FROM (SELECT {empty}) WHERE false").fetchall()
    except duckdb.Error as error:
        yield f"{where}: {text!r}: {str(error).splitlines()[0]}"
