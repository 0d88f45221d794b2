"""Tiers by flags: how many candidates each tier has, and what the record says of their work."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.study.plan import Plan
from instep_cohort.work.tiers import TIERS

_NOTED = ("certified_sickness", "may_be_fit", "long_term")
_FRESH = ("out_of_work", "unfit_for_work", "not_seeking", "in_work", "conflict")


def tier_schema(*, fit_notes: bool, work_status: bool) -> pa.Schema:
    """The columns: tier, candidates, a count for each thing that a declared flag says, rule."""
    counted = ["candidates"]
    if fit_notes:
        counted += _NOTED
    if work_status:
        counted += [*(f"work_{status}" for status in _FRESH), "work_stale", "work_unknown"]
    numbers = [(name, pa.int64()) for name in counted]
    return pa.schema([("tier", pa.string()), *numbers, ("rule", pa.string())])


TIER_SCHEMAS = tuple(
    tier_schema(fit_notes=notes, work_status=status)
    for notes in (False, True)
    for status in (False, True)
)


def tier_table(plan: Plan, candidates: pa.Table) -> pa.Table:
    """One row for each tier, in the order of letters; no rows where no flag is declared.

    `work_<status>` counts those whose latest code is fresh, `work_stale` those whose code is too
    old to decide, `work_unknown` those without any.

    Args:
        plan: the study.
        candidates: its candidate list.
    """
    fit_notes, work_status = plan.fit_notes is not None, plan.work_status is not None
    schema = tier_schema(fit_notes=fit_notes, work_status=work_status)
    if not fit_notes and not work_status:
        return schema.empty_table()
    says = _what_is_said(candidates, fit_notes=fit_notes, work_status=work_status)
    rows = []
    for tier, rule in TIERS.items():
        is_in = pc.equal(candidates["tier"], tier)
        counts = {name: _count(pc.and_(is_in, column)) for name, column in says.items()}
        rows.append({"tier": tier, "candidates": _count(is_in), **counts, "rule": rule})
    return pa.Table.from_pylist(rows, schema=schema)


def _what_is_said(
    candidates: pa.Table, *, fit_notes: bool, work_status: bool
) -> dict[str, pa.ChunkedArray]:
    says = {}
    if fit_notes:
        says["certified_sickness"] = candidates["certified_sickness"]
        says["may_be_fit"] = pc.greater(candidates["may_be_fit_notes"], 0)
        says["long_term"] = candidates["long_term"]
    if work_status:
        stale = pc.fill_null(candidates["work_status_stale"], fill_value=False)
        for status in _FRESH:
            is_said = pc.equal(candidates["work_status"], status)
            says[f"work_{status}"] = pc.and_(is_said, pc.invert(stale))
        says["work_stale"] = stale
        says["work_unknown"] = pc.equal(candidates["work_status"], "unknown")
    return says


def _count(condition: pa.ChunkedArray) -> int:
    return int(pc.sum(condition).as_py() or 0)


def tier_counts(tiers: pa.Table) -> dict[str, int]:
    """How many candidates each tier has; empty without any flag."""
    return dict(zip(tiers["tier"].to_pylist(), tiers["candidates"].to_pylist(), strict=True))


def tier_lines(tiers: pa.Table) -> list[str]:
    """The table on its side as lines of text, and under it what each tier means."""
    if not tiers.num_rows:
        return []
    names = [name for name in tiers.column_names if name not in ("tier", "rule")]
    letters = tiers["tier"].to_pylist()
    cells = [["tier", *letters]]
    cells += [
        [name.replace("_", " "), *(f"{number:,}" for number in tiers[name].to_pylist())]
        for name in names
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    table = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in cells
    ]
    rules = zip(letters, tiers["rule"].to_pylist(), strict=True)
    return [*table, "", *(f"tier {letter}: {rule}" for letter, rule in rules)]
