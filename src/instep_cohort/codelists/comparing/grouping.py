"""The rows of a comparison in the groups that somebody reads them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from instep_cohort.codelists.comparing.aligning import ComparedRow, Differs, Found
from instep_cohort.codelists.comparing.comparison import Comparison


class Group(NamedTuple):
    """Rows that differ in the same way: a title, one sentence on it, and the rows."""

    title: str
    meaning: str
    rows: tuple[ComparedRow, ...]


def groups(comparison: Comparison) -> Iterator[Group]:
    """Yields each way to differ that there is, gravest first, and last the rows that are the same.

    A row stands in the first group that it belongs to; whatever else differs is said in it.
    """
    left, right = comparison.left.name, comparison.right.name
    waiting = comparison.rows
    for title, meaning, belongs in _KINDS:
        rows = tuple(row for row in waiting if belongs(row))
        waiting = tuple(row for row in waiting if not belongs(row))
        if rows:
            yield Group(title, meaning.format(left=left, right=right), rows)


def _only(found: Found) -> Callable[[ComparedRow], bool]:
    return lambda row: row.found is found


def _has(*what: Differs) -> Callable[[ComparedRow], bool]:
    return lambda row: any(one in row.differs for one in what)


_KINDS: tuple[tuple[str, str, Callable[[ComparedRow], bool]], ...] = (
    ("Only left", "written in {left} and not in {right}", _only(Found.ONLY_LEFT)),
    ("Only right", "written in {right} and not in {left}", _only(Found.ONLY_RIGHT)),
    ("Match changed", "the same code, met in another way", _has(Differs.MATCH)),
    ("Category moved", "the same code in another category", _has(Differs.CATEGORY)),
    (
        "Words changed",
        "the same code and meaning, another term, note or spelling",
        _has(Differs.TERM, Differs.NOTE, Differs.SPELLING),
    ),
    ("The same in both", "nothing differs", lambda row: row.same),
)


def before_and_after(row: ComparedRow, part: str) -> str:
    """A part of a row, such as its term: one value, or ``left → right`` where the two differ."""
    values = [str(getattr(one, part) or "") for one in (row.left, row.right) if one]
    return values[0] if len(set(values)) == 1 else " → ".join(value or "none" for value in values)


def remarks(row: ComparedRow) -> list[str]:
    """What is to be said beside a row: the other side, another spelling, a note that is news."""
    said = [row.other_side] if row.other_side else []
    if Differs.SPELLING in row.differs:
        said.append(f"written {before_and_after(row, 'code')}")
    note = before_and_after(row, "note")
    if note and (row.found is not Found.BOTH or Differs.NOTE in row.differs):
        said.append(f"note: {note}")
    return said
