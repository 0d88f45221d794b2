"""What `--vary` says: a parameter of a study and the values to try (`instep-cohort study try`)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from instep_cohort.errors import UsageError
from instep_cohort.study.spans import UNITS, Span

MOST_POINTS = 1000

_SHORT_SPAN = re.compile(r"([0-9]{1,6})([dwmy])")
_RANGE = re.compile(r"(-?[0-9]{1,6})\.\.(-?[0-9]{1,6})")
_HOW = "write NAME=VALUE,VALUE or NAME=FROM..TO, such as within=90d,182d or issues=2..4"


def variations(texts: Sequence[str]) -> dict[str, list[str]]:
    """Each parameter with the values to try, as text, in the order given.

    A value is what `--set` takes; `90d`, `13w`, `6m` and `2y` are short for spans, and `2..4` for
    the whole numbers from 2 to 4.

    Raises:
        UsageError: a text says something else, a parameter is there twice, or there are more than
            1,000 combinations.

    Example:
        >>> variations(["within=90d,1y", "issues=2..4"])
        {'within': ['90 days', '1 year'], 'issues': ['2', '3', '4']}
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        name = name.strip()
        if not equals or not name or not values.strip():
            raise UsageError(f"--vary {text}: {_HOW}.")
        if name in found:
            raise UsageError(f"--vary {name} stands twice: put all its values into one.")
        found[name] = list(dict.fromkeys(_values(text, values)))
    points = 1
    for tried in found.values():
        points *= len(tried)
    if points > MOST_POINTS:
        raise UsageError(f"--vary asks for {points:,} combinations; {MOST_POINTS:,} is the most.")
    return found


def points_of(varied: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Every combination, the last parameter changing first."""
    return [
        dict(zip(varied, values, strict=True)) for values in itertools.product(*varied.values())
    ]


def _values(text: str, values: str) -> Iterator[str]:
    for value in values.split(","):
        value = value.strip()  # noqa: PLW2901 - the same value without its blanks
        if not value:
            raise UsageError(f"--vary {text}: a value is missing; {_HOW}.")
        if short := _SHORT_SPAN.fullmatch(value):
            unit = next(unit for unit in UNITS if unit[0] == short[2])
            yield str(Span(int(short[1]), unit))
        elif whole := _RANGE.fullmatch(value):
            yield from _numbers(text, int(whole[1]), int(whole[2]))
        else:
            yield value


def _numbers(text: str, first: int, last: int) -> Iterator[str]:
    if first > last:
        raise UsageError(f"--vary {text}: {first}..{last} runs backwards; write {last}..{first}.")
    if last - first >= MOST_POINTS:
        raise UsageError(
            f"--vary {text}: {last - first + 1:,} values; {MOST_POINTS:,} is the most."
        )
    yield from map(str, range(first, last + 1))
