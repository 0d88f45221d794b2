"""SQL that turns the text of a date into days since 1970-01-01.

A full date may carry a time of day, which is dropped: `2026-05-01 00:00:00`, `2026-05-01T14:30`.
With a time zone behind it the day is not certain, and it is read as unreadable. A month (`2026-05`,
`05/2026`, `May 2026`, `202605`) and a year (`2026`) are partial: they have a first and a last
possible day. Everything else, a day that never was included, is unreadable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from instep_cohort.extracts.source_tables import DateStyle, DateStyles
from instep_cohort.extracts.sql import any_of, literal

EPOCH = date(1970, 1, 1)

#: What stands for a date that is there and says nothing: no style reads it.
UNKNOWN_DAY = "unknown"

_TIME_OF_DAY = r"[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?"
_YEAR = r"[1-9]\d{3}"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"\d{2}"
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAME = f"(?i:{'|'.join(_NAMES)})"  # DuckDB reads English names, whatever the locale and case


@dataclass(frozen=True)
class _Style:
    day: str  # for strptime
    day_shape: str
    day_length: int
    month: str  # for strptime, behind "01" and a blank
    month_shape: str
    written: str  # for format(): a day as this style writes it


_STYLES: dict[DateStyle, _Style] = {
    "iso": _Style(
        "%Y-%m-%d",
        f"{_YEAR}-{_MONTH}-{_DAY}",
        10,
        "%d %Y-%m",
        f"{_YEAR}-{_MONTH}",
        "{d.year:04}-{d.month:02}-{d.day:02}",
    ),
    "dd/mm/yyyy": _Style(
        "%d/%m/%Y",
        f"{_DAY}/{_MONTH}/{_YEAR}",
        10,
        "%d %m/%Y",
        f"{_MONTH}/{_YEAR}",
        "{d.day:02}/{d.month:02}/{d.year:04}",
    ),
    "dd mmm yyyy": _Style(
        "%d %b %Y",
        f"{_DAY} {_NAME} {_YEAR}",
        11,
        "%d %b %Y",
        f"{_NAME} {_YEAR}",
        "{d.day:02} {name} {d.year:04}",
    ),
    "dd-mmm-yyyy": _Style(
        "%d-%b-%Y",
        f"{_DAY}-{_NAME}-{_YEAR}",
        11,
        "%d %b-%Y",
        f"{_NAME}-{_YEAR}",
        "{d.day:02}-{name}-{d.year:04}",
    ),
    "yyyymmdd": _Style(
        "%Y%m%d",
        f"{_YEAR}{_MONTH}{_DAY}",
        8,
        "%d %Y%m",
        f"{_YEAR}{_MONTH}",
        "{d.year:04}{d.month:02}{d.day:02}",
    ),
}


def days_since_epoch(day: date) -> int:
    """The number by which the store knows a day."""
    return (day - EPOCH).days


def day(text: str, style: DateStyles) -> str:
    """The day of a full date; null for anything else. ``text`` is an SQL expression."""
    # strptime alone passes over white space and takes one digit for two.
    arms = (
        f"WHEN {_has_shape(text, one.day_shape)} THEN {_parsed(text, one.day)} "
        f"WHEN {_has_shape(text, one.day_shape + _TIME_OF_DAY)} "
        f"THEN {_parsed(f'left({text}, {one.day_length})', one.day)}"
        for one in _styles(style)
    )
    return f"CASE {' '.join(arms)} END"


def precision(text: str, style: DateStyles) -> str:
    """``month``, ``year`` or ``none`` of a text that is no full date."""
    months = " OR ".join(_has_shape(text, one.month_shape) for one in _styles(style))
    year = _has_shape(text, _YEAR)
    return f"CASE WHEN {months} THEN 'month' WHEN {year} THEN 'year' ELSE 'none' END"


def earliest(text: str, style: DateStyles) -> str:
    """The first possible day of a partial date; null for anything else."""
    return _partial(text, style, "{}")


def latest(text: str, style: DateStyles) -> str:
    """The last possible day of a partial date; null for anything else."""
    return _partial(text, style, "({} + INTERVAL 1 {unit} - INTERVAL 1 DAY)")


def marker(text: str, markers: Iterable[str], style: DateStyles) -> str:
    """The marker that a full date is, as an ISO date; null for anything else.

    Args:
        text: an SQL expression.
        markers: ISO dates, at least one.
        style: how the text is written.
    """
    arms = []
    for one in _styles(style):
        for iso in markers:
            d = date.fromisoformat(iso)
            day_written = one.written.format(d=d, name=_NAMES[d.month - 1])
            start = f"left({text}, {one.day_length})"
            same = f"upper({start})" if "{name}" in one.written else start
            rest = f"substr({text}, {one.day_length + 1})"
            arms.append(
                f"WHEN {same} = {literal(day_written.upper())} "
                f"AND regexp_full_match({rest}, {literal(f'({_TIME_OF_DAY})?')}) "
                f"THEN {literal(iso)}"
            )
    return f"CASE {' '.join(arms)} END"


def without_markers(text: str, markers: Iterable[str], style: DateStyles) -> str:
    """The text, null where it is a marker."""
    markers = tuple(markers)
    return f"CASE WHEN {marker(text, markers, style)} IS NULL THEN {text} END" if markers else text


def open_end(text: str, markers: Iterable[str], style: DateStyles, extract_date: date) -> str:
    """The text of a date on which something ended, null where it is a marker of the future.

    A marker that is past stands for a day that nobody knows, so it is read as an unreadable date:
    to take it for "none" would bring somebody back who died or left.
    """
    markers = tuple(markers)
    if not markers:
        return text
    future = [iso for iso in markers if date.fromisoformat(iso) > extract_date]
    found = marker(text, markers, style)
    none = f"WHEN {any_of(found, future)} THEN NULL " if future else ""
    return f"CASE WHEN {found} IS NULL THEN {text} {none}ELSE {literal(UNKNOWN_DAY)} END"


def written(day: date, style: DateStyle) -> str:
    """A day as a style writes it.

    Example:
        >>> written(date(2026, 5, 1), "dd mmm yyyy")
        '01 May 2026'
    """
    return _STYLES[style].written.format(d=day, name=_NAMES[day.month - 1])


def is_unreadable(text: str, style: DateStyles) -> str:
    """An SQL condition: something stands there, and it is neither a full nor a partial date."""
    return f"({text} IS NOT NULL AND coalesce({day(text, style)}, {earliest(text, style)}) IS NULL)"


def _styles(style: DateStyles) -> list[_Style]:
    return [_STYLES[one] for one in ((style,) if isinstance(style, str) else style)]


def _partial(text: str, style: DateStyles, wanted: str) -> str:
    arms = []
    for one in _styles(style):
        month = f"try_strptime('01 ' || {text}, {literal(one.month)})"
        first = _number(wanted.format(month, unit="MONTH"))
        arms.append(f"WHEN {_has_shape(text, one.month_shape)} THEN {first}")
    year = f"try_strptime('01 01 ' || {text}, '%d %m %Y')"
    first = _number(wanted.format(year, unit="YEAR"))
    return f"CASE {' '.join(arms)} WHEN {_has_shape(text, _YEAR)} THEN {first} END"


def _has_shape(text: str, shape: str) -> str:
    return f"regexp_full_match({text}, {literal(shape)})"


def _parsed(text: str, pattern: str) -> str:
    return _number(f"try_strptime({text}, {literal(pattern)})")


def _number(timestamp: str) -> str:
    return f"CAST(CAST({timestamp} AS DATE) - DATE '1970-01-01' AS INTEGER)"
