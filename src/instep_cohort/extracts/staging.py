"""Tables of an extract taken into DuckDB whole, and columns of other tables beside their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from instep_cohort.extracts.profile import Join
from instep_cohort.extracts.quarantine import NO_KEY
from instep_cohort.extracts.reading import Readable
from instep_cohort.extracts.snapshots import LEFT_OUT, RECORD, look_for_deliveries, rows
from instep_cohort.extracts.sources import Sources, bad_records, disagreement
from instep_cohort.extracts.sql import first_that_holds, identifier, literal

CONTRADICTS = "several {} rows say different things of one key: the first in order is taken"


def stage(
    sources: Sources,
    name: str,
    source: str,
    columns: Mapping[str, str],
    *,
    skips: Mapping[str, str] | None = None,
    joins: Sequence[Join] = (),
) -> None:
    """Makes a table of every row of a source: ``file``, ``record``, and the given columns.

    It also has ``left_out``: why a row is left out on purpose, null for one that is not.

    Args:
        sources: the extract.
        name: the table to make.
        source: the profile's table.
        columns: an SQL expression for each column; all are text.
        skips: reasons to leave a row out, each with an SQL condition.
        joins: tables whose columns the expressions use.

    Raises:
        InstepError: two readers do not agree on a file, which is our own fault.
    """
    look_for_deliveries(sources, source)
    left_out = first_that_holds(skips or {})
    if sources.profile.table(source).snapshot is not None:
        left_out = f"coalesce({LEFT_OUT}, {left_out})"
    every = {**columns, "left_out": left_out}
    listed = ", ".join(f"{column} VARCHAR" for column in every)
    sources.connection.execute(f"CREATE TABLE {name} (file INTEGER, record BIGINT, {listed})")
    for file in sources.of(source):
        sources.progress(f"reading {file.name}")
        if not _staged(sources, name, source, every, joins, file):
            sources.connection.execute(f"DELETE FROM {name} WHERE file = {file.number}")
            if not _staged(sources, name, source, every, joins, sources.mend(file)):
                raise disagreement(file)


def _staged(
    sources: Sources,
    name: str,
    source: str,
    columns: Mapping[str, str],
    joins: Sequence[Join],
    file: Readable,
) -> bool:
    """Whether the quick reader took the file and found as many records as it has."""
    taken = joined(sources, rows(sources, source, [file], numbered=True), joins)
    query = (
        f"INSERT INTO {name} SELECT {file.number}, {RECORD}, "
        f"{', '.join(columns.values())} FROM ({taken})"
    )
    try:
        with sources.staging(file):
            [(found,)] = sources.connection.execute(query).fetchall()
    except duckdb.Error:  # its text would show the record
        return False
    return bool(found == file.records)


def set_rows_apart(sources: Sources, table: str, source: str, held: Sequence[str]) -> None:
    """Sends the rows of a staged table that have a ``status`` to the quarantine.

    Those with a reason in ``left_out`` are skipped, and the others count as stored.

    Args:
        sources: the extract.
        table: has the columns ``file``, ``record``, ``left_out`` and ``status``, which is the
            reason or null.
        source: the profile's table that it was staged from.
        held: columns of ``table`` whose texts stand in the record as they are, by which it is
            known again.
    """
    if sources.is_accounted_for(source):
        return
    cursor = sources.connection.cursor()
    for file in sources.of(source):
        rows_of_file = f"FROM {table} WHERE file = {file.number}"
        counts = cursor.execute(
            f"SELECT left_out, count(*) FILTER (WHERE left_out IS NOT NULL OR status IS NULL) "
            f"{rows_of_file} GROUP BY ALL"
        ).fetchall()
        skipped = {reason: number for reason, number in counts if reason is not None}
        stored = sum(number for reason, number in counts if reason is None)
        sources.account(source, file.number, stored=stored, skipped=skipped)
        wanted = ", ".join(("record", "status", *held))
        cursor.execute(
            f"SELECT {wanted} {rows_of_file} AND left_out IS NULL AND status IS NOT NULL "
            "ORDER BY record"
        )
        sources.set_apart(file.number, bad_records(cursor))


def joined(sources: Sources, subquery: str, joins: Iterable[Join]) -> str:
    """The subquery with the columns of the joins; as many rows as it has without them.

    Args:
        sources: the extract.
        subquery: the rows of a map's source.
        joins: what is to stand beside them; where their table is not there, nulls do.
    """
    columns, tables = ["r.*"], [f"({subquery}) r"]
    for number, join in enumerate(joins):
        if not sources.of(join.source):
            columns += [f"CAST(NULL AS VARCHAR) AS {identifier(name)}" for name in join.columns]
            continue
        beside = f"b{number}"
        same = " AND ".join(
            f"({mine}) = {beside}._key_{place}" for place, mine in enumerate(join.on)
        )
        tables.append(f"{_beside(sources, join)} {beside} ON {same}")
        columns += [f"{beside}.{identifier(name)}" for name in join.columns]
    if len(columns) == 1:
        return subquery
    return f"SELECT {', '.join(columns)} FROM {' LEFT JOIN '.join(tables)}"


def _beside(sources: Sources, join: Join) -> str:
    """The name of a table with one row for each key; it is made when it is first asked for."""
    for known, name in sources.beside:
        if known == join:
            return name
    name = f"beside_{len(sources.beside)}"
    keys = {f"_key_{place}": theirs for place, theirs in enumerate(join.on.values())}
    has_key = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    if _is_read_elsewhere(sources, join.source):
        look_for_deliveries(sources, join.source)
        sources.read_whole(join.source)
        has_snapshot = sources.profile.table(join.source).snapshot is not None
        live = f"WHERE {LEFT_OUT} IS NULL" if has_snapshot else ""
        named = ", ".join(f"{e} AS {identifier(n)}" for n, e in (keys | dict(join.columns)).items())
        source = f"(SELECT {named} FROM ({rows(sources, join.source, numbered=False)}) {live})"
    else:
        no_key = " OR ".join(f"({theirs}) IS NULL" for theirs in keys.values())
        status = f"CASE WHEN {no_key} THEN {literal(NO_KEY)} END"
        source = f"{name}_rows"
        stage(sources, source, join.source, {**keys, **join.columns, "status": status})
        set_rows_apart(sources, source, join.source, ())
        has_key += " AND left_out IS NULL"
    said = ", ".join(f"min({identifier(n)}) AS {identifier(n)}" for n in join.columns)
    differing = " OR ".join(f"count(DISTINCT {identifier(n)}) > 1" for n in join.columns)
    sources.connection.execute(
        f"CREATE TABLE {name} AS SELECT {', '.join(keys)}, {said}, ({differing}) AS _differing "
        f"FROM {source} WHERE {has_key} GROUP BY {', '.join(keys)}"
    )
    table = sources.profile.store_table(join.source)
    finding = CONTRADICTS.format(sources.profile.table(join.source).title)
    sources.count_findings(table, name, {finding: "_differing"})
    sources.beside.append((join, name))
    return name


def _is_read_elsewhere(sources: Sources, source: str) -> bool:
    """Whether something else than joins reads a table, and accounts for its rows."""
    profile = sources.profile
    readers = [profile.patients.source, *(record.source for record in profile.records)]
    readers += [dictionary.source for dictionary in profile.dictionaries]
    if profile.registrations is not None:
        readers.append(profile.registrations.source)
    if profile.practices is not None:
        readers.append(profile.practices[0])
    return source in readers
