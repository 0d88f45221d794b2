"""An explanation as lines for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from instep_cohort.cohort.explain.values import (
    Change,
    EvidenceRow,
    Explanation,
    FlagFound,
    MeasureFound,
    Node,
    StepFound,
)
from instep_cohort.cohort.explain.words import (
    grouped,
    headline,
    node_words,
    state,
    step_words,
    study_line,
)
from instep_cohort.disclosure.artefacts import ArtefactClass

_INDENT = 2


class _Marks(NamedTuple):
    met: str
    unmet: str
    unknown: str

    def of(self, met: bool | None) -> str:  # noqa: FBT001 - it is what it marks
        if met is None:
            return self.unknown
        return self.met if met else self.unmet


_FINE = _Marks("✓", "✗", "?")
_PLAIN = _Marks("[+]", "[-]", "[?]")


class _Entry(NamedTuple):
    """A line before it is cut: how deep it stands, what hangs before its text, and the text."""

    depth: int
    head: str
    text: str


def as_text(explanation: Explanation, *, width: int, plain: bool) -> str:
    """The explanation as lines of at most `width` characters, where its words allow it.

    Args:
        explanation: what is to be shown.
        width: the most characters on a line.
        plain: ASCII marks.
    """
    marks = _PLAIN if plain else _FINE
    entries = [
        *_heading(explanation),
        *_steps(explanation, marks),
        *_changes(explanation),
        *_flags(explanation),
        *_opt_outs(explanation),
        *_closing(explanation),
    ]
    return "\n".join(line for entry in entries for line in _cut(entry, width))


def _cut(entry: _Entry, width: int) -> list[str]:
    indent = " " * (_INDENT * entry.depth)
    head = f"{indent}{entry.head} " if entry.head else indent
    # a term may hold anything: what is no printable character could steer the terminal
    text = "".join(sign if sign.isprintable() else " " for sign in entry.text)
    return textwrap.wrap(
        text,
        width=max(width, len(head) + 20),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


def _entry(depth: int, text: str, head: str = "") -> _Entry:
    return _Entry(depth, head, text)


def _section(title: str, entries: Iterable[_Entry]) -> Iterator[_Entry]:
    """The entries under their title; nothing where there are none."""
    entries = list(entries)
    if entries:
        yield _entry(0, "")
        yield _entry(0, title)
        yield from entries


def _heading(explanation: Explanation) -> Iterator[_Entry]:
    yield _entry(0, str(ArtefactClass.PRACTICE_ONLY))
    yield _entry(0, f"Patient {explanation.patient_id}, practice {explanation.practice_id}")
    yield _entry(0, study_line(explanation))
    yield _entry(0, "")
    yield _entry(0, headline(explanation))
    if explanation.reason:
        yield _entry(1, explanation.reason)


def _steps(explanation: Explanation, marks: _Marks) -> Iterator[_Entry]:
    told: set[str] = set()
    entries: list[_Entry] = []
    for step in explanation.steps:
        entries += _step(step, marks, told)
    yield from _section("Steps", entries)
    others = (
        entry for one in explanation.other_measures for entry in _measure(0, one, marks, told)
    )
    yield from _section("Measures that no line leads to", others)


def _step(step: StepFound, marks: _Marks, told: set[str]) -> Iterator[_Entry]:
    note = f": {step.note}" if step.note else ""
    text = f"{step.name}: {state(step)}{note}; {step_words(step)}"
    yield _entry(0, text, marks.of(step.passed))
    if step.logic is not None:
        yield from _node(2, step.logic, marks, told)


def _node(depth: int, node: Node, marks: _Marks, told: set[str]) -> Iterator[_Entry]:
    if node.measure is not None:
        yield from _measure(depth, node.measure, marks, told)
        return
    met = "met" if node.met else "not met"
    yield _entry(depth, f"{node_words(node)}: {met}", marks.of(node.met))
    for part in node.parts:
        yield from _node(depth + 2, part, marks, told)


def _measure(depth: int, measure: MeasureFound, marks: _Marks, told: set[str]) -> Iterator[_Entry]:
    met = "met" if measure.met else "not met"
    yield _entry(depth, f"{measure.name}: {met}: {measure.compared}", marks.of(measure.met))
    if measure.name in told:
        yield _entry(depth + 2, "its rule and its rows stand above")
        return
    told.add(measure.name)
    yield _entry(depth + 2, f"asks for {measure.asks}")
    if measure.window:
        yield _entry(depth + 2, measure.window)
    yield from _evidence(depth + 2, measure.evidence)


def _evidence(depth: int, evidence: Iterable[EvidenceRow]) -> Iterator[_Entry]:
    for rows in grouped(evidence):
        text = "; ".join(part for part in (rows.what, rows.source, rows.weaker) if part)
        yield _entry(depth, f"{text}: {', '.join(rows.dates)}", "-")


def _changes(explanation: Explanation) -> Iterator[_Entry]:
    entries: list[_Entry] = []
    for step in explanation.failed:
        if step.change is not None:
            entries.append(_entry(1, f"{step.name}, {state(step)}: {step.change.text}"))
            entries += [entry for part in step.change.parts for entry in _change(2, part)]
    for step in explanation.unknown if entries else ():
        entries.append(_entry(1, f"{step.name}, {state(step)}: {step.note}"))
    title = "What would have had to be otherwise"
    if len(explanation.failed) > 1:
        title += ", in each of these"
    yield from _section(title, entries)


def _change(depth: int, change: Change) -> Iterator[_Entry]:
    yield _entry(depth, change.text + (":" if change.parts else ""), "-")
    for part in change.parts:
        yield from _change(depth + 1, part)


def _flags(explanation: Explanation) -> Iterator[_Entry]:
    entries = [entry for flag in explanation.flags for entry in _flag(flag)]
    if explanation.tier:
        order = "the order of letters, it decides nothing else"
        entries.append(_entry(1, f"tier {explanation.tier}: {explanation.tier_rule} ({order})"))
    yield from _section("Flags (they decide nothing about who is a candidate)", entries)


def _flag(flag: FlagFound) -> Iterator[_Entry]:
    yield _entry(1, f"{flag.name}: {flag.asks}")
    for text in flag.says:
        yield _entry(2, text)
    yield from _evidence(2, flag.evidence)


def _opt_outs(explanation: Explanation) -> Iterator[_Entry]:
    yield from _section("Opt-out codes on record", _evidence(1, explanation.opt_outs))


def _closing(explanation: Explanation) -> Iterator[_Entry]:
    cautions = explanation.cautions or ()
    yield from _section(
        "Cautions, to be read before writing",
        (_entry(1, f"{caution.name}: {caution.meaning}", "!") for caution in cautions),
    )
    settled = explanation.settled_elsewhere.items() if explanation.candidate else ()
    yield from _section(
        "What no record can settle", (_entry(1, f"{what}: {who}") for what, who in settled)
    )
    yield from _section("To be known", (_entry(1, text) for text in explanation.remarks))
