"""People who are not quite right, behind everybody else: nothing is recorded of any of them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from instep_cohort.synthetic.formats.facts import facts_of
from instep_cohort.synthetic.formats.layout import STORED
from instep_cohort.synthetic.register import NEVER, REGULAR, YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from instep_cohort.synthetic.formats.facts import Facts
    from instep_cohort.synthetic.formats.layout import Format, OddPerson
    from instep_cohort.synthetic.mess.planting import Planter
    from instep_cohort.synthetic.register import Register

FIRST_NUMBER = 1_000_000_001  # beyond those of the register
_AGE = 45


class _Odd(NamedTuple):
    kind: str
    becomes: str
    register: Mapping[str, int | bool]  # what is other than with anybody


def plant_people(planter: Planter, layout: Format, facts: Facts) -> None:
    """Adds the odd people to the files, those of any practice first, then those of the format."""
    on = facts.register.on
    everywhere = _everywhere(on)
    count = len(everywhere) + len(layout.odd_people)
    if layout.odd_people or everywhere:
        register = _register(facts.register, count)
        for place, odd in enumerate(everywhere):
            for name, value in odd.register.items():
                getattr(register, name)[place] = value
        numbers = [*register.number.tolist(), 0]
        small = facts_of(register, layout.ids(numbers, [1] * len(numbers)))
        _plant(planter, layout, small, everywhere)


def _everywhere(on: int) -> list[_Odd]:
    """The oddities that every register can have."""
    return [
        _Odd("registration ends before it starts", STORED, {"start": on - 100, "end": on - 900}),
        _Odd("registration starts after the extract", STORED, {"start": on + 30}),
        _Odd("born after the extract", STORED, {"birth": on + 400}),
        _Odd("died before birth", STORED, {"birth": on - 9_000, "death": on - 20_000}),
        _Odd("test patient", STORED, {"is_test": True}),
        _Odd("confidential patient", STORED, {"is_confidential": True}),
    ]


def _register(like: Register, count: int) -> Register:
    """A register of so many people of 45, all alike and all here."""
    arrays: dict[str, Any] = {}
    for field in fields(like):
        array = getattr(like, field.name)
        if isinstance(array, np.ndarray):
            arrays[field.name] = np.zeros(count, dtype=array.dtype)
    small = replace(like, **arrays)
    small.number[:] = np.arange(FIRST_NUMBER, FIRST_NUMBER + count)
    small.birth[:] = like.on - round(_AGE * YEAR)
    small.death[:] = small.end[:] = NEVER
    small.start[:] = like.on - 3_000
    small.kind[:] = REGULAR
    return small


def _plant(planter: Planter, layout: Format, facts: Facts, everywhere: list[_Odd]) -> None:
    for name, table in layout.register(facts):
        if "patient" not in layout.sheet(name).roles:
            continue
        for place, odd in enumerate(everywhere):
            planter.person(name, table.slice(place, 1), odd.kind, odd.becomes, {})
        for place, special in enumerate(layout.odd_people, start=len(everywhere)):
            _plant_special(planter, name, table.slice(place, 1), special)


def _plant_special(planter: Planter, name: str, row: Any, odd: OddPerson) -> None:
    """The rows of somebody in one sheet; what is not odd about them is not recorded."""
    if name in odd.cells or name in odd.later:
        planter.person(name, row, odd.kind, odd.becomes, odd.cells.get(name, {}))
    else:
        planter.files.add([(name, row)])
    for further in odd.more.get(name, ()):
        planter.person(name, row, odd.kind, odd.becomes, further)
    if name in odd.later:
        planter.person_later(name, row, odd.kind, odd.becomes, odd.later[name])
