"""What a run's evidence says of each candidate in one line: pain, medicines, other studies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.explain.followed import followed
from instep_cohort.study import Plan
from instep_cohort.study.plan import AtLeast, Line, Logic, Measured
from instep_cohort.terminology.identifying_codes import identifies

TRIALS = "trial-participation"
# shown by the list's name alone, even where a study includes people by them
SENSITIVE_LISTS = frozenset(
    (
        *("severe-mental-illness", "learning-disability", "opioid-dependence", "dementia"),
        *("palliative-care", "cancer", "care-home"),
    )
)
_TERMS_SHOWN = 3
_KINDS = {"events": "pain", "medicines": "medicine"}


class EvidenceLines(NamedTuple):
    """By patient id: the lines of pain, of medicines and of other studies; who has none is absent.

    Attributes:
        hidden: how many rows were left out, since their codes tell who somebody is.
    """

    pain: Mapping[str, str]
    medicine: Mapping[str, str]
    trials: Mapping[str, str]
    hidden: int


def evidence_lines(
    evidence: pa.Table, manifest: Mapping[str, Any], patients: Sequence[str]
) -> EvidenceLines:
    """What the rows behind the study's inclusion say, newest first.

    Rows that stand under an exclusion, under `not` or under an opt-out are never shown: their
    terms would tell what the screener need not read here. Values are never shown.

    Args:
        evidence: that of the run.
        manifest: that of the run.
        patients: whose lines are wanted.
    """
    plan = followed(manifest).plan
    ids = pc.cast(evidence["patient_id"], pa.string())
    theirs = evidence.filter(pc.is_in(ids, pa.array(patients, pa.string())))
    shown, hidden = _without_protected(theirs)
    kinds = {name: _KINDS[plan.measures[name].source] for name in affirmed(plan)}
    lines = {
        kind: _lines(shown, [name for name, one in kinds.items() if one == kind])
        for kind in _KINDS.values()
    }
    trials = shown.filter(pc.equal(pc.cast(shown["codelist"], pa.string()), TRIALS))
    return EvidenceLines(lines["pain"], lines["medicine"], _said(trials), hidden)


def affirmed(plan: Plan) -> list[str]:
    """The measures that speak for including somebody, in the order of the study's lines."""
    found = (
        name
        for line in plan.lines
        if line.role == "include"
        for name in affirmed_by(plan, line.logic)
    )
    return list(dict.fromkeys(found))


def affirmed_by(plan: Plan, logic: Logic) -> Iterator[str]:
    """The measures that speak for the logic; what stands under `not` speaks against it."""
    match logic:
        case Measured(name):
            yield name
        case Line(name):
            yield from affirmed_by(plan, plan.line(name).logic)
        case AtLeast(_, parts):
            for part in parts:
                yield from affirmed_by(plan, part)
        case _:
            return


def _without_protected(rows: pa.Table) -> tuple[pa.Table, int]:
    pairs = pc.binary_join_element_wise(
        pc.cast(rows["system"], pa.string()), pc.cast(rows["code"], pa.string()), " "
    )
    # a run of an earlier version may hold them: now no list finds such a code
    protected = pa.array(
        [pair for pair in pc.unique(pairs).to_pylist() if pair and identifies(*pair.split(" ", 1))],
        pa.string(),
    )
    kept = rows.filter(pc.invert(pc.is_in(pairs, protected)))
    return kept, rows.num_rows - kept.num_rows


def _lines(rows: pa.Table, measures: Collection[str]) -> dict[str, str]:
    used_by = pc.cast(rows["used_by"], pa.string())
    return _said(rows.filter(pc.is_in(used_by, pa.array(sorted(measures), pa.string()))))


def _said(rows: pa.Table) -> dict[str, str]:
    """For each patient the terms, the one with the newest date first, each with its dates."""
    shown = pa.table(
        {
            "patient": pc.cast(rows["patient_id"], pa.string()),
            "term": _terms(rows),
            "date": pc.cast(rows["date"], pa.date32()),
        }
    )
    # several measures may use one row, and several rows may be of one date
    dates = shown.group_by(["patient", "term", "date"]).aggregate([])
    terms = dates.group_by(["patient", "term"]).aggregate(
        [("date", "min"), ("date", "max"), ("date", "count")]
    )
    terms = terms.sort_by(
        [("patient", "ascending"), ("date_max", "descending"), ("term", "ascending")]
    )
    columns = ("patient", "term", "date_min", "date_max", "date_count")
    found: dict[str, list[str]] = {}
    for patient, *term in zip(*(terms[name].to_pylist() for name in columns), strict=True):
        found.setdefault(patient, []).append(_term(*term))
    return {patient: _shortened(of_one) for patient, of_one in found.items()}


def _terms(rows: pa.Table) -> pa.Array:
    codelists = pc.cast(rows["codelist"], pa.string())
    terms = pc.coalesce(pc.cast(rows["term"], pa.string()), codelists)
    sensitive = pc.is_in(codelists, pa.array(sorted(SENSITIVE_LISTS)))
    return pc.if_else(sensitive, codelists, terms)


def _term(term: str, first: date | None, last: date | None, dates: int) -> str:
    if last is None:
        return f"{term}, undated"
    if dates == 1:
        return f"{term}, {last}"
    return f"{term}, {dates} dates, {first} to {last}"


def _shortened(terms: Sequence[str]) -> str:
    rest = len(terms) - _TERMS_SHOWN
    more = f"; and {rest} more {'term' if rest == 1 else 'terms'}" if rest > 0 else ""
    return "; ".join(terms[:_TERMS_SHOWN]) + more
