"""A cohort in a notebook: counts of people and of codes, never a patient."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from instep_cohort.codelists.resolving.resolution import OVERRULED, MatchedBy
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
        + _stores(cohort.manifest)
        + _resolution(cohort.tables["resolution"])
        + f"<ul>{notes}</ul>"
    )


def _tiers(tiers: pa.Table) -> str:
    """How many candidates each tier has and what is known of their work; "" without any flag."""
    if not tiers.num_rows:
        return ""
    header = [name.replace("_", " ") for name in tiers.column_names]
    rows = [list(row.values()) for row in tiers.to_pylist()]
    return html_table("whom to write to first: tiers and flags", header, rows)


def _stores(manifest: Mapping[str, Any]) -> str:
    """How many people of each store each step left; "" where one store was searched."""
    if "stores" not in manifest:
        return ""
    return html_table("how many people each step left in each store", *left_in_each(manifest))


def left_in_each(manifest: Mapping[str, Any]) -> tuple[list[str], list[list[object]]]:
    """A header, and for each step a row: how many people of each store it left.

    Args:
        manifest: that of a run over several stores.
    """
    stores = manifest["stores"]
    steps = zip(*(store["attrition"] for store in stores), strict=True)
    first = ["patients", *(store["counts"]["patients"] for store in stores)]
    rows = [[rows[0]["step"], *(row["after"] for row in rows)] for rows in steps]
    return ["step", *(store["name"] for store in stores)], [first, *rows]


def _resolution(resolution: pa.Table) -> str:
    """What each list met, in each store where there are several."""
    by_store = "store" in resolution.column_names
    header = ("store", *_LIST) if by_store else _LIST
    title = f"what each codelist met in {'each' if by_store else 'this'} extract"
    return html_table(title, header, _lists(resolution))


def _lists(resolution: pa.Table) -> list[tuple[object, ...]]:
    """One row for each list: its selectors, and the codes that it takes in with their rows."""
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    names = [name for name in ("store", "codelist", "version") if name in resolution.column_names]
    for row in resolution.to_pylist():
        found.setdefault(tuple(row[name] for name in names), []).append(row)
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
