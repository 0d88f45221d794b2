"""What a screener put into a row, read strictly: a known word or a fault, never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from instep_cohort.recruitment.screening.cells import plain
from instep_cohort.recruitment.screening.legend import reason_words
from instep_cohort.recruitment.vocabulary import (
    SCREENING_REASONS,
    Decision,
    KnownWorkStatus,
    Reason,
)

_FIRST_SERIAL = date(1899, 12, 30)
_LAST_SERIAL = 2958465  # 9999-12-31
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{4}|\d{2})")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


class Answer(NamedTuple):
    """A decision as a screener gave it."""

    decision: Decision
    reason: Reason | None
    knows_work_status: KnownWorkStatus | None
    screened_by: str
    screened_on: date


class Wrong(NamedTuple):
    """What is wrong with a cell, told without what stands in it."""

    column: str
    found: str
    repair: str


class Limits(NamedTuple):
    """What a row may say: who may have decided, and on which days."""

    screeners: tuple[str, ...]
    first_day: date
    today: date


def read_answer(cells: Mapping[str, Any], limits: Limits) -> Answer | list[Wrong] | None:
    """The decision in a row's cells; None for a row that nobody has decided; or what is wrong.

    A name and a day alone decide nothing: people fill them down before they start.
    """
    text = {name: plain(cell) for name, cell in cells.items()}
    if not text["decision"]:
        stray = [name for name in ("reason_code", "knows_work_status") if text[name]]
        return [_undecided(name) for name in stray] or None
    decision = _DECISIONS.get(_bare(text["decision"]))
    reason = _REASONS.get(_bare(text["reason_code"]))
    knows = _STATUSES.get(_bare(text["knows_work_status"]))
    by = _names(limits.screeners).get(_bare(text["screened_by"]))
    on = read_day(cells["screened_on"])
    wrong = [
        Wrong(name, "is none of those that can be chosen", "choose from the list in the cell")
        for name, found in (
            ("decision", decision),
            ("reason_code", reason),
            ("knows_work_status", knows),
            ("screened_by", by),
        )
        if text[name] and found is None
    ]
    if not text["screened_by"]:
        wrong.append(Wrong("screened_by", "is empty", "say who decided"))
    wrong += _wrong_day(text["screened_on"], on, limits)
    wrong += _wrong_reason(text["reason_code"], decision)
    if wrong or decision is None or by is None or on is None:
        return wrong
    return Answer(decision, reason, knows, by, on)


def read_day(cell: Any) -> date | None:
    """The day in a cell: a date, a spreadsheet's number of one, or text; None where it is none.

    Text is year-month-day, or day, month, year as it is written here and as spreadsheets set to
    British English save it.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _serial(float(cell))
    text = plain(cell)
    return _serial(float(text)) if re.fullmatch(r"\d{5}", text) else _written_day(text)


def _written_day(text: str) -> date | None:
    try:
        # a time of midnight comes along where a cell was formatted as date and time
        return date.fromisoformat(re.sub(r"[ T]00:00(:00)?$", "", text))
    except ValueError:
        pass
    slashed, named = _SLASHED.fullmatch(text), _NAMED.fullmatch(text)
    if slashed:
        return _day(slashed[3], int(slashed[2]), slashed[1])
    if named and named[2].lower() in _MONTHS:
        return _day(named[3], _MONTHS.index(named[2].lower()) + 1, named[1])
    return None


def _serial(number: float) -> date | None:
    return _FIRST_SERIAL + timedelta(days=int(number)) if 1 <= number <= _LAST_SERIAL else None


def _day(year: str, month: int, day: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == len("26") else 0), month, int(day))
    except ValueError:
        return None


def _bare(text: str) -> str:
    """A word without regard to case, and to whether blanks or underscores part it."""
    return " ".join(text.replace("_", " ").split()).casefold()


def _reasons() -> dict[str, Reason]:
    found: dict[str, Reason] = {}
    for one in SCREENING_REASONS:
        found |= {_bare(one.value): one, _bare(reason_words(one.value, one.meaning)): one}
    return found


_DECISIONS = {_bare(one.value): one for one in Decision}
_REASONS = _reasons()
_STATUSES = {_bare(one.value): one for one in KnownWorkStatus}


@lru_cache
def _names(screeners: tuple[str, ...]) -> dict[str, str]:
    return {_bare(name): name for name in screeners}


def _undecided(column: str) -> Wrong:
    return Wrong(column, "is filled in, and the decision is empty", "decide, or empty the row")


def _wrong_day(text: str, on: date | None, limits: Limits) -> list[Wrong]:
    if not text:
        return [Wrong("screened_on", "is empty", "say on which day it was decided")]
    if on is None:
        return [Wrong("screened_on", "is no day", f"write it as {limits.today}")]
    if on > limits.today:
        return [Wrong("screened_on", "lies in the future", f"today is {limits.today}")]
    if on < limits.first_day:
        found = f"lies before the search date, {limits.first_day}"
        return [Wrong("screened_on", found, "a list cannot be screened before it is made")]
    return []


def _wrong_reason(text: str, decision: Decision | None) -> list[Wrong]:
    if decision is Decision.DO_NOT_INVITE and not text:
        return [Wrong("reason_code", 'is empty for "do not invite"', "say why")]
    if decision is Decision.INVITE and text:
        return [
            Wrong("reason_code", 'stands beside "invite"', "empty it, or choose another decision")
        ]
    return []
