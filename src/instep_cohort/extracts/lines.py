"""A record of a text file read exactly, with the physical line that it begins on.

What `chunks` doubts is read so: each record by itself, and slowly. The grammar is that of DuckDB,
the quick reader: a cell that begins with a quote ends with one, and quotes in it are
doubled; where a tab stands between cells, quotes are letters like any other. A quote that never
closes, or closes before something else than a delimiter, spoils the line that it begins on and no
other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from instep_cohort.extracts.survey import Survey, open_bytes
from instep_cohort.extracts.transcoding import cp1252_text

#: Bytes; a longer line is quarantined. DuckDB is told the same.
LONGEST_LINE = 1_000_000

TOO_FEW = "too few columns"
TOO_MANY = "too many columns"
BAD_QUOTES = "stray or unclosed quote"
HAS_NUL = "NUL byte"
NOT_UTF8 = "not UTF-8"
TOO_LONG = "line too long"
BLANK = "blank line"

#: Behind the first line of a record, how many more are looked at for its last quote.
LONGEST_RECORD_LINES = 1_000
_OPENING_QUOTE = re.compile(rb' *"')
# DuckDB takes `"a" "b"` for one cell, `a b`; so the same is done here.
_QUOTED_PART = re.compile(rb'( *)"([^"]*(?:""[^"]*)*)"(?!")')
_QUOTED_CELL = re.compile(rb"(?:%b)+ *" % _QUOTED_PART.pattern)
#: Bytes of a line that is too long, for quarantine.
KEPT_OF_A_LONG_LINE = 1_000

_Item = TypeVar("_Item")


class Record(NamedTuple):
    """One record.

    Attributes:
        line: where it begins, counted from 1 for the first line of the file.
        raw: its bytes as they stand in the file, without the line end.
        text: the same record as UTF-8 that every reader takes alike; ``None`` where there is none.
        fault: why it cannot be read; `BLANK` for an empty line; empty for a good record.
        mended: whether a carriage return within a cell had to become a blank.
    """

    line: int
    raw: bytes
    text: bytes | None = None
    fault: str = ""
    mended: bool = False


def find_lines(path: Path, survey: Survey, wanted: Iterable[int]) -> Iterator[Record]:
    """The lines with these numbers, which rise and count from 1 for the first behind the header.

    They are records with their line and bytes; what is in them is not looked at.
    """
    with open_bytes(path) as source:
        for _ in range(survey.lead):
            source.readline()
        for number, raw in _picked(source, wanted):
            yield Record(number + survey.lead, _without_end(raw))


def _picked(every: Iterable[_Item], wanted: Iterable[int]) -> Iterator[tuple[int, _Item]]:
    """The items with these numbers, which count from 1 and rise."""
    remaining, place = iter(every), 0
    for number in wanted:
        yield number, next(islice(remaining, number - place - 1, None))
        place = number


class Line(NamedTuple):
    """A physical line.

    Attributes:
        number: from 1 for the first of the file.
        whole: its bytes with its end; of one that is too long the first of them.
        too_long: whether it is.
    """

    number: int
    whole: bytes
    too_long: bool

    @property
    def raw(self) -> bytes:
        """The line without its end."""
        return _without_end(self.whole)


class Lines(Protocol):
    """Physical lines one by one; those that were taken last can be given back."""

    def take(self) -> Line | None:
        """The next line; ``None`` at the end."""

    def give_back(self, lines: Sequence[Line]) -> None:
        """Takes lines back, to be given again."""


def _without_end(raw: bytes) -> bytes:
    return raw.removesuffix(b"\n").removesuffix(b"\r")


def read_record(line: Line, lines: Lines, survey: Survey) -> Record:
    """The record that begins on a line.

    Args:
        line: the line, which is taken already.
        lines: those behind it, of which a record with quotes takes as many as it has.
        survey: what the file is.
    """
    if line.too_long:
        return Record(line.number, line.raw, fault=TOO_LONG)
    if not line.raw.strip(b" "):
        return Record(line.number, line.raw, fault=BLANK)
    if survey.quoting and b'"' in line.raw:
        return _quoted(line, lines, survey)
    if fault := _spoilt(line.raw, survey):
        return Record(line.number, line.raw, fault=fault)
    cells = line.raw.split(survey.delimiter.encode())
    if fault := _miscounted(cells, survey):
        return Record(line.number, line.raw, fault=fault)
    text = survey.delimiter.encode().join(_as_many(cells, survey))
    mended = b"\r" in text
    return Record(line.number, line.raw, _utf8(text.replace(b"\r", b" "), survey), mended=mended)


def _miscounted(cells: Sequence[bytes], survey: Survey) -> str:
    """Whether there are too few cells, or too many; empty ones at the end do not count.

    Nor do columns at the end that have no name, as some report writers leave one behind.
    """
    columns = len(survey.header)
    named = columns
    while named and not survey.header[named - 1]:
        named -= 1
    if len(cells) < named:
        return TOO_FEW
    return TOO_MANY if any(cell.strip() for cell in cells[columns:]) else ""


def _as_many(cells: list[bytes], survey: Survey) -> list[bytes]:
    """As many cells as the header has."""
    columns = len(survey.header)
    return cells[:columns] + [b""] * (columns - len(cells))


def _quoted(line: Line, lines: Lines, survey: Survey) -> Record:
    """A record with quotes in it, which may reach over several lines."""
    parts, size, further = [line.whole], len(line.whole), list[Line]()
    delimiter = survey.delimiter.encode()
    cells = _cells(line.raw, delimiter)
    while cells == [] and len(further) < LONGEST_RECORD_LINES and size < LONGEST_LINE:
        following = lines.take()
        if following is None:
            break
        further.append(following)
        if following.too_long:
            break
        parts.append(following.whole)
        size += len(following.whole)
        if b'"' in following.whole:
            cells = _cells(_without_end(b"".join(parts)), delimiter)
    if not cells:
        lines.give_back(further)
        return Record(line.number, line.raw, fault=BAD_QUOTES)
    raw = _without_end(b"".join(parts))
    if fault := _spoilt(raw, survey) or _miscounted(cells, survey):
        return Record(line.number, raw, fault=fault)
    return Record(line.number, raw, _utf8(_written(_as_many(cells, survey), delimiter), survey))


def _written(cells: list[bytes], delimiter: bytes) -> bytes:
    """The cells as one record, quoted where they must be, so that it is no longer than it was."""
    special = (b'"', b"\n", b"\r", delimiter)
    return delimiter.join(
        b'"' + cell.replace(b'"', b'""') + b'"'
        if len(cells) == 1 or any(one in cell for one in special)
        else cell
        for cell in cells
    )


def _cells(text: bytes, delimiter: bytes) -> list[bytes] | None:
    """The cells of a record; none where a quote does not close, ``None`` where one strays."""
    cells, place = [], 0
    while True:
        if _OPENING_QUOTE.match(text, place):
            found = _QUOTED_CELL.match(text, place)
            if found is None:
                return []
            end = found.end()
            if end < len(text) and text[end : end + 1] != delimiter:
                return [] if text[end : end + 1] == b'"' else None
            cells.append(_unquoted(found[0]))
        else:
            end = text.find(delimiter, place)
            end = len(text) if end < 0 else end
            cells.append(text[place:end].replace(b"\r", b" "))
        if end == len(text):
            return cells
        place = end + 1


def _unquoted(cell: bytes) -> bytes:
    text = b"".join(blanks + part for blanks, part in _QUOTED_PART.findall(cell))
    return text.lstrip(b" ").replace(b'""', b'"')  # blanks about a cell are cut off in any case


def _spoilt(raw: bytes, survey: Survey) -> str:
    if b"\0" in raw:
        return HAS_NUL
    if survey.encoding == "utf-8" and not raw.isascii():
        try:
            raw.decode()
        except UnicodeDecodeError:
            return NOT_UTF8
    return ""


def _utf8(text: bytes, survey: Survey) -> bytes:
    return text if survey.encoding == "utf-8" else cp1252_text(text).encode()


def decoded(raw: bytes, survey: Survey) -> str:
    """The text of raw bytes; what is no UTF-8 becomes U+FFFD."""
    return raw.decode("utf-8", "replace") if survey.encoding == "utf-8" else cp1252_text(raw)
