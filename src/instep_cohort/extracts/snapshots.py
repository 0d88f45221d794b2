"""Rows that a later delivery replaced or deleted: of each key the last row counts.

A table in which only one delivery is found is read as any other. Where there are more, the keys
that stand on several rows are set aside with their first and last place, which takes two passes
over the files; only those keys are held, so the memory goes with the changes and not with the
whole, and DuckDB puts it on the disk where it is too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.reading import read_order
from instep_cohort.extracts.sql import identifier, literal

if TYPE_CHECKING:
    from instep_cohort.extracts.reading import Readable
    from instep_cohort.extracts.source_tables import Snapshot
    from instep_cohort.extracts.sources import Sources

REPLACED = "replaced by a later row"
DELETED = "deleted"
DELETES_NOTHING = "deletes a row that the extract does not have"
NO_KEY = "deletes nothing: without a key"

#: What `rows` adds to the columns of a table, where it adds them.
LEFT_OUT, RECORD = "_left_out", "_record"

_OLDEST = -1  # the order of a row that has none
_LARGEST = 2**63 - 1


class Chain(NamedTuple):
    """Where it stands which row of each key is the last, for a table of several deliveries.

    Attributes:
        name: a table of DuckDB: ``_key``, ``_first`` and ``_last``, the places of its rows.
        first: the least number of a delivery.
        last: the greatest.
        records: how many records all its files have.
    """

    name: str
    first: int
    last: int
    records: int

    @property
    def place(self) -> str:
        """Delivery and row as one number: DuckDB puts no aggregate of a compound value on the disk.

        It takes half of the room where it fits into 64 bits.
        """
        after_it = self.records + 1
        is_small = (self.last - self.first + 1) * after_it <= _LARGEST
        kind = "BIGINT" if is_small else "HUGEINT"
        return f"((CAST(_order AS {kind}) - {self.first}) * {after_it} + _row)"


def rows(
    sources: Sources, source: str, files: Sequence[Readable] | None = None, *, numbered: bool
) -> str:
    """A subquery over the rows of a table, all of them.

    Besides the table's columns and ``filename`` it has ``_left_out`` where the table has a
    snapshot: why a row does not count, null for one that does.

    Args:
        sources: the extract.
        source: the table.
        files: files of it; all of them unless told otherwise.
        numbered: whether to add ``_record``, the row's number in its file. Then it takes one file.
    """
    snapshot, chain = sources.profile.table(source).snapshot, sources.chains.get(source)
    chosen = sources.of(source) if files is None else files
    if snapshot is not None and chain is not None:
        return _chained(sources, source, snapshot, chain, chosen)
    plain = sources.relation(source, chosen)
    if numbered:
        # An empty OVER counts rows in the order of the file: DuckDB, "Order Preservation".
        plain = f"SELECT *, row_number() OVER () AS {RECORD} FROM ({plain})"
    if snapshot is None:
        return plain
    return f"SELECT *, {_alone(snapshot)} AS {LEFT_OUT} FROM ({plain})"


def order(snapshot: Snapshot) -> str:
    """The number of a row's delivery, as an SQL expression; rows without one are the oldest."""
    return f"coalesce(TRY_CAST({identifier(snapshot.order)} AS BIGINT), {_OLDEST})"


def is_pending(sources: Sources, source: str) -> bool:
    """Whether it is not yet known if a table comes in one delivery or in several."""
    snapshot = sources.profile.table(source).snapshot
    return snapshot is not None and bool(snapshot.order) and source not in sources.deliveries


def look_for_deliveries(sources: Sources, source: str) -> None:
    """Learns how many deliveries a table has, by a pass over its files."""
    snapshot = sources.profile.table(source).snapshot
    if snapshot is None or not is_pending(sources, source) or not sources.of(source):
        return
    sources.read_whole(source)
    number = order(snapshot)
    [(first, last, without)] = sources.connection.execute(
        f"SELECT min({number}), max({number}), count(*) FILTER (WHERE {number} = {_OLDEST}) "
        f"FROM ({sources.relation(source)})"
    ).fetchall()
    settle(sources, source, first, last, without)


def settle(
    sources: Sources, source: str, first: int | None, last: int | None, without: int
) -> None:
    """Takes note of a table's deliveries; of several, finds which row of each key is the last.

    Args:
        sources: the extract; each file of the table is known to be read whole.
        source: the table.
        first: the least number of a delivery.
        last: the greatest.
        without: how many rows have none.
    """
    snapshot = sources.profile.table(source).snapshot
    if snapshot is None:
        return
    sources.deliveries.add(source)
    if first is None or last is None or first == last:
        return
    finding = f"{snapshot.order} is no number: the row counts as the oldest"
    sources.findings.add(sources.profile.store_table(source), finding, without)
    sources.progress(f"looking for the last row of each key of {source}")
    records = sum(file.records for file in sources.of(source))
    name, key = f"chain_{source}", _key(snapshot)
    chain = Chain(name, first, last, records)
    sources.connection.execute(
        f"CREATE TABLE {name}_again AS SELECT hash({key}) AS h FROM "
        f"({sources.relation(source)}) WHERE {key} IS NOT NULL GROUP BY ALL HAVING count(*) > 1"
    )
    sources.connection.execute(
        f"CREATE TABLE {name} AS SELECT _key, min(_place) AS _first, max(_place) AS _last FROM "
        f"(SELECT {key} AS _key, {chain.place} AS _place FROM "
        f"({_placed(sources, source, snapshot, sources.of(source))}) WHERE {key} IS NOT NULL) "
        f"WHERE hash(_key) IN (SELECT h FROM {name}_again) GROUP BY ALL"
    )
    sources.connection.execute(f"DROP TABLE {name}_again")
    sources.chains[source] = chain


