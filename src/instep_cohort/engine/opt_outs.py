"""Who asked not to be written to (RULES.md §8): where a date is in doubt, for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from instep_cohort.engine.uses import Uses

if TYPE_CHECKING:
    from instep_cohort.engine.frames import Frame

PAIRS = {
    "research_dissent": ("research_dissent", "research_withdrawn"),
    "type_1": ("type_1_dissent", "type_1_withdrawn"),
}


def coded_opt_outs(used: Frame, uses: Uses, search_day: int) -> Frame:
    """Per patient with any opt-out code: patient_key, research_dissent, type_1, caution.

    A dissent counts whatever its date, and one without a day stands for good. A withdrawal counts
    only when it is dated, on or before the search date, possible, and later than the dissent.
    """
    key, day = nw.col("use_key"), nw.col("day")
    valid = ~day.is_null() & (day <= search_day) & nw.col("possible")
    aggregated = []
    for name, (dissent, withdrawal) in PAIRS.items():
        is_dissent = key == uses.opt_outs[dissent]
        is_withdrawal = (key == uses.opt_outs[withdrawal]) & valid
        aggregated += [
            _any(is_dissent).alias(f"{name}_any"),
            _any(is_dissent & day.is_null()).alias(f"{name}_undated"),
            nw.when(is_dissent).then(day).max().alias(f"{name}_dissent"),
            nw.when(is_withdrawal).then(day).max().alias(f"{name}_withdrawal"),
        ]
    aggregated.append(_any(key == uses.opt_outs["caution"]).alias("caution"))
    per_patient = (
        used.filter(key.is_in(list(uses.opt_outs.values())))
        .group_by("patient_key")
        .agg(*aggregated)
    )
    return per_patient.select(
        "patient_key",
        *(_stands(name).alias(name) for name in PAIRS),
        (nw.col("caution") == 1).alias("caution"),
    )


def _any(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).max()


def _stands(name: str) -> nw.Expr:
    withdrawal = nw.col(f"{name}_withdrawal")
    withdrawn = ~withdrawal.is_null() & (withdrawal > nw.col(f"{name}_dissent"))
    undated = nw.col(f"{name}_undated") == 1
    return (nw.col(f"{name}_any") == 1) & (undated | ~withdrawn)
