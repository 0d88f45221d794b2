"""A stretch of a text file that moves forward, and its physical lines, which can be given back."""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Sequence
from typing import IO

from instep_cohort.extracts.lines import KEPT_OF_A_LONG_LINE, LONGEST_LINE, Line


class Window:
    """Bytes of a file from the record that is being read onward; only so many are held.

    Attributes:
        data: the bytes. A last line without its end has got one.
        place: where in them the next line begins.
        line: its number in the file, from 1.
        is_ended: whether the file has no more.
    """

    def __init__(self, source: IO[bytes], size: int) -> None:
        """Begins at the start of a file, behind its byte-order mark.

        Args:
            source: the file.
            size: how many bytes are read at once.
        """
        self.data = source.read(len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
        self.place, self.line = 0, 1
        self.is_ended = False
        self._source, self._size = source, size
        self._kept = 0
        self._waiting: deque[Line] = deque()

    @property
    def left(self) -> int:
        """How many bytes are held of what is not read yet."""
        return len(self.data) - self.place

    @property
    def has_waiting(self) -> bool:
        """Whether lines were given back that no longer stand in the window."""
        return bool(self._waiting)

    def keep(self) -> None:
        """Takes note that a record begins here: from here on, lines may be given back."""
        self._kept = self.place

    def grow(self) -> None:
        """Reads on; what stands before the record that is being read is forgotten."""
        more = self._source.read(self._size)
        held = self.data[self._kept :]
        self.place -= self._kept
        self._kept = 0
        if not more:
            self.is_ended = True
            if held and not held.endswith(b"\n"):
                more = b"\n"
        self.data = held + more

    def pass_over(self, end: int, lines: int) -> None:
        """Goes on to a place in ``data`` that is so many lines further."""
        self.place = end
        self.line += lines

    def take(self) -> Line | None:
        """The next line; ``None`` at the end. Of one that is too long only its start is held."""
        if self._waiting:
            return self._waiting.popleft()
        limit = LONGEST_LINE + 2
        while (end := self.data.find(b"\n", self.place, self.place + limit)) < 0:
            if self.left >= limit:
                return self._take_long(limit)
            if self.is_ended:
                return None
            self.grow()
        line = Line(self.line, self.data[self.place : end + 1], too_long=False)
        self.pass_over(end + 1, 1)
        return line

    def _take_long(self, read: int) -> Line:
        kept = self.data[self.place : self.place + min(read, KEPT_OF_A_LONG_LINE)]
        line = Line(self.line, kept, too_long=True)
        self.place += read
        while (end := self.data.find(b"\n", self.place)) < 0 and not self.is_ended:
            self.place = len(self.data)
            self.keep()
            self.grow()
        self.pass_over(end + 1 if end >= 0 else len(self.data), 1)
        return line

    def give_back(self, lines: Sequence[Line]) -> None:
        """Puts the last lines that were taken back, to be taken again."""
        if self._waiting or (lines and lines[-1].too_long):  # these stand in the window no more
            self._waiting.extendleft(reversed(lines))
            return
        self.place -= sum(len(line.whole) for line in lines)
        self.line -= len(lines)
