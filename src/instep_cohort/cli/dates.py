"""Dates on the command line: ISO, and nothing else."""

from __future__ import annotations

from datetime import date

from instep_cohort.errors import UsageError


def iso_date(text: str, option: str) -> date:
    """The date that an option names.

    Raises:
        UsageError: it is no date of the form 2026-11-01.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    # fromisoformat also reads 20261101 and 2026-W44-7
    if found is None or found.isoformat() != text:
        raise UsageError(f"{option} {text}: not a date; write year-month-day, such as 2026-11-01.")
    return found
