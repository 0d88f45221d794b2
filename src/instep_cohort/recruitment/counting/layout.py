"""The tables that are asked for, line by line: which count stands where, and what it means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from instep_cohort.disclosure.protecting.figures import Name
from instep_cohort.errors import UsageError
from instep_cohort.recruitment.counting import names as n
from instep_cohort.recruitment.counting.counted import Step
from instep_cohort.recruitment.vocabulary import Decision, Reason, ReplyKind

CAPTIONS = {
    "stages": "How far people came (screened, eligible, approached, randomised)",
    "attrition": "What each step of the search leaves",
    "routes": "By the route that found them first",
    "tiers": "By tier: candidates of this run, and people approached, by the tier of their letter",
    "reasons": 'Why the practice decided "do not invite"',
}
_STAGES = {
    n.CONSIDERED: "found by any route",
    n.NOT_SCREENED: "nobody at the practice has decided yet",
    n.SCREENED: "the practice has decided",
    n.ELIGIBLE_ON_SCREENING: "screened, without those refused for a reason of the trial (EX)",
    n.APPROACHED: "written to, reminders not counted",
    n.NO_REPLY: "written to, nothing came back",
    n.REPLIED: "written to, and replied",
    n.ASSESSED: "eligibility assessed by the study team",
    n.NOT_ELIGIBLE: "of the assessed",
    n.ELIGIBLE: "of the assessed",
    n.NOT_CONSENTED: "of the eligible",
    n.CONSENTED: "of the eligible",
    n.NOT_RANDOMISED: "of those who consented",
    n.RANDOMISED: "of those who consented",
}
_TOTAL = "all"


class Line(NamedTuple):
    """One count in a table.

    Attributes:
        table, group, cell: where it stands: the table, the row, the column.
        meaning: what is counted.
        name: the count.
    """

    table: str
    group: str
    cell: str
    meaning: str
    name: Name


def asked_tables(text: str | None) -> tuple[str, ...]:
    """The tables that are asked for, in their own order; all of them where nothing is said.

    Raises:
        UsageError: there is no such table.
    """
    if text is None:
        return n.TABLES
    asked = {part.strip() for part in text.split(",")}
    unknown = sorted(asked - set(n.TABLES))
    if unknown:
        raise UsageError(
            f"--tables {', '.join(unknown)}: no such table; there are {', '.join(n.TABLES)}."
        )
    return tuple(table for table in n.TABLES if table in asked)


def lines_of(tables: Iterable[str], names: Collection[Name], steps: Sequence[Step]) -> list[Line]:
    """The lines of the tables, of counts that there are; a total stands in each of its tables."""
    made = {
        "stages": _stage_lines,
        "attrition": lambda _: _attrition_lines(steps),
        "routes": _route_lines,
        "tiers": _tier_lines,
        "reasons": _reason_lines,
    }
    there = set(names)
    return [line for table in tables for line in made[table](names) if line.name in there]


def _stage_lines(names: Collection[Name]) -> Iterator[Line]:
    for name in names:
        if name[0] == "stages":
            yield Line("stages", name[1], "people", _STAGES.get(name) or _said(name), name)


def _said(name: Name) -> str:
    for decision in Decision:
        if name == n.decision_name(decision):
            return f'of the screened: the latest decision is "{decision}"'
    for reply in ReplyKind:
        if name == n.reply_name(reply):
            return "of the approached: the latest of what came back"
    return ""


def _attrition_lines(steps: Sequence[Step]) -> Iterator[Line]:
    if steps:
        yield Line("attrition", "start", "left", "everybody who was looked at", n.START)
    for step in steps:
        yield Line("attrition", step.name, "dropped", step.text, n.dropped_name(step.name))
        yield Line("attrition", step.name, "left", step.text, n.left_name(step.name))


def _route_lines(_: Collection[Name]) -> Iterator[Line]:
    for route in n.ROUTES:
        for cell in n.ROUTE_CELLS:
            yield Line("routes", route, cell, "", n.route_name(route, cell))
    for cell in n.ROUTE_CELLS:
        yield Line("routes", _TOTAL, cell, "", n.STAGE_TOTALS[cell])


def _tier_lines(names: Collection[Name]) -> Iterator[Line]:
    totals = {"approached": n.APPROACHED, "interested": n.reply_name(ReplyKind.INTERESTED)}
    end = n.last_left(names)
    if end is not None:
        totals = {"candidates": end, **totals}
    for tier in n.LETTER_TIERS:
        for cell in totals:
            yield Line("tiers", tier, cell, "", n.tier_name(tier, cell))
    for cell, name in totals.items():
        yield Line("tiers", _TOTAL, cell, "", name)


def _reason_lines(names: Collection[Name]) -> Iterator[Line]:
    groups = {str(group) for group in n.GROUPS}
    meanings = {"EX": "of the trial", "PJ": "the practice's judgement", "AD": "administrative"}
    for name in names:
        if name[0] == "reasons" and name[1] in groups:
            meaning = f"all reasons {meanings[name[1]]}"
            yield Line("reasons", name[1], "people", meaning, name)
        elif name[0] == "reasons":
            yield Line("reasons", name[1], "people", Reason(name[1]).meaning, name)
    total = n.decision_name(Decision.DO_NOT_INVITE)
    yield Line("reasons", _TOTAL, "people", "", total)
