"""A first look at a text file: header, lines, line ends, encoding, and whether it is plain.

A *plain* file is one whose records an ordinary CSV reader takes for what they are: UTF-8, one kind
of line end, no NUL. Every other file is read by `sweeping`, and written again as one that is. A
file with line ends within quotes may be plain; `sweeping` tells.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.archives import refuse_bomb
from instep_cohort.extracts.files import SourceFile
from instep_cohort.extracts.first_lines import FirstLines, Form, read_first_lines
from instep_cohort.extracts.source_tables import Encoding
from instep_cohort.extracts.transcoding import UNDEFINED

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Survey:
    r"""What a text file turned out to be.

    Attributes:
        header: the column names, lower case, without surrounding blanks or quotes; for a file
            without a header those of its layout.
        delimiter: what stands between two cells. With a tab there is no quoting.
        line_end: ``\n`` or ``\r\n``.
        lead: physical lines before the first record: the header, and what stands before it.
        lines: physical lines, all of them.
        encoding: how the bytes are to be read.
        foreign: whether that is another encoding than the table is declared to have.
        same_line_ends: whether every line ends like the first, and no carriage return stands
            elsewhere.
        plain: whether an ordinary reader takes the records for what they are; where line ends
            stand within quotes, whether it may.
        plain_elsewhere: whether it would, were the text in UTF-8.
        breaks_in_quotes: whether a line end stands within quotes, as far as those pair up.
        has_words: whether one of the words that mean "missing" stands somewhere in the file.
        has_meaningless: whether a byte does that has no meaning in the declared cp1252.
    """

    header: tuple[str, ...]
    delimiter: str
    line_end: str
    lead: int
    lines: int
    encoding: Encoding
    foreign: bool
    same_line_ends: bool
    plain: bool
    plain_elsewhere: bool
    breaks_in_quotes: bool
    has_words: bool
    has_meaningless: bool

    @property
    def quoting(self) -> bool:
        """Whether quotes have a meaning in this file."""
        return self.delimiter != "\t"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb", buffering=0) as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def sha256_of_source(file: SourceFile) -> str:
    """The SHA-256 of a file of the extract; of a member of an archive as it is unpacked."""
    if is_gzip(file.path) and not file.name.lower().endswith(".gz"):
        with open_bytes(file.path) as source:
            return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
    return sha256(file.path)


def open_bytes(path: Path) -> IO[bytes]:
    """The bytes of a text file; a ``.gz`` is unpacked on the way."""
    if is_gzip(path):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def create_bytes(path: Path) -> IO[bytes]:
    """A new file of bytes; a ``.gz`` is packed on the way, quickly rather than well."""
    if is_gzip(path):
        packed = cast("io.RawIOBase", gzip.GzipFile(path, "wb", compresslevel=1))
        return cast("IO[bytes]", io.BufferedWriter(packed, _CHUNK))
    return path.open("wb")


def copy_of(original: Path, name: Path) -> Path:
    """The path for a copy: packed where the original is, so that it is no larger."""
    return name.with_name(f"{name.name}.gz") if is_gzip(original) else name


def is_gzip(path: Path) -> bool:
    """Whether the file's name says that it is compressed."""
    return path.suffix.lower() == ".gz"


def survey(
    file: SourceFile, missing: tuple[str, ...], form: Form, read: Callable[[int], None]
) -> Survey:
    """What this text file is.

    Args:
        file: a delimited text file, plain or ``.gz``.
        missing: the words that mean "missing" in it.
        form: how its table is written.
        read: is told of the bytes of the file on the disk as they are read.

    Raises:
        ExtractError: it is empty, is not text, is UTF-16, has lone carriage returns for line ends,
            has no layout of its table, or its compression is damaged.
    """
    try:
        with open_bytes(file.path) as source:
            words = tuple(word.encode() for word in missing)
            return _survey(file, source, words, form, read)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise ExtractError(f"{file.name}: its compression is damaged; copy it again") from None
    except OSError as error:
        raise ExtractError(f"{file.name}: cannot be read: {error.strerror}") from None


