"""From used rows to one fact per patient and measure (RULES.md §4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import narwhals.stable.v2 as nw
import pyarrow as pa

from instep_cohort.engine.counting import chained_dates, densest_dates
from instep_cohort.engine.frames import Engine
from instep_cohort.engine.uses import LAST_DAY, Uses
from instep_cohort.study.plan import AnchoredWindow, MeasurePlan, Plan

if TYPE_CHECKING:
    from instep_cohort.engine.frames import Frame

_KEY = ["use_key", "patient_key"]
_ROW = ["use_key", "label_key", "patient_key", "day", "value", "unit"]


class Measures(NamedTuple):
    """The rows that each measure used, and what they come to.

    `rows`: use_key, label_key, patient_key, day, value, unit.
    `facts`: use_key, patient_key, met, count, first, last; a patient without rows has none.
    """

    rows: Frame
    facts: Frame


def measure(engine: Engine, used: Frame, uses: Uses, plan: Plan) -> Measures:
    """Every measure of a study, those with anchors after the ones that they hang on."""
    rows: list[Frame] = []
    facts: list[Frame] = []
    for level in anchor_levels(plan):
        keys = {uses.measures[m.name]: m for m in level}
        chosen = used.filter(nw.col("use_key").is_in(list(keys)))
        if isinstance(level[0].window, AnchoredWindow):
            chosen = _in_anchored_window(engine, chosen, nw.concat(facts), uses, keys)
        chosen = _picked(engine, chosen, keys)
        rows.append(chosen)
        facts.append(_facts(engine, chosen, keys))
    return Measures(nw.concat([r.select(_ROW) for r in rows]), nw.concat(facts))


def anchor_levels(plan: Plan) -> Sequence[Sequence[MeasurePlan]]:
    """The measures in layers, each hanging only on those of earlier layers."""
    depth: dict[str, int] = {}

    def depth_of(name: str) -> int:
        if name not in depth:
            window = plan.measures[name].window
            depth[name] = 1 + depth_of(window.anchor) if isinstance(window, AnchoredWindow) else 0
        return depth[name]

    layers: dict[int, list[MeasurePlan]] = {}
    for name, one in plan.measures.items():
        layers.setdefault(depth_of(name), []).append(one)
    return [layers[number] for number in sorted(layers)]


def _in_anchored_window(
    engine: Engine, rows: Frame, facts: Frame, uses: Uses, keys: dict[int, MeasurePlan]
) -> Frame:
    windows = {k: m.window for k, m in keys.items() if isinstance(m.window, AnchoredWindow)}
    anchors = engine.bring(
        pa.table(
            {
                "use_key": pa.array(list(windows), pa.int32()),
                "anchor_key": pa.array(
                    [uses.measures[w.anchor] for w in windows.values()], pa.int32()
                ),
                "from_first": [w.edge == "first" for w in windows.values()],
                "before": pa.array([w.before for w in windows.values()], pa.int32()),
                "after": pa.array([w.after for w in windows.values()], pa.int32()),
            }
        )
    )
    edges = facts.select(nw.col("use_key").alias("anchor_key"), "patient_key", "first", "last")
    anchor = nw.when(nw.col("from_first")).then(nw.col("first")).otherwise(nw.col("last"))
    return (
        rows.join(anchors, on="use_key")
        .join(edges, on=["anchor_key", "patient_key"])
        .with_columns(anchor.alias("anchor"))
        .filter(
            (nw.col("day") >= nw.col("anchor") - nw.col("before"))
            & (nw.col("day") <= nw.col("anchor") + nw.col("after"))
        )
    )


def _picked(engine: Engine, rows: Frame, keys: dict[int, MeasurePlan]) -> Frame:
    picks = {key: m.pick for key, m in keys.items() if m.pick}
    if not picks:
        return rows
    # only the rows of these measures are set aside
    picking = nw.col("use_key").is_in(list(picks))
    looked_at = engine.keep(rows.filter(picking))
    edges = looked_at.group_by(_KEY).agg(
        nw.col("day").min().alias("first_of_all"), nw.col("day").max().alias("last_of_all")
    )
    firsts = nw.col("use_key").is_in([key for key, pick in picks.items() if pick == "first"])
    edge = nw.when(firsts).then(nw.col("first_of_all")).otherwise(nw.col("last_of_all"))
    kept = engine.keep(looked_at.join(edges, on=_KEY).filter(nw.col("day") == edge).select(*_ROW))
    return nw.concat([rows.filter(~picking).select(*_ROW), kept])


def _facts(engine: Engine, rows: Frame, keys: dict[int, MeasurePlan]) -> Frame:
    days = rows.group_by([*_KEY, "day"]).agg(nw.len().cast(nw.Int64()).alias("rows"))
    special = {k: m for k, m in keys.items() if m.apart or m.in_any}
    if special:
        days = engine.keep(days)
    counts = days.group_by(_KEY).agg(
        nw.col("rows").sum().cast(nw.Int64()).alias("rows"),
        nw.col("day").count().cast(nw.Int64()).alias("dates"),
        nw.col("day").min().alias("first"),
        nw.col("day").max().alias("last"),
    )
    if special:
        counts = _with_special_counts(engine, counts, days, special)
    else:
        counts = counts.with_columns(nw.lit(None).cast(nw.Int64()).alias("special"))
    measured = counts.join(engine.bring(_bounds(keys)), on="use_key")
    dates = nw.when(nw.col("dates") > 0).then(nw.col("dates")).otherwise(nw.lit(1))
    by_kind = nw.when(nw.col("counts_rows")).then(nw.col("rows")).otherwise(dates)
    long_enough = (nw.col("spanning") == 0) | (
        nw.col("last") - nw.col("first") >= nw.col("spanning")
    )
    within = (nw.col("count") >= nw.col("at_least")) & (nw.col("count") <= nw.col("at_most"))
    return engine.keep(
        measured.with_columns(nw.coalesce(nw.col("special"), by_kind).alias("count"))
        .with_columns((within & long_enough).alias("met"))
        .select("use_key", "patient_key", "met", "count", "first", "last")
    )


def _bounds(keys: dict[int, MeasurePlan]) -> pa.Table:
    measures = list(keys.values())
    return pa.table(
        {
            "use_key": pa.array(list(keys), pa.int32()),
            "counts_rows": [m.counting == "rows" for m in measures],
            "at_least": pa.array([m.at_least or 0 for m in measures], pa.int64()),
            "at_most": pa.array(
                [LAST_DAY if m.at_most is None else m.at_most for m in measures], pa.int64()
            ),
            "spanning": pa.array([m.spanning or 0 for m in measures], pa.int32()),
        }
    )


def _with_special_counts(
    engine: Engine, counts: Frame, days: Frame, special: dict[int, MeasurePlan]
) -> Frame:
    dates = days.filter(~nw.col("day").is_null() & nw.col("use_key").is_in(list(special))).select(
        *_KEY, "day"
    )
    chains = {k: (m.apart, m.chain_cap) for k, m in special.items() if m.apart}
    stretches = {k: m.in_any for k, m in special.items() if m.in_any}
    found = []
    if chains:
        found.append(chained_dates(engine, dates, chains))
    if stretches:
        found.append(densest_dates(engine, dates, stretches))
    return counts.join(nw.concat(found), on=_KEY, how="left")
