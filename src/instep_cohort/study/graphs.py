"""Circles among names that name one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def cycles(names: Mapping[str, Sequence[str]]) -> Iterator[Sequence[str]]:
    """Each circle once, from the name that comes first, and back to it: ``a``, ``b``, ``a``.

    Of circles that share a way into them only one is given; mending it shows the next.
    """
    done: set[str] = set()
    for start in names:
        if start in done:
            continue
        trail: list[str] = []
        waiting = [iter((start,))]
        while waiting:
            name = next(waiting[-1], None)
            if name is None:
                waiting.pop()
                if trail:
                    done.add(trail.pop())
            elif name in trail:
                yield [*trail[trail.index(name) :], name]
            elif name not in done:
                trail.append(name)
                waiting.append(iter(names.get(name, ())))
