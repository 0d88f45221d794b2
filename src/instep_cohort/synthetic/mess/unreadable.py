"""Lines that no reader can take for a row, and texts that reach over the end of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instep_cohort.synthetic.formats.layout import MENDED, QUARANTINED, SKIPPED, STORED
from instep_cohort.synthetic.mess.planting import Plant
from instep_cohort.synthetic.mess.untidy import ordinary_people, recent_days
from instep_cohort.synthetic.neutral import OddRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from instep_cohort.synthetic.formats.layout import Format
    from instep_cohort.synthetic.register import Register

PAIN, PAINKILLER = "N142.", "di21."
_TEXTS = ("one line\nand another", "a lone\rreturn", "both\r\nof them", 'said "so", and more')
_TOO_LONG = 1_100_000  # bytes: beyond what any system writes
_LEFT_OF_A_ROW = 12  # bytes


def torn_texts(register: Register, seed: int, layout: Format) -> list[Plant]:
    """Events with a text of several lines, or with quotes in it, where the format has texts."""
    if layout.dialect.quoting == "none":
        return []
    rows = _rows(register, seed + 4, PAIN)
    return [Plant("line end or quote in a text", STORED, next(rows), {"text": t}) for t in _TEXTS]


def broken_lines(register: Register, seed: int, layout: Format) -> list[Plant]:
    """Events whose lines hold bytes that are no text, or cells that are too few or too many."""
    rows = _rows(register, seed + 5, PAIN)
    cell = layout.dialect.delimiter.encode()
    kinds: dict[str, Callable[[bytes], bytes]] = {
        "NUL": lambda line: line[:4] + b"\0" + line[4:],
        "too few cells": lambda line: cell.join(line.split(cell)[:2]) + _end(line),
        "too many cells": lambda line: line.removesuffix(_end(line)) + cell * 9 + b"x" + _end(line),
        "too long a line": lambda line: _with_cell(line, cell, b"x" * _TOO_LONG),
    }
    if layout.dialect.encoding == "utf-8":
        kinds["not UTF-8"] = lambda line: _with_cell(line, cell, b"caf\xe9")
    if layout.dialect.quoting != "none":
        kinds["quote that does not close"] = lambda line: _with_cell(line, cell, b'"open')
    plants = [Plant(kind, QUARANTINED, next(rows), {}, damage) for kind, damage in kinds.items()]
    if layout.dialect.quoting == "none":
        plants.append(Plant("lone carriage return", MENDED, next(rows), {}, _carriage_return(cell)))
    plants.append(Plant("blank line", SKIPPED, next(rows), {}, _end))
    return plants


def last_line(register: Register, seed: int) -> list[Plant]:
    """An issue that is cut off in the midst of it, as the last of its file."""
    row = next(_rows(register, seed + 6, PAINKILLER))
    return [Plant("cut off", QUARANTINED, row, {}, lambda line: line[:_LEFT_OF_A_ROW])]


def _rows(register: Register, seed: int, code: str) -> Iterator[OddRow]:
    days = recent_days(register)
    for person in ordinary_people(register, seed):
        yield OddRow(person, next(days).isoformat(), code)


def _end(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]


def _with_cell(line: bytes, delimiter: bytes, text: bytes) -> bytes:
    """The line with other bytes for its last cell."""
    head, _, _ = line.removesuffix(_end(line)).rpartition(delimiter)
    return head + delimiter + text + _end(line)


def _carriage_return(delimiter: bytes) -> Callable[[bytes], bytes]:
    return lambda line: _with_cell(line, delimiter, b"\r")
