"""A coverage for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from instep_cohort.discovery.as_tables import Table, opening, tables, title
from instep_cohort.discovery.coverage_result import Coverage
from instep_cohort.small_tables import shown, text_table

_WIDTH = 100
_LONGEST_CELL = 120
_FEW = 12


def coverage_text(coverage: Coverage, most: int) -> str:
    """Title, what must be known, and of each table the first rows."""
    lines = [fill(line, _WIDTH) for line in opening(coverage)]
    return "\n\n".join([title(coverage), *lines, *_tables(coverage, most)])


def _tables(coverage: Coverage, most: int) -> Iterator[str]:
    for table in tables(coverage):
        yield as_text(table, most, rest="--format csv has all of them")


def as_text(table: Table, most: int, *, rest: str) -> str:
    """A table with at most so many rows, and below it how many more there are, and where."""
    if not table.rows:
        return f"{table.caption}: none"
    rows = [
        [_cut(shown(cell)) for cell in row]
        for row in table.rows[: most if len(table.rows) > _FEW else _FEW]
    ]
    more = len(table.rows) - len(rows)
    notes = [f"… and {more:,} more; {rest}"] if more else []
    notes += [fill(table.note, _WIDTH)] if table.note else []
    return "\n".join(
        [text_table(f"{table.caption} ({len(table.rows):,})", table.header, rows), *notes]
    )


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"
