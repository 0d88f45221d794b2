"""A first look at a text file: header, lines, line ends, encoding, and whether it is plain.

A *plain* file is one whose records an ordinary CSV reader takes for what they are: UTF-8, one kind
of line end, no NUL. Every other file goes through `lines`, record by record.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeAlias, cast

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.files import SourceFile

Encoding: TypeAlias = Literal["utf-8", "cp1252"]

_CHUNK = 1 << 20
_HEADER_LIMIT = 100_000  # bytes; the csv module takes no longer cell
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Survey:
    r"""What a text file turned out to be.

    Attributes:
        header: the column names, lower case, without surrounding blanks or quotes.
        delimiter: tab or comma, as the header line declares it. With tab there is no quoting.
        line_end: ``\n`` or ``\r\n``.
        lines: physical lines, the header among them.
        encoding: how the bytes are to be read.
        plain: whether an ordinary reader takes the records for what they are.
        has_words: whether one of the words that mean "missing" stands somewhere in the file.
    """

    header: tuple[str, ...]
    delimiter: str
    line_end: str
    lines: int
    encoding: Encoding
    plain: bool
    has_words: bool

    @property
    def quoting(self) -> bool:
        """Whether quotes have a meaning in this file."""
        return self.delimiter == ","


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb", buffering=0) as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def open_bytes(path: Path) -> IO[bytes]:
    """The bytes of a text file; a ``.gz`` is unpacked on the way."""
    if is_gzip(path):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def is_gzip(path: Path) -> bool:
    """Whether the file's name says that it is compressed."""
    return path.suffix.lower() == ".gz"


def survey(file: SourceFile, missing: tuple[str, ...]) -> Survey:
    """What this text file is.

    Args:
        file: a delimited text file, plain or ``.gz``.
        missing: the words that mean "missing" in it.

    Raises:
        ExtractError: it is empty, is not text, is UTF-16, has lone carriage returns for line ends,
            or its compression is damaged.
    """
    try:
        with open_bytes(file.path) as source:
            return _survey(file, source, tuple(word.encode() for word in missing))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise ExtractError(f"{file.name}: its compression is damaged; copy it again") from None
    except OSError as error:
        raise ExtractError(f"{file.name}: cannot be read: {error.strerror}") from None


def _survey(file: SourceFile, source: IO[bytes], words: tuple[bytes, ...]) -> Survey:
    first = source.readline(_HEADER_LIMIT + 1)
    _refuse_what_is_no_text(file.name, first)
    line_end = "\r\n" if first.endswith(b"\r\n") else "\n"
    header, delimiter = _header(first)
    counts = _Counts(words)
    counts.add(first)
    for chunk in _chunks(source):
        counts.add(chunk)
    counts.finish()
    encoding: Encoding = "utf-8"
    if not counts.is_utf8 and not first.startswith(codecs.BOM_UTF8):
        encoding = _encoding(file.path)
    return Survey(
        header=header,
        delimiter=delimiter,
        line_end=line_end,
        lines=counts.lines,
        encoding=encoding,
        plain=counts.is_utf8 and not counts.has_nul and counts.has_line_end(line_end),
        has_words=counts.has_words,
    )


def _refuse_what_is_no_text(name: str, first: bytes) -> None:
    if not first.strip():
        raise ExtractError(f"{name}: empty; a header line is needed")
    if first.startswith(_UTF16):
        raise ExtractError(f"{name}: UTF-16; save it again as UTF-8")
    if b"\0" in first or len(first) > _HEADER_LIMIT:
        raise ExtractError(f"{name}: not a text file with a header line")
    if b"\r" in first.removesuffix(b"\n").removesuffix(b"\r"):
        raise ExtractError(
            f"{name}: lone carriage returns in its header line; save it with ordinary line ends"
        )


def _header(first: bytes) -> tuple[tuple[str, ...], str]:
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = first.decode("latin-1")
    delimiter = "\t" if "\t" in text else ","
    line = text.rstrip("\r\n")
    cells = line.split("\t") if delimiter == "\t" else next(csv.reader([line]), [])
    return tuple(cell.strip(' "').lower() for cell in cells), delimiter


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


class _Counts:
    """What is counted over all chunks of a file."""

    def __init__(self, words: tuple[bytes, ...]) -> None:
        self.has_nul = False
        self.has_words = False
        self.is_utf8 = True
        self._words = words
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._feeds = self._returns = self._pairs = 0
        self._last = b""

    def add(self, chunk: bytes) -> None:
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
        if self.is_utf8 and (final or not chunk.isascii() or self._decoder.getstate()[0]):
            try:
                self._decoder.decode(chunk, final)
            except UnicodeDecodeError:
                self.is_utf8 = False

    @property
    def lines(self) -> int:
        return self._feeds + (self._last != b"\n")

    def has_line_end(self, line_end: str) -> bool:
        """Whether every line ends like the header, and no carriage return stands elsewhere."""
        if line_end == "\n":
            return self._returns == 0
        return self._returns == self._pairs == self._feeds


def _encoding(path: Path) -> Encoding:
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
