"""A compiled study in plain English: made from what is run, so that it cannot say otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from instep_cohort.study.plan import (
    AnchoredWindow,
    AtLeast,
    Line,
    LinePlan,
    Logic,
    Measured,
    MeasurePlan,
    Not,
    OptOutPlan,
    Plan,
)
from instep_cohort.study.spans import date_of
from instep_cohort.study.steps import Step


def describe_measure(measure: MeasurePlan) -> str:
    """What the measure asks, such as ``at least 3 dates of opioids (medicines) from … to …``."""
    chosen = " or ".join(measure.lists)
    if measure.categories is not None:
        chosen += f" [{_or(sorted(measure.categories))}]"
    parts = (
        f"{_count(measure)} of {chosen} ({measure.source})",
        _value(measure),
        _window(measure),
        f"on the {measure.pick} such date alone" if measure.pick else "",
    )
    return " ".join(part for part in parts if part)


def describe_line(plan: Plan, line: LinePlan) -> str:
    """What the line asks; another line that it names is named, since it has a row of its own."""
    return _logic(plan, line.logic)


def describe_step(plan: Plan, step: Step) -> str:
    """What a patient has to be, or not to be, to pass the step: the `text` of an attrition row."""
    if step.kind == "include":
        return describe_line(plan, plan.line(step.name))
    if step.kind == "exclude":
        return f"not: {describe_line(plan, plan.line(step.name))}"
    return _STEPS[step.name](plan)


def _alive(plan: Plan) -> str:
    return f"not dead by {plan.on}, nor by the date of the extract"


def _registered(plan: Plan) -> str:
    population = plan.population
    text = f"registered ({_or(sorted(population.kinds))}) on {plan.on}"
    if population.unbroken_from is None:
        return text
    return f"{text}, without a break since {date_of(population.unbroken_from)}"


def _age(plan: Plan) -> str:
    population = plan.population
    return f"aged {_between(population.age_min, population.age_max)} years on {plan.on}"


def _research_dissent(plan: Plan) -> str:
    return f"no standing dissent from contact for research ({_opt_out_lists(plan.opt_outs)})"


def _type_1(plan: Plan) -> str:
    return f"no standing type 1 dissent ({_opt_out_lists(plan.opt_outs)})"


_STEPS: dict[str, Callable[[Plan], str]] = {
    "alive": _alive,
    "registered": _registered,
    "age": _age,
    "test": lambda _: "no test or dummy patient",
    "confidential": lambda _: "no record that is marked confidential",
    "research_dissent": _research_dissent,
    "type_1": _type_1,
    "practice_list": lambda _: "not on the practice's own opt-out list (research or type 1)",
}


def _opt_out_lists(opt_outs: OptOutPlan | None) -> str:
    return " or ".join(opt_outs.lists) if opt_outs else "no list"


def _logic(plan: Plan, logic: Logic) -> str:
    match logic:
        case Measured(name):
            return describe_measure(plan.measures[name])
        case Line(name):
            return f"{name} holds"
        case Not(part):
            return f"not ({_logic(plan, part)})"
        case AtLeast(_, (only,)):
            return _logic(plan, only)
        case AtLeast(n, parts):
            texts = [f"({_logic(plan, part)})" for part in parts]
            if n == 1:
                return " or ".join(texts)
            return " and ".join(texts) if n == len(parts) else f"at least {n} of {', '.join(texts)}"


def _count(measure: MeasurePlan) -> str:
    unit = "date" if measure.counting == "dates" else "row"
    text = _bounds(measure.at_least, measure.at_most, unit)
    if measure.apart is not None:
        return f"{text}, each {_days(measure.apart)} or more after the last that was counted,"
    if measure.in_any is not None:
        return f"{text} within {_days(measure.in_any)} in a row"
    if measure.spanning is not None:
        return f"{text}, from first to last {_days(measure.spanning)} or more,"
    return text


def _bounds(least: int | None, most: int | None, unit: str) -> str:
    if most == 0:
        return f"no {unit}"
    if least == most:
        return f"exactly {_several(least, unit)}"
    if most is None:
        return f"at least {_several(least, unit)}"
    if least is None:
        return f"at most {_several(most, unit)} (or none)"
    return f"{least} to {_several(most, unit)}"


def _value(measure: MeasurePlan) -> str:
    if measure.value_min is None and measure.value_max is None:
        return ""
    return f"with a value {_between(measure.value_min, measure.value_max)}"


def _between(least: float | None, most: float | None) -> str:
    if most is None:
        return f"{least:g} or more"
    return f"{most:g} or less" if least is None else f"{least:g} to {most:g}"


def _window(measure: MeasurePlan) -> str:
    window = measure.window
    if isinstance(window, AnchoredWindow):
        edge = f"the {window.edge} date of {window.anchor}"
        if window.before and window.after:
            return f"from {_days(window.before)} before to {_days(window.after)} after {edge}"
        if window.before:
            return f"in the {_days(window.before)} up to {edge}"
        return f"in the {_days(window.after)} from {edge} on" if window.after else f"on {edge}"
    last = date_of(window.last)
    if window.first is None:
        return f"up to {last}" if measure.windowed else f"ever, up to {last}"
    first = date_of(window.first)
    return f"on {last}" if first == last else f"from {first} to {last}"


def _days(number: int) -> str:
    return _several(number, "day")


def _several(number: int | None, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _or(words: Sequence[str]) -> str:
    return " or ".join(", ".join(words).rsplit(", ", 1))
