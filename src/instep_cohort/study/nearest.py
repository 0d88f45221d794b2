"""The name that somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN = 12


def nearest(name: str, names: Iterable[str]) -> str:
    """A question with the nearest name, or the choice where none is near, or nothing."""
    import difflib  # noqa: PLC0415 - only a wrong study needs it

    choice = {_plain(known): known for known in names}
    near = difflib.get_close_matches(_plain(name), choice, n=1)
    if near:
        return f"did you mean {choice[near[0]]}?"
    if not choice:
        return ""
    shown = sorted(choice.values())
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return f"one of {', '.join(shown[:_SHOWN])}{more}"


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_")