def _survey(
    file: SourceFile,
    source: IO[bytes],
    words: tuple[bytes, ...],
    form: Form,
    read: Callable[[int], None],
) -> Survey:
    first = read_first_lines(file.name, source, form)
    counts = _Counts(words)
    counts.add(first.raw)
    quotes = _Quotes(has_meaning=first.delimiter != "\t")
    if not first.lead:
        quotes.add(first.raw)
    size, place = file.path.stat().st_size, 0
    for chunk in _chunks(source):
        counts.add(chunk)
        quotes.add(chunk)
        refuse_bomb(file.name, counts.bytes, size)
        before, place = place, _place(source)
        read(place - before)
    counts.finish()
    encoding = _encoding(file.path, first, counts, form.encoding)
    same_line_ends = counts.has_line_end(first.line_end)
    in_order = same_line_ends or quotes.have_break
    orderly = not counts.has_nul and in_order and not form.skip_rows
    return Survey(
        header=first.columns,
        delimiter=first.delimiter,
        line_end=first.line_end,
        lead=first.lead,
        lines=counts.lines,
        encoding=encoding,
        same_line_ends=same_line_ends,
        foreign=encoding != form.encoding and not counts.is_ascii and not first.has_mark,
        plain=counts.is_utf8 and orderly,
        plain_elsewhere=encoding == "cp1252" == form.encoding and orderly,
        breaks_in_quotes=quotes.have_break,
        has_words=counts.has_words,
        has_meaningless=counts.has_meaningless and encoding == "cp1252" == form.encoding,
    )


def _place(source: IO[bytes]) -> int:
    """How far a file is read, in bytes on the disk."""
    packed = getattr(source, "fileobj", None)
    return int((packed or source).tell())


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


class _Counts:
    """What is counted over all chunks of a file."""

    def __init__(self, words: tuple[bytes, ...]) -> None:
        self.has_nul = False
        self.has_words = False
        self.has_meaningless = False
        self.is_utf8 = True
        self.is_ascii = True
        self._words = words
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.bytes = 0
        self._feeds = self._returns = self._pairs = 0
        self._last = b""

    def add(self, chunk: bytes) -> None:
        self.bytes += len(chunk)
        self._feeds += chunk.count(b"\n")
        if b"\r" in chunk or self._last == b"\r":
            self._returns += chunk.count(b"\r")
            self._pairs += chunk.count(b"\r\n") + (self._last == b"\r" and chunk[:1] == b"\n")
        self.has_nul = self.has_nul or b"\0" in chunk
        # One byte is found ten times as fast as two, and a file of ids has no such letter.
        self.has_words = self.has_words or any(
            word[:1] in chunk and word in chunk for word in self._words
        )
        self._decode(chunk, final=False)
        self._last = chunk[-1:]

    def finish(self) -> None:
        self._decode(b"", final=True)

    def _decode(self, chunk: bytes, *, final: bool) -> None:
        # An ASCII chunk needs no decoding unless a character is split over its start.
        is_ascii = chunk.isascii()
        self.is_ascii = self.is_ascii and is_ascii
        if not is_ascii and not self.has_meaningless:
            self.has_meaningless = any(byte in chunk for byte in UNDEFINED)
        if self.is_utf8 and (final or not is_ascii or self._decoder.getstate()[0]):
            try:
                self._decoder.decode(chunk, final)
            except UnicodeDecodeError:
                self.is_utf8 = False

    @property
    def lines(self) -> int:
        """Physical lines; a last one without its end counts."""
        return self._feeds + (self._last not in (b"\n", b""))

    def has_line_end(self, line_end: str) -> bool:
        """Whether every line ends like the header, and no carriage return stands elsewhere."""
        if line_end == "\n":
            return self._returns == 0
        return self._returns == self._pairs == self._feeds


class _Quotes:
    """Whether a line end stands within quotes, if each second quote closes."""

    def __init__(self, *, has_meaning: bool) -> None:
        self.have_break = False
        self._is_over = not has_meaning
        self._is_open = False

    def add(self, chunk: bytes) -> None:
        if self._is_over or not (self._is_open or b'"' in chunk):
            return
        import numpy as np

        letters = np.frombuffer(chunk, np.uint8)
        quotes, feeds = (np.flatnonzero(letters == byte) for byte in b'"\n')
        before = quotes.searchsorted(feeds) + self._is_open
        self.have_break = self._is_over = bool((before & 1).any())
        self._is_open ^= bool(len(quotes) & 1)


def _encoding(path: Path, first: FirstLines, counts: _Counts, declared: Encoding) -> Encoding:
    """How a file is read: as declared, unless its bytes plainly say otherwise."""
    if counts.is_utf8 or first.has_mark:
        return "utf-8"  # text in Windows-1252 with any accent in it is no valid UTF-8
    return _guessed(path) if declared == "utf-8" else "cp1252"


def _guessed(path: Path) -> Encoding:
    """UTF-8 with broken lines, or Windows-1252, by which of the two more lines speak for."""
    speaking_for = {"utf-8": 0, "cp1252": 0}
    with open_bytes(path) as source:
        for line in iter(lambda: source.readline(_CHUNK), b""):
            if not line.isascii():
                try:
                    line.decode()
                except UnicodeDecodeError:
                    speaking_for["cp1252"] += 1
                else:
                    speaking_for["utf-8"] += 1
    return "utf-8" if speaking_for["utf-8"] >= speaking_for["cp1252"] else "cp1252"
