"""One person's record on a line of time: pain, medicines, notes as bars, codes about work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from instep_cohort.cohort.explain.values import (
    EvidenceRow,
    Explanation,
    FlagFound,
    MeasureFound,
    Node,
)
from instep_cohort.cohort.pictures.drawing import (
    BLUE,
    FAINT,
    GREEN,
    GRID,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    Picture,
    Sheet,
)

_WIDTH, _LEFT, _RIGHT = 900, 190, 24
_TOP, _LANE, _FOOT = 64, 34, 74
_BAR = 14
_YEAR = 365.25
_NOTE_COLOURS = {"not_fit": ORANGE, "may_be_fit": SKY, "unspecified": PURPLE}
_SILENT, _SPELL = "#b8c2cc", "#f6c9a8"


class _Lane(NamedTuple):
    name: str
    measure: MeasureFound | None = None
    flag: FlagFound | None = None


class _Axis(NamedTuple):
    first: date
    last: date

    def x(self, day: date) -> float:
        share = (day - self.first) / (self.last - self.first)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def holds(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


def timeline(explanation: Explanation, *, years: float = 3) -> Picture:
    """The evidence of one person on a line of time up to the search date: for the practice only.

    A dot is a dated row of a measure. A bar is a spell of certified absence, drawn only where every
    note has a length; a diamond is a note issued. Rows before the first day are counted, not drawn.

    Args:
        explanation: what `cohort.explain` gave.
        years: how far back the line begins.
    """
    on = explanation.on
    axis = _Axis(on - timedelta(days=round(years * _YEAR)), on + timedelta(days=60))
    lanes = list(_lanes(explanation))
    height = _TOP + _LANE * len(lanes) + _FOOT
    title = f"{explanation.study} {explanation.version}, search date {on}"
    sheet = Sheet(_WIDTH, height, title=title, description=_description(lanes))
    sheet.text(_LEFT, 22, title, bold=True)
    sheet.text(_LEFT, 40, _headline(explanation), fill=FAINT)
    bottom = _TOP + _LANE * len(lanes)
    _draw_years(sheet, axis, bottom)
    for place, lane in enumerate(lanes):
        _draw_lane(sheet, axis, lane, _TOP + _LANE * place + _LANE / 2)
    sheet.line(axis.x(on), _TOP - 8, axis.x(on), bottom, INK, dashed=True)
    sheet.text(axis.x(on), _TOP - 12, "search date", anchor="middle")
    _draw_legend(sheet, bottom + 40)
    sheet.text(_LEFT, bottom + 62, "A fit note is never evidence of unemployment.", fill=FAINT)
    return sheet.picture()


def _headline(explanation: Explanation) -> str:
    if explanation.candidate:
        tier = f", tier {explanation.tier}" if explanation.tier else ""
        return f"candidate{tier}"
    return f"left out at {explanation.dropped_at}"


def _lanes(explanation: Explanation) -> Iterator[_Lane]:
    seen = set()
    for step in explanation.steps:
        for measure in _measures(step.logic):
            if measure.name not in seen:
                seen.add(measure.name)
                yield _Lane(measure.name.replace("_", " "), measure=measure)
    for flag in explanation.flags:
        yield _Lane("fit notes" if flag.kind == "fit_notes" else "codes about work", flag=flag)


def _measures(node: Node | None) -> Iterator[MeasureFound]:
    if node is None:
        return
    if node.measure is not None:
        yield node.measure
    for part in node.parts:
        yield from _measures(part)


def _description(lanes: Sequence[_Lane]) -> str:
    said = []
    for lane in lanes:
        if lane.measure:
            said.append(f"{lane.name}: {lane.measure.compared}.")
        elif lane.flag:
            said.append(f"{lane.name}: {'; '.join(lane.flag.says)}.")
    return " ".join(said)


def _draw_years(sheet: Sheet, axis: _Axis, bottom: float) -> None:
    for year in range(axis.first.year, axis.last.year + 1):
        for month in (1, 4, 7, 10):
            day = date(year, month, 1)
            if axis.holds(day):
                sheet.line(axis.x(day), _TOP - 4, axis.x(day), bottom, GRID)
                words = str(year) if month == 1 else f"{day:%b}"
                sheet.text(axis.x(day), bottom + 16, words, fill=FAINT, anchor="middle")


def _draw_lane(sheet: Sheet, axis: _Axis, lane: _Lane, y: float) -> None:
    sheet.line(_LEFT, y, _WIDTH - _RIGHT, y, GRID)
    rows = lane.measure.evidence if lane.measure else lane.flag.evidence if lane.flag else ()
    met = lane.measure.met if lane.measure else None
    sheet.text(_LEFT - 12, y + 4, lane.name, anchor="end", bold=bool(met))
    earlier = sum(row.date is not None and row.date < axis.first for row in rows)
    undated = sum(row.date is None for row in rows)
    beside = [f"{earlier} earlier" if earlier else "", f"{undated} undated" if undated else ""]
    sheet.text(_LEFT + 2, y - 6, ", ".join(filter(None, beside)), fill=FAINT)
    if lane.flag and lane.flag.kind == "fit_notes":
        _draw_spells(sheet, axis, lane.flag, y)
    for row in rows:
        if row.date is not None and axis.holds(row.date):
            _draw_row(sheet, axis.x(row.date), y, row, lane)


def _draw_spells(sheet: Sheet, axis: _Axis, flag: FlagFound, y: float) -> None:
    for spell in flag.spells:
        if spell["end"] < axis.first:
            continue
        begin, end = axis.x(max(spell["start"], axis.first)), axis.x(min(spell["end"], axis.last))
        hint = f"certified {spell['start']} to {spell['end'] - timedelta(days=1)}"
        sheet.box(
            begin, y - _BAR / 2, end - begin, _BAR, "#f6c9a8", f"{hint}: {spell['days']} days"
        )


def _draw_row(sheet: Sheet, x: float, y: float, row: EvidenceRow, lane: _Lane) -> None:
    hint = f"{row.date}: {row.term or row.code} ({row.category.replace('_', ' ')})"
    if lane.measure:
        sheet.dot(x, y, BLUE if lane.measure.met else _SILENT, hint)
    elif lane.flag and lane.flag.kind == "fit_notes":
        said = [name for name in _NOTE_COLOURS if name in row.category.split("; ")]
        sheet.diamond(x, y, _NOTE_COLOURS[said[0]] if said else _SILENT, hint)
    else:
        sheet.diamond(x, y, GREEN, hint)


def _draw_legend(sheet: Sheet, y: float) -> None:
    x: float = 24
    entries = [
        ("dot", BLUE, "row of a measure that is met"),
        ("dot", _SILENT, "of one that is not"),
        ("diamond", ORANGE, "not fit"),
        ("diamond", SKY, "may be fit"),
        ("diamond", PURPLE, "note, unspecified"),
        ("diamond", _SILENT, "no certificate"),
        ("diamond", GREEN, "about work"),
    ]
    for shape, colour, words in entries:
        (sheet.dot if shape == "dot" else sheet.diamond)(x, y - 4, colour)
        sheet.text(x + 9, y, words, fill=FAINT)
        x += 24 + 6.1 * len(words)
