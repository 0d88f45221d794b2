"""The rows of the extract that a study reads: fetched once, and what their dates allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.engine.frames import Engine
from instep_cohort.engine.uses import Uses
from instep_cohort.extracts import Store

if TYPE_CHECKING:
    from instep_cohort.engine.frames import Frame

_ROW = ["patient_key", "day", "code_key", "value", "unit", "earliest", "latest"]


def matched_rows(engine: Engine, store: Store, uses: Uses, search_day: int) -> Frame:
    """Every row of the extract whose code is used, set aside.

    Columns: patient_key, day, code_key, value, unit; `possible`: not wholly before the first
    possible day of birth or after death; `future`: wholly after the search date (RULES.md §2).
    """
    keys = engine.bring(pa.table({"code_key": pc.unique(uses.table["code_key"])}))
    events = engine.open(store.table_path("events")).join(keys, on="code_key").select(_ROW)
    nothing = [nw.lit(None).cast(nw.Float64()).alias("value")]
    nothing.append(nw.lit(None).cast(nw.String()).alias("unit"))
    medicines = (
        engine.open(store.table_path("medicines"))
        .join(keys, on="code_key")
        .with_columns(nothing)
        .select(_ROW)
    )
    lives = engine.open(store.table_path("patients"))
    lives = lives.select("patient_key", "birth_day", "death_day")
    begins = nw.coalesce(nw.col("day"), nw.col("earliest"))
    ends = nw.coalesce(nw.col("day"), nw.col("latest"))
    born = nw.col("birth_day").is_null() | ends.is_null() | (ends >= nw.col("birth_day"))
    living = nw.col("death_day").is_null() | begins.is_null() | (begins <= nw.col("death_day"))
    return engine.keep(
        nw.concat([events, medicines], how="vertical")
        .join(lives, on="patient_key")
        .with_columns(
            (born & living).alias("possible"),
            (~begins.is_null() & (begins > search_day)).alias("future"),
        )
        .select("patient_key", "day", "code_key", "value", "unit", "possible", "future")
    )


def used_rows(engine: Engine, matched: Frame, uses: Uses) -> Frame:
    """Every pair of a row and a use that reads it, before anchors and `pick`, set aside.

    Columns: use_key, label_key, patient_key, day, value, unit, possible.
    """
    dated = (nw.col("day") >= nw.col("first_day")) & (nw.col("day") <= nw.col("last_day"))
    undated = nw.col("day").is_null() & nw.col("takes_undated")
    in_time = nw.col("possible") & ~nw.col("future") & (undated | dated)
    joined = matched.join(engine.bring(uses.table), on="code_key")
    return engine.keep(
        joined.filter((nw.col("any_date") | in_time) & in_range()).select(
            "use_key", "label_key", "patient_key", "day", "value", "unit", "possible"
        )
    )


def in_range() -> nw.Expr:
    """Whether a row's value is in the range that its use asks for; no value, no match."""
    value = nw.col("value")
    in_bounds = (value >= nw.col("value_min")) & (value <= nw.col("value_max"))
    return ~nw.col("wants_value") | in_bounds


def missed_for_their_date(engine: Engine, matched: Frame, uses: Uses, names: list[str]) -> pa.Table:
    """Whom a measure would have caught but for a row's date: distinct patient_key, use_key.

    A row of the measure's list, category and value that is dated after the search date, whatever
    else its date is, or undated where the measure takes no undated row (RULES.md §2, cautions).
    """
    wanted = pa.array([uses.measures[name] for name in names], pa.int32())
    table = uses.table.filter(pc.is_in(uses.table["use_key"], wanted))
    undated = nw.col("possible") & nw.col("day").is_null() & ~nw.col("takes_undated")
    return engine.take(
        matched.filter(nw.col("future") | nw.col("day").is_null())
        .join(engine.bring(table), on="code_key")
        .filter((nw.col("future") | undated) & in_range())
        .select("patient_key", "use_key")
        .unique()
    )
