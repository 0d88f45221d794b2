"""The records of a stretch of bytes found all at once, and which of them are beyond doubt.

A record is *sound* where nothing in it needs a closer look: as many cells as the header has, no
NUL, text in its encoding, and quotes only where a quoted cell begins or ends, or doubled within
one. All other records are *doubtful*; `lines` says what they are. Whether a quote opens or closes
is told by how many stand before it, so that a stray one turns all that follow round. Therefore the
records are found twice where need be: for an even number of quotes before them, and for an odd one.
"""

from __future__ import annotations

import codecs
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.extracts.lines import LONGEST_LINE, LONGEST_RECORD_LINES, Record
from instep_cohort.extracts.survey import Survey
from instep_cohort.extracts.transcoding import cp1252_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.intp]

_FEED, _RETURN, _QUOTE, _BLANK = b"\n"[0], b"\r"[0], b'"'[0], b" "[0]


class Records(NamedTuple):
    """The records of a chunk, for one parity of the quotes before them.

    Attributes:
        ends: where each ends, behind its line end; the next one begins there.
        doubtful: which of them are, by number, rising.
        returns: where carriage returns stand outside of quotes that end no line, rising.
    """

    ends: Places
    doubtful: Places
    returns: Places


class Chunk:
    """A stretch of a text file."""

    def __init__(self, data: bytes, survey: Survey) -> None:
        """Finds the places of all that matters in it.

        Args:
            data: the bytes, which begin where a record does.
            survey: what the file is.
        """
        import numpy as np

        self.data = data
        self.survey = survey
        self.bytes = np.frombuffer(data, np.uint8)
        self.feeds = np.flatnonzero(self.bytes == _FEED)
        self._quotes = self._all(b'"' if survey.quoting else b"")
        self._delimiters = self._all(survey.delimiter.encode())
        is_quote = (self.bytes == _QUOTE).view(np.uint8)
        self._odd = np.bitwise_xor.accumulate(is_quote) if len(self._quotes) else None
        self._found: dict[int, Records] = {}

    def _all(self, byte: bytes) -> Places:
        """The places of a byte."""
        import numpy as np

        if not byte or byte not in self.data:  # which is found out ten times as fast
            return np.empty(0, np.intp)
        places: Places = np.flatnonzero(self.bytes == byte[0])
        return places

    def records(self, place: int) -> Records:
        """The records as they are if one begins at this place."""
        parity = 0 if self._odd is None or not place else int(self._odd[place - 1])
        if parity not in self._found:
            self._found[parity] = self._records(parity)
        return self._found[parity]

    def _outside(self, places: Places, parity: int) -> Places:
        """Those of the places before which the quotes have this parity; none of them is a quote."""
        if self._odd is None:
            return places
        outside: Places = places[self._odd[places] == parity]
        return outside

    @cached_property
    def _lone_returns(self) -> Places:
        """The carriage returns that are no part of a line end."""
        places = self._all(b"\r")
        places = places[places + 1 < len(self.data)]  # else it is not known yet
        lone: Places = places[self.bytes[places + 1] != _FEED]
        return lone

    @cached_property
    def _spoilt(self) -> Places:
        """The places of NULs, and where text is not in its encoding, the first of each line."""
        import numpy as np

        nuls = self._all(b"\0")
        if self.survey.encoding != "utf-8" or self.data.isascii():
            return nuls
        return np.sort(np.append(nuls, np.array(_undecodable(self.data), np.intp)))

    def _records(self, parity: int) -> Records:
        import numpy as np

        ends = self._outside(self.feeds, parity) + 1
        starts = np.concatenate((np.zeros(1, np.intp), ends))[:-1]
        returns = self._outside(self._lone_returns, parity)
        delimiters = self._between(self._outside(self._delimiters, parity), ends)
        doubtful = delimiters != len(self.survey.header) - 1
        doubtful |= ends - starts >= LONGEST_LINE
        for places in (self._spoilt, self._stray_quotes(parity)):
            self._mark(doubtful, ends, places)
        if len(self._quotes):
            doubtful |= self._between(self.feeds, ends) > LONGEST_RECORD_LINES
            # The exact reader does not tell of carriage returns in a record with quotes.
            quoted = self._between(self._quotes, ends) > 0
            returned = np.zeros(len(ends), np.bool_)
            self._mark(returned, ends, returns)
            doubtful |= quoted & returned
        if len(self.survey.header) == 1:  # then it has as many cells as a blank line
            doubtful |= np.isin(self.bytes[starts], (_BLANK, _RETURN, _FEED))
        return Records(ends, np.flatnonzero(doubtful), returns)

    @staticmethod
    def _mark(marks: NDArray[np.bool_], ends: Places, places: Places) -> None:
        """Marks the records in which a place lies."""
        numbers = ends.searchsorted(places, side="right")
        marks[numbers[numbers < len(ends)]] = True

    @staticmethod
    def _between(places: Places, ends: Places) -> Places:
        """How many of the places lie in each record."""
        import numpy as np

        return np.diff(places.searchsorted(ends), prepend=0)

    def _stray_quotes(self, parity: int) -> Places:
        """The quotes that stand where none begins or ends a cell, nor is doubled."""
        import numpy as np

        if not len(self._quotes):
            return self._quotes
        delimiter = self.survey.delimiter.encode()[0]
        padded = np.concatenate((self.bytes, np.full(2, _FEED, np.uint8)))
        opening, closing = self._quotes[parity::2], self._quotes[1 - parity :: 2]
        before = padded[opening - 1]  # what stands before the first byte is the padding
        after = padded[closing + 1]
        good = np.zeros(256, np.bool_)
        good[[delimiter, _FEED, _QUOTE]] = True
        ends_line = (after == _RETURN) & (padded[closing + 2] == _FEED)
        stray = opening[~good[before]], closing[~(good[after] | ends_line)]
        return np.sort(np.concatenate(stray))


