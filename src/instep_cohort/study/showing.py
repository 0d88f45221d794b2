"""A study as a small table, for a terminal and for a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from instep_cohort.study.model import AgeRange, Study


def as_text(study: Study) -> str:
    """The table as lines of text."""
    rows = _rows(study)
    width = max(len(name) for name, _ in rows)
    return "\n".join([_heading(study), *(f"  {name:<{width}}  {text}" for name, text in rows)])


def as_html(study: Study) -> str:
    """The table as HTML."""
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(text)}</td></tr>'
        for name, text in _rows(study)
    )
    return f"<table><caption>{escape(_heading(study))}</caption><tbody>{rows}</tbody></table>"


def _heading(study: Study) -> str:
    title = f": {study.title}" if study.title else ""
    return f"{study.study} {study.version}{title}"


def _rows(study: Study) -> list[tuple[str, str]]:
    return [
        ("codelists", _pairs(study.codelists, " ")),
        ("parameters", _pairs({k: p.value for k, p in study.parameters.items()}, " = ")),
        ("population", _population(study)),
        ("measures", _names(study.measures)),
        ("include", _names(study.include)),
        ("exclude", _names(study.exclude)),
        ("opt-outs", _names(study.opt_outs.events if study.opt_outs else ())),
        ("flags", _names(study.flags)),
        ("settled elsewhere", _pairs(study.settled_elsewhere, ": ")),
    ]


def _population(study: Study) -> str:
    population = study.population
    kinds = _value(_given(study, population.registered.kind))
    registered = f"registered ({kinds})"
    if population.registered.for_:
        registered += f" for {_given(study, population.registered.for_)}"
    return ", ".join(filter(None, [_age(study, population.age), registered]))


def _age(study: Study, age: AgeRange | None) -> str:
    if age is None:
        return ""
    bounds = [("from", age.min), ("to", age.max)]
    return " ".join(
        ["age", *(f"{word} {_given(study, bound)}" for word, bound in bounds if bound is not None)]
    )


def _given(study: Study, value: object) -> object:
    """The value of the parameter that stands there, or what stands there."""
    if isinstance(value, str) and value.startswith("$") and value[1:] in study.parameters:
        return study.parameters[value[1:]].value
    return value


def _pairs(items: Mapping[str, object], between: str) -> str:
    return _names(f"{name}{between}{_value(value)}" for name, value in items.items())


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
