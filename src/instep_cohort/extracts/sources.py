"""The files of one extract as they are read: as they are where that works, else a mended copy."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from instep_cohort.errors import ExtractError, InstepError
from instep_cohort.extracts.bytes_read import BytesRead
from instep_cohort.extracts.faulty_columns import FaultyColumns
from instep_cohort.extracts.findings import Findings
from instep_cohort.extracts.lines import BLANK, Record, decoded, find_lines
from instep_cohort.extracts.mending import mend
from instep_cohort.extracts.profile import Join, Profile
from instep_cohort.extracts.quarantine import BadRow, Quarantine
from instep_cohort.extracts.reading import Readable, relation
from instep_cohort.extracts.survey import Survey, copy_of, create_bytes, open_bytes
from instep_cohort.extracts.sweeping import count_if_plain, find_records
from instep_cohort.extracts.transcoding import transcode

if TYPE_CHECKING:
    from instep_cohort.extracts.snapshots import Chain

NOT_UTF8_FILE = "file is not UTF-8: read as Windows-1252"
UTF8_FILE = "file is UTF-8, not Windows-1252: read as UTF-8"
RETURN_WITHIN_A_ROW = "carriage return within a row: read as a blank"

_BATCH = 10_000


class BadRecord(NamedTuple):
    """A record that can be read but has no place in the store.

    Attributes:
        record: its number among the good records of its file, from 1.
        reason: why it has none.
        holds: texts that stand in it, by which it is known again.
    """

    record: int
    reason: str
    holds: tuple[str, ...]


def bad_records(cursor: duckdb.DuckDBPyConnection) -> Iterator[BadRecord]:
    """The bad records that a query yields as record, reason and the texts that stand in it."""
    while rows := cursor.fetchmany(_BATCH):
        for record, reason, *holds in rows:
            yield BadRecord(record, reason, tuple(text for text in holds if text is not None))


class Sources:
    """The files of an extract, by the profile's tables."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        profile: Profile,
        files: Iterable[Readable],
        *,
        scratch: Path,
        progress: Callable[[str], None],
        bytes_read: BytesRead | None = None,
    ) -> None:
        """Takes files that were looked at. Those that are not plain are mended at once.

        ``stored`` counts the rows of each file, by its number, that went into the store;
        ``deliveries`` holds the tables whose deliveries are known, ``chains`` those of them that
        have several; ``beside`` the tables that joins made; ``has_left_out`` whether there are
        people who were left out on purpose.

        Args:
            connection: the DuckDB that reads them.
            profile: how they are laid out.
            files: the files.
            scratch: a folder for copies.
            progress: is told which file is being read.
            bytes_read: counts what is read.
        """
        self._bytes_read = bytes_read or BytesRead()
        self.connection = connection
        self.profile = profile
        self.quarantine = Quarantine(scratch)
        self.findings = Findings()
        self._scratch = scratch
        self.progress = progress
        self._files = {file.number: file for file in files}
        self.stored: Counter[int] = Counter()
        self.deliveries: set[str] = set()
        self.chains: dict[str, Chain] = {}
        self.beside: list[tuple[Join, str]] = []
        self.has_left_out = False
        self._accounted: set[str] = set()
        self._skipped: dict[int, Counter[str]] = defaultdict(Counter)
        for file in tuple(self._files.values()):
            self._make_plain(file)

    def _make_plain(self, file: Readable) -> None:
        """Sees to it that an ordinary reader may take the file."""
        looked = file.survey
        if looked is None:
            return
        table = self.profile.store_table(file.file.table)
        if looked.foreign and looked.encoding == "utf-8":
            self.findings.add(table, UTF8_FILE, file.records)
        if (looked.plain or looked.plain_elsewhere) and looked.breaks_in_quotes:
            self.progress(f"counting the records of {file.name}")
            records = count_if_plain(file.file.path, looked)
            if records is None:
                self.mend(file)
                return
            file = self._files[file.number] = file.counted_as(records)
        if looked.plain_elsewhere and not looked.plain:
            self.progress(f"reading {file.name} as Windows-1252")
            copy = copy_of(file.path, self._scratch / f"transcoded-{file.number}.csv")
            with open_bytes(file.file.path) as source, create_bytes(copy) as target:
                transcode(source, target)
            self._files[file.number] = file.transcoded_as(copy)
        elif not looked.plain:
            self.mend(file)

    def __iter__(self) -> Iterator[Readable]:
        """Every file, as it is read now."""
        return iter(tuple(self._files.values()))

    def __getitem__(self, number: int) -> Readable:
        """The file with this number."""
        return self._files[number]

    def of(self, source: str) -> list[Readable]:
        """The files of one of the profile's tables."""
        return [file for file in self if file.file.table == source]

    def reading(self, *sources: str) -> AbstractContextManager[None]:
        """While a query goes through tables, its bytes are counted."""
        size = sum(file.size for source in dict.fromkeys(sources) for file in self.of(source))
        return self._bytes_read.through(self.connection, size)

    def staging(self, file: Readable) -> AbstractContextManager[None]:
        """While a file is taken into DuckDB once for all: its bytes count as in two passes."""
        return self._bytes_read.through(self.connection, 2 * file.size)

    def by_file(self, rows: Iterable[tuple[str, int | None]]) -> dict[int, int]:
        """Counts by the number of a file, from counts by the name that DuckDB gives it."""
        numbers = {os.path.normpath(file.path): file.number for file in self}
        return {numbers[os.path.normpath(name)]: int(count or 0) for name, count in rows}

    def skipped(self, number: int) -> dict[str, int]:
        """How many records of a file were left out on purpose, by reason."""
        return dict(sorted((self._skipped[number]).items()))

    def is_accounted_for(self, source: str) -> bool:
        """Whether it is settled what became of each row of a table."""
        return source in self._accounted

    def account(self, source: str, number: int, *, stored: int, skipped: Mapping[str, int]) -> None:
        """Settles how many rows of a file are stored, and how many skipped, by reason.

        Whoever reads a table first accounts for it: each row counts once, whatever reads it again.
        """
        self._accounted.add(source)
        self.stored[number] += stored
        self._skipped[number].update(skipped)

    def relation(self, source: str, files: Sequence[Readable] | None = None) -> str:
        """A subquery over files of a table, all of them unless told otherwise; see `reading`."""
        chosen = self.of(source) if files is None else files
        return relation(chosen, self.profile.table(source), self.profile.missing)

    def mend(self, file: Readable) -> Readable:
        """The file with its bad records set apart and the rest in a copy, which is read instead.

        Raises:
            ExtractError: it is a Parquet file, of which nothing can be mended.
        """
        if file.survey is None:
            raise ExtractError(f"{file.name}: damaged; write the Parquet file again")
        self.progress(f"reading {file.name} line by line")
        mended, blank_lines, returns = mend(file, file.survey, self._scratch, self.quarantine)
        self._files[file.number] = mended
        if blank_lines:
            self._skipped[file.number][BLANK] = blank_lines
        table = self.profile.store_table(file.file.table)
        self.findings.add(table, RETURN_WITHIN_A_ROW, returns)
        if file.survey.foreign and file.survey.encoding == "cp1252":
            self.findings.add(table, NOT_UTF8_FILE, mended.records)
        return mended

    def read_whole(self, source: str) -> None:
        """Mends the files of a table in which the quick reader does not find every record."""
        for file in self.of(source):
            if not file.mended and not self._is_read_whole(file):
                self.mend(file)

    def _is_read_whole(self, file: Readable) -> bool:
        try:
            # Every column is counted, for else a Parquet file is not read but for its footer.
            every = self.relation(file.file.table, [file])
            query = f"SELECT count(*), count(COLUMNS(*)) FROM ({every})"
            return bool(self.connection.execute(query).fetchall()[0][0] == file.records)
        except duckdb.Error:
            return False

    def set_apart(self, number: int, bad: Iterable[BadRecord]) -> None:
        """Sends records to the quarantine with their lines. Their numbers rise."""
        self.quarantine.add(self._bad_rows(self[number], bad))

    def _bad_rows(self, file: Readable, bad: Iterable[BadRecord]) -> Iterator[BadRow]:
        columns = FaultyColumns(self.profile, file.file.table)
        if file.survey is None:
            for record in bad:
                at, raw = columns[record.reason], ", ".join(record.holds)
                yield BadRow(file.name, record.record, at, record.reason, raw)
            return
        bad, again = tee(bad)
        found = _found(file, file.survey, (record.record for record in again))
        for record, line in zip(bad, found, strict=True):
            raw = decoded(line.raw, file.survey)
            if not _holds(raw, record.holds):
                raise disagreement(file)
            yield BadRow(file.name, line.line, columns[record.reason], record.reason, raw)

    def count_findings(self, table: str, rows: str, rules: Mapping[str, str]) -> None:
        """Counts the rows for which each rule holds.

        Args:
            table: the table of the store that the finding is about.
            rows: what stands behind FROM.
            rules: an SQL condition for each finding.
        """
        counts = ", ".join(f"count(*) FILTER (WHERE {rule})" for rule in rules.values())
        [found] = self.connection.execute(f"SELECT {counts} FROM {rows}").fetchall()
        for finding, number in zip(rules, found, strict=True):
            self.findings.add(table, finding, number)

    def lines_of(self, number: int, wanted: Sequence[int]) -> list[int]:
        """The lines on which records of a file begin, for Parquet their row numbers."""
        file = self[number]
        if file.survey is None:
            return list(wanted)
        return [line.line for line in _found(file, file.survey, wanted)]


def _holds(raw: str, texts: Iterable[str]) -> bool:
    """Whether the texts stand in a record; those that may be written otherwise are passed over."""
    return all(text in raw for text in texts if not {'"', " "} & set(text))


def _found(file: Readable, survey: Survey, wanted: Iterable[int]) -> Iterator[Record]:
    if file.mended or file.has_breaks:
        return find_records(file.file.path, survey, wanted)
    return find_lines(file.file.path, survey, wanted)  # else the counts would not have agreed


def disagreement(file: Readable) -> InstepError:
    """The error for two ways of reading one file that do not come to the same."""
    return InstepError(
        f"{file.name}: two ways of reading it disagree, which is a fault of this program; nothing "
        "was written. Please report it with the shape of the file, not its content"
    )
