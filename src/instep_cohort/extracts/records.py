"""Events and medicine issues: counted by code in one pass over the files, written in a second.

Nothing is kept between the passes but the counts, so that an extract may be larger than the memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import duckdb

from instep_cohort.extracts import dates
from instep_cohort.extracts.profile import SYSTEMS, Kind, RecordMap
from instep_cohort.extracts.quarantine import (
    NO_CODE,
    NO_PATIENT_ID,
    UNKNOWN_PATIENT,
    UNKNOWN_SYSTEM,
)
from instep_cohort.extracts.reading import Readable
from instep_cohort.extracts.sources import Sources, bad_records, disagreement
from instep_cohort.extracts.sql import any_of, literal

#: What may stand on a row about its code, as the columns of ``codes`` are called.
SAID = ("term", "dmd", "bnf", "substance")


class _Target(NamedTuple):
    table: str
    numbers: tuple[str, ...]
    texts: tuple[str, ...]


TARGETS: dict[Kind, _Target] = {
    "clinical": _Target("events", ("value",), ("unit",)),
    "medicine": _Target("medicines", ("quantity", "days"), ("course",)),
}
_FILLED = ("filled_0", "filled_1")  # as many as a target has numbers


def tally(sources: Sources) -> None:
    """Makes ``tally``: how many rows each file has for each code, and what is said beside it.

    Columns: source, kind, filename; status, why the rows have no place in the store, or null;
    system, code, `SAID`; n, dated (rows that have a text for a date), filled_0, filled_1 (for a
    number). Rows without a place are sent to the quarantine.

    Raises:
        InstepError: two readers do not agree on a file, which is our own fault.
    """
    texts = ("source", "kind", "filename", "status", "system", "code", *SAID)
    columns = [f"{name} VARCHAR" for name in texts]
    columns += [f"{name} BIGINT" for name in ("n", "dated", *_FILLED)]
    sources.connection.execute(f"CREATE TABLE tally ({', '.join(columns)})")
    for record in sources.profile.records:
        if not sources.of(record.source):
            continue
        sources.progress(f"counting the codes of {record.source}")
        if not _tallied(sources, record):
            for file in sources.of(record.source):
                if not file.mended and not _is_read_whole(sources, file):
                    sources.mend(file)
            if not _tallied(sources, record):
                raise disagreement(sources.of(record.source)[0])
        for number, bad in _bad_rows(sources, record).items():
            if bad:
                rows = _bad_rows_of(sources, record, sources[number])
                sources.set_apart(number, bad_records(rows))


def _tallied(sources: Sources, record: RecordMap) -> bool:
    """Whether the quick reader took all files and found as many records as they have."""
    numbers, given = TARGETS[record.kind].numbers, record.columns
    filled = [f"count(s.{name})" if name in given else "0" for name in numbers]
    filled += ["0"] * (len(_FILLED) - len(filled))
    said = (f"s.{name}" if name in record.columns else "NULL" for name in SAID)
    query = (
        f"INSERT INTO tally SELECT {literal(record.source)}, {literal(record.kind)}, filename, "
        f"{_status()} AS status, s.system, s.code, {', '.join(said)}, count(*), count(s.date), "
        f"{', '.join(filled)} "
        f"FROM ({_canonical(sources, record)}) s {_PATIENTS} GROUP BY ALL"
    )
    sources.connection.execute(f"DELETE FROM tally WHERE source = {literal(record.source)}")
    try:
        sources.connection.execute(query)
    except duckdb.Error:  # its text would show the record
        return False
    found = _by_file(sources, record, "true")
    return all(found.get(file.number, 0) == file.records for file in sources.of(record.source))


def _is_read_whole(sources: Sources, file: Readable) -> bool:
    try:
        # Every column is counted, for else a Parquet file is not read but for its footer.
        rows = sources.relation(file.file.table, [file])
        query = f"SELECT count(*), count(COLUMNS(*)) FROM ({rows})"
        return bool(sources.connection.execute(query).fetchall()[0][0] == file.records)
    except duckdb.Error:
        return False


def _by_file(sources: Sources, record: RecordMap, rule: str) -> dict[int, int]:
    """The rows of each file, by its number, for which the rule holds."""
    rows = sources.connection.execute(
        f"SELECT filename, sum(n) FILTER (WHERE {rule}) FROM tally "
        f"WHERE source = {literal(record.source)} GROUP BY ALL"
    ).fetchall()
    return sources.by_file(rows)


_PATIENTS = "LEFT JOIN patients p ON p.patient_id = s.patient_id"


def _canonical(
    sources: Sources, record: RecordMap, files: list[Readable] | None = None, number: str = ""
) -> str:
    """A subquery whose columns are called as the store calls them; all of them text."""
    named = ", ".join(f'{text} AS "{name}"' for name, text in record.columns.items())
    return f"SELECT filename, {number} {named} FROM ({sources.relation(record.source, files)})"


def _status() -> str:
    return (
        f"CASE WHEN s.patient_id IS NULL THEN {literal(NO_PATIENT_ID)} "
        f"WHEN p.patient_key IS NULL THEN {literal(UNKNOWN_PATIENT)} "
        f"WHEN s.code IS NULL THEN {literal(NO_CODE)} "
        f"WHEN s.system IS NULL OR NOT {any_of('s.system', SYSTEMS)} "
        f"THEN {literal(UNKNOWN_SYSTEM)} END"
    )


def _bad_rows(sources: Sources, record: RecordMap) -> dict[int, int]:
    """How many rows of each file have no place; the others count as stored."""
    sources.stored.update(_by_file(sources, record, "status IS NULL"))
    return _by_file(sources, record, "status IS NOT NULL")


def _bad_rows_of(sources: Sources, record: RecordMap, file: Readable) -> duckdb.DuckDBPyConnection:
    # An empty OVER counts rows in the order of the file: DuckDB, "Order Preservation".
    rows = _canonical(sources, record, [file], "row_number() OVER () AS record,")
    return sources.connection.cursor().execute(
        f"SELECT record, {_status()} AS status, s.patient_id, s.code FROM ({rows}) s {_PATIENTS} "
        "WHERE status IS NOT NULL ORDER BY record"
    )


def records_query(sources: Sources, kind: Kind) -> str | None:
    """The query for ``events`` or ``medicines``, sorted; ``None`` where the extract has none.

    It joins the files with ``patients`` and ``codes``, which drops the rows without a place.
    """
    selects = [
        _records(sources, record)
        for record in sources.profile.records
        if record.kind == kind and sources.of(record.source)
    ]
    if not selects:
        return None
    target = TARGETS[kind]
    order = ("code_key", "patient_key", "day", *target.numbers, *target.texts)
    partial = ("date_precision", "earliest", "latest")
    ordered = ", ".join(f"{name} NULLS LAST" for name in (*order, *partial))
    return f"SELECT * FROM ({' UNION ALL '.join(selects)}) ORDER BY {ordered}"


def _records(sources: Sources, record: RecordMap) -> str:
    style, target = sources.profile.dates, TARGETS[record.kind]
    given = record.columns
    numbers = [
        f"{_number(f's.{name}') if name in given else 'NULL'} AS {name}" for name in target.numbers
    ]
    texts = [f"{f's.{name}' if name in given else 'NULL'} AS {name}" for name in target.texts]
    rows = (
        f"SELECT p.patient_key, {dates.day('s.date', style)} AS day, c.code_key, "
        f"{', '.join((*numbers, *texts))}, s.date FROM ({_canonical(sources, record)}) s "
        "JOIN patients p ON p.patient_id = s.patient_id "
        f"JOIN codes c ON c.kind = {literal(record.kind)} AND c.system = s.system "
        "AND c.code = s.code"
    )
    undated = "CASE WHEN day IS NULL THEN"
    return (
        "SELECT * EXCLUDE (date), "
        f"CASE WHEN day IS NOT NULL THEN 'day' WHEN date IS NULL THEN 'none' "
        f"ELSE {dates.precision('date', style)} END AS date_precision, "
        f"{undated} {dates.earliest('date', style)} END AS earliest, "
        f"{undated} {dates.latest('date', style)} END AS latest FROM ({rows})"
    )


def _number(text: str) -> str:
    """A finite number, else null. DuckDB would read ``1_000`` as one; -0 and 0 become the same."""
    number = f"TRY_CAST({text} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) AND NOT contains({text}, '_') THEN {number} + 0.0 END"


def count_findings(sources: Sources, kind: Kind, file: Path, extract_day: int) -> None:
    """Counts what is odd in a written table of events or medicines.

    Args:
        sources: the extract; it has ``tally``, ``patients`` and ``registrations``.
        kind: whose table it is.
        file: the table, as it was written.
        extract_day: the extract date, in days since 1970-01-01.
    """
    target = TARGETS[kind]
    filled = ", ".join(f"coalesce(sum({name}), 0)" for name in _FILLED)
    [(rows, dated, *written)] = sources.connection.execute(
        f"SELECT coalesce(sum(n), 0), coalesce(sum(dated), 0), {filled} FROM tally "
        f"WHERE kind = {literal(kind)} AND status IS NULL"
    ).fetchall()
    begins, ends = "coalesce(day, earliest)", "coalesce(day, latest)"
    rules = {
        "date known to the month only: undated": "date_precision = 'month'",
        "date known to the year only: undated": "date_precision = 'year'",
        "after the extract date": f"{begins} > {extract_day}",
        "before birth": f"{ends} < birth_day",
        "after death": f"{begins} > death_day",
        "before the first registration": f"{ends} < first_start",
    }
    source = (
        f"(FROM read_parquet({literal(str(file))})) JOIN patients USING (patient_key) LEFT JOIN "
        "(SELECT patient_key, min(start_day) AS first_start FROM registrations GROUP BY ALL) "
        "USING (patient_key)"
    )
    sources.count_findings(target.table, source, rules)
    numbers = ", ".join(f"count({name})" for name in target.numbers)
    [(undated, *read)] = sources.connection.execute(
        f"SELECT count(*) FILTER (WHERE date_precision = 'none'), {numbers} "
        f"FROM read_parquet({literal(str(file))})"
    ).fetchall()
    sources.findings.add(target.table, "date missing: undated", int(rows - dated))
    unreadable = int(undated - (rows - dated))
    sources.findings.add(target.table, "date unreadable: undated", unreadable)
    for name, texts, values in zip(target.numbers, written, read, strict=False):
        finding = f"{name} is not a number: left empty"
        sources.findings.add(target.table, finding, int(texts - values))