def _undecodable(data: bytes) -> list[int]:
    """Where text is not UTF-8: the first place of each line that has one."""
    found, place, view = [], 0, memoryview(data)
    while True:
        try:
            codecs.utf_8_decode(view[place:])  # of a last letter the rest may follow
        except UnicodeDecodeError as error:
            found.append(place + error.start)
            place = data.find(b"\n", found[-1]) + 1
            if not place:
                return found
        else:
            return found


class Run(NamedTuple):
    """Sound records of a chunk that stand one behind the other.

    Attributes:
        chunk: the chunk.
        records: its records.
        first: the number among them of the first.
        last: that of the one behind the last.
        start: where the first begins.
    """

    chunk: Chunk
    records: Records
    first: int
    last: int
    start: int

    @property
    def number(self) -> int:
        """How many records they are."""
        return self.last - self.first

    @property
    def end(self) -> int:
        """Where the last ends, behind its line end."""
        return int(self.records.ends[self.last - 1])

    @property
    def lines(self) -> int:
        """How many physical lines they have."""
        return self._lines_before(self.end) - self._lines_before(self.start)

    @property
    def returned(self) -> int:
        """How many of them have a carriage return outside of quotes that ends no line."""
        import numpy as np

        return len(np.unique(self.records.ends.searchsorted(self._returns, side="right")))

    @property
    def have_line_end(self) -> bool:
        """Whether all of them end as the first line of the file does."""
        with_return = int((self.chunk.bytes[self._before_feeds] == _RETURN).sum())
        return with_return == (self.number if self.chunk.survey.line_end == "\r\n" else 0)

    def record(self, number: int, line: int) -> Record:
        """One of them, with its line and bytes.

        Args:
            number: which, from 0.
            line: the line of the file on which the first one begins.
        """
        start = int(self.records.ends[self.first + number - 1]) if number else self.start
        raw = self.chunk.data[start : int(self.records.ends[self.first + number])]
        line += self._lines_before(start) - self._lines_before(self.start)
        return Record(line, raw.removesuffix(b"\n").removesuffix(b"\r"), raw)

    def text(self) -> bytes:
        """The records as UTF-8 with line feeds behind them, as `Record.text` is."""
        raw = self.chunk.data[self.start : self.end]
        if b"\r" in raw:
            raw = self._without_returns(raw)
        if self.chunk.survey.encoding == "utf-8" or raw.isascii():
            return raw
        return cp1252_text(raw).encode()

    def _without_returns(self, raw: bytes) -> bytes:
        import numpy as np

        returns = self._returns
        if self.lines == self.number and not len(returns):
            return raw.replace(b"\r\n", b"\n")
        written = np.frombuffer(raw, np.uint8).copy()
        written[returns - self.start] = _BLANK
        ending = self._before_feeds
        ending = ending[self.chunk.bytes[ending] == _RETURN]
        return np.delete(written, ending - self.start).tobytes()

    @property
    def _before_feeds(self) -> Places:
        """The byte before the line feed that ends each record; no record is empty."""
        return self.records.ends[self.first : self.last] - 2

    @property
    def _returns(self) -> Places:
        every = self.records.returns
        return every[every.searchsorted(self.start) : every.searchsorted(self.end)]

    def _lines_before(self, place: int) -> int:
        return int(self.chunk.feeds.searchsorted(place))
