"""Events and medicine issues, written in a second pass over the files.

Nothing is kept between the passes but the counts, so that an extract may be larger than the memory.
"""

from __future__ import annotations

from pathlib import Path

from instep_cohort.extracts import dates
from instep_cohort.extracts.profile import Kind, RecordMap
from instep_cohort.extracts.record_rows import (
    TARGETS,
    may_leave_out,
    record_rows,
    said_precision,
)
from instep_cohort.extracts.sources import Sources
from instep_cohort.extracts.sql import literal
from instep_cohort.extracts.tallying import FILLED

MARKER = "date is the marker {} ({}): undated"


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
    return f"SELECT * FROM ({' UNION ALL '.join(selects)}) ORDER BY {row_order(kind)}"


def row_order(kind: Kind) -> str:
    """What ``events`` or ``medicines`` are sorted by: every column, so that ties are copies."""
    target = TARGETS[kind]
    columns = ("code_key", "patient_key", "day", *target.numbers, *target.texts)
    partial = ("date_precision", "earliest", "latest")
    return ", ".join(f"{name} NULLS LAST" for name in (*columns, *partial))


def _records(sources: Sources, record: RecordMap) -> str:
    style, target = sources.profile.dates_of(record.source), TARGETS[record.kind]
    given = record.columns
    numbers = [
        f"{_number(f's.{name}') if name in given else 'NULL'} AS {name}" for name in target.numbers
    ]
    texts = [f"{f's.{name}' if name in given else 'NULL'} AS {name}" for name in target.texts]
    said = [f"{said_precision('s.date_precision')} AS said"] if "date_precision" in given else []
    counting = "WHERE s.left_out IS NULL" if may_leave_out(sources, record) else ""
    rows = (
        f"SELECT p.patient_key, {dates.day('s.date', style)} AS day, c.code_key, "
        f"{', '.join((*numbers, *texts, *said))}, s.date FROM ({record_rows(sources, record)}) s "
        "JOIN patients p ON p.patient_id = s.patient_id "
        f"JOIN codes c ON c.kind = {literal(record.kind)} AND c.system = s.system "
        f"AND c.code = s.code {counting}"
    )
    precision = (
        "CASE WHEN day IS NOT NULL THEN 'day' WHEN date IS NULL THEN 'none' "
        f"ELSE {dates.precision('date', style)} END"
    )
    earliest, latest = dates.earliest("date", style), dates.latest("date", style)
    if said:
        return _coarsened(rows, precision, earliest)
    undated = "CASE WHEN day IS NULL THEN"
    return (
        f"SELECT * EXCLUDE (date), {precision} AS date_precision, "
        f"{undated} {earliest} END AS earliest, {undated} {latest} END AS latest FROM ({rows})"
    )


def _coarsened(rows: str, precision: str, earliest: str) -> str:
    """The rows with the coarser of what their date is and what is said of it."""
    read = f"SELECT *, {precision} AS known, coalesce(day, {earliest}) AS first FROM ({rows})"
    believed = (
        "CASE WHEN 'none' IN (known, said) THEN 'none' WHEN 'year' IN (known, said) THEN 'year' "
        "WHEN 'month' IN (known, said) THEN 'month' ELSE 'day' END"
    )
    first = "DATE '1970-01-01' + first"
    starts, ends = [], []
    for unit in ("month", "year"):
        start = f"date_trunc('{unit}', {first})"
        starts.append(f"WHEN '{unit}' THEN {_days(start)}")
        ends.append(f"WHEN '{unit}' THEN {_days(f'{start} + INTERVAL 1 {unit} - INTERVAL 1 DAY')}")
    return (
        "SELECT * EXCLUDE (date, said, known, first) "
        "REPLACE (CASE date_precision WHEN 'day' THEN day END AS day), "
        f"CASE date_precision {' '.join(starts)} END AS earliest, "
        f"CASE date_precision {' '.join(ends)} END AS latest "
        f"FROM (SELECT *, {believed} AS date_precision FROM ({read}))"
    )


def _days(timestamp: str) -> str:
    return f"CAST(CAST({timestamp} AS DATE) - DATE '1970-01-01' AS INTEGER)"


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
    filled = ", ".join(f"coalesce(sum({name}), 0)" for name in FILLED)
    counted = f"FROM tally WHERE kind = {literal(kind)} AND status IS NULL"
    [(rows, dated, doubted, *written)] = sources.connection.execute(
        f"SELECT coalesce(sum(n), 0), coalesce(sum(dated), 0), coalesce(sum(doubted), 0), {filled} "
        f"{counted}"
    ).fetchall()
    marked = dict(
        sources.connection.execute(
            f"SELECT marker, sum(n) {counted} AND marker IS NOT NULL GROUP BY ALL"
        ).fetchall()
    )
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
    missing = int(rows - dated - sum(marked.values()))
    found = {
        "date missing: undated": missing,
        "date said to be of no known precision: undated": int(doubted),
        "date unreadable: undated": int(undated - (rows - dated) - doubted),
    }
    for iso, meaning in sources.profile.markers.items():
        found[MARKER.format(iso, meaning)] = int(marked.get(iso, 0))
    for finding, number in found.items():
        sources.findings.add(target.table, finding, number)
    for name, texts, values in zip(target.numbers, written, read, strict=False):
        finding = f"{name} is not a number: left empty"
        sources.findings.add(target.table, finding, int(texts - values))
