"""Events and medicine issues counted by code, in one pass over the files."""

from __future__ import annotations

from collections import Counter

import duckdb

from instep_cohort.extracts.profile import RecordMap
from instep_cohort.extracts.record_rows import (
    SAID,
    SKIPPED,
    TARGETS,
    fates,
    people,
    record_rows,
    said_precision,
    status,
)
from instep_cohort.extracts.snapshots import is_pending, refuse_changes_alone, settle
from instep_cohort.extracts.sources import Sources, bad_records, disagreement
from instep_cohort.extracts.sql import literal

FILLED = ("filled_0", "filled_1")  # as many as a target has numbers
_DELIVERY = ("first_delivery", "last_delivery", "without_delivery")


def tally(sources: Sources) -> None:
    """Makes ``tally``: how many rows each file has for each code, and what is said beside it.

    Columns: map, its place in the profile; source, kind, filename; status, why the rows have no
    place in the store, or null; system, code, `SAID`; marker, which marker the date is; n, dated
    (rows that have a text for a date), doubted (those of them whose date may not be believed at
    all), filled_0, filled_1 (for a number). Rows without a place are sent to the quarantine.

    Raises:
        InstepError: two readers do not agree on a file, which is our own fault.
        ExtractError: the extract is made of changes without what they change.
    """
    texts = ("source", "kind", "filename", "status", "system", "code", *SAID, "marker")
    numbers = ("n", "dated", "doubted", *FILLED, *_DELIVERY)
    columns = ["map INTEGER", *(f"{name} VARCHAR" for name in texts)]
    columns += [f"{name} BIGINT" for name in numbers]
    sources.connection.execute(f"CREATE TABLE tally ({', '.join(columns)})")
    for number, record in enumerate(sources.profile.records):
        if sources.of(record.source):
            sources.progress(f"counting the codes of {record.source}")
            _tally(sources, number, record)
    for source in dict.fromkeys(record.source for record in sources.profile.records):
        if not sources.is_accounted_for(source):
            _account(sources, source)
    refuse_changes_alone(sources)


def _tally(sources: Sources, number: int, record: RecordMap) -> None:
    if not _tallied(sources, number, record):
        sources.read_whole(record.source)
        if not _tallied(sources, number, record):
            raise disagreement(sources.of(record.source)[0])
    if is_pending(sources, record.source):
        [deliveries] = sources.connection.execute(
            "SELECT min(first_delivery), max(last_delivery), coalesce(sum(without_delivery), 0) "
            f"FROM tally WHERE map = {number}"
        ).fetchall()
        settle(sources, record.source, *deliveries)
        # What was counted before it was known which rows are replaced is counted again.
        if record.source in sources.chains and not _tallied(sources, number, record):
            raise disagreement(sources.of(record.source)[0])


def _tallied(sources: Sources, number: int, record: RecordMap) -> bool:
    """Whether the quick reader took all files and found as many records as they have."""
    wanted, given = TARGETS[record.kind].numbers, record.columns
    filled = [f"count(s.{name})" if name in given else "0" for name in wanted]
    filled += ["0"] * (len(FILLED) - len(filled))
    said = [f"s.{name}" if name in given else "NULL" for name in SAID]
    marker = "s.marker" if sources.profile.markers else "NULL"
    doubted = "0"
    if "date_precision" in given:
        none = f"{said_precision('s.date_precision')} = 'none'"
        doubted = f"count(s.date) FILTER (WHERE {none})"
    delivery = ["NULL"] * len(_DELIVERY)
    if is_pending(sources, record.source):
        without = "count(*) FILTER (WHERE s.delivery < 0)"
        delivery = ["min(s.delivery)", "max(s.delivery)", without]
    query = (
        f"INSERT INTO tally SELECT {number}, {literal(record.source)}, {literal(record.kind)}, "
        f"filename, {status(sources, record)} AS status, s.system, s.code, {', '.join(said)}, "
        f"{marker} AS marker, count(*), count(s.date), {doubted}, {', '.join(filled)}, "
        f"{', '.join(delivery)} "
        f"FROM ({record_rows(sources, record)}) s {people(sources)} GROUP BY ALL"
    )
    sources.connection.execute(f"DELETE FROM tally WHERE map = {number}")
    try:
        with sources.reading(record.source):
            sources.connection.execute(query)
    except duckdb.Error:  # its text would show the record
        return False
    found = sources.by_file(
        sources.connection.execute(
            f"SELECT filename, sum(n) FROM tally WHERE map = {number} GROUP BY ALL"
        ).fetchall()
    )
    return all(found.get(file.number, 0) == file.records for file in sources.of(record.source))


def _account(sources: Sources, source: str) -> None:
    """Settles what became of each row of a table, and sends the bad ones to the quarantine."""
    if len(sources.profile.records_of(source)) == 1:
        counted = f"SELECT filename, status, sum(n) FROM tally WHERE source = {literal(source)}"
    else:
        counted = f"SELECT filename, fate, count(*) FROM ({fates(sources, source)})"
    rows = sources.connection.execute(f"{counted} GROUP BY ALL").fetchall()
    by_fate: dict[str | None, dict[int, int]] = {}
    for fate in {fate for _, fate, _ in rows}:
        by_fate[fate] = sources.by_file((name, n) for name, one, n in rows if one == fate)
    for file in sources.of(source):
        counts = Counter({fate: by_fate[fate].get(file.number, 0) for fate in by_fate})
        skipped = {
            fate.removeprefix(SKIPPED): n
            for fate, n in counts.items()
            if fate is not None and fate.startswith(SKIPPED) and n
        }
        sources.account(source, file.number, stored=counts[None], skipped=skipped)
        if counts.total() > counts[None] + sum(skipped.values()):
            _set_apart(sources, source, file.number)


def _set_apart(sources: Sources, source: str, number: int) -> None:
    query = fates(sources, source, sources[number])
    rows = sources.connection.cursor().execute(
        f"SELECT * EXCLUDE (filename) FROM ({query}) WHERE fate IS NOT NULL "
        f"AND NOT starts_with(fate, {literal(SKIPPED)}) ORDER BY record"
    )
    sources.set_apart(number, bad_records(rows))
