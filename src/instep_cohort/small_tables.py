"""Small tables for a terminal, for a notebook and for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape

FORMULA_STARTS = "=+-@\t\r"  # what a spreadsheet takes for the beginning of a formula
_STARTS = tuple(FORMULA_STARTS)
_STYLE = (
    "body{font-family:system-ui,sans-serif;margin:2rem;line-height:1.4}"
    "table{border-collapse:collapse;margin:1rem 0;font-size:.9rem}"
    "caption{text-align:left;font-weight:bold;padding:.3rem 0}"
    "th,td{border-bottom:1px solid #8886;padding:.2rem .7rem .2rem 0;text-align:right;"
    "vertical-align:top}"
)
_LEFT = ' style="text-align:left"'  # a notebook puts every cell on the right


def text_table(caption: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The caption, and under it the columns side by side: words on the left, numbers on the right.

    A column is as wide as it needs; an empty caption is left out.
    """
    held = [tuple(row) for row in rows]
    lines = [tuple(header), *(tuple(map(shown, row)) for row in held)]
    columns = list(zip(*lines, strict=True))
    numbers = [
        bool(held) and all(isinstance(row[n], int) for row in held) for n in range(len(columns))
    ]
    widths = [max(map(len, column)) for column in columns]
    sides = [str.rjust if number else str.ljust for number in numbers]
    body = (
        "  ".join(side(cell, width) for side, cell, width in zip(sides, line, widths, strict=True))
        for line in lines
    )
    return "\n".join(line.rstrip() for line in ((caption, *body) if caption else body))


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


def html_page(title: str, body: str) -> str:
    """A page of its own around HTML: no script, and a style that a printer takes too.

    The title is escaped, the body is not.
    """
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    )


def csv_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The same as CSV with LF line ends; no text in it runs as a formula (see `harmless`)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula; a lone sign is none.

    Such text begins with ``=``, ``+``, ``-``, ``@``, a tab or a return.
    """
    return text.startswith(_STARTS) and text.strip() not in _STARTS


def harmless(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would run it."""
    return f"'{text}" if runs_as_formula(text) else text


def shown(cell: object) -> str:
    """A cell as text, a number with its thousands apart."""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
