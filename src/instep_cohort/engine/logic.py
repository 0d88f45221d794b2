"""What the lines of a study come to, given what its measures do (RULES.md §5).

One row is one patient here, so that true and false are plain Arrow arrays, whatever the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.study.plan import AtLeast, Line, Logic, Measured, Not, Plan


def lines_held(plan: Plan, met: Mapping[str, pa.ChunkedArray]) -> dict[str, pa.ChunkedArray]:
    """Whether each line of a study holds, per patient, in the study's order.

    Args:
        plan: the study; its lines do not lead back to themselves.
        met: whether each of its measures is met, per patient, without nulls.
    """
    held: dict[str, pa.ChunkedArray] = {}

    def holds(logic: Logic) -> pa.ChunkedArray:
        match logic:
            case Measured(name):
                return met[name]
            case Line(name):
                if name not in held:
                    held[name] = holds(plan.line(name).logic)
                return held[name]
            case Not(part):
                return pc.invert(holds(part))
            case AtLeast(n, parts):
                return at_least(n, [holds(part) for part in parts])

    return {line.name: holds(Line(line.name)) for line in plan.lines}


def at_least(n: int, parts: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Whether so many of the parts are true, row by row."""
    return pc.greater_equal(count_true(parts), n)


def count_true(parts: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """How many of the parts, one or more, are true, row by row (int32)."""
    number = pc.cast(parts[0], pa.int32())
    for part in parts[1:]:
        number = pc.add(number, pc.cast(part, pa.int32()))
    return number
