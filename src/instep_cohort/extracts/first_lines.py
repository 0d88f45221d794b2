"""The first lines of a text file: its header, or which of a table's layouts its rows have."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, NamedTuple

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.profile import Profile
from instep_cohort.extracts.source_tables import Delimiter, Encoding, Layout

_LINE_LIMIT = 100_000  # bytes; the csv module takes no longer cell
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ROWS_LOOKED_AT = 50
_LINES_LOOKED_AT = 1_000
_MAY_DIFFER = 0.1  # of the filled cells of a column: one damaged row must not hide a layout


class Form(NamedTuple):
    """How the text files of a table are written; see `SourceTable` and `Profile`."""

    title: str
    skip_rows: int
    delimiter: Delimiter
    encoding: Encoding
    layouts: tuple[Layout, ...]

    @classmethod
    def of(cls, profile: Profile, source: str) -> Form:
        """The form of one of a profile's tables."""
        table = profile.table(source)
        return cls(
            table.title,
            table.skip_rows,
            table.delimiter or profile.delimiter,
            table.encoding or profile.encoding,
            table.layouts,
        )


class FirstLines(NamedTuple):
    r"""What the first lines of a file say.

    Attributes:
        raw: every byte that was read to learn it.
        columns: the column names in the header's words, lower case, without surrounding blanks or
            quotes; for a file without a header those of its layout.
        delimiter: what stands between two cells.
        line_end: ``\n`` or ``\r\n``.
        lead: how many lines stand before the first record.
    """

    raw: bytes
    columns: tuple[str, ...]
    delimiter: str
    line_end: str
    lead: int

    @property
    def has_mark(self) -> bool:
        """Whether the file begins with the byte-order mark of UTF-8."""
        return self.raw.startswith(codecs.BOM_UTF8)


def read_first_lines(name: str, source: IO[bytes], form: Form) -> FirstLines:
    """What the first lines say; ``source`` stands behind them afterwards.

    Args:
        name: the file, for messages.
        source: its bytes, from the start.
        form: how its table is written.

    Raises:
        ExtractError: it is empty, is no text, has fewer lines than it should skip, or its rows have
            none of the layouts, or two of them.
    """
    return _by_layout(name, source, form) if form.layouts else _by_header(name, source, form)


def _by_header(name: str, source: IO[bytes], form: Form) -> FirstLines:
    skipped = [source.readline(_LINE_LIMIT) for _ in range(form.skip_rows)]
    first = source.readline(_LINE_LIMIT + 1)
    raw = b"".join((*skipped, first))
    if raw.startswith(_UTF16):
        raise ExtractError(f"{name}: UTF-16; save it again as UTF-8")
    if form.skip_rows and raw.strip() and not first.strip():
        raise ExtractError(
            f"{name}: no header on line {form.skip_rows + 1}, behind the "
            f"{form.skip_rows} lines before it"
        )
    _refuse_what_is_no_text(name, first)
    text = _decoded(first)
    delimiter = form.delimiter
    if delimiter == "auto":
        delimiter = "\t" if "\t" in text else ","
    line = text.rstrip("\r\n")
    cells = next(_rows([line], delimiter), [])
    columns = tuple(cell.strip(' "').lower() for cell in cells)
    return FirstLines(raw, columns, delimiter, _line_end(first), form.skip_rows + 1)


def _refuse_what_is_no_text(name: str, first: bytes) -> None:
    if not first.strip():
        raise ExtractError(f"{name}: empty; a header line is needed")
    if b"\0" in first or len(first) > _LINE_LIMIT:
        raise ExtractError(f"{name}: not a text file with a header line")
    if b"\r" in first.removesuffix(b"\n").removesuffix(b"\r"):
        raise ExtractError(
            f"{name}: lone carriage returns in its header line; save it with ordinary line ends"
        )


def _by_layout(name: str, source: IO[bytes], form: Form) -> FirstLines:
    delimiter = "," if form.delimiter == "auto" else form.delimiter
    lines: list[bytes] = []

    def texts() -> Iterator[str]:
        while len(lines) < _LINES_LOOKED_AT and (line := source.readline(_LINE_LIMIT + 1)):
            lines.append(line)
            yield _decoded(line).rstrip("\r\n").replace("\r", " ") + "\n"

    try:
        rows = [row for row in islice(_rows(texts(), delimiter), _ROWS_LOOKED_AT) if any(row)]
    except csv.Error:
        raise ExtractError(f"{name}: not a text file of {form.title} rows") from None
    if lines and lines[0].startswith(_UTF16):
        raise ExtractError(f"{name}: UTF-16; save it again as UTF-8")
    layout = _layout(name, rows, form) if rows else form.layouts[0]
    line_end = _line_end(lines[0]) if lines else "\n"
    return FirstLines(b"".join(lines), layout.columns, delimiter, line_end, 0)


def _layout(name: str, rows: Sequence[Sequence[str]], form: Form) -> Layout:
    """The one layout that the rows have; no cell of them is ever shown."""
    width = Counter(map(len, rows)).most_common(1)[0][0]
    wide = [layout for layout in form.layouts if len(layout.columns) == width]
    if not wide:
        known = " or ".join(sorted({str(len(layout.columns)) for layout in form.layouts}, key=int))
        raise ExtractError(
            f"{name}: its rows have {width} columns; those of {form.title} files have {known}"
        )
    odd = {layout.columns: _odd_columns(rows, layout) for layout in wide}
    fitting = [layout for layout in wide if not odd[layout.columns]]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise ExtractError(
            f"{name}: {len(fitting)} layouts of {form.title} files have {width} columns, and its "
            "rows do not tell which of them it has"
        )
    columns = ", ".join(f"`{column}`" for column in odd[wide[0].columns])
    raise ExtractError(
        f"{name}: {width} columns as {form.title} files have them, but what stands in the place of "
        f"{columns} does not look like it; is it another table, or another version?"
    )


def _odd_columns(rows: Sequence[Sequence[str]], layout: Layout) -> list[str]:
    """The columns whose cells have not the shape that the layout gives them."""
    odd = []
    for column, shape in layout.shapes.items():
        place, pattern = layout.columns.index(column), re.compile(shape)
        cells = [row[place].strip() for row in rows if len(row) == len(layout.columns)]
        filled = [cell for cell in cells if cell]
        failing = sum(pattern.fullmatch(cell) is None for cell in filled)
        if failing > _MAY_DIFFER * len(filled):
            odd.append(column)
    return odd


def _rows(lines: Iterator[str] | Sequence[str], delimiter: str) -> Iterator[list[str]]:
    if delimiter == "\t":
        return (line.rstrip("\r\n").split("\t") for line in lines)
    return csv.reader(lines, delimiter=delimiter)


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _line_end(line: bytes) -> str:
    return "\r\n" if line.endswith(b"\r\n") else "\n"
