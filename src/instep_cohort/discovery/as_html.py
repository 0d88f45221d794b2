"""A coverage as HTML: no script, every text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from instep_cohort.discovery.as_tables import Table, opening, tables, title
from instep_cohort.discovery.coverage_result import Coverage
from instep_cohort.small_tables import html_page, html_table


def coverage_page(coverage: Coverage) -> str:
    """The coverage as a page of its own."""
    return html_page(title(coverage), coverage_section(coverage))


def coverage_section(coverage: Coverage) -> str:
    """The coverage as a part of a page, such as a notebook."""
    return "".join(_parts(coverage))


def _parts(coverage: Coverage) -> Iterator[str]:
    yield f"<p><b>{escape(title(coverage))}</b></p>"
    for line in opening(coverage):
        yield f"<p>{escape(line)}</p>"
    for table in tables(coverage):
        yield as_html(table)


def as_html(table: Table) -> str:
    """A table with its caption and note."""
    if not table.rows:
        return f"<p>{escape(table.caption)}: none</p>"
    caption = f"{table.caption} ({len(table.rows):,})"
    note = f"<p>{escape(table.note)}</p>" if table.note else ""
    return html_table(caption, table.header, table.rows) + note
