"""What a study says, in words that are the same however it is written.

Parameters are put in, weeks are days and years months, `exactly: n` is a least and a most, and the
parts of `any` and `all` stand in one order. Two studies differ in meaning where these words differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from instep_cohort.study.compiling import count_bounds, line_plans
from instep_cohort.study.measure_faults import anchor_of
from instep_cohort.study.model import Anchored, FitNotes, Flag, Measure, Study
from instep_cohort.study.plan import AtLeast, Line, Logic, Measured, Not
from instep_cohort.study.spans import SPAN_PATTERN, Span

# what something is, in words, by its properties; one that is not there has the default
Content = Mapping[str, str]
Contents = Mapping[str, Content]
Names = Mapping[str, str]

ROLE = "section"  # of a line: include or exclude


def single(values: Mapping[str, str]) -> Contents:
    """Names that stand for one text each."""
    return {name: {"": value} for name, value in values.items()}


def parameter_contents(study: Study) -> Contents:
    """The parameters by name: their values."""
    return {name: {"": _value(one.value)} for name, one in study.parameters.items()}


def population_contents(study: Study) -> Contents:
    """Who is looked at, by rule."""
    population, registered = study.population, study.population.registered
    contents = {
        "registered": _given(
            {"kind": _set(registered.kind), "for": registered.for_ and _steady(registered.for_)}
        ),
        "confidential": {"": "included" if population.confidential else "left out"},
    }
    if population.age is None:
        return contents
    return {"age": {"": _range(population.age.min, population.age.max)}, **contents}


def measure_contents(study: Study, names: Names | None = None) -> Contents:
    """The measures by name, those in ``names`` by their new one."""
    names = names or {}
    return {names.get(name, name): _measure(m, names) for name, m in study.measures.items()}


def _measure(measure: Measure, names: Names) -> Content:
    least, most = count_bounds(measure)
    value = measure.value
    return _given(
        {
            "events": _set(measure.events),
            "medicines": _set(measure.medicines),
            "category": _set(measure.category),
            "window": _window(measure, names),
            "value": _range(value.min, value.max) if value else None,
            "pick": measure.pick,
            "counting": "rows" if measure.counting == "rows" else None,
            "at least": None if least is None else str(least),
            "at most": None if most is None else str(most),
            "apart": measure.apart and _steady(measure.apart),
            "in any": measure.in_any and _steady(measure.in_any),
            "spanning": measure.spanning and _steady(measure.spanning),
        }
    )


def _given(content: Mapping[str, str | None]) -> Content:
    return {key: words for key, words in content.items() if words}


def _window(measure: Measure, names: Names) -> str | None:
    if isinstance(measure.within, Anchored):
        side, anchor = anchor_of(measure)
        name, _, edge = (anchor or "").rpartition(".")
        return f"{_steady(measure.within.span)} {side} {names.get(name, name)}.{edge}"
    if measure.within is not None:
        return f"the {_steady(measure.within)} up to the search date"
    if measure.between is not None:
        newer = Span.parse(measure.between.to)
        older = _steady(measure.between.from_)
        if newer.n == 0:
            return f"the {older} up to the search date"
        return f"from {older} to {_steady(str(newer))} before the search date"
    bounds = [f"from {measure.after} on"] if measure.after else []
    bounds += [f"up to {measure.before}"] if measure.before else []
    return ", ".join(bounds) or None


def line_contents(
    study: Study, measures: Names | None = None, lines: Names | None = None
) -> Contents:
    """The lines of include and exclude, under new names for measures and lines."""
    measures, lines = measures or {}, lines or {}
    return {
        lines.get(line.name, line.name): {
            "": _asks(_named(line.logic, measures, lines)),
            ROLE: line.role,
        }
        for line in line_plans(study)
    }


def _named(logic: Logic, measures: Names, lines: Names) -> Logic:
    """The logic with its measures and lines under their new names."""
    match logic:
        case Measured(name):
            return Measured(measures.get(name, name))
        case Line(name):
            return Line(lines.get(name, name))
        case Not(part):
            return Not(_named(part, measures, lines))
        case AtLeast(n, parts):
            return AtLeast(n, tuple(_named(part, measures, lines) for part in parts))


def _asks(logic: Logic) -> str:
    """The logic in words, the same for all that says the same by order, nesting or doubling."""
    match logic:
        case Measured(name) | Line(name):
            return name
        case Not(Not(part)):
            return _asks(part)
        case Not(part):
            return f"not {_bracketed(part)}"
        case AtLeast(_, (only,)):
            return _asks(only)
        case AtLeast(n, parts) if n in (1, len(parts)):
            kind = "any" if n == 1 else "all"
            words = sorted({_bracketed(part) for part in _joined(parts, kind)})
            return {"any": " or ", "all": " and "}[kind].join(words)
        case AtLeast(n, parts):
            return f"at least {n} of {', '.join(sorted(map(_bracketed, parts)))}"


def _joined(parts: tuple[Logic, ...], kind: str) -> Iterator[Logic]:
    """The parts, and in place of one that is joined in the same way, its own parts."""
    for part in parts:
        match part:
            case AtLeast(n, inner) if n == (1 if kind == "any" else len(inner)):
                yield from _joined(inner, kind)
            case Not(Not(inner_part)):
                yield from _joined((inner_part,), kind)
            case _:
                yield part


def _bracketed(part: Logic) -> str:
    words = _asks(part)
    return f"({words})" if " " in words and not words.startswith("not ") else words


def opt_out_contents(study: Study) -> Contents:
    """The opt-outs, under no name; nothing where the study has none."""
    if study.opt_outs is None:
        return {}
    who = study.opt_outs.type_1_overridden_by
    type_1 = f"overridden by {who}" if who else "remove"
    return {"": {"lists": _set(study.opt_outs.events), "type 1 dissents": type_1}}


def flag_contents(study: Study) -> Contents:
    """The flags by name."""
    return {name: _flag(flag) for name, flag in study.flags.items()}


def _flag(flag: Flag) -> Content:
    if not isinstance(flag, FitNotes):
        return {"work status": flag.work_status, "fresh for": _steady(flag.fresh_for)}
    content = {
        "fit notes": flag.fit_notes,
        "window": flag.within and f"the {_steady(flag.within)} up to the search date",
        "gap": _steady(flag.gap),
        "issue gap": _steady(flag.issue_gap),
        "private": flag.private,
        "headings": flag.headings,
    }
    return _given(content)


def _steady(written: str) -> str:
    """The span in days or months: a week is always 7 days, and a year 12 months."""
    span = Span.parse(written)
    if span.unit == "week":
        return str(Span(7 * span.n, "day"))
    return str(Span(12 * span.n, "month")) if span.unit == "year" else str(span)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_value, value))
    if isinstance(value, str) and re.fullmatch(SPAN_PATTERN, value):
        return _steady(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _range(least: float | str | None, most: float | str | None) -> str:
    if most is None:
        return f"{_value(least)} or more"
    return f"{_value(most)} or less" if least is None else f"{_value(least)} to {_value(most)}"


def _set(words: tuple[str, ...] | None) -> str:
    return ", ".join(sorted(words or ()))
