"""Rows whose ids, codes or days are not what they should be, and rows that were taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from instep_cohort.synthetic import products, vocabulary
from instep_cohort.synthetic.formats.layout import (
    COUNTED,
    QUARANTINED,
    SKIPPED,
    STORED,
    UNDATED,
    UNMAPPED,
    VALUELESS,
    Day,
)
from instep_cohort.synthetic.mess.planting import Plant
from instep_cohort.synthetic.mess.untidy import BODY_MASS, ordinary_people, recent_days
from instep_cohort.synthetic.neutral import EPOCH, OddRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from instep_cohort.synthetic.formats.layout import Format, Role
    from instep_cohort.synthetic.register import Register

EACH = 3  # rows of a kind
_LONG = 12  # digits, from which a spreadsheet shows powers of ten
_NOT_YET = (1, 40, 700)  # days after the extract


def as_a_spreadsheet_leaves_it(text: str) -> str:
    """An id or a code as it stands in a CSV file that a spreadsheet has saved."""
    if text.endswith("."):
        return text.rstrip(".")
    if not text.isdecimal():
        return text[:-1]
    if len(text) >= _LONG:
        return f"{float(text):.5E}"
    return text.lstrip("0") if text.startswith("0") else f"{text}.0"


def odd_events(register: Register, seed: int, layout: Format) -> list[Plant]:
    """Events with damaged ids and codes, on days that cannot be, or taken back."""
    row = _rows(register, seed + 2, [entry.code for entry in vocabulary.PAINFUL[:EACH]])
    plants = _of_both(row, register, layout, "no code")
    dissent = OddRow(row().person, "2020-01-01", vocabulary.TYPE_1_DISSENT.code)
    impossible: dict[Role, str] = {"day": layout.day(Day(2025, 4, 31))}
    plants.append(Plant("opt-out with an impossible day", UNDATED, dissent, impossible))
    for text in ("1e999", "NaN", "1,5"):
        person, when, _, _ = row()
        measured = OddRow(person, when, BODY_MASS, 27.1)
        plants.append(Plant("value is no finite number", VALUELESS, measured, {"value": text}))
    for marker in layout.markers:
        plants.append(Plant("a day that stands for none", UNDATED, row(), {"day": marker}))
    return [*plants, *_odd_codes(row, layout, "events")]


def odd_issues(register: Register, seed: int, layout: Format) -> list[Plant]:
    """Issues with the same faults."""
    codes = [product.code for product in products.OTHER_PAINKILLERS[:EACH]]
    row = _rows(register, seed + 3, codes)
    return [*_of_both(row, register, layout, "no product"), *_odd_codes(row, layout, "issues")]


def _of_both(
    row: Callable[[], OddRow], register: Register, layout: Format, without: str
) -> list[Plant]:
    plants = []
    today = date.fromordinal(register.on + EPOCH)
    for days in _NOT_YET:
        later = (today + timedelta(days=days)).isoformat()
        plants.append(Plant("after the extract", COUNTED, row()._replace(when=later)))
    plants += [
        Plant("patient id damaged by a spreadsheet", QUARANTINED, row(), {"patient": damaged})
        for damaged in [as_a_spreadsheet_leaves_it] * EACH
    ]
    plants += [Plant("no patient id", QUARANTINED, row(), {"patient": ""})]
    plants += [Plant(without, QUARANTINED, row(), {"code": ""})]
    plants += [
        Plant("code damaged by a spreadsheet", UNMAPPED, row(), {"code": damaged})
        for damaged in [as_a_spreadsheet_leaves_it] * EACH
    ]
    if layout.unknown_code:
        unknown: dict[Role, str] = {"code": layout.unknown_code}
        plants += [Plant("code of no dictionary", UNMAPPED, row(), unknown) for _ in range(EACH)]
    if layout.no_day:
        plants += [Plant("said to be of no day", UNDATED, row(), layout.no_day)]
    plants += _taken_back(row, layout)
    twice = row()
    return [*plants, Plant("copy", STORED, twice), Plant("copy", STORED, twice)]


def _odd_codes(row: Callable[[], OddRow], layout: Format, of: str) -> list[Plant]:
    return [
        Plant(odd.kind, odd.becomes, row(), {"code": odd.code})
        for odd in layout.odd_codes
        if odd.of == of
    ]


def _taken_back(row: Callable[[], OddRow], layout: Format) -> list[Plant]:
    """Rows that are deleted or changed, by a later delivery where the system has such."""
    gone = layout.taken_back
    if not gone:
        return []
    if not any(sheet.later for sheet in layout.sheets):
        return [Plant("taken back", SKIPPED, row(), gone) for _ in range(EACH)]
    return [
        *(Plant("taken back later", SKIPPED, row(), {}, None, gone, SKIPPED) for _ in range(EACH)),
        *(Plant("changed later", SKIPPED, row(), {}, None, {}, STORED) for _ in range(EACH)),
    ]


def _rows(register: Register, seed: int, codes: Sequence[str]) -> Callable[[], OddRow]:
    """One ordinary row after another: of somebody, on a recent day."""
    people, days, places = ordinary_people(register, seed), recent_days(register), _turns(codes)
    return lambda: OddRow(next(people), next(days).isoformat(), next(places))


def _turns(codes: Sequence[str]) -> Iterator[str]:
    while True:
        yield from codes
