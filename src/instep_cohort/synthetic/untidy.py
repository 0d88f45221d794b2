"""A few dozen rows as they should not be, so that there is something to find and to explain.

What becomes of each is said in RULES.md §2 and §9: undated, without a value, not used, quarantined.
They belong to ordinary patients, never to an archetype, whose answer is known.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from instep_cohort.synthetic import products, vocabulary
from instep_cohort.synthetic.placing import EPOCH, TextRow
from instep_cohort.synthetic.register import NEVER, Register

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOOD_PRESSURE, BODY_MASS, POTASSIUM = "2469.", "22K..", "44I5."
NO_SUCH_PATIENT = "0000000000"  # the numbers of the ids begin with 1


def untidy_events(register: Register, ids: list[str], seed: int) -> list[TextRow]:
    """Events without a day, with an impossible one, without a number, of nobody."""
    people = _ordinary(register, ids, seed)
    pain = [entry.code for entry in vocabulary.PAINFUL[:4]]
    recent = _recent_days(register)
    rows = [TextRow(next(people), "", pain[n % 4]) for n in range(10)]
    rows += [TextRow(next(people), f"{next(recent):%Y-%m}", pain[n % 4]) for n in range(8)]
    rows += [TextRow(next(people), f"{next(recent):%Y}", pain[n % 4]) for n in range(4)]
    rows += [TextRow(next(people), f"{next(recent):%Y}-02-30", BODY_MASS, "27.1") for _ in range(3)]
    rows += [TextRow(next(people), f"{next(recent):%d/%m/%Y}", BODY_MASS, "31") for _ in range(3)]
    for text in ("trace", ">90", "see letter", "12O", "refused", "-", "<4", "n/a"):
        rows.append(TextRow(next(people), next(recent).isoformat(), BLOOD_PRESSURE, text))
    rows += [TextRow(NO_SUCH_PATIENT, next(recent).isoformat(), POTASSIUM, "140") for _ in range(6)]
    rows += [TextRow(next(people), "1899-12-30", BODY_MASS, "24") for _ in range(4)]
    rows += _after_death(register, ids)
    twice = TextRow(next(people), next(recent).isoformat(), BLOOD_PRESSURE, "141")
    rows += [twice, twice, twice]
    for entry in vocabulary.WITH_TERM_CODE:
        rows.append(TextRow(next(people), next(recent).isoformat(), entry.code))
    return rows


def untidy_issues(register: Register, ids: list[str], seed: int) -> list[TextRow]:
    """Issues without a day, known to the month, with an amount that is no number, of nobody."""
    people = _ordinary(register, ids, seed + 1)
    recent = _recent_days(register)
    codes = [product.code for product in products.OTHER_PAINKILLERS]
    rows = [TextRow(next(people), "", codes[n], "28") for n in range(6)]
    rows += [TextRow(next(people), f"{next(recent):%Y-%m}", codes[n], "28") for n in range(4)]
    for text in ("1 OP", "2x28", "as directed"):
        rows.append(TextRow(next(people), next(recent).isoformat(), codes[0], text))
    rows += [TextRow(NO_SUCH_PATIENT, next(recent).isoformat(), codes[0], "28") for _ in range(4)]
    return rows


def _ordinary(register: Register, ids: list[str], seed: int) -> Iterator[str]:
    """Ids of ordinary people of working age on the list today, over and over."""
    rng = np.random.default_rng([seed, 2])
    places = np.flatnonzero(register.current & register.of_working_age & ~register.plain)
    order = places[np.argsort(rng.random(len(places)))].tolist()
    while True:
        yield from (ids[position] for position in order)


def _recent_days(register: Register) -> Iterator[date]:
    """Days of the last four years, in leaps."""
    today = date.fromordinal(register.on + EPOCH)
    ago = 0
    while True:
        ago = (ago + 97) % 1461
        yield today - timedelta(days=ago + 1)


def _after_death(register: Register, ids: list[str]) -> list[TextRow]:
    """One row each for a few of the dead, dated after their death."""
    dead = np.flatnonzero((register.death != NEVER) & ~register.plain)[:4].tolist()
    return [
        TextRow(
            ids[position],
            date.fromordinal(int(register.death[position]) + EPOCH + 20).isoformat(),
            POTASSIUM,
            "139",
        )
        for position in dead
    ]
