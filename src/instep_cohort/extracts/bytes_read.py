"""How many of an extract's bytes have been read, told to somebody as the number grows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import duckdb

#: An extract is gone through three times: looked at, counted, written into the store.
PASSES = 3

_SECONDS = 0.2


class BytesRead:
    """Bytes read so far of all there are, in the extract's own size and never falling."""

    def __init__(self, told: Callable[[int, int], None] | None = None) -> None:
        """Takes whom to tell: called with the bytes read and with all bytes, by any thread."""
        self._told = told
        self._total = self._done = self._shown = 0
        self._lock = threading.Lock()

    def expect(self, total: int) -> None:
        """Takes note of the size of all files, in bytes as they stand on the disk."""
        self._total = total

    def add(self, number: int) -> None:
        """Counts bytes of one pass over a file; from any thread."""
        with self._lock:
            self._done += number
            self._tell(self._done)

    def finish(self) -> None:
        """Says that everything is read."""
        self._tell(self._total * PASSES)

    @contextmanager
    def through(self, connection: duckdb.DuckDBPyConnection, number: int) -> Iterator[None]:
        """While a query reads so many bytes, DuckDB is asked how far it is."""
        if self._told is None or not number:
            yield
            return
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")
        ended = threading.Event()
        watch = threading.Thread(
            target=self._watch, args=(connection, number, ended), daemon=True, name="progress"
        )
        watch.start()
        try:
            yield
        finally:
            ended.set()
            watch.join()
        self.add(number)

    def _watch(
        self, connection: duckdb.DuckDBPyConnection, number: int, ended: threading.Event
    ) -> None:
        with suppress(duckdb.Error):  # a bar that stands still is no reason to stop
            while not ended.wait(_SECONDS):
                percent = min(max(connection.query_progress(), 0.0), 100.0)
                self._tell(self._done + int(number * percent / 100))

    def _tell(self, done: int) -> None:
        if self._told is not None:
            self._shown = max(self._shown, min(done // PASSES, self._total))
            self._told(self._shown, self._total)
