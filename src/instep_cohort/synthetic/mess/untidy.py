"""A few dozen rows as they should not be, so that there is something to find and to explain.

What becomes of each is said in RULES.md §2 and §9: undated, without a value, not used, quarantined.
They belong to ordinary patients, never to an archetype, whose answer is known.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from instep_cohort.synthetic import products, vocabulary
from instep_cohort.synthetic.formats.layout import (
    COUNTED,
    QUARANTINED,
    STORED,
    UNDATED,
    VALUELESS,
    Day,
)
from instep_cohort.synthetic.mess.planting import Plant
from instep_cohort.synthetic.neutral import EPOCH, NOBODY, OddRow
from instep_cohort.synthetic.register import NEVER, Register

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instep_cohort.synthetic.formats.layout import Format, Role

BLOOD_PRESSURE, BODY_MASS, POTASSIUM = "2469.", "22K..", "44I5."
NO_NUMBERS = ("trace", ">90", "see letter", "12O", "refused", "-", "<4", "n/a")


def untidy_events(register: Register, seed: int, layout: Format) -> list[Plant]:
    """Events without a day, with an impossible one, without a number, of nobody."""
    people = ordinary_people(register, seed)
    pain = [entry.code for entry in vocabulary.PAINFUL[:4]]
    recent = recent_days(register)

    def row(code: str, when: str, amount: float | None = None) -> OddRow:
        return OddRow(next(people), when, code, amount)

    plants = [Plant("undated", UNDATED, row(pain[n % 4], "")) for n in range(10)]
    for shape, count in (("%Y-%m", 8), ("%Y", 4)):
        plants += [
            Plant("day known in part", UNDATED, row(pain[n % 4], format(next(recent), shape)))
            for n in range(count)
        ]
    for _ in range(3):
        impossible: dict[Role, str] = {"day": layout.day(Day(next(recent).year, 2, 30))}
        plants.append(Plant("impossible day", UNDATED, row(BODY_MASS, _ANY, 27.1), impossible))
    for _ in range(3):
        other: dict[Role, str] = {"day": layout.another_day(Day(*next(recent).timetuple()[:3]))}
        plants.append(Plant("day in another form", UNDATED, row(BODY_MASS, _ANY, 31), other))
    for text in NO_NUMBERS:
        pressure = row(BLOOD_PRESSURE, next(recent).isoformat(), 0)
        plants.append(Plant("value is no number", VALUELESS, pressure, {"value": text}))
    plants += [
        Plant("nobody's", QUARANTINED, _of_nobody(POTASSIUM, next(recent), 140)) for _ in range(6)
    ]
    plants += [Plant("before birth", COUNTED, row(BODY_MASS, "1899-12-30", 24)) for _ in range(4)]
    plants += [Plant("after death", COUNTED, row_) for row_ in _after_death(register)]
    twice = Plant("copy", STORED, row(BLOOD_PRESSURE, next(recent).isoformat(), 141))
    plants += [twice, twice, twice]
    for entry in vocabulary.WITH_TERM_CODE:
        plants.append(Plant("term code", STORED, row(entry.code, next(recent).isoformat())))
    return plants


def untidy_issues(register: Register, seed: int) -> list[Plant]:
    """Issues without a day, known to the month, with an amount that is no number, of nobody."""
    people = ordinary_people(register, seed + 1)
    recent = recent_days(register)
    codes = [product.code for product in products.OTHER_PAINKILLERS]

    def row(code: str, when: str, amount: float) -> OddRow:
        return OddRow(next(people), when, code, amount)

    plants = [Plant("undated", UNDATED, row(codes[n], "", 28)) for n in range(6)]
    plants += [
        Plant("day known in part", UNDATED, row(codes[n], f"{next(recent):%Y-%m}", 28))
        for n in range(4)
    ]
    for text in ("1 OP", "2x28", "as directed"):
        issue = row(codes[0], next(recent).isoformat(), 0)
        kind = "amount with its unit" if text == "1 OP" else "value is no number"
        plants.append(Plant(kind, VALUELESS, issue, {"quantity": text}))
    plants += [
        Plant("nobody's", QUARANTINED, _of_nobody(codes[0], next(recent), 28)) for _ in range(4)
    ]
    return plants


def ordinary_people(register: Register, seed: int) -> Iterator[int]:
    """The places of ordinary people of working age on the list today, over and over."""
    rng = np.random.default_rng([seed, 2])
    places = np.flatnonzero(register.current & register.of_working_age & ~register.plain)
    order = places[np.argsort(rng.random(len(places)))].tolist()
    while True:
        yield from order


def recent_days(register: Register) -> Iterator[date]:
    """Days of the last four years, in leaps."""
    today = date.fromordinal(register.on + EPOCH)
    ago = 0
    while True:
        ago = (ago + 97) % 1461
        yield today - timedelta(days=ago + 1)


_ANY = "2020-01-01"  # where another text stands in the cell


def _of_nobody(code: str, when: date, amount: float) -> OddRow:
    return OddRow(NOBODY, when.isoformat(), code, amount)


def _after_death(register: Register) -> list[OddRow]:
    """One row each for a few of the dead, dated after their death."""
    dead = np.flatnonzero((register.death != NEVER) & ~register.plain)[:4].tolist()
    return [
        OddRow(
            position,
            date.fromordinal(int(register.death[position]) + EPOCH + 20).isoformat(),
            POTASSIUM,
            139,
        )
        for position in dead
    ]
