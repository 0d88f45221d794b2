"""What a run keeps of one person, as the values of an explanation: evidence rows and measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from instep_cohort.codelists import MatchedBy
from instep_cohort.cohort.explain.comparing import Counted, compare, counted_dates
from instep_cohort.cohort.explain.values import EvidenceRow, MeasureFound
from instep_cohort.study import Plan, describe_measure
from instep_cohort.study.plan import AnchoredWindow, MeasurePlan

Rows = tuple[EvidenceRow, ...]


class PersonEvidence(NamedTuple):
    """The evidence rows of one person, by what used them, oldest first, undated ones last."""

    measures: Mapping[str, Rows]
    opt_outs: Rows
    fit_notes: Rows
    work_status: Rows


def person_evidence(plan: Plan, rows: Iterable[Mapping[str, Any]]) -> PersonEvidence:
    """The evidence of one person, from their rows of evidence.parquet."""
    used_by: dict[str, list[EvidenceRow]] = {}
    for row in rows:
        used_by.setdefault(row["used_by"], []).append(_evidence_row(row))

    def of(name: str, lists: Iterable[str]) -> Rows:
        # a flag may be called like a measure: its list tells them apart
        own = set(lists)
        found = [row for row in used_by.get(name, ()) if own & set(row.codelist.split("; "))]
        return tuple(sorted(found, key=lambda row: (row.date is None, row.date or date.min)))

    notes, status = plan.fit_notes, plan.work_status
    return PersonEvidence(
        {name: of(name, measure.lists) for name, measure in plan.measures.items()},
        of("opt_out", plan.opt_outs.lists) if plan.opt_outs else (),
        of(notes.name, [notes.codelist]) if notes else (),
        of(status.name, [status.codelist]) if status else (),
    )


def measures_found(
    plan: Plan, facts: Mapping[str, Any], evidence: PersonEvidence
) -> dict[str, MeasureFound]:
    """Every measure of one person, by name.

    Args:
        plan: the study.
        facts: the person's row of facts.parquet.
        evidence: the person's rows.
    """
    return {
        name: _measure_found(plan, measure, facts, evidence.measures[name])
        for name, measure in plan.measures.items()
    }


def _measure_found(
    plan: Plan, measure: MeasurePlan, facts: Mapping[str, Any], evidence: Rows
) -> MeasureFound:
    dates = sorted({row.date for row in evidence if row.date is not None})
    undated = sum(row.date is None for row in evidence)
    name = measure.name
    compared = compare(measure, Counted(dates, len(evidence), undated))
    return MeasureFound(
        name=name,
        asks=describe_measure(measure),
        met=facts[f"{name}_met"],
        count=facts[f"{name}_count"],
        first=facts[f"{name}_first"],
        last=facts[f"{name}_last"],
        found=compared.found,
        needed=compared.needed,
        window=_anchored(measure.window, facts, plan.on)
        if isinstance(measure.window, AnchoredWindow)
        else "",
        counted=counted_dates(measure, dates),
        evidence=evidence,
    )


def _anchored(window: AnchoredWindow, facts: Mapping[str, Any], on: date) -> str:
    """The dates that an anchored window has for this person."""
    anchor = facts[f"{window.anchor}_{window.edge}"]
    if anchor is None:
        return f"{window.anchor} has no {window.edge} date, so no row can match"
    first = anchor - timedelta(days=window.before)
    last = min(anchor + timedelta(days=window.after), on)
    dates = f"on {first}" if first == last else f"from {first} to {last}"
    return f"{dates}, since {window.anchor}'s {window.edge} date is {anchor}"


def _evidence_row(row: Mapping[str, Any]) -> EvidenceRow:
    ways = row["matched_by"].split("; ")
    return EvidenceRow(
        date=row["date"],
        term=row["term"] or None,
        system=row["system"],
        code=row["code"],
        codelist=row["codelist"],
        version=row["version"],
        category=row["category"],
        matched_by=row["matched_by"],
        weaker_match=all(MatchedBy(way).weaker for way in ways),
        value=row["value"],
        unit=row["unit"] or None,
    )
