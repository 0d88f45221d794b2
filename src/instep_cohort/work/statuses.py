"""Work status from dated employment codes: fallible evidence, never a gate (RULES.md §7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

STATUS_OF = {
    "out_of_work": "out_of_work",
    "job_loss": "out_of_work",
    "in_work": "in_work",
    "not_seeking": "not_seeking",
    "unfit_for_work": "unfit_for_work",
}


_HINTS_SHOWN = 5


class StatusRow(NamedTuple):
    """One coded row of a work status list: its date, what it says, and its term, if any."""

    recorded: date
    categories: frozenset[str]
    term: str = ""


class WorkStatus(NamedTuple):
    """The columns of the flag; `unknown` is never read as in work."""

    work_status: str
    work_status_date: date | None
    work_status_age_days: int | None
    work_status_stale: bool | None

    @property
    def fresh(self) -> str | None:
        """The status where it is fresh enough to decide something."""
        return self.work_status if self.work_status_stale is False else None


class WorkHints(NamedTuple):
    """What else the record says of work: dated and fallible, and it decides nothing.

    Attributes:
        days_since_job_loss: since the latest code for the loss of a job.
        work_hints: the latest rows of the list, newest first: date, category and term.
    """

    days_since_job_loss: int | None
    work_hints: str


UNKNOWN = WorkStatus("unknown", None, None, None)


def work_status(rows: Iterable[StatusRow], *, fresh_from: date, on: date) -> WorkStatus:
    """The latest dated status of one patient, from rows dated on or before the search date."""
    speaking = [
        (row.recorded, STATUS_OF[category])
        for row in rows
        for category in row.categories
        if category in STATUS_OF
    ]
    if not speaking:
        return UNKNOWN
    latest = max(recorded for recorded, _ in speaking)
    said = {status for recorded, status in speaking if recorded == latest}
    status = said.pop() if len(said) == 1 else "conflict"
    return WorkStatus(status, latest, (on - latest).days, latest < fresh_from)


def work_hints(rows: Iterable[StatusRow], *, on: date) -> WorkHints:
    """Every hint about work of one patient, from rows dated on or before the search date."""
    newest = sorted(set(rows), key=lambda row: (row.recorded, row.term), reverse=True)
    lost = [row.recorded for row in newest if "job_loss" in row.categories]
    shown = [_hint(row) for row in newest[:_HINTS_SHOWN]]
    if len(newest) > _HINTS_SHOWN:
        shown.append(f"and {len(newest) - _HINTS_SHOWN} older")
    return WorkHints((on - lost[0]).days if lost else None, "; ".join(shown))


def _hint(row: StatusRow) -> str:
    says = ", ".join(sorted(name.replace("_", " ") for name in row.categories))
    return f"{row.recorded} {says}" + (f" ({row.term})" if row.term else "")
