"""Dates of events and issues that cannot be, by practice."""

from __future__ import annotations

from instep_cohort.quality.opened import Opened
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Seen, Table

_RULES = {
    "partial": "date-partial",
    "future": "date-future",
    "before_birth": "before-birth",
    "after_death": "after-death",
    "before_start": "before-registration",
}
_COLUMNS = ("undated", *_RULES)


def look_at_dates(store: Opened) -> Seen:
    """The rows of each practice and table, and those whose dates are missing or cannot be."""
    sums = ", ".join(f"CAST(sum({name}) AS BIGINT)" for name in ("rows", *_COLUMNS))
    counted = store.rows(
        f"SELECT practice, record, {sums} FROM counted JOIN practices USING (practice_no) "
        "GROUP BY ALL ORDER BY practice, record"
    )
    findings = []
    for practice, table, rows, _, *odd in counted:
        for rule, number in zip(_RULES.values(), odd, strict=True):
            if number:
                findings.append(finding(rule, number, of=rows, practice=practice, table=table))
    header = ("practice", "table", "rows", "undated", *(name.replace("_", " ") for name in _RULES))
    caption = "rows of each practice, and those with dates that are missing or cannot be"
    return Seen(findings, [Table("rows_by_practice", caption, header, counted)])