def _alone(snapshot: Snapshot) -> str:
    """Why a row of a table of one delivery does not count."""
    nothing = snapshot.order and not snapshot.whole_may_delete
    reason = DELETES_NOTHING if nothing else DELETED
    return f"CASE WHEN {snapshot.deleted} THEN {literal(reason)} END"


def _chained(
    sources: Sources, source: str, snapshot: Snapshot, chain: Chain, files: Sequence[Readable]
) -> str:
    nothing = DELETED if snapshot.whole_may_delete else DELETES_NOTHING
    return (
        "SELECT r.* EXCLUDE (_order, _row, _place, _deleted, _of), "
        f"CASE WHEN _place < _last THEN {literal(REPLACED)} "
        f"WHEN _deleted THEN CASE WHEN _of IS NULL THEN {literal(NO_KEY)} "
        f"WHEN _first IS NULL OR _first = _place THEN {literal(nothing)} "
        f"ELSE {literal(DELETED)} END END AS {LEFT_OUT} "
        f"FROM (SELECT *, {chain.place} AS _place, ({snapshot.deleted}) AS _deleted, "
        f"{_key(snapshot)} AS _of FROM ({_placed(sources, source, snapshot, files)})) r "
        f"LEFT JOIN {chain.name} l ON r._of = l._key"
    )


def _key(snapshot: Snapshot) -> str:
    """The key of a row as 128 bits, null where a part of it is: text of any length would be held.

    That two keys among a thousand million share them is as likely as 1 in 10^20.
    """
    columns = map(identifier, snapshot.key)
    # The length keeps ("a", "bc") apart from ("ab", "c"); || is null where one part is.
    parts = (f"length({column}) || ':' || {column}" for column in columns)
    return f"md5_number({' || '.join(parts)})"


def _placed(sources: Sources, source: str, snapshot: Snapshot, files: Sequence[Readable]) -> str:
    """The rows of one file, or of all, with their number within it and within the whole table.

    Also with that of their delivery.
    """
    before = 0
    if len(files) == 1:
        every = read_order(sources.of(source))
        before = sum(file.records for file in every[: every.index(files[0])])
    numbered = (
        f"SELECT *, row_number() OVER () AS {RECORD} FROM ({sources.relation(source, files)})"
    )
    return f"SELECT *, {RECORD} + {before} AS _row, {order(snapshot)} AS _order FROM ({numbered})"


def refuse_changes_alone(sources: Sources) -> None:
    """Nothing, unless the extract is plainly made of changes without what they change.

    Two things show it, each over all tables that have deliveries: more deletions of rows that the
    extract does not have than of rows that it has; and more records of people who are not in its
    table of patients than of people who are.

    Raises:
        ExtractError: either holds.
    """
    tables = {t.name: t.snapshot for t in sources.profile.tables if t.snapshot and t.snapshot.order}
    if not tables:
        return
    files = [file for file in sources if file.file.table in tables]
    skipped = [sources.skipped(file.number) for file in files]
    nothing, deleted = (
        sum(reasons.get(reason, 0) for reasons in skipped) for reason in (DELETES_NOTHING, DELETED)
    )
    if nothing > deleted:
        raise ExtractError(
            f"{nothing:,} rows delete something that the extract does not have, and {deleted:,} "
            f"something that it has. {_WITHOUT_WHOLE}"
        )
    [(unknown, known)] = sources.connection.execute(
        "SELECT coalesce(sum(n) FILTER (WHERE status = 'unknown patient'), 0), "
        "coalesce(sum(n) FILTER (WHERE status IS NULL), 0) FROM tally "
        f"WHERE list_contains({list(tables)}, source)"
    ).fetchall()
    if unknown and not known:
        raise ExtractError(
            f"none of {unknown:,} records is of somebody in the table of patients: their files do "
            "not belong together, the column of patient ids is not what it should be (a "
            "spreadsheet may have changed it), or they are changes without the whole delivery"
        )
    if unknown > known:
        raise ExtractError(
            f"{unknown:,} records are of people who are not in the table of patients, and "
            f"{known:,} of people who are. {_WITHOUT_WHOLE}"
        )


_WITHOUT_WHOLE = (
    "These seem to be changes without the whole delivery that they belong to: put that delivery "
    "and every change since into one folder and read it"
)
