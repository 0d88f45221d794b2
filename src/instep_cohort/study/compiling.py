"""A study and a search date, made into a plan that an engine can run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Literal, cast

from instep_cohort.errors import DefinitionError
from instep_cohort.study.categories import category_faults
from instep_cohort.study.model import (
    AllOf,
    AnyOf,
    AtLeastOf,
    Criterion,
    FitNotes,
    Measure,
    NotOf,
    OptOuts,
    Population,
    Study,
    WorkStatus,
)
from instep_cohort.study.parameters import bind
from instep_cohort.study.plan import (
    AtLeast,
    FitNotePlan,
    Line,
    LinePlan,
    Logic,
    Measured,
    MeasurePlan,
    Not,
    OptOutPlan,
    Plan,
    PopulationPlan,
    WorkStatusPlan,
)
from instep_cohort.study.spans import day_number
from instep_cohort.study.values import number
from instep_cohort.study.windows import date_faults, days_in, first_day, window_of


def compile_study(
    study: Study,
    on: date,
    *,
    overrides: Mapping[str, str] | None = None,
    categories: Mapping[str, Collection[str]] | None = None,
) -> Plan:
    """The study for one search date: names resolved, windows as day numbers, nothing left to parse.

    Args:
        study: as it was loaded or built.
        on: the search date.
        overrides: parameter name to the text of its value for this run.
        categories: codelist id to the categories of its pinned version; lists that are not there
            are not judged.

    Raises:
        UsageError: an override names no parameter, or is no value.
        DefinitionError: the study is wrong; all its faults are told at once.
    """
    on = on.date() if isinstance(on, datetime) else on
    bound = bind(study, overrides)
    faults = [*date_faults(bound, on), *category_faults(bound, categories or {})]
    if faults:
        raise DefinitionError(bound._origin.placed(faults))
    flags = bound.flags.items()
    return Plan(
        study=bound.study,
        version=bound.version,
        on=on,
        search_day=day_number(on),
        population=_population(bound.population, on),
        measures={name: _measure(name, m, on) for name, m in bound.measures.items()},
        lines=line_plans(bound),
        opt_outs=_opt_outs(bound.opt_outs),
        fit_notes=next((_fit_notes(n, f, on) for n, f in flags if isinstance(f, FitNotes)), None),
        work_status=next(
            (_work_status(n, f, on) for n, f in flags if isinstance(f, WorkStatus)), None
        ),
    )


def _population(population: Population, on: date) -> PopulationPlan:
    age, registered = population.age, population.registered
    return PopulationPlan(
        age_min=number(age.min) if age else None,
        age_max=number(age.max) if age else None,
        kinds=frozenset(registered.kind),
        unbroken_from=None if registered.for_ is None else first_day(registered.for_, on),
        confidential_included=population.confidential is not None,
    )


def _measure(name: str, measure: Measure, on: date) -> MeasurePlan:
    at_least, at_most = count_bounds(measure)
    value = measure.value
    windows = (measure.within, measure.between, measure.after, measure.before)
    return MeasurePlan(
        name=name,
        source="events" if measure.events is not None else "medicines",
        lists=measure.events or measure.medicines or (),
        categories=None if measure.category is None else frozenset(measure.category),
        window=window_of(measure, on),
        windowed=any(window is not None for window in windows),
        value_min=number(value.min) if value else None,
        value_max=number(value.max) if value else None,
        pick=cast("Literal['first', 'last'] | None", measure.pick),
        counting=cast("Literal['dates', 'rows']", measure.counting),
        at_least=at_least,
        at_most=at_most,
        apart=days_in(measure.apart),
        in_any=days_in(measure.in_any),
        spanning=days_in(measure.spanning),
    )


def count_bounds(measure: Measure) -> tuple[int | None, int | None]:
    """The least and the most that a settled measure asks of its count; ``None``: no bound."""
    exactly = number(measure.exactly)
    if exactly is not None:
        return exactly, exactly
    at_least, at_most = number(measure.at_least), number(measure.at_most)
    return (1, None) if at_least is None and at_most is None else (at_least, at_most)


def line_plans(study: Study) -> tuple[LinePlan, ...]:
    """The lines of a bound study in their order, those of include first."""
    measures = study.measures.keys()
    include = [
        LinePlan(name, "include", _logic(criterion, measures))
        for name, criterion in study.include.items()
    ]
    exclude = [
        LinePlan(name, "exclude", _logic(criterion, measures))
        for name, criterion in study.exclude.items()
    ]
    return (*include, *exclude)


def _logic(criterion: Criterion, measures: Collection[str]) -> Logic:
    match criterion:
        case AnyOf(any=parts):
            return AtLeast(1, _all_logic(parts, measures))
        case AllOf(all=parts):
            return AtLeast(len(parts), _all_logic(parts, measures))
        case NotOf(not_=part):
            return Not(_logic(part, measures))
        case AtLeastOf(at_least=choice):
            return AtLeast(choice.n, _all_logic(choice.of, measures))
        case name:
            return Measured(name) if name in measures else Line(name)


def _all_logic(parts: tuple[Criterion, ...], measures: Collection[str]) -> tuple[Logic, ...]:
    return tuple(_logic(part, measures) for part in parts)


def _opt_outs(opt_outs: OptOuts | None) -> OptOutPlan | None:
    if opt_outs is None:
        return None
    return OptOutPlan(opt_outs.events, opt_outs.type_1_overridden_by)


def _fit_notes(name: str, flag: FitNotes, on: date) -> FitNotePlan:
    return FitNotePlan(
        name=name,
        codelist=flag.fit_notes,
        first=None if flag.within is None else first_day(flag.within, on),
        gap=days_in(flag.gap) or 0,
        issue_gap=days_in(flag.issue_gap) or 0,
        private_counts=flag.private is not None,
        headings_count=flag.headings is not None,
    )


def _work_status(name: str, flag: WorkStatus, on: date) -> WorkStatusPlan:
    return WorkStatusPlan(name, flag.work_status, first_day(flag.fresh_for, on))
