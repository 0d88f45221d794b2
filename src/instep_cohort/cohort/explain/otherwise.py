"""What would have had to be otherwise for a piece of logic to come out the other way."""

from __future__ import annotations

from collections.abc import Mapping

from instep_cohort.cohort.explain.comparing import unmet_with
from instep_cohort.cohort.explain.values import Change, MeasureFound, Node
from instep_cohort.study.plan import MeasurePlan, Plan


def otherwise(plan: Plan, node: Node, lines: Mapping[str, Node]) -> Change:
    """The least that would turn the node: so many of the parts that stand in the way.

    Each part is judged by itself; a measure that stands in two places is told in both.

    Args:
        plan: the study.
        node: what is to be turned: a met one unmet, an unmet one met.
        lines: the judged logic of every line.
    """
    if node.measure is not None:
        return Change(_of_measure(plan.measures[node.name], node.measure))
    if node.kind == "line":
        inner = otherwise(plan, lines[node.name], lines)
        return Change(f"{node.name}: {inner.text}", inner.needed, inner.parts)
    if node.kind == "not":
        return otherwise(plan, node.parts[0], lines)
    return _of_parts(plan, node, lines)


def _of_parts(plan: Plan, node: Node, lines: Mapping[str, Node]) -> Change:
    in_the_way = [part for part in node.parts if part.met == node.met]
    met = sum(part.met for part in node.parts)
    least = node.needed or 0
    needed = met - least + 1 if node.met else least - met
    parts = tuple(otherwise(plan, part, lines) for part in in_the_way)
    if len(parts) == 1:
        return parts[0]
    return Change(_how_many(needed, len(parts)), needed, parts)


def _how_many(needed: int, of: int) -> str:
    if needed == of:
        return "all of these"
    return "one of these" if needed == 1 else f"{needed} of these {of}"


def _of_measure(measure: MeasurePlan, found: MeasureFound) -> str:
    text = f"{found.name} has {found.compared}"
    if not found.met:
        return f"{text} ({found.window})" if found.window and not found.evidence else text
    return f"{found.name} has {_found_clause(found)}; {unmet_with(measure)} it would not be met"


def _found_clause(found: MeasureFound) -> str:
    dated = [row for row in found.evidence if row.date is not None]
    if not dated:
        return found.found
    last = dated[-1]
    term = f" ({last.term})" if last.term else ""
    return f"{found.found}, {'' if len(dated) == 1 else 'the last '}{last.date}{term}"
