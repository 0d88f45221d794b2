"""The words that the text and the HTML of an explanation share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from instep_cohort.cohort.explain.values import (
    EvidenceRow,
    Explanation,
    MeasureFound,
    Node,
    StepFound,
)


class Rows(NamedTuple):
    """Evidence rows that differ by date and value alone."""

    what: str
    source: str
    weaker: str
    dates: tuple[str, ...]


def headline(explanation: Explanation) -> str:
    """The verdict in one line."""
    if explanation.candidate:
        return f"CANDIDATE: passes all {len(explanation.steps)} steps"
    names = [step.name for step in explanation.steps]
    place = names.index(explanation.dropped_at) + 1
    return f"LEFT OUT at {explanation.dropped_at}, step {place} of {len(names)}"


def study_line(explanation: Explanation) -> str:
    """The study and the search date."""
    title = f": {explanation.title}" if explanation.title else ""
    return f"{explanation.study} {explanation.version} on {explanation.on}{title}"


def state(step: StepFound) -> str:
    """What the step did with the person."""
    if step.passed is None:
        return "not known"
    if step.passed:
        return "passed"
    return "LEFT OUT HERE" if step.dropped_here else "fails too"


def node_words(node: Node) -> str:
    """What a node asks of its parts, or the name that it stands for."""
    if node.kind == "measure":
        return node.name
    if node.kind == "line":
        return f"the line {node.name}, told where it stands"
    if node.kind == "at_least":
        return f"at least {node.needed} of these {len(node.parts)}"
    return {"not": "not", "any": "any of these", "all": "all of these"}[node.kind]


def step_words(step: StepFound) -> str:
    """What the step is about, beside the tree of its logic."""
    if step.kind == "include":
        return "include, has to be met"
    return "exclude, must not be met" if step.kind == "exclude" else f"asked: {step.text}"


def grouped(evidence: Iterable[EvidenceRow]) -> list[Rows]:
    """The rows, those of one code and source together, in the order of their first date."""
    groups: dict[tuple[object, ...], list[EvidenceRow]] = {}
    for row in evidence:
        groups.setdefault((row.term, row.system, row.code, row.codelist, row.category), []).append(
            row
        )
    return [_rows(group) for group in groups.values()]


def _rows(group: Sequence[EvidenceRow]) -> Rows:
    row = group[0]
    code = f"{row.code} ({row.system})"
    return Rows(
        what=f"{row.term}, {code}" if row.term else code,
        source=source(row),
        weaker=weaker(row),
        dates=tuple(_repeated(day_and_value(one) for one in group)),
    )


def source(row: EvidenceRow) -> str:
    """List, version and category."""
    return f"{row.codelist}@{row.version}" + (f", {row.category}" if row.category else "")


def weaker(row: EvidenceRow) -> str:
    """That the row was matched in a weaker way, and how; "" where it was not."""
    return f"weaker match, by {row.matched_by}" if row.weaker_match else ""


def day_and_value(row: EvidenceRow) -> str:
    """The date, or `undated`, and the value in brackets where there is one."""
    day = row.date.isoformat() if row.date else "undated"
    if row.value is None:
        return day
    return f"{day} ({row.value:g}{f' {row.unit}' if row.unit else ''})"


def _repeated(texts: Iterable[str]) -> Iterable[str]:
    for text, same in groupby(texts):
        times = len(list(same))
        yield text if times == 1 else f"{text} x{times}"


def measures_in(node: Node | None) -> list[MeasureFound]:
    """The measures of a tree, in its order."""
    if node is None:
        return []
    own = [node.measure] if node.measure else []
    return own + [one for part in node.parts for one in measures_in(part)]
