"""The candidate list: one row for each person whom the practice may want to invite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.absences import RUNS, SPELLS, run_rows, spell_rows
from instep_cohort.cohort.flags import CERTIFIED_COLUMNS, WORK_STATUS_COLUMNS, FlagReader
from instep_cohort.cohort.reasons import Reasons
from instep_cohort.engine.ages import completed_years, last_possible_birth
from instep_cohort.engine.running import Findings
from instep_cohort.engine.uses import Uses
from instep_cohort.study.plan import Plan
from instep_cohort.study.spans import date_of

_PERSON = [
    ("patient_id", pa.string()),
    ("practice_id", pa.string()),
    ("age", pa.int32()),
    ("sex", pa.string()),
    ("birth_precision", pa.string()),
]
_CLOSING = [("cautions", pa.string()), ("reason", pa.string())]


class CandidateTables(NamedTuple):
    """The candidates, their spells of certified absence, and their runs of notes issued."""

    candidates: pa.Table
    spells: pa.Table
    runs: pa.Table


def candidate_schema(plan: Plan) -> pa.Schema:
    """The columns of a study's candidates; those of undeclared flags are absent."""
    fields: list[Any] = list(_PERSON)
    if plan.fit_notes or plan.work_status:
        fields += [("tier", pa.string()), ("tier_reason", pa.string())]
    if plan.fit_notes:
        fields += list(CERTIFIED_COLUMNS)
    if plan.work_status:
        fields += list(WORK_STATUS_COLUMNS)
    return pa.schema(fields + _CLOSING)


def candidate_tables(
    plan: Plan, uses: Uses, findings: Findings, terms: list[str | None]
) -> CandidateTables:
    """Everybody who passed every step, in the order of patient_id.

    Args:
        plan: the study.
        uses: its uses.
        findings: what the engine found.
        terms: the term of each code of the extract, by code_key.
    """
    people = findings.people.filter(pc.less(findings.people["dropped"], 0))
    rows = findings.evidence
    evidence = rows.filter(pc.is_in(rows["patient_key"], people["patient_key"]))
    facts = findings.facts
    facts = facts.filter(pc.is_in(facts["patient_key"], people["patient_key"]))
    reader = FlagReader(plan, uses, evidence, terms)
    reasons = Reasons(plan, uses, evidence, facts, terms)
    missed = _missed(plan, uses, findings.missed)
    candidates, spells, runs = [], [], []
    for person in people.to_pylist():
        key = person["patient_key"]
        flags = reader.flags_of(key)
        row = _person(plan, person) | flags.columns()
        row["cautions"] = "; ".join(_cautions(plan, person, missed.get(key, frozenset())))
        row["reason"] = reasons.of(person, flags)
        candidates.append(row)
        if flags.absence:
            spells += spell_rows(person["patient_id"], flags.absence.spells, plan.on)
            runs += run_rows(person["patient_id"], flags.absence.runs)
    return CandidateTables(
        pa.Table.from_pylist(candidates, schema=candidate_schema(plan)),
        pa.Table.from_pylist(spells, schema=SPELLS),
        pa.Table.from_pylist(runs, schema=RUNS),
    )


def _person(plan: Plan, person: Mapping[str, Any]) -> dict[str, Any]:
    born, age = person["birth_day"], None
    if born is not None and born <= plan.search_day:
        latest = last_possible_birth(date_of(born), person["birth_precision"])
        age = completed_years(min(latest, plan.on), plan.on)
    return {name: person.get(name) for name, _ in _PERSON} | {"age": age}


def _missed(plan: Plan, uses: Uses, missed: pa.Table) -> dict[int, frozenset[str]]:
    """The exclude lines that would have used a row of the patient but for its date."""
    lines_of: dict[int, set[str]] = {}
    for line in plan.lines:
        if line.role == "exclude":
            for name in plan.measures_of(line.logic):
                lines_of.setdefault(uses.measures[name], set()).add(line.name)
    found: dict[int, frozenset[str]] = {}
    for row in missed.to_pylist():
        key = row["patient_key"]
        found[key] = found.get(key, frozenset()) | lines_of[row["use_key"]]
    return found


def _cautions(plan: Plan, person: Mapping[str, Any], missed: frozenset[str]) -> list[str]:
    cautions = [line.name for line in plan.lines if line.name in missed]
    if person["caution"]:
        cautions.append("opt-out: caution")
    if person["national"]:
        cautions.append("opt-out: national")
    return cautions
