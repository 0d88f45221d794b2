"""Why one person is on the list, or not: a run's own facts and evidence, held against its study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.explain.flags_in_words import flags_found
from instep_cohort.cohort.explain.followed import Followed, followed
from instep_cohort.cohort.explain.measured import PersonEvidence, measures_found, person_evidence
from instep_cohort.cohort.explain.otherwise import otherwise
from instep_cohort.cohort.explain.standing import PAIRS, Standing, standing
from instep_cohort.cohort.explain.values import (
    Caution,
    Change,
    Explanation,
    MeasureFound,
    Node,
    StepFound,
)
from instep_cohort.engine.ages import last_birth
from instep_cohort.errors import ExtractError, UsageError
from instep_cohort.study import Plan, Step, describe_step
from instep_cohort.study.plan import AtLeast, Line, Logic, Measured, Not
from instep_cohort.work.tiers import TIERS

_CAUTIONS = {
    "opt-out: caution": "a dissent of another kind, such as record sharing, is on record",
    "opt-out: national": "the practice's own list has the person under national",
}
_MISSED = (
    "a row of this line's lists is undated or dated after the search date and did not exclude: "
    "look it up in the record"
)
_NOT_KEPT = (
    "rows outside a measure's list, category, value or window, and undated ones where it takes "
    "none, are not kept in a run: look for them in the record"
)


def explain(
    tables: Mapping[Any, pa.Table], manifest: Mapping[str, Any], patient_id: str
) -> Explanation:
    """Why the patient is on the list, or was left out, and what would have had to be otherwise.

    Args:
        tables: those of a cohort: candidates, evidence, facts and attrition are read.
        manifest: what the run was.
        patient_id: the id as the extract has it.

    Raises:
        UsageError: the run keeps nothing of such a patient; the id is not repeated.
        ExtractError: the parts of the run do not belong together.
    """
    run = followed(manifest)
    names = [step.name for step in run.steps]
    if tables["attrition"]["step"].to_pylist() != names:
        raise _apart("its steps")
    facts = _row(tables["facts"], patient_id)
    if facts is None:
        raise UsageError(_nobody(run))
    if not _columns(run.plan) <= facts.keys():
        raise _apart("its facts")
    evidence = person_evidence(run.plan, _evidence(tables["evidence"], patient_id))
    candidate = _row(tables["candidates"], patient_id)
    person = _Person(run, manifest, facts, candidate, evidence)
    measures = measures_found(run.plan, facts, evidence)
    lines = _judged_lines(run.plan, facts, measures)
    steps = tuple(_step(person, step, measures, lines) for step in run.steps)
    if person.dropped_at != next((step.name for step in steps if step.passed is False), ""):
        raise _apart("its facts")
    return _explanation(person, steps, measures)


class _Person(NamedTuple):
    run: Followed
    manifest: Mapping[str, Any]
    facts: Mapping[str, Any]
    candidate: Mapping[str, Any] | None
    evidence: PersonEvidence

    @property
    def dropped_at(self) -> str:
        return str(self.facts["dropped_at"])

    def is_before_the_drop(self, step: str) -> bool:
        """Whether the person passed the step for certain, since they came further."""
        names = [one.name for one in self.run.steps]
        return not self.dropped_at or names.index(step) < names.index(self.dropped_at)


def _columns(plan: Plan) -> set[str]:
    parts = ("met", "count", "first", "last")
    measures = {f"{name}_{part}" for name in plan.measures for part in parts}
    return measures | {line.name for line in plan.lines}


def _row(table: pa.Table, patient_id: str) -> dict[str, Any] | None:
    rows = table.filter(pc.equal(table["patient_id"], patient_id)).to_pylist()
    return rows[0] if rows else None


def _evidence(table: pa.Table, patient_id: str) -> list[dict[str, Any]]:
    # in the session that made the run the column is a dictionary of ids
    ids = pc.cast(table["patient_id"], pa.string())
    rows: list[dict[str, Any]] = table.filter(pc.equal(ids, patient_id)).to_pylist()
    return rows


def _apart(what: str) -> ExtractError:
    return ExtractError(
        f"This run and its manifest do not belong together: {what} are not what its study gives. "
        "Identify again."
    )


def _nobody(run: Followed) -> str:
    asked = [step for step in run.steps if step.kind == "population"]
    rules = "\n".join(f"  {step.name}: {describe_step(run.plan, step)}" for step in asked)
    return (
        "This run keeps nothing of a patient with that id. It keeps the people who pass the steps "
        f"of the population, and nobody else:\n{rules}\n"
        "Check the id first, leading zeros too. If it is right, the person fails one of these "
        "steps, or is not in the extract: their patient and registration rows in the extract, or "
        "the practice system, show which."
    )


def _judged_lines(
    plan: Plan, facts: Mapping[str, Any], measures: Mapping[str, MeasureFound]
) -> dict[str, Node]:
    judged = {line.name: _node(line.logic, facts, measures) for line in plan.lines}
    if any(node.met != facts[name] for name, node in judged.items()):
        raise _apart("its facts")
    return judged


def _node(logic: Logic, facts: Mapping[str, Any], measures: Mapping[str, MeasureFound]) -> Node:
    match logic:
        case Measured(name):
            return Node("measure", measures[name].met, name, measure=measures[name])
        case Line(name):
            return Node("line", facts[name], name)
        case Not(part):
            inner = _node(part, facts, measures)
            return Node("not", not inner.met, parts=(inner,))
        case AtLeast(n, parts):
            nodes = tuple(_node(part, facts, measures) for part in parts)
            met = sum(node.met for node in nodes) >= n
            kind = "any" if n == 1 else "all" if n == len(nodes) else "at_least"
            return Node(kind, met, needed=n, parts=nodes)  # type: ignore[arg-type]


def _step(
    person: _Person, step: Step, measures: Mapping[str, MeasureFound], lines: Mapping[str, Node]
) -> StepFound:
    text = describe_step(person.run.plan, step)
    here = step.name == person.dropped_at
    if step.kind == "population":
        note = _age_note(person) if step.name == "age" else ""
        return StepFound(step.name, step.kind, text, passed=True, note=note)
    if step.kind == "opt_out":
        stands = _opt_out(person, step.name)
        passed = None if stands.stands is None else not stands.stands
        change = Change(stands.text) if passed is False else None
        return StepFound(step.name, step.kind, text, passed, here, stands.text, change=change)
    logic = lines[step.name]
    passed = logic.met == (step.kind == "include")
    change = None if passed else otherwise(person.run.plan, logic, lines)
    return StepFound(step.name, step.kind, text, passed, here, logic=logic, change=change)


def _age_note(person: _Person) -> str:
    if person.candidate is None or person.candidate["age"] is None:
        return ""
    age, precision = person.candidate["age"], person.candidate["birth_precision"]
    if precision == "day":
        return f"{age} years"
    return f"{age} years at the youngest: birth is known to the {precision} only, check it"


def _opt_out(person: _Person, step: str) -> Standing:
    """Whether the opt-out of a step stands, from the codes and from how far the person came."""
    known = None
    if step == person.dropped_at:
        known = True
    elif any(one.name == step for one in person.run.steps) and person.is_before_the_drop(step):
        known = False
    if step in PAIRS:
        rows, plan = person.evidence.opt_outs, person.run.plan
        return standing(rows, step, on=plan.on, born_by=_born_by(plan), known=known)
    text = {
        True: "on the practice's own opt-out list",
        False: "",
        None: "of those who were left out before, a run does not keep it",
    }[known]
    return Standing(known, text)


def _born_by(plan: Plan) -> date | None:
    """The day by which everybody in the population was born."""
    if not plan.population.asks_age:
        return None
    return last_birth(plan.population.age_min or 0, plan.on)


def _explanation(
    person: _Person, steps: Sequence[StepFound], measures: Mapping[str, MeasureFound]
) -> Explanation:
    plan, candidate = person.run.plan, person.candidate
    study = person.manifest["study"]
    found = flags_found(plan, person.evidence.fit_notes, person.evidence.work_status)
    tier = found.tier if candidate else None
    led_to = {name for line in plan.lines for name in plan.measures_of(line.logic)}
    return Explanation(
        patient_id=person.facts["patient_id"],
        practice_id=person.facts["practice_id"],
        study=plan.study,
        version=plan.version,
        title=study.get("title"),
        on=plan.on,
        candidate=candidate is not None,
        dropped_at=person.dropped_at,
        reason=candidate["reason"] if candidate else "",
        steps=tuple(steps),
        other_measures=tuple(one for name, one in measures.items() if name not in led_to),
        flags=found.flags,
        tier=tier,
        tier_rule=TIERS[tier] if tier else "",
        cautions=_cautions(candidate) if candidate else None,
        opt_outs=person.evidence.opt_outs,
        remarks=tuple(_remarks(person)),
        settled_elsewhere=study.get("settled_elsewhere", {}),
    )


def _cautions(candidate: Mapping[str, Any]) -> tuple[Caution, ...]:
    names = candidate["cautions"].split("; ") if candidate["cautions"] else []
    return tuple(Caution(name, _CAUTIONS.get(name, _MISSED)) for name in names)


def _remarks(person: _Person) -> list[str]:
    """What must be known beside the tree, so that nobody reads more out of it than is in it."""
    plan, answered = person.run.plan, person.manifest["answered_for"]
    listed, nobody_listed = answered.get("practice_list_drawn_up"), answered.get("no_opt_out_list")
    said = [_NOT_KEPT]
    if plan.opt_outs and plan.opt_outs.type_1_overridden_by:
        stands = _opt_out(person, "type_1")
        by = f"the study overrides type 1 dissents, by {plan.opt_outs.type_1_overridden_by}"
        said.append(f"type_1 is no step: {by}; here: {stands.text}")
    if listed:
        said.append(f"the practice's own opt-out list is of {listed}")
    if nobody_listed:
        said.append(f"there is no opt-out list of the practice: {nobody_listed}")
    if person.candidate is None:
        said.append("cautions and tiers are worked out for candidates only")
    return said
