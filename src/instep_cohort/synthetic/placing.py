"""The archetypes put on the register: who stands in for whom, and what is recorded of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from instep_cohort.synthetic import issues, records
from instep_cohort.synthetic.archetypes import Archetype, archetypes
from instep_cohort.synthetic.drawing import Rows, no_values, together
from instep_cohort.synthetic.jobs import NAMES
from instep_cohort.synthetic.neutral import EPOCH, OddRow
from instep_cohort.synthetic.register import KINDS, NEVER, PRECISIONS, RECORD_YEARS, YEAR, Register

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from instep_cohort.synthetic.archetypes import Row

MOST_COPIES = 3
PATIENTS_PER_COPY = 3_000


class Placed(NamedTuple):
    """The archetypes on the register: who is which, with their dated rows and the others."""

    who: list[tuple[int, Archetype]]
    events: Rows
    issues: Rows
    odd_events: list[OddRow]
    odd_issues: list[OddRow]


def day_of(when: date) -> int:
    """Days since 1970-01-01."""
    return when.toordinal() - EPOCH


def place(register: Register, seed: int, on: date) -> Placed:
    """Puts every archetype on the register, in the place of people drawn by chance."""
    kinds = archetypes(on)
    copies = min(max(len(register) // PATIENTS_PER_COPY, 1), MOST_COPIES)
    rng = np.random.default_rng([seed, 1])
    places = np.argsort(rng.random(len(register)))[: copies * len(kinds)].tolist()
    who = list(zip(places, [kind for kind in kinds for _ in range(copies)], strict=True))
    for position, kind in who:
        _put(register, position, kind)
    events = [(position, row) for position, kind in who for row in kind.events]
    issued = [(position, row) for position, kind in who for row in kind.issues]
    return Placed(
        who,
        _dated(events, records.PLACES),
        _dated(issued, issues.PLACES),
        _odd(events, records.PLACES),
        _odd(issued, issues.PLACES),
    )


def _put(register: Register, position: int, kind: Archetype) -> None:
    birth = register.on - round(45 * YEAR) if kind.birth is None else day_of(kind.birth)
    precision = "unknown" if kind.birth is None else kind.precision
    register.birth[position] = birth
    register.birth_precision[position] = PRECISIONS.index(precision)
    register.death[position] = NEVER if kind.death is None else day_of(kind.death)
    register.start[position] = day_of(kind.start)
    register.end[position] = NEVER if kind.end is None else day_of(kind.end)
    register.kind[position] = KINDS.index(kind.kind)
    register.is_test[position] = kind.is_test
    register.is_confidential[position] = kind.is_confidential
    register.plain[position] = True
    register.pain_since[position] = NEVER
    register.work_coded[position] = False
    register.note_weight[position] = 0
    if kind.job is not None:
        register.job[position] = NAMES.index(kind.job.name)
        register.job_since[position] = day_of(kind.job.since)
        register.job_before[position] = NAMES.index(kind.job.before)
    end = register.on if kind.end is None else min(day_of(kind.end), register.on)
    register.record_to[position] = end
    register.record_from[position] = max(birth, end - round(RECORD_YEARS * YEAR))


def _is_ordinary(row: Row, places: Mapping[str, int]) -> bool:
    code, when = row
    return not isinstance(when, str) and code in places


def _dated(rows: Iterable[tuple[int, Row]], places: Mapping[str, int]) -> Rows:
    found = [
        (position, day_of(when), places[code])
        for position, (code, when) in rows
        if not isinstance(when, str) and code in places
    ]
    person, day, code = np.array(found, dtype=np.int64).T
    return together([Rows(person, day, code, no_values(len(found)))])


def _odd(rows: Iterable[tuple[int, Row]], places: Mapping[str, int]) -> list[OddRow]:
    return [
        OddRow(position, row[1] if isinstance(row[1], str) else row[1].isoformat(), row[0])
        for position, row in rows
        if not _is_ordinary(row, places)
    ]
