"""A coverage as HTML: no script, every text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from instep_cohort.discovery.as_tables import Table, opening, tables, title
from instep_cohort.discovery.coverage_result import Coverage
from instep_cohort.small_tables import html_table

_STYLE = (
    "body{font-family:system-ui,sans-serif;margin:2rem;line-height:1.4}"
    "table{border-collapse:collapse;margin:1rem 0;font-size:.9rem}"
    "caption{text-align:left;font-weight:bold;padding:.3rem 0}"
    "th,td{border-bottom:1px solid #8886;padding:.2rem .7rem .2rem 0;text-align:right;"
    "vertical-align:top}"
)


def coverage_page(coverage: Coverage) -> str:
    """The coverage as a page of its own."""
    head = escape(title(coverage))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{head}</title><style>{_STYLE}</style></head>"
        f"<body>{coverage_section(coverage)}</body></html>\n"
    )


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
