"""How many people each step leaves (RULES.md §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc


class AttritionRow(NamedTuple):
    """One step: `before = dropped + after`, and `after` is the next step's `before`.

    `gained_if_removed` is how many more candidates there would be without this step alone.
    """

    step: str
    kind: str
    text: str
    before: int
    dropped: int
    after: int
    gained_if_removed: int


def attrition(people: pa.Table, steps: Sequence[tuple[str, str, str]]) -> list[AttritionRow]:
    """The attrition table of people, given each step's name, kind and text.

    Args:
        people: what `people.people` gave: `dropped` and `failed` are read.
        steps: name, kind and text in order; the place of a step is its number in `dropped`.
    """
    dropped_at = _counts(people["dropped"])
    only_here = _counts(people["dropped"].filter(pc.equal(people["failed"], 1)))
    rows = []
    before = people.num_rows
    for place, (step, kind, text) in enumerate(steps):
        dropped = dropped_at.get(place, 0)
        after = before - dropped
        gained = only_here.get(place, 0)
        rows.append(AttritionRow(step, kind, text, before, dropped, after, gained))
        before = after
    return rows


def _counts(places: pa.ChunkedArray) -> dict[int, int]:
    return {entry["values"]: entry["counts"] for entry in pc.value_counts(places).to_pylist()}
