"""The files of an extract as SQL relations: columns of text, trimmed, null where there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.files import SourceFile
from instep_cohort.extracts.first_lines import Form
from instep_cohort.extracts.headers import check_header
from instep_cohort.extracts.lines import LONGEST_LINE
from instep_cohort.extracts.profile import Profile
from instep_cohort.extracts.source_tables import DELIVERY, SourceTable
from instep_cohort.extracts.sql import any_of, identifier, literal, literals, path_literal
from instep_cohort.extracts.survey import Survey, is_gzip, sha256_of_source, survey

_PLAIN = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_integer,
    pa.types.is_boolean,
    pa.types.is_date,
    pa.types.is_timestamp,
    pa.types.is_null,
)


@dataclass(frozen=True)
class Readable:
    """A file that was looked at and can be read.

    Attributes:
        number: its place among the files that are read.
        file: the file.
        sha256: of its bytes.
        columns: its columns in its own order, by the names that the table gives them.
        written: the same as they are written in the file.
        survey: what the text file is; ``None`` for Parquet.
        read: how many records the file has, good or bad, blank lines among them.
        records: how many records a reader must find in ``path``.
        path: what is read: the file, or a copy of it that is plain.
        mended: whether it is a copy that holds the good records and nothing else.
        has_breaks: whether records in ``path`` may reach over several lines.
        delivery: the moment of its delivery, where its name tells it; else empty.
    """

    number: int
    file: SourceFile
    sha256: str
    columns: tuple[str, ...]
    written: tuple[str, ...]
    survey: Survey | None
    read: int
    records: int
    path: Path
    mended: bool = False
    has_breaks: bool = False
    delivery: str = ""

    @property
    def name(self) -> str:
        """The file's name as people see it."""
        return self.file.name

    def mended_as(self, copy: Path, *, records: int, read: int, has_breaks: bool) -> Readable:
        """The same file, read from a copy of it that holds its good records and nothing else."""
        return replace(
            self, path=copy, records=records, read=read, has_breaks=has_breaks, mended=True
        )

    def counted_as(self, records: int) -> Readable:
        """The same file, whose records are all good but not each of them a line."""
        breaks = self.survey is not None and records != self.survey.lines - self.survey.lead
        return replace(self, records=records, read=records, has_breaks=breaks)

    def transcoded_as(self, copy: Path) -> Readable:
        """The same file, read from a copy of it in UTF-8 that has the same lines."""
        return replace(self, path=copy)

    @property
    def size(self) -> int:
        """Bytes on the disk of what is read."""
        return self.path.stat().st_size

    @property
    def has_header(self) -> bool:
        """Whether a header stands on the first line of what is read."""
        return self.mended or self.survey is None or self.survey.lead > 0

    @property
    def _layout(self) -> tuple[object, ...]:
        """What must be alike for files to be read in one scan."""
        if self.survey is None:
            return (self.number,)
        line_end = "\n" if self.mended else self.survey.line_end
        form = (self.survey.delimiter, line_end, self.has_header, is_gzip(self.path))
        return self.columns, self.delivery, self.has_breaks, *form


def look_at(
    file: SourceFile,
    number: int,
    profile: Profile,
    present: frozenset[str],
    read: Callable[[int], None] = lambda _: None,
) -> Readable:
    """The file, checked to hold the table that its name says.

    Args:
        file: the file.
        number: its place among the files that are read.
        profile: how the extract is laid out.
        present: the names of all tables that the extract has.
        read: is told of the bytes of the file on the disk as they are read.

    Raises:
        ExtractError: it is not readable at all, or a column that is needed is not there.
    """
    table = profile.table(file.table)
    if file.path.suffix.lower() == ".parquet":
        written, records = _parquet(file, table)
        looked = None
    else:
        looked = survey(file, profile.missing, Form.of(profile, file.table), read)
        written, records = looked.header, looked.lines - looked.lead
    columns = table.named(tuple(name.lower() for name in written))
    check_header(file.name, columns, table, present)
    return Readable(
        number,
        file,
        sha256_of_source(file),
        columns,
        written,
        looked,
        records,
        records,
        path=file.path,
        delivery=table.delivery_of(file.name),
    )


