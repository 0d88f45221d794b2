"""A cohort in a notebook: counts of people and of codes, never a patient."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from instep_cohort.codelists.resolution import OVERRULED, MatchedBy
from instep_cohort.small_tables import html_table

if TYPE_CHECKING:
    from instep_cohort.cohort.result import Cohort

_STEP = ("step", "text", "before", "dropped", "after", "gained_if_removed")
_LIST = (
    *("codelist", "version", "selectors", "that met nothing"),
    *("codes", "rows", "rows by weaker matches"),
)


def as_html(cohort: Cohort, title: str) -> str:
    """The title, the attrition, the tiers, what each list met in the extract, and the warnings."""
    attrition = cohort.tables["attrition"].to_pylist()
    header = [name.replace("_", " ") for name in _STEP]
    steps = [[row[name] for name in _STEP] for row in attrition]
    notes = "".join(f"<li>{escape(warning)}</li>" for warning in cohort.warnings)
    return (
        f"<p><b>{escape(title)}</b></p>"
        + html_table("how many people each step left out", header, steps)
        + _tiers(cohort.tables["tiers"])
        + html_table(
            "what each codelist met in this extract", _LIST, _lists(cohort.tables["resolution"])
        )
        + f"<ul>{notes}</ul>"
    )


def _tiers(tiers: pa.Table) -> str:
    """How many candidates each tier has and what is known of their work; "" without any flag."""
    if not tiers.num_rows:
        return ""
    header = [name.replace("_", " ") for name in tiers.column_names]
    rows = [list(row.values()) for row in tiers.to_pylist()]
    return html_table("whom to write to first: tiers and flags", header, rows)


def _lists(resolution: pa.Table) -> list[tuple[object, ...]]:
    """One row for each list: its selectors, and the codes that it takes in with their rows."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in resolution.to_pylist():
        found.setdefault((row["codelist"], row["version"]), []).append(row)
    return [(*name, *_counts(rows)) for name, rows in found.items()]


def _counts(rows: list[Mapping[str, Any]]) -> tuple[int, ...]:
    taken: dict[tuple[str, str], int] = {}
    strong: set[tuple[str, str]] = set()
    for row in rows:
        by = row["matched_by"]
        if not by or by == OVERRULED or row["match"].startswith("exclude"):
            continue
        code = (row["system"], row["code"])
        taken[code] = row["rows"]
        if not MatchedBy(by).weaker:
            strong.add(code)
    names = ("selector_system", "selector_code", "match", "category")
    selectors = {tuple(row[name] for name in names) for row in rows}
    without = sum(not row["matched_by"] for row in rows)
    weak = sum(count for code, count in taken.items() if code not in strong)
    return len(selectors), without, len(taken), sum(taken.values()), weak
