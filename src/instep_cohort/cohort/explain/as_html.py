"""An explanation as HTML for a notebook: self-contained, no script, and every text escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

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
    headline,
    node_words,
    source,
    state,
    step_words,
    study_line,
    weaker,
)
from instep_cohort.disclosure.artefacts import ArtefactClass

# colours only follow the words, and hold in light and dark notebooks
_STYLE = """
.instep-explanation{max-width:62rem;line-height:1.45}
.instep-explanation ul{list-style:none;margin:.2rem 0;padding-left:1.4rem}
.instep-explanation .steps{padding-left:0}
.instep-explanation .steps>li{margin:.25rem 0;padding:.25rem .6rem;border-left:3px solid #8888}
.instep-explanation .steps>li.failed{border-left-color:#c0392b}
.instep-explanation .steps>li.passed{border-left-color:#2e7d32}
.instep-explanation .plain{padding-left:1.05rem}
.instep-explanation summary{cursor:pointer}
.instep-explanation .sign{display:inline-block;width:1.3em;font-weight:bold}
.instep-explanation .quiet{opacity:.8}
.instep-explanation .verdict{font-size:1.1em;font-weight:bold;margin:.5rem 0}
.instep-explanation .section{font-weight:bold;margin:.9rem 0 .2rem}
.instep-explanation .evidence{overflow-x:auto}
.instep-explanation table{border-collapse:collapse;margin:.3rem 0;font-size:.92em}
.instep-explanation caption{text-align:left;font-style:italic}
.instep-explanation th,.instep-explanation td{text-align:left;vertical-align:top;
padding:.15rem .7rem .15rem 0;border-bottom:1px solid #8884;white-space:normal}
.instep-explanation td.date{white-space:nowrap}
"""


def as_html(explanation: Explanation) -> str:
    """The explanation as one HTML section; what failed stands open, the rest unfolds."""
    who = f"Patient {explanation.patient_id}, practice {explanation.practice_id}"
    parts = [
        f"<style>{_STYLE}</style>",
        f"<p><b>{ArtefactClass.PRACTICE_ONLY}</b>. {escape(who)}",
        f"<br>{escape(study_line(explanation))}</p>",
        f'<p class="verdict">{escape(headline(explanation))}</p>',
        f"<p>{escape(explanation.reason)}</p>" if explanation.reason else "",
        _section("Steps", _list((_step(step) for step in explanation.steps), "steps")),
        _section(
            "Measures that no line leads to",
            _list(f"<li>{_measure(one)}</li>" for one in explanation.other_measures),
        ),
        _changes(explanation),
        _flags(explanation),
        _section("Opt-out codes on record", _evidence(explanation.opt_outs, "opt-outs")),
        _section(
            "Cautions, to be read before writing",
            _list(_pair(one.name, one.meaning) for one in explanation.cautions or ()),
        ),
        _section("What no record can settle", _list(_settled(explanation))),
        _section("To be known", _list(f"<li>{escape(text)}</li>" for text in explanation.remarks)),
    ]
    body = "".join(parts)
    return f'<section class="instep-explanation" aria-label="Explanation">{body}</section>'


def _section(title: str, body: str) -> str:
    """The body under its title; nothing where there is none."""
    return f'<p class="section">{escape(title)}</p>{body}' if body else ""


def _list(items: Iterable[str], kind: str = "") -> str:
    body = "".join(items)
    attribute = f' class="{kind}"' if kind else ""
    return f"<ul{attribute}>{body}</ul>" if body else ""


def _pair(name: str, text: str) -> str:
    return f"<li><b>{escape(name)}</b>: {escape(text)}</li>"


def _settled(explanation: Explanation) -> list[str]:
    settled = explanation.settled_elsewhere.items() if explanation.candidate else ()
    return [_pair(what, who) for what, who in settled]


def _sign(met: bool | None) -> str:  # noqa: FBT001 - it is what it marks
    sign = "?" if met is None else "✓" if met else "✗"
    return f'<span class="sign" aria-hidden="true">{sign}</span>'


def _folded(summary: str, body: str, *, is_open: bool) -> str:
    if not body:
        return f'<div class="plain">{summary}</div>'
    attribute = " open" if is_open else ""
    return f"<details{attribute}><summary>{summary}</summary>{body}</details>"


def _step(step: StepFound) -> str:
    kind = {True: "passed", False: "failed", None: "unknown"}[step.passed]
    note = f": {escape(step.note)}" if step.note else ""
    summary = (
        f"{_sign(step.passed)}<b>{escape(step.name)}</b>: {escape(state(step))}{note}"
        f'<span class="quiet">; {escape(step_words(step))}</span>'
    )
    body = _list([_node(step.logic)]) if step.logic is not None else ""
    return f'<li class="{kind}">{_folded(summary, body, is_open=step.passed is False)}</li>'


def _node(node: Node) -> str:
    if node.measure is not None:
        return f"<li>{_measure(node.measure)}</li>"
    met = "met" if node.met else "not met"
    parts = _list(_node(part) for part in node.parts)
    return f"<li>{_sign(node.met)}{escape(node_words(node))}: {met}{parts}</li>"


def _measure(measure: MeasureFound) -> str:
    met = "met" if measure.met else "not met"
    summary = (
        f"{_sign(measure.met)}<b>{escape(measure.name)}</b>: {met}: {escape(measure.compared)}"
    )
    rule = f"asks for {measure.asks}" + (f"; {measure.window}" if measure.window else "")
    rows = _evidence(measure.evidence, measure.name)
    asked = f'<div class="quiet">{escape(rule)}</div>'
    return _folded(summary, asked + rows, is_open=bool(rows))


_HEAD = "".join(
    f'<th scope="col">{name}</th>' for name in ("date", "term", "code", "list", "value", "match")
)


def _evidence(evidence: Iterable[EvidenceRow], used_by: str) -> str:
    body = "".join(_evidence_row(row) for row in evidence)
    if not body:
        return ""
    return (
        f'<div class="evidence"><table><caption>Rows used by {escape(used_by)}</caption>'
        f"<thead><tr>{_HEAD}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _evidence_row(row: EvidenceRow) -> str:
    day = row.date.isoformat() if row.date else "undated"
    value = "" if row.value is None else f"{row.value:g} {row.unit or ''}".strip()
    cells = (row.term or "", f"{row.code} ({row.system})", source(row), value)
    rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    matched = f"<b>{escape(weaker(row))}</b>" if row.weaker_match else escape(row.matched_by)
    return f'<tr><td class="date">{day}</td>{rest}<td>{matched}</td></tr>'


def _changes(explanation: Explanation) -> str:
    items = [
        f"<li><b>{escape(step.name)}</b>, {escape(state(step))}: {escape(step.change.text)}"
        f"{_parts(step.change)}</li>"
        for step in explanation.failed
        if step.change is not None
    ]
    title = "What would have had to be otherwise" + (", in each of these" if len(items) > 1 else "")
    unknown = explanation.unknown if items else ()
    items += [_pair(f"{step.name}, {state(step)}", step.note) for step in unknown]
    return _section(title, _list(items))


def _change(change: Change) -> str:
    return f"<li>– {escape(change.text)}{_parts(change)}</li>"


def _parts(change: Change) -> str:
    parts = _list(_change(part) for part in change.parts)
    return f":{parts}" if parts else ""


def _flags(explanation: Explanation) -> str:
    items = [_flag(flag) for flag in explanation.flags]
    if explanation.tier:
        text = f"{explanation.tier_rule} (the order of letters, it decides nothing else)"
        items.append(_pair(f"tier {explanation.tier}", text))
    return _section("Flags (they decide nothing about who is a candidate)", _list(items))


def _flag(flag: FlagFound) -> str:
    said = _list(f"<li>{escape(text)}</li>" for text in flag.says)
    summary = f'<b>{escape(flag.name)}</b><span class="quiet">: {escape(flag.asks)}</span>'
    return f"<li>{_folded(summary, said + _evidence(flag.evidence, flag.name), is_open=True)}</li>"
