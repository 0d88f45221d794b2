"""What its author should look at in a study that can run (`instep-cohort study check`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Literal, NamedTuple

from instep_cohort.errors import Fault
from instep_cohort.study.model import Study
from instep_cohort.study.notices import unused_parts
from instep_cohort.study.references import below, referred

Severity = Literal["error", "warning", "note"]

# a source that says nothing of where the number comes from
_EMPTY_SOURCES = {"none", "unknown", "tbd", "todo", "na", "nil", "see above", "as above", "tba"}
_PROJECT_CHOICE = "project choice"
_BOUNDS = ("at_least", "at_most", "exactly")
_DAYS = ("after", "before")


class Advice(NamedTuple):
    """An error stops every run, a warning asks to be mended, a note only has to be known."""

    severity: Severity
    fault: Fault

    def as_dict(self) -> dict[str, Any]:
        """The same with the names of its parts, for JSON."""
        return {"severity": self.severity, **asdict(self.fault)}

    def __str__(self) -> str:
        """The advice on one line."""
        return f"{self.severity}: {self.fault}"


class ListFacts(NamedTuple):
    """What a library says of a pinned codelist.

    Attributes:
        latest: its newest released version.
        is_draft: whether no clinician has reviewed the pinned version.
        has_codes_of: the categories that some selector of the pinned version gives.
    """

    latest: str
    is_draft: bool
    has_codes_of: Collection[str]


def advice(study: Study, lists: Mapping[str, ListFacts] | None = None) -> list[Advice]:
    """Warnings and notes on a study that has no fault, in the order of its file.

    Warned of are thresholds that stand in a rule as a number instead of a named parameter, sources
    that say nothing, parameters, measures and lists that nothing uses, a pinned version older than
    the newest, and a study without opt-outs. Noted are parameters that are a project choice, draft
    lists, and opt-outs that only the practice's own list can hold.

    Args:
        study: as it was loaded or built, not bound.
        lists: what the library says of the pinned lists; one that is not there is not judged.

    Raises:
        DefinitionError: the study is wrong.
    """
    found = [
        *_literals(study),
        *_sources(study),
        *_unused(study),
        *_opt_outs(study, lists or {}),
        *_lists(study, lists or {}),
    ]
    placed = [Advice(one.severity, *study._origin.placed([one.fault])) for one in found]
    return sorted(placed, key=lambda one: one.fault.line or 0)


def _warning(where: str, found: str, repair: str = "") -> Advice:
    return Advice("warning", Fault(where, found, repair))


def _literals(study: Study) -> Iterator[Advice]:
    for where, value in _thresholds(study.data()):
        if not referred(value) and not _says_nothing(where, value):
            name = where.rsplit(".", 1)[-1]
            written = f"{value:g}" if isinstance(value, float) else value
            yield _warning(
                where,
                f"{written} stands in the rule, and nothing says where it comes from",
                f"declare it under parameters with its source, and write {name}: $NAME here",
            )


def _thresholds(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every number, span and date by which a rule decides, with its path."""
    population = data.get("population", {})
    yield from _in(population.get("age"), "population.age", ("min", "max"))
    yield from _in(population.get("registered"), "population.registered", ("for",))
    for name, measure in data.get("measures", {}).items():
        where = below("measures", name)
        yield from _in(measure, where, (*_BOUNDS, *_DAYS, "apart", "in_any", "spanning"))
        yield from _in(measure.get("value"), f"{where}.value", ("min", "max"))
        yield from _in(measure.get("between"), f"{where}.between", ("from", "to"))
        within = measure.get("within")
        if isinstance(within, Mapping):
            yield from _in(within, f"{where}.within", ("span",))
        else:
            yield from _in(measure, where, ("within",))
    for name, flag in data.get("flags", {}).items():
        yield from _in(flag, below("flags", name), ("within", "gap", "issue_gap", "fresh_for"))


def _in(part: Any, where: str, keys: Collection[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(part, Mapping):
        yield from ((below(where, key), part[key]) for key in keys if part.get(key) is not None)


def _says_nothing(where: str, value: object) -> bool:
    """Whether the value only says "at all", "none" or "no time", which is no threshold."""
    if isinstance(value, str):
        return value.split(" ")[0].strip("0") == ""
    key = where.rsplit(".", 1)[-1]
    return (key == "at_least" and value == 1) or (key in ("at_most", "exactly") and value == 0)


def _sources(study: Study) -> Iterator[Advice]:
    for name, parameter in study.parameters.items():
        where = f"parameters.{name}.source"
        source = parameter.source.casefold()
        letters = "".join(sign for sign in source if sign.isalpha() or sign.isspace()).strip()
        if letters in _EMPTY_SOURCES or not letters:
            repair = "cite the paper, table or person; or write: project choice, no source found"
            yield _warning(
                where, f'"{parameter.source}" says nothing of where it comes from', repair
            )
        elif _PROJECT_CHOICE in source:
            found = f"{name} is, at least in part, a project choice"
            yield Advice("note", Fault(where, found, "settle it before anybody is written to"))


def _unused(study: Study) -> Iterator[Advice]:
    yield from (Advice("warning", fault) for fault in unused_parts(study))


def _opt_outs(study: Study, lists: Mapping[str, ListFacts]) -> Iterator[Advice]:
    if study.opt_outs is None:
        found = "the study says nothing of opt-outs: identify refuses it (exit 4)"
        yield _warning("opt_outs", found, "add opt_outs: {events: research-opt-out}")
        return
    facts = [lists[name] for name in study.opt_outs.events if name in lists]
    if facts and not any("research_dissent" in one.has_codes_of for one in facts):
        found = "no code says that somebody refused research: only the practice knows who did"
        repair = "each run needs --opt-outs FILE, or --no-opt-out-list of whoever answers for it"
        yield Advice("note", Fault("opt_outs.events", found, repair))


def _lists(study: Study, lists: Mapping[str, ListFacts]) -> Iterator[Advice]:
    for name, version in study.codelists.items():
        if name in lists and lists[name].latest != version:
            found = f"{name} {version} is pinned, and {lists[name].latest} is released"
            repair = "read what changed (codelists show), then pin the newer one"
            yield _warning(below("codelists", name), found, repair)
    pinned = [lists[name] for name in study.codelists if name in lists]
    drafts = sum(one.is_draft for one in pinned)
    if drafts:
        are = "is a draft" if drafts == 1 else "are drafts"
        found = f"{drafts} of {len(pinned)} codelists {are}: no clinician has reviewed them"
        yield Advice("note", Fault("codelists", found, "have them read before letters are sent"))
