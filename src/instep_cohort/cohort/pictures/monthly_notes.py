"""A practice's fit notes as columns, with the published rate as a line across."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instep_cohort.cohort.pictures.drawing import BLUE, FAINT, GRID, INK, ORANGE, Picture, Sheet

if TYPE_CHECKING:
    from instep_cohort.cohort.monthly_notes import MonthlyNotes

_WIDTH, _HEIGHT = 900, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 24, 58, 62
_TICK = 5


def monthly_picture(found: MonthlyNotes) -> Picture:
    """The notes of each month per 1,000 patients, and the published rate.

    Args:
        found: what `monthly_notes` gave.
    """
    title = f"Fit notes a month per 1,000 patients aged 18 to 65, extract of {found.extract_date}"
    rates = [month.rate or 0.0 for month in found.months]
    top = _TICK * (int(max([*rates, found.published]) / _TICK) + 1)
    sheet = Sheet(_WIDTH, _HEIGHT, title=title, description=_description(found))
    sheet.text(_LEFT, 24, title, bold=True)
    sheet.text(_LEFT, 42, f"Notes told by {found.codelist}.", fill=FAINT)
    floor = _HEIGHT - _BOTTOM

    def y(rate: float) -> float:
        return floor - rate / top * (floor - _TOP)

    for tick in range(0, top + 1, _TICK):
        sheet.line(_LEFT, y(tick), _WIDTH - _RIGHT, y(tick), GRID)
        sheet.text(_LEFT - 8, y(tick) + 4, str(tick), fill=FAINT, anchor="end")
    step = (_WIDTH - _LEFT - _RIGHT) / len(found.months)
    for place, (month, rate) in enumerate(zip(found.months, rates, strict=True)):
        x = _LEFT + place * step
        hint = f"{month.first_day:%B %Y}: {month.notes:,} notes, {month.patients:,} patients"
        sheet.box(x + step * 0.15, y(rate), step * 0.7, floor - y(rate), BLUE, hint)
        if month.first_day.month == 1 or place == 0:
            words = f"{month.first_day:%b %Y}"
            sheet.text(x + step / 2, floor + 18, words, fill=FAINT, anchor="middle")
    sheet.line(_LEFT, y(found.published), _WIDTH - _RIGHT, y(found.published), ORANGE, dashed=True)
    said = f"published: {found.published:.1f}, that is 1 a month per 48 patients"
    sheet.text(_LEFT, _HEIGHT - 22, f"{said} (NHS Digital, England 2016-17)", fill=INK)
    sheet.line(_LEFT - 26, _HEIGHT - 26, _LEFT - 6, _HEIGHT - 26, ORANGE, dashed=True)
    return sheet.picture()


def _description(found: MonthlyNotes) -> str:
    said = (
        f"{month.first_day:%B %Y}: {month.notes} notes of {month.patients} patients."
        for month in found.months
    )
    return f"Published rate {found.published:.1f} per 1,000 a month. {' '.join(said)}"
