"""ASCII tables: a header, then rows, cells between upright lines."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent


def columns_of(text: str) -> Sequence[str]:
    """The columns of a table."""
    return _cells(next(line for line in text.splitlines() if line.strip()))


def table(text: str) -> list[dict[str, str]]:
    """The rows of a table, each as its cells by column, without the space around them."""
    lines = [line for line in text.splitlines() if line.strip()]
    header = _cells(lines[0])
    rows = []
    for line in lines[1:]:
        cells = _cells(line)
        if len(cells) != len(header):
            raise ValueError(f"{len(cells)} cells under {len(header)} columns: {line.strip()}")
        rows.append(dict(zip(header, cells, strict=True)))
    return rows


def _cells(line: str) -> Sequence[str]:
    return [cell.strip() for cell in line.split("|")]


def aligned(text: str) -> str:
    """The table with every column as wide as its widest cell."""
    rows = [columns_of(text), *(list(row.values()) for row in table(text))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def lines_of(text: str) -> str:
    """The text as a reader is to see it: not indented, no blank lines around it."""
    return "\n".join(line.rstrip() for line in dedent(text).strip("\n").splitlines())
