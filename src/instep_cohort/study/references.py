"""``$name``: a parameter's name where its value is meant (RULES.md §1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from instep_cohort.errors import Fault
from instep_cohort.study.nearest import nearest

NAME = r"[A-Za-z][A-Za-z0-9_-]*"
REFERENCE_PATTERN = rf"\${NAME}"
SECTIONS = ("population", "measures", "flags")
# The trial's own words are anybody's; a price in them is no parameter.
FREE = "protocol"
_REFERENCE = re.compile(rf"\$({NAME})")


class Substituted(NamedTuple):
    """A study's data with every known parameter replaced by its value.

    ``stands_at`` tells which parameter's value now stands at a path.
    """

    data: dict[str, object]
    stands_at: Mapping[str, str]
    faults: Sequence[Fault]


def referred(value: object) -> str | None:
    """The parameter that the value names, if it is a ``$name`` and nothing else."""
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def below(where: str, key: str | int) -> str:
    """The YAML path of a key or an item below a path."""
    if isinstance(key, int):
        return f"{where}[{key}]"
    return f"{where}.{key}" if where else key


def substitute(data: Mapping[str, object]) -> Substituted:
    """The data with each ``$name`` replaced, and a fault where none may stand."""
    values = _values(data.get("parameters"))
    stands_at: dict[str, str] = {}
    faults: list[Fault] = []

    def replaced(value: object, where: str) -> object:
        if isinstance(value, Mapping):
            return {key: replaced(part, below(where, key)) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return list(_spliced(value, where))
        name = referred(value)
        if name is None:
            return value
        if name not in values:
            faults.append(_unknown(name, where, values))
        if values.get(name) is None:
            return value
        stands_at[where] = name
        return values[name]

    def _spliced(items: Sequence[object], where: str) -> Iterator[object]:
        for index, item in enumerate(items):
            value = replaced(item, below(where, index))
            if isinstance(value, list) and referred(item):
                yield from value
            else:
                yield value

    out = {
        key: replaced(value, key) if key in SECTIONS else _plain(value)
        for key, value in data.items()
    }
    faults.extend(_misplaced(data))
    return Substituted(out, stands_at, faults)


def names_used(data: Mapping[str, object]) -> set[str]:
    """The parameters that the study's sections refer to."""
    return {name for key in SECTIONS for name, _ in _found(data.get(key), key)}


def _values(parameters: object) -> dict[str, object]:
    if not isinstance(parameters, Mapping):
        return {}
    return {
        name: _usable(body.get("value")) if isinstance(body, Mapping) else None
        for name, body in parameters.items()
    }


def _usable(value: object) -> object:
    """The value where it can be one of a parameter, else nothing: that is a fault of its own."""
    if isinstance(value, list | tuple):
        items = [_usable(item) for item in value]
        return None if None in items else items or None
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _unknown(name: str, where: str, values: Mapping[str, object]) -> Fault:
    repair = nearest(name, values) or "declare it under parameters"
    return Fault(where, f"there is no parameter {name}", repair)


def _misplaced(data: Mapping[str, object]) -> Iterator[Fault]:
    for key, value in data.items():
        if key in SECTIONS or key == FREE:
            continue
        for name, where in _found(value, key):
            found = f"${name} stands where a parameter may not"
            yield Fault(where, found, f"parameters stand below {', '.join(SECTIONS)} only")


def _found(value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _found(part, below(where, key))
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _found(part, below(where, index))
    elif name := referred(value):
        yield name, where


def _plain(value: object) -> object:
    """The value with its mappings and lists copied, to be changed freely."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
