"""The rows of a record map as SQL: what each is made of, and why one has no place in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from instep_cohort.extracts import dates
from instep_cohort.extracts.profile import SYSTEMS, Join, Kind, RecordMap
from instep_cohort.extracts.quarantine import (
    NO_CODE,
    NO_PATIENT_ID,
    UNKNOWN_PATIENT,
    UNKNOWN_SYSTEM,
)
from instep_cohort.extracts.reading import Readable
from instep_cohort.extracts.snapshots import LEFT_OUT, RECORD, is_pending, order, rows
from instep_cohort.extracts.sources import Sources
from instep_cohort.extracts.sql import any_of, first_that_holds, identifier, literal
from instep_cohort.extracts.staging import joined

#: What may stand on a row about its code, as the columns of ``codes`` are called.
SAID = ("term", "read_v2", "ctv3", "snomed_concept", "dmd", "bnf", "substance")

#: Why a row is skipped that no map of its table is about.
OF_NO_KIND = "of no kind that is read"

#: Stands before the reason of a row that is skipped on purpose; others are quarantined.
SKIPPED = "-"

_NOTHING = "CAST(NULL AS VARCHAR)"
_PRECISIONS = ("day", "month", "year")


class _Target(NamedTuple):
    table: str
    numbers: tuple[str, ...]
    texts: tuple[str, ...]


TARGETS: dict[Kind, _Target] = {
    "clinical": _Target("events", ("value",), ("unit",)),
    "medicine": _Target("medicines", ("quantity", "days"), ("course",)),
}


class Aliases(NamedTuple):
    """What the rows of a map, the patients and the people left out are called in a query."""

    rows: str = "s"
    patients: str = "p"
    people: str = "o"


def record_rows(
    sources: Sources,
    record: RecordMap,
    *,
    files: Sequence[Readable] | None = None,
) -> str:
    """A subquery whose columns are called as the store calls them; all of them text.

    Besides those of the map it has ``filename``; ``left_out``, why a row is left out, where
    `may_leave_out`; ``marker``, the marker that the date is, where the profile has any: such a date
    is null; and ``delivery`` where it is not yet known how many deliveries the table comes in.

    Args:
        sources: the extract.
        record: the map.
        files: files of its table; all of them unless told otherwise.
    """
    taken = joined(sources, rows(sources, record.source, files, numbered=False), record.joins)
    named = [f"{text} AS {identifier(name)}" for name, text in _columns(sources, record).items()]
    return f"SELECT filename, {', '.join(named)} FROM ({taken})"


def _columns(sources: Sources, record: RecordMap) -> dict[str, str]:
    columns = {"date": _NOTHING, **record.columns}
    if "date_precision" in columns:
        columns["date_precision"] = f"lower({columns['date_precision']})"
    if markers := tuple(sources.profile.markers):
        style = sources.profile.dates_of(record.source)
        columns["marker"] = dates.marker(columns["date"], markers, style)
        columns["date"] = dates.without_markers(columns["date"], markers, style)
    if may_leave_out(sources, record):
        columns["left_out"] = left_out(sources, record)
    snapshot = sources.profile.table(record.source).snapshot
    if snapshot is not None and is_pending(sources, record.source):
        columns["delivery"] = order(snapshot)
    return columns


def may_leave_out(sources: Sources, record: RecordMap) -> bool:
    """Whether a map has reasons to leave rows out."""
    has_snapshot = sources.profile.table(record.source).snapshot is not None
    return bool(record.where or record.skips or has_snapshot)


def left_out(sources: Sources, record: RecordMap) -> str:
    """Why a row is left out, as an SQL expression over the columns of the map's table."""
    about = {OF_NO_KIND: f"({record.where}) IS NOT TRUE"} if record.where else {}
    reason = first_that_holds({**about, **record.skips})
    has_snapshot = sources.profile.table(record.source).snapshot is not None
    return f"coalesce({LEFT_OUT}, {reason})" if has_snapshot else reason


def people(sources: Sources, names: Aliases = Aliases()) -> str:  # noqa: B008
    """The joins that `status` needs."""
    rows_, patients, left = names
    join = f"LEFT JOIN patients {patients} ON {patients}.patient_id = {rows_}.patient_id"
    if sources.has_left_out:
        join += f" LEFT JOIN people_left_out {left} ON {left}.patient_id = {rows_}.patient_id"
    return join


