"""What is no fault of a study and yet worth saying on every run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from instep_cohort.errors import Fault
from instep_cohort.study.checking import lists_named
from instep_cohort.study.logic_faults import measures_named
from instep_cohort.study.model import Study
from instep_cohort.study.parameters import bind
from instep_cohort.study.plan import Plan
from instep_cohort.study.references import below, names_used
from instep_cohort.terminology.meanings import CERTIFIED, STATUSES

_REPAIR = "use it, or take it out"


def plan_warnings(plan: Plan, categories: Mapping[str, Collection[str]]) -> list[str]:
    """A sentence for each list of the plan that cannot do what it is there for.

    Args:
        plan: the study.
        categories: codelist id to the categories of the pinned version; a list that is not there
            is not judged.
    """
    return list(_list_warnings(plan, categories))


def study_warnings(study: Study) -> list[str]:
    """A sentence for each parameter, pinned list and measure of which no rule makes use.

    Args:
        study: as it was loaded or built, not bound: a bound study refers to no parameter.
    """
    return [fault.found for fault in unused_parts(study)]


def unused_parts(study: Study) -> Iterator[Fault]:
    """The same with the YAML path of each."""
    used = names_used(study.data())
    for name in study.parameters:
        if name not in used:
            found = f"parameter {name} is used by no rule: setting it changes nothing"
            yield Fault(below("parameters", name), found, _REPAIR)
    bound = bind(study)
    named = {codelist for _, codelist in lists_named(bound)}
    for codelist in study.codelists:
        if codelist not in named:
            found = f"codelist {codelist} is pinned, and no rule uses it"
            yield Fault(below("codelists", codelist), found, _REPAIR)
    deciding = measures_named(bound)
    for name in study.measures:
        if name not in deciding:
            found = f"measure {name} is used by no line and no window: it decides nothing"
            yield Fault(below("measures", name), found, _REPAIR)


def _list_warnings(plan: Plan, categories: Mapping[str, Collection[str]]) -> Iterator[str]:
    if plan.opt_outs is not None:
        lists = plan.opt_outs.lists
        if _lacks(lists, ("type_1_dissent",), categories):
            yield f"{' and '.join(lists)} has no type_1_dissent: type 1 dissents are not seen"
    if plan.fit_notes is not None and _lacks((plan.fit_notes.codelist,), CERTIFIED, categories):
        yield f"{plan.fit_notes.codelist} has no category of certified absence"
    if plan.work_status is not None and _lacks((plan.work_status.codelist,), STATUSES, categories):
        yield f"{plan.work_status.codelist} has no category of a work status"


def _lacks(
    lists: Collection[str], wanted: Collection[str], categories: Mapping[str, Collection[str]]
) -> bool:
    """Whether none of the lists, all of them known, has any of the categories."""
    return all(
        codelist in categories and not set(wanted) & set(categories[codelist]) for codelist in lists
    )
