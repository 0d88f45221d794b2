"""Columns of text for a terminal of 100 characters, the last column folded."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

WIDTH = 100
_LEAST = 24  # of the last column, below which a folded text can no longer be read


def columns(rows: Sequence[Sequence[str]], *, indent: str = "", width: int = WIDTH) -> list[str]:
    """The rows as lines, each column as wide as it needs, the last one folded under itself.

    Args:
        rows: of equal length; the last cell may hold line ends, each of which begins a new line.
        indent: what each line begins with.
        width: how many characters a line may have; a last column that would have fewer than 24
            goes beyond it.
    """
    if not rows:
        return []
    widths = [max(map(len, column)) for column in list(zip(*rows, strict=True))[:-1]]
    head = len(indent) + sum(widths) + 2 * len(widths)
    room = max(width - head, _LEAST)
    lines = []
    for *cells, last in rows:
        start = indent + "".join(f"{cell:<{n}}  " for cell, n in zip(cells, widths, strict=True))
        parts = [part for line in last.splitlines() for part in wrap(line, room)] or [""]
        lines += [
            f"{start if n == 0 else ' ' * head}{part}".rstrip() for n, part in enumerate(parts)
        ]
    return lines
