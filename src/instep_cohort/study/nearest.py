"""The name that somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN = 20


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """The name that is so near that it may have been meant."""
    import difflib

    choice = {_plain(known): known for known in names}
    near = difflib.get_close_matches(_plain(name), choice, n=1)
    return choice[near[0]] if near else None


def nearest(name: str, names: Iterable[str]) -> str:
    """A question with the nearest name, or the choice where none is near, or nothing."""
    choice = sorted(names)
    near = nearest_name(name, choice)
    if near is not None:
        return f"did you mean {near}?"
    if not choice:
        return ""
    more = f" and {len(choice) - _SHOWN} more" if len(choice) > _SHOWN else ""
    return f"one of {', '.join(choice[:_SHOWN])}{more}"


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_")