def status(sources: Sources, record: RecordMap, names: Aliases = Aliases()) -> str:  # noqa: B008
    """Why a row has no place in the store; null for one that has.

    The reason of a row that is skipped has `SKIPPED` before it.
    """
    s, p, o = names
    skipped, known = "", ""
    if may_leave_out(sources, record):
        skipped = f"WHEN {s}.left_out IS NOT NULL THEN {literal(SKIPPED)} || {s}.left_out "
    if sources.has_left_out:
        known = (
            f"WHEN {p}.patient_key IS NULL AND {o}.reason IS NOT NULL "
            f"THEN {literal(SKIPPED)} || {o}.reason "
        )
    return (
        f"CASE {skipped}WHEN {s}.patient_id IS NULL THEN {literal(NO_PATIENT_ID)} {known}"
        f"WHEN {p}.patient_key IS NULL THEN {literal(UNKNOWN_PATIENT)} "
        f"WHEN {s}.code IS NULL THEN {literal(NO_CODE)} "
        f"WHEN {s}.system IS NULL OR NOT {any_of(f'{s}.system', SYSTEMS)} "
        f"THEN {literal(UNKNOWN_SYSTEM)} END"
    )


def said_precision(text: str) -> str:
    """What a row says of its date's precision: ``day``, ``month``, ``year``, or ``none``."""
    return (
        f"CASE WHEN {text} IS NULL THEN 'day' WHEN {any_of(text, _PRECISIONS)} THEN {text} "
        "ELSE 'none' END"
    )


def fates(sources: Sources, source: str, file: Readable | None = None) -> str:
    """A query for what becomes of each row of a table: filename, record, fate, and what it holds.

    A row is stored, its fate null, where one of the table's maps stores it. Else the first map that
    is about it says why not, as `status` does.

    Args:
        sources: the extract.
        source: the table.
        file: the one file whose rows are numbered in ``record``; else ``record`` is null.
    """
    maps = sources.profile.records_of(source)
    numbered = file is not None
    taken = rows(sources, source, None if file is None else [file], numbered=numbered)
    taken = joined(sources, taken, _joins(maps))
    columns = ["filename", f"{RECORD if numbered else 'NULL'} AS record"]
    held = _held(sources, maps[0])
    columns += [f"{identifier(name)} AS held_{place}" for place, name in enumerate(held)]
    whys, tables = [], []
    for number, record in enumerate(maps):
        given = {name: record.columns[name] for name in ("patient_id", "system", "code")}
        if may_leave_out(sources, record):
            given["left_out"] = left_out(sources, record)
        fields = ", ".join(f"{name} := {text}" for name, text in given.items())
        columns.append(f"struct_pack({fields}) AS m{number}")
        names = Aliases(f"t.m{number}", f"p{number}", f"o{number}")
        tables.append(people(sources, names))
        whys.append(status(sources, record, names))
    return (
        f"SELECT filename, record, {_fate(whys)} AS fate"
        f"{''.join(f', held_{place}' for place in range(len(held)))} "
        f"FROM (SELECT {', '.join(columns)} FROM ({taken})) t {' '.join(tables)}"
    )


def _joins(maps: Iterable[RecordMap]) -> list[Join]:
    every: list[Join] = []
    for record in maps:
        every += [join for join in record.joins if join not in every]
    return every


def _held(sources: Sources, record: RecordMap) -> list[str]:
    """The columns of a row by which it is known again: those of its patient and its code."""
    table = sources.profile.table(record.source)
    cells = (table.cell(record.columns[name]) for name in ("patient_id", "code"))
    return [cell for cell in cells if cell]


def _fate(whys: Sequence[str]) -> str:
    if len(whys) == 1:
        return whys[0]
    nobody = literal(SKIPPED + OF_NO_KIND)
    stored = " OR ".join(f"({why}) IS NULL" for why in whys)
    about = ", ".join(f"nullif({why}, {nobody})" for why in whys)
    return f"CASE WHEN NOT ({stored}) THEN coalesce({about}, {nobody}) END"
