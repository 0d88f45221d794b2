"""Small tables for a terminal and for a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_LEFT = ' style="text-align:left"'  # a notebook puts every cell on the right


def text_table(caption: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The caption, and under it the columns side by side, each as wide as it needs."""
    lines = [tuple(header), *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    body = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "\n".join((caption, *body))


def html_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The same as an HTML table, words on the left; all text is escaped.

    An empty caption is left out.
    """
    left = ["" if isinstance(cell, int) else _LEFT for cell in (rows[0] if rows else header)]
    head = "".join(
        f"<th{side}>{escape(cell)}</th>" for cell, side in zip(header, left, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{side}>{escape(shown(cell))}</td>" for cell, side in zip(row, left, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def shown(cell: object) -> str:
    """A cell as text, a number with its thousands apart."""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
