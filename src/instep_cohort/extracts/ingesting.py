"""From the files of an extract to a store."""

from __future__ import annotations

import importlib.metadata
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

from instep_cohort.errors import ExtractError, InstepError
from instep_cohort.extracts.bytes_read import BytesRead
from instep_cohort.extracts.codes_table import make_codes, read_dictionaries
from instep_cohort.extracts.dates import days_since_epoch
from instep_cohort.extracts.file_findings import count_words, note_cut_off, note_files
from instep_cohort.extracts.files import SourceFile, find_files
from instep_cohort.extracts.manifest import FILE_NAME, FileCounts, Manifest, TableCounts
from instep_cohort.extracts.patients import read_patients
from instep_cohort.extracts.profile import Profile
from instep_cohort.extracts.profiles import find_profile
from instep_cohort.extracts.reading import Readable, look_at
from instep_cohort.extracts.recognising import detect, unopened
from instep_cohort.extracts.record_rows import TARGETS
from instep_cohort.extracts.records import count_findings, records_query
from instep_cohort.extracts.registrations import read_registrations
from instep_cohort.extracts.repairing import refuse_suggestions, write_suggestions
from instep_cohort.extracts.sources import Sources, disagreement
from instep_cohort.extracts.store import Store, open_store
from instep_cohort.extracts.tables import SCHEMA_VERSION, TABLES
from instep_cohort.extracts.tallying import tally
from instep_cohort.extracts.working_database import connect
from instep_cohort.extracts.writing import replacing, table_file, write_table

_SHOWN = 5
_LOOKING = 2  # files at once
_LITTLE = 1_000_000_000  # bytes

#: In place of a profile's name: the one profile that fits.
AUTO = "auto"


def ingest(
    extract: Path | str,
    *,
    profile: str | Profile,
    extract_date: date,
    out: Path | str,
    progress: Callable[[str], None] | None = None,
    bytes_read: Callable[[int, int], None] | None = None,
    repair: Path | str | None = None,
) -> Store:
    """The store made of an extract. Nothing is lost: each row is stored, quarantined or skipped.

    The store is built beside ``out`` and takes its place at the very end; an earlier store stays
    whole until then. The same extract gives the same bytes.

    Args:
        extract: the folder that the source system exported, or a .zip of it.
        profile: how it is laid out: the name of a profile, ``auto`` for the one that fits, or a
            `Profile`.
        extract_date: the day it was taken.
        out: the folder of the store.
        progress: is told what is being done, in words without any patient in them.
        bytes_read: is told, by any thread, how many bytes of the files have been read and how many
            there are; the files are gone through three times, and each time counts a third.
        repair: a new CSV file for suggestions what damaged cells may have been; none of them is
            applied (`repairing`).

    Raises:
        UsageError: no such profile or extract; two profiles fit; ``out`` is a folder that is no
            store; the file of `repair` is there already.
        ExtractError: the extract cannot be read as what it is said to be.
    """
    extract, out = Path(extract).absolute(), Path(out).absolute()
    tell = progress or (lambda _: None)
    if (extract / FILE_NAME).is_file():
        raise ExtractError(f"{extract}: a store already, not an extract; open it instead")
    suggestions = Path(repair) if repair is not None else None
    if suggestions is not None:
        refuse_suggestions(suggestions)
    layout = _layout(extract, profile, tell)
    with replacing(out) as folder:
        scratch = folder.parent / "scratch"
        scratch.mkdir()
        try:
            gauge = BytesRead(bytes_read)
            _build(_Order(extract, layout, extract_date, folder, scratch, tell, gauge, suggestions))
            gauge.finish()
        except duckdb.Error as error:
            # Its text may show records, so only its kind is passed on.
            raise InstepError(
                f"the extract could not be read: {type(error).__name__} while working on it"
                f"{_room(scratch)}"
            ) from None
        except OSError as error:
            why = error.strerror or "a fault of the disk"
            raise InstepError(f"the store could not be made: {why}{_room(scratch)}") from None
    return open_store(out)


def _room(scratch: Path) -> str:
    """How much is free where the store is made, where it is so little that this may be why."""
    free = shutil.disk_usage(scratch).free
    return f"; {free:,} bytes are free on the disk of the store" if free < _LITTLE else ""


def _layout(extract: Path, profile: str | Profile, tell: Callable[[str], None]) -> Profile:
    if isinstance(profile, Profile):
        return profile
    if profile != AUTO:
        return find_profile(profile)
    recognised = detect(extract)
    tell(str(recognised))
    return recognised.profile


class _Order(NamedTuple):
    """What is to be read, and where the store is built."""

    extract: Path
    profile: Profile
    extract_date: date
    folder: Path
    scratch: Path
    tell: Callable[[str], None]
    bytes_read: BytesRead
    suggestions: Path | None


