"""The report as HTML for a notebook or a page."""

from __future__ import annotations

from html import escape

from instep_cohort.quality.as_text import amount, label, summary, title
from instep_cohort.quality.result import Quality
from instep_cohort.quality.rules import RULES
from instep_cohort.small_tables import html_page, html_table

HEADER = ("severity", "where", "how many", "what", "how to mend it", "rule", "problem")
_MOST_ROWS = 200


def as_page(quality: Quality) -> str:
    """The report as a page of its own."""
    return html_page(title(quality), as_html(quality))


def as_html(quality: Quality) -> str:
    """The findings and the tables, long ones cut with a word of it."""
    found = [
        (
            str(one.severity),
            one.where,
            amount(quality, one),
            one.what,
            one.mend,
            one.rule,
            RULES[one.rule].problem,
        )
        for one in quality.findings
    ]
    parts = [
        f"<p><b>{escape(title(quality))}</b><br>{escape(label(quality))}</p>",
        html_table(summary(quality), HEADER, found),
    ]
    for table in quality.tables:
        if not table.rows:
            continue
        shown = quality.table(table.name)
        more = len(shown.rows) - _MOST_ROWS
        parts.append(html_table(shown.caption, shown.columns, shown.rows[-_MOST_ROWS:]))
        cut = f"{more:,} rows before these are not shown. " if more > 0 else ""
        if cut or shown.note:
            parts.append(f"<p>{escape(cut + shown.note)}</p>")
    return "".join(parts)
