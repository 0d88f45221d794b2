"""SQL that turns the text of a date into days since 1970-01-01.

A full date may carry a time of day, which is dropped: `2026-05-01 00:00:00`, `2026-05-01T14:30`.
With a time zone behind it the day is not certain, and it is read as unreadable. A month (`2026-05`,
`05/2026`) and a year (`2026`) are partial: they have a first and a last possible day. Everything
else, a day that never was included, is unreadable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from instep_cohort.extracts.profile import DateStyle
from instep_cohort.extracts.sql import literal

EPOCH = date(1970, 1, 1)

_TIME_OF_DAY = r"[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?"
_YEAR = r"[1-9]\d{3}"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"\d{2}"
_DATE_LENGTH = 10


@dataclass(frozen=True)
class _Style:
    day: str  # for strptime
    day_shape: str
    month: str  # for strptime, behind "01" and a blank
    month_shape: str


_STYLES: dict[DateStyle, _Style] = {
    "iso": _Style("%Y-%m-%d", f"{_YEAR}-{_MONTH}-{_DAY}", "%d %Y-%m", f"{_YEAR}-{_MONTH}"),
    "dd/mm/yyyy": _Style("%d/%m/%Y", f"{_DAY}/{_MONTH}/{_YEAR}", "%d %m/%Y", f"{_MONTH}/{_YEAR}"),
}


def days_since_epoch(day: date) -> int:
    """The number by which the store knows a day."""
    return (day - EPOCH).days


def day(text: str, style: DateStyle) -> str:
    """The day of a full date; null for anything else. ``text`` is an SQL expression."""
    pattern, shape = _STYLES[style].day, _STYLES[style].day_shape
    # strptime alone passes over white space and takes one digit for two.
    return (
        f"CASE WHEN {_has_shape(text, shape)} THEN {_parsed(text, pattern)} "
        f"WHEN {_has_shape(text, shape + _TIME_OF_DAY)} "
        f"THEN {_parsed(f'left({text}, {_DATE_LENGTH})', pattern)} END"
    )


def precision(text: str, style: DateStyle) -> str:
    """``month``, ``year`` or ``none`` of a text that is no full date."""
    return (
        f"CASE WHEN {_has_shape(text, _STYLES[style].month_shape)} THEN 'month' "
        f"WHEN {_has_shape(text, _YEAR)} THEN 'year' ELSE 'none' END"
    )


def earliest(text: str, style: DateStyle) -> str:
    """The first possible day of a partial date; null for anything else."""
    return _partial(text, style, "{}")


def latest(text: str, style: DateStyle) -> str:
    """The last possible day of a partial date; null for anything else."""
    return _partial(text, style, "({} + INTERVAL 1 {unit} - INTERVAL 1 DAY)")


def _partial(text: str, style: DateStyle, wanted: str) -> str:
    month = f"try_strptime('01 ' || {text}, {literal(_STYLES[style].month)})"
    year = f"try_strptime('01 01 ' || {text}, '%d %m %Y')"
    return (
        f"CASE {precision(text, style)} "
        f"WHEN 'month' THEN {_number(wanted.format(month, unit='MONTH'))} "
        f"WHEN 'year' THEN {_number(wanted.format(year, unit='YEAR'))} END"
    )


def _has_shape(text: str, shape: str) -> str:
    return f"regexp_full_match({text}, {literal(shape)})"


def _parsed(text: str, pattern: str) -> str:
    return _number(f"try_strptime({text}, {literal(pattern)})")


def _number(timestamp: str) -> str:
    return f"CAST(CAST({timestamp} AS DATE) - DATE '1970-01-01' AS INTEGER)"