def _build(order: _Order) -> None:
    profile, scratch, tell = order.profile, order.scratch, order.tell
    found, unused = find_files(order.extract, profile, scratch, tell)
    present = frozenset(file.table for file in found)
    _refuse_missing(profile, present, unused)
    gauge = order.bytes_read
    gauge.expect(sum(file.path.stat().st_size for file in found if file.path.exists()))
    with _connect(scratch) as connection:
        tell("looking at the files")
        files = _look_at_all(found, profile, present, gauge)
        sources = Sources(
            connection, profile, files, scratch=scratch, progress=tell, bytes_read=gauge
        )
        note_files(sources)
        tables = _tables(sources, order.extract_date, order.folder)
        _note_missing(sources, present, tables)
        note_cut_off(sources)
        if order.suggestions is not None:
            tell("looking for what damaged cells may have been")
            write_suggestions(sources, order.suggestions, order.extract_date)
        Manifest(
            schema_version=SCHEMA_VERSION,
            instep_cohort=_version(),
            profile=profile.name,
            profile_version=profile.version,
            extract_date=order.extract_date,
            files=tuple(_counts(sources, file) for file in sources),
            unused_files=tuple(unused),
            tables=tables,
            findings=sources.findings.listed(),
        ).write(order.folder)


def _look_at_all(
    found: Sequence[SourceFile], profile: Profile, present: frozenset[str], gauge: BytesRead
) -> list[Readable]:
    """Every file, looked at: while one is counted another is hashed, as Python can do at once."""
    pool = ThreadPoolExecutor(_LOOKING)
    try:
        looks = [
            pool.submit(look_at, file, number, profile, present, gauge.add)
            for number, file in enumerate(found)
        ]
        return [look.result() for look in looks]
    finally:
        pool.shutdown(cancel_futures=True)


def _connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    connection = connect(scratch)
    # Left to itself it may hash the files and probe with the patients: three times as slow.
    connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    return connection


def _refuse_missing(profile: Profile, present: frozenset[str], unused: list[str]) -> None:
    for table in profile.tables:
        if table.required and table.name not in present:
            shown = ", ".join(unused[:_SHOWN]) + (" …" if len(unused) > _SHOWN else "")
            raise ExtractError(
                f"no {table.title} file in the extract: one with the columns "
                f"{', '.join(table.needed)} is needed (profile {profile.name}; files found and not "
                f"used: {shown or 'none'}{unopened(unused)})"
            )


def _note_missing(
    sources: Sources, present: frozenset[str], written: dict[str, TableCounts]
) -> None:
    """Notes the tables that are not there; without a dictionary, on the rows that would need it."""
    profile = sources.profile
    needing = {d.source: TARGETS[d.kind].table for d in profile.dictionaries}
    for table in profile.tables:
        if table.without and table.name not in present:
            name = needing.get(table.name, profile.store_table(table.name))
            sources.findings.note(name, table.without, written[name].rows)


def _tables(sources: Sources, extract_date: date, folder: Path) -> dict[str, TableCounts]:
    """Makes every table and writes it."""
    connection = sources.connection
    read_patients(sources, extract_date)
    read_registrations(sources, extract_date)
    tally(sources)
    read_dictionaries(sources)
    make_codes(sources)
    count_words(sources)  # now that every file is known to be read whole
    queries = {
        "patients": "FROM patients ORDER BY patient_key",
        "registrations": "FROM registrations ORDER BY ALL",
        "codes": "FROM codes ORDER BY code_key",
        **{TARGETS[kind].table: records_query(sources, kind) for kind in TARGETS},
    }
    written = {}
    for name, query in queries.items():
        sources.progress(f"writing {name}")
        with sources.reading(*_sources_of(sources, name)):
            written[name] = write_table(connection, name, query, folder)
    for kind, target in TARGETS.items():
        file = table_file(folder, target.table)
        count_findings(sources, kind, file, days_since_epoch(extract_date))
    query = sources.quarantine.query()
    written["quarantine"] = write_table(connection, "quarantine", query, folder)
    _check_rows(sources, written)
    return {name: written[name] for name in TABLES}


def _sources_of(sources: Sources, name: str) -> list[str]:
    """The tables of the extract that are gone through when a table of the store is written."""
    kinds = [kind for kind, target in TARGETS.items() if target.table == name]
    return [record.source for record in sources.profile.records if record.kind in kinds]


def _check_rows(sources: Sources, written: dict[str, TableCounts]) -> None:
    """That each row that counts stands in its table, counted on the written table itself."""
    counted = sources.connection.execute(
        "SELECT kind, sum(n) FROM tally WHERE status IS NULL GROUP BY ALL"
    ).fetchall()
    expected = Counter({TARGETS[kind].table: int(rows) for kind, rows in counted})
    for file in sources:
        expected["quarantine"] += sum(sources.quarantine.counts(file.name).values())
    for table in (*(target.table for target in TARGETS.values()), "quarantine"):
        if written[table].rows != expected[table]:
            raise InstepError(f"rows of {table} were lost: a fault of this program")


def _counts(sources: Sources, file: Readable) -> FileCounts:
    counts = FileCounts(
        file=file.name,
        table=file.file.table,
        sha256=file.sha256,
        read=file.read,
        stored=sources.stored[file.number],
        quarantined=sources.quarantine.counts(file.name),
        skipped=sources.skipped(file.number),
    )
    if not counts.is_closed:
        raise disagreement(file)
    return counts


def _version() -> str:
    try:
        return importlib.metadata.version("instep-cohort")
    except importlib.metadata.PackageNotFoundError:  # run from a source tree
        return "unknown"
