"""The two counts that look at how dates lie to each other: `apart` and `in_any` (RULES.md §4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import pyarrow as pa

from instep_cohort.engine.frames import Engine

if TYPE_CHECKING:
    from instep_cohort.engine.frames import Frame

_KEY = ["use_key", "patient_key"]


def chained_dates(engine: Engine, dates: Frame, chains: Mapping[int, tuple[int, int]]) -> Frame:
    """The longest chain of dates that lie far enough apart, per use and patient.

    Greedy from the first date, one step of all chains at a time: each step is set aside, since a
    chain built as one expression doubles with every link (12 links: 27 s against 0.03 s a step).

    Args:
        engine: the engine of the frame.
        dates: distinct use_key, patient_key, day.
        chains: use_key → (days apart, the count to stop at).

    Returns:
        use_key, patient_key, special (int64).
    """
    limits = engine.bring(
        pa.table(
            {
                "use_key": pa.array(list(chains), pa.int32()),
                "apart": pa.array([apart for apart, _ in chains.values()], pa.int32()),
                "cap": pa.array([cap for _, cap in chains.values()], pa.int64()),
            }
        )
    )
    dates = engine.keep(dates.join(limits, on="use_key"))
    ends = engine.keep(dates.group_by(_KEY).agg(nw.col("day").min().alias("link")))
    links = [ends.select(*_KEY)]
    for length in range(2, 1 + max(cap for _, cap in chains.values())):
        ends = engine.keep(
            dates.filter(nw.col("cap") >= length)
            .join(ends, on=_KEY)
            .filter(nw.col("day") >= nw.col("link") + nw.col("apart"))
            .group_by(_KEY)
            .agg(nw.col("day").min().alias("link"))
        )
        links.append(ends.select(*_KEY))
    return nw.concat(links).group_by(_KEY).agg(nw.len().cast(nw.Int64()).alias("special"))


def densest_dates(engine: Engine, dates: Frame, stretches: Mapping[int, int]) -> Frame:
    """The most dates in any stretch of so many consecutive days, per use and patient.

    Every densest stretch can be moved to begin on a date, so each date counts those that follow
    within its stretch. Dates meet only those of their own and the next block of the stretch's
    length, which keeps the join linear however long the record.

    Args:
        engine: the engine of the frame.
        dates: distinct use_key, patient_key, day.
        stretches: use_key → days in the stretch.

    Returns:
        use_key, patient_key, special (int64).
    """
    lengths = engine.bring(
        pa.table(
            {
                "use_key": pa.array(list(stretches), pa.int32()),
                "stretch": pa.array(list(stretches.values()), pa.int32()),
            }
        )
    )
    # 2**30 keeps the dividend positive: engines disagree on dividing what is below zero
    block = (nw.col("day") + 2**30) // nw.col("stretch")
    blocked = engine.keep(
        dates.join(lengths, on="use_key").with_columns(block.cast(nw.Int64()).alias("block"))
    )
    starts = [
        blocked.select(
            *_KEY, "stretch", (nw.col("block") + shift).alias("block"), nw.col("day").alias("start")
        )
        for shift in (0, 1)
    ]
    within = (nw.col("day") >= nw.col("start")) & (
        nw.col("day") <= nw.col("start") + nw.col("stretch") - 1
    )
    return (
        nw.concat(starts)
        .join(blocked.select(*_KEY, "block", "day"), on=[*_KEY, "block"])
        .filter(within)
        .group_by([*_KEY, "start"])
        .agg(nw.len().cast(nw.Int64()).alias("dates"))
        .group_by(_KEY)
        .agg(nw.col("dates").max().cast(nw.Int64()).alias("special"))
    )
