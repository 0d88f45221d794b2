"""A study as a page of plain English, made from what is run (`instep-cohort study show`)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from instep_cohort.study.compiling import compile_study
from instep_cohort.study.describing import describe_measure, describe_step
from instep_cohort.study.model import FitNotes, Measure, Study, WorkStatus
from instep_cohort.study.parameters import bind
from instep_cohort.study.plan import (
    AnchoredWindow,
    AtLeast,
    FitNotePlan,
    Line,
    LinePlan,
    Logic,
    Measured,
    Not,
    Plan,
    WorkStatusPlan,
)
from instep_cohort.study.spans import date_of
from instep_cohort.study.steps import steps_of

_WIDTH = 100
_MARKUP = str.maketrans({sign: f"\\{sign}" for sign in "\\`*<"})


class Item(NamedTuple):
    """One statement, and those that it is made of."""

    text: str
    parts: Sequence[Item] = ()


class Section(NamedTuple):
    """One side of a study: whom it looks at, whom it takes, and so on."""

    title: str
    items: Sequence[Item]


class Outline(NamedTuple):
    """A study in words: a heading and its sections."""

    heading: str
    sections: Sequence[Section]

    def as_text(self) -> str:
        """The page for a terminal, lines of 100 characters at most."""
        lines = _wrapped(self.heading, "")
        for section in self.sections:
            lines += ["", section.title, *_text_items(section.items, "  ")]
        return "\n".join(lines)

    def as_markdown(self) -> str:
        """The page as Markdown."""
        lines = [f"# {self.heading.translate(_MARKUP)}"]
        for section in self.sections:
            lines += ["", f"## {section.title}", "", *_markdown_items(section.items, "")]
        return "\n".join(lines)


def outline(study: Study, on: date, *, overrides: Mapping[str, str] | None = None) -> Outline:
    """What the study asks on a search date, windows as spans and as dates.

    Args:
        study: as it was loaded or built.
        on: the search date.
        overrides: parameter name to the text of its value.

    Raises:
        UsageError: an override names no parameter, or is no value.
        DefinitionError: the study is wrong, with these values or on this date.

    Example:
        >>> from datetime import date
        >>> from instep_cohort.study import load_study
        >>> page = outline(load_study("instep"), date(2026, 11, 1))
        >>> page.heading
        'instep 1.1.0: People with chronic pain who may be out of work, on 2026-11-01'
    """
    bound = bind(study, overrides)
    words = _Words(bound, compile_study(bound, on))
    title = f": {bound.title}" if bound.title else ""
    sections = [
        Section("Population: everybody who passes each of", words.population()),
        Section("Include: a candidate meets every line", words.lines("include")),
        Section("Exclude: a candidate meets none of the lines", words.lines("exclude")),
        Section("Opt-outs: each has to hold", words.opt_outs()),
        Section("Measured, and decides nothing", words.idle_measures()),
        Section("Added for each candidate, and decides nothing", words.flags()),
        Section("Settled elsewhere, since no record can", _pairs(bound.settled_elsewhere)),
        Section("Parameters", list(_parameters(bound))),
        Section("Codelists", [Item(f"{name} {v}") for name, v in bound.codelists.items()]),
        Section("Protocol", list(_free(bound.protocol))),
    ]
    heading = f"{bound.study} {bound.version}{title}, on {on}"
    return Outline(heading, [section for section in sections if section.items])


class _Words:
    """The words of one bound study and its plan."""

    def __init__(self, study: Study, plan: Plan) -> None:
        self._study, self._plan = study, plan
        self._steps = steps_of(plan, practice_list=True)

    def population(self) -> Sequence[Item]:
        spans = {"registered": self._study.population.registered.for_}
        return [
            Item(describe_step(self._plan, step) + _in_brackets("for", spans.get(step.name)))
            for step in self._steps
            if step.kind == "population"
        ]

    def lines(self, role: str) -> Sequence[Item]:
        return [self._line(line) for line in self._plan.lines if line.role == role]

    def opt_outs(self) -> Sequence[Item]:
        asked = self._plan.opt_outs
        if asked is None:
            return [Item("(nothing is said of opt-outs: identify refuses this study)")]
        items = [Item(describe_step(self._plan, s)) for s in self._steps if s.kind == "opt_out"]
        if asked.type_1_overridden_by:
            who = asked.type_1_overridden_by
            items.append(Item(f"(coded type 1 dissents remove nobody: overridden by {who})"))
        return items

    def idle_measures(self) -> Sequence[Item]:
        plan = self._plan
        used = {name for line in plan.lines for name in plan.measures_of(line.logic)}
        windows = [plan.measures[name].window for name in plan.measures]
        used |= {window.anchor for window in windows if isinstance(window, AnchoredWindow)}
        return [self._measure(name) for name in plan.measures if name not in used]

    def flags(self) -> Sequence[Item]:
        plan, written = self._plan, self._study.flags
        items = []
        if plan.fit_notes:
            items.append(_certified(plan, plan.fit_notes, written[plan.fit_notes.name]))
        if plan.work_status:
            items.append(_status(plan.work_status, written[plan.work_status.name]))
        if items:
            tiers = tuple(Item(f"{name}: {text}") for name, text in _tiers(plan))
            items.append(Item("tier, for the order of letters: the first that holds", tiers))
        return items

    def _line(self, line: LinePlan) -> Item:
        whole = self._logic(line.logic)
        if isinstance(line.logic, AtLeast) and whole.parts:
            return Item(f"{line.name}: {whole.text}", whole.parts)
        return Item(line.name, (whole,))

    def _logic(self, logic: Logic) -> Item:
        match logic:
            case Measured(name):
                return self._measure(name)
            case Line(name):
                return Item(f"{name}: that line holds")
            case Not(part):
                return Item("this does not hold", (self._logic(part),))
            case AtLeast(_, (only,)):
                return self._logic(only)
            case AtLeast(n, parts):
                whole = {1: "any of these", len(parts): "all of these"}
                return Item(
                    whole.get(n, f"at least {n} of these"), tuple(self._logic(p) for p in parts)
                )

    def _measure(self, name: str) -> Item:
        plan = self._plan.measures[name]
        text = f"{name}: {describe_measure(plan)}{_window(self._study.measures[name])}"
        if isinstance(plan.window, AnchoredWindow):
            return Item(text, (self._measure(plan.window.anchor),))
        return Item(text)


def _window(measure: Measure) -> str:
    """The window as it was asked for, where it is counted back from the search date."""
    if measure.between is not None:
        return f" (between {measure.between.from_} and {measure.between.to} before)"
    return _in_brackets("within", measure.within if isinstance(measure.within, str) else None)


def _in_brackets(key: str, span: str | None) -> str:
    return f" ({key} {span})" if span else ""


def _certified(plan: Plan, flag: FitNotePlan, written: FitNotes | WorkStatus) -> Item:
    within = written.within if isinstance(written, FitNotes) else None
    issued = f"ever, up to {plan.on}"
    if flag.first is not None:
        issued = f"from {date_of(flag.first)} to {plan.on}"
    text = f"{flag.name}: fit notes of {flag.codelist} issued {issued}"
    joins = f", or a hole of at most {flag.gap} days lies between them" if flag.gap else ""
    private = "count" if flag.private_counts else "do not count"
    headings = "count" if flag.headings_count else "do not count"
    return Item(
        text + _in_brackets("within", within),
        (
            Item(f"notes are one spell where they overlap or touch{joins}"),
            Item(f"notes issued no more than {flag.issue_gap} days apart are one run"),
            Item(f"private certificates {private}, headings {headings}"),
            Item("a fit note is never evidence of unemployment"),
        ),
    )


def _status(flag: WorkStatusPlan, written: FitNotes | WorkStatus) -> Item:
    fresh_for = written.fresh_for if isinstance(written, WorkStatus) else None
    text = f"{flag.name}: the latest dated work status of {flag.codelist}; it is fresh when dated "
    return Item(f"{text}{date_of(flag.fresh_from)} or later" + _in_brackets("fresh for", fresh_for))


def _tiers(plan: Plan) -> Iterator[tuple[str, str]]:
    """The tiers that the declared flags can give (RULES.md §7)."""
    if plan.work_status:
        yield "X", "a fresh status says in work: held back, released only by the practice"
        yield "A", "a fresh status says out of work"
    certified = ["certified sickness in its window"] if plan.fit_notes else []
    unfit = ["a fresh status says unfit for work"] if plan.work_status else []
    yield "B", " or ".join(certified + unfit)
    yield "C", "everybody else"


def _parameters(study: Study) -> Iterator[Item]:
    for name, parameter in study.parameters.items():
        value = parameter.value
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        yield Item(f"{name} = {text}: {parameter.source}")


def _pairs(items: Mapping[str, str]) -> Sequence[Item]:
    return [Item(f"{name}: {text}") for name, text in items.items()]


def _free(value: object) -> Iterator[Item]:
    """What a study says of its protocol, whatever its shape."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            if isinstance(part, Mapping | list):
                yield Item(str(key), tuple(_free(part)))
            else:
                yield Item(f"{key}: {part}")
    elif isinstance(value, list):
        for part in value:
            yield from _free(part)
    else:
        yield Item(str(value))


def _text_items(items: Sequence[Item], indent: str) -> list[str]:
    lines: list[str] = []
    for item in items:
        lines += _wrapped(item.text, indent, "- ")
        lines += _text_items(item.parts, indent + "    ")
    return lines


def _wrapped(text: str, indent: str, mark: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent + mark,
        subsequent_indent=indent + " " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _markdown_items(items: Sequence[Item], indent: str) -> list[str]:
    lines: list[str] = []
    for item in items:
        lines.append(f"{indent}- {item.text.translate(_MARKUP)}")
        lines += _markdown_items(item.parts, indent + "  ")
    return lines
