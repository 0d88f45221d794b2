"""The steps of the attrition table, in their order (RULES.md §6)."""

from __future__ import annotations

from typing import Literal, NamedTuple

from instep_cohort.study.plan import Plan

StepKind = Literal["population", "include", "exclude", "opt_out"]

BEFORE_LINES = ("alive", "registered", "age", "test", "confidential")
AFTER_LINES = ("research_dissent", "type_1", "practice_list")


class Step(NamedTuple):
    """One row of the attrition table."""

    name: str
    kind: StepKind


def steps_of(plan: Plan, *, practice_list: bool) -> tuple[Step, ...]:
    """The steps that the study asks for, in order.

    Args:
        plan: the study.
        practice_list: whether the run has the practice's own opt-out list.
    """
    asked = {
        "age": plan.population.asks_age,
        "confidential": not plan.population.confidential_included,
        "research_dissent": plan.opt_outs is not None,
        "type_1": plan.opt_outs is not None and plan.opt_outs.type_1_overridden_by is None,
        "practice_list": practice_list,
    }
    before = [Step(name, "population") for name in BEFORE_LINES if asked.get(name, True)]
    lines = [
        Step(line.name, line.role)
        for role in ("include", "exclude")
        for line in plan.lines
        if line.role == role
    ]
    after = [Step(name, "opt_out") for name in AFTER_LINES if asked[name]]
    return (*before, *lines, *after)