def _parquet(file: SourceFile, table: SourceTable) -> tuple[tuple[str, ...], int]:
    """The columns and the row count of a Parquet file whose used columns have plain types."""
    try:
        metadata = pq.read_metadata(file.path)
        schema = metadata.schema.to_arrow_schema()
    except (OSError, ValueError, pa.ArrowException):
        raise ExtractError(f"{file.name}: not a Parquet file that can be read") from None
    columns = table.named(tuple(name.lower() for name in schema.names))
    for name, column in zip(columns, schema, strict=True):
        if name in table.columns and (fault := _type_fault(column.type, is_id=name in table.ids)):
            raise ExtractError(f"{file.name}: column `{name}` is {column.type}{fault}")
    return tuple(schema.names), metadata.num_rows


def _type_fault(kind: pa.DataType, *, is_id: bool) -> str:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return ", which damages ids; write it as text" if is_id else ""
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return ", whose day depends on the time zone; write it as a date"
    if any(is_plain(kind) for is_plain in _PLAIN):
        return ""
    return "; write it as text"


def relation(
    files: Iterable[Readable], table: SourceTable, missing: Sequence[str], *, raw: bool = False
) -> str:
    """A subquery over all the files: ``filename`` and every column of the table, as text.

    A column that a file does not have is null throughout, or what `SourceTable.absent_means` says.

    Args:
        files: files of the table.
        table: the table.
        missing: the words that mean "missing".
        raw: whether to leave words and blanks as they are.
    """
    return " UNION ALL ".join(
        f"SELECT {', '.join(_columns(group[0], table, missing, raw=raw))} "
        f"FROM {_scan(group, () if raw else missing)}"
        for group in _groups(files)
    )


def read_order(files: Iterable[Readable]) -> list[Readable]:
    """The files in the order in which `relation` reads their rows: DuckDB, "Order Preservation"."""
    return [file for group in _groups(files) for file in group]


def _groups(files: Iterable[Readable]) -> Iterable[list[Readable]]:
    """Files that are read in one scan."""
    groups: dict[tuple[object, ...], list[Readable]] = defaultdict(list)
    for file in files:
        groups[file._layout].append(file)
    return groups.values()


def _columns(
    file: Readable, table: SourceTable, missing: Sequence[str], *, raw: bool
) -> Iterable[str]:
    yield f"{literal(str(file.path))} AS filename" if file.survey is None else "filename"
    for column in table.columns:
        name = identifier(column)
        if column not in file.columns:
            absent = table.absent_means.get(column)
            if column == DELIVERY and file.delivery:
                absent = file.delivery
            yield f"{'CAST(NULL AS VARCHAR)' if absent is None else literal(absent)} AS {name}"
            continue
        place = file.columns.index(column)
        cell = f"c{place}"
        if file.survey is None:
            cell = f"nullif(CAST({identifier(file.written[place])} AS VARCHAR), '')"
        yield f"{cell if raw else _cleaned(cell, missing)} AS {name}"


def _cleaned(cell: str, missing: Sequence[str]) -> str:
    """Without surrounding blanks; cells without any blank, nearly all, are passed on untouched."""
    trimmed = f"nullif(trim({cell}), '')"
    if missing:
        trimmed = f"CASE WHEN NOT {any_of(f'trim({cell})', missing)} THEN {trimmed} END"
    return f"CASE WHEN contains({cell}, ' ') THEN {trimmed} ELSE {cell} END"


def _scan(group: Sequence[Readable], missing: Sequence[str]) -> str:
    first = group[0]
    if first.survey is None:
        return f"read_parquet({path_literal(first.path)}, hive_partitioning = false)"
    quote = '"' if first.survey.quoting else ""
    columns = ", ".join(f"c{place}: 'VARCHAR'" for place in range(len(first.columns)))
    # Told that lines end with \r\n, DuckDB 1.5 finds no record in strict mode; untold, every one.
    # Several threads would guess where records begin, and guess wrong within quotes: DuckDB #15018.
    alone = "parallel = false, " if first.has_breaks else ""
    is_feed = first.mended or first.survey.line_end == "\n"
    line_end = r"new_line = '\n', " if is_feed else ""
    return (
        f"read_csv([{', '.join(path_literal(file.path) for file in group)}], filename = true, "
        "hive_partitioning = false, auto_detect = false, strict_mode = true, "
        f"header = {str(first.has_header).lower()}, "
        f"delim = {literal(first.survey.delimiter)}, quote = {literal(quote)}, "
        f"escape = {literal(quote)}, {line_end}{alone}"
        f"nullstr = {literals(['', *missing])}, max_line_size = {LONGEST_LINE + 2}, "
        f"compression = '{'gzip' if is_gzip(first.path) else 'none'}', columns = {{{columns}}})"
    )
