"""A yield plan as a picture: each quantity with its median and its two intervals."""

from __future__ import annotations

from instep_cohort.cohort.pictures.drawing import BLUE, FAINT, GRID, INK, SKY, Picture, Sheet
from instep_cohort.recruitment.planning.plan_tables import said, uses_own
from instep_cohort.recruitment.planning.simulating import Interval, YieldPlan

_WIDTH, _LEFT, _RIGHT = 760, 110, 40
_TOP, _ROW = 64, 74


def picture_of(plan: YieldPlan) -> Picture:
    """The picture, in SVG; each quantity has a scale of its own, from 0."""
    rows = list(plan.intervals.items())
    title = f"What it takes to find {plan.participants:,} participants"
    words = "; ".join(
        f"{name}: median {said(name, one.median)}, 95% interval "
        f"{said(name, one.low_95, one.high_95)}"
        for name, one in rows
    )
    sheet = Sheet(_WIDTH, _TOP + _ROW * len(rows) + 34, title=title, description=words)
    sheet.text(20, 28, title, bold=True)
    mark = "PRACTICE-ONLY. " if uses_own(plan) else ""
    sheet.text(20, 47, f"{mark}Line: 95 of 100 draws; bar: 80; dot: the median", fill=FAINT)
    for place, (name, one) in enumerate(rows):
        _row(sheet, name, one, _TOP + _ROW * place + 30)
    foot = f"{plan.draws:,} draws, seed {plan.seed}. Inputs and their sources stand in the text."
    sheet.text(20, _TOP + _ROW * len(rows) + 20, foot, fill=FAINT)
    return sheet.picture()


def _row(sheet: Sheet, name: str, one: Interval, middle: float) -> None:
    most = one.high_95 * 1.08
    across = _WIDTH - _LEFT - _RIGHT

    def at(value: float) -> float:
        return _LEFT + across * value / most

    sheet.text(20, middle + 4, name, bold=True)
    sheet.line(_LEFT, middle + 16, _WIDTH - _RIGHT, middle + 16, GRID)
    sheet.text(_LEFT, middle + 31, "0", fill=FAINT, anchor="middle")
    sheet.box(at(one.low_95), middle - 1, at(one.high_95) - at(one.low_95), 2, INK)
    sheet.box(at(one.low_80), middle - 7, at(one.high_80) - at(one.low_80), 14, SKY)
    sheet.dot(at(one.median), middle, BLUE, said(name, one.median))
    sheet.text(at(one.median), middle - 12, said(name, one.median), anchor="middle", bold=True)
    for value in (one.low_95, one.high_95):
        sheet.line(at(value), middle + 13, at(value), middle + 19, FAINT)
        sheet.text(at(value), middle + 31, said(name, value), fill=FAINT, anchor="middle")
