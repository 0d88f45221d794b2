"""A search as a study file: its lines in the study language, with a hole for what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from instep_cohort.emis_search.expressions import (
    Age,
    All,
    Always,
    Any,
    Asked,
    Expression,
    Hole,
    Not,
    OnlyToLeaveOut,
    RegisteredFor,
    all_of,
    any_of,
    negated,
)
from instep_cohort.emis_search.findings import Findings, NotCarried
from instep_cohort.emis_search.names import identifier, one_line, unused
from instep_cohort.emis_search.parsing import Element
from instep_cohort.emis_search.searches import Line
from instep_cohort.emis_search.value_sets import DRAFT_VERSION, ValueSet
from instep_cohort.emis_search.yaml_text import yaml_text

LIST_VERSION = "0.1.0"
_TAKEN = re.compile(r"(rule|missing)_[0-9]+")


class Settled(NamedTuple):
    """The lines of a search with what belongs to the population taken out of them.

    Attributes:
        lines: those that are left, never one that holds for everybody or nobody.
        age: the ages that are looked at.
        registered_for: for how long there has to have been a registration.
    """

    lines: tuple[Line, ...]
    age: Age
    registered_for: str | None


class Settler:
    """Takes ages and registrations to where a study asks them, and decides what a doubt means."""

    def __init__(self, report: Element, search: str, findings: Findings) -> None:
        """Takes the search that the holes are to be told of."""
        self._report = report
        self._search = search
        self._findings = findings
        self._age = Age()
        self._registered: str | None = None

    def settled(self, lines: Iterable[Line]) -> Settled:
        """The lines with everything in the place where a study says it."""
        kept = []
        for line in lines:
            including = line.section == "include"
            asked = self._decided(line.asked, taking_in=including)
            parts = _flat(asked, including=including)
            left = [one for one in parts if not self._taken(one, including=including)]
            rest = (all_of if including else any_of)(self._plain(one) for one in left)
            if rest == Always(holds=including):
                continue
            if isinstance(rest, Always):
                kept.append(Line("include", self._hole("it finds nobody"), line.said))
            else:
                kept.append(line._replace(asked=rest))
        least, most = self._age.least, self._age.most
        if least is not None and most is not None and least > most:
            why = f"its ages exclude one another: from {least}, to {most}"
            kept.append(Line("include", self._hole(why), f"{self._search}: ages"))
            self._age = Age()
        return Settled(tuple(kept), self._age, self._registered)

    def _decided(self, part: Expression, *, taking_in: bool) -> Expression:
        """The expression without doubts: one that could take people in is a hole."""
        match part:
            case OnlyToLeaveOut() if taking_in:
                return Hole(self._findings.hole(part.search, part.element, part.why))
            case OnlyToLeaveOut(inner=inner):
                self._findings.note(part.search, part.element, f"{part.why}; {part.reading}")
                return self._decided(inner, taking_in=taking_in)
            case Not(inner=inner):
                return negated(self._decided(inner, taking_in=not taking_in))
            case All(parts=parts):
                return all_of(self._decided(one, taking_in=taking_in) for one in parts)
            case Any(parts=parts):
                return any_of(self._decided(one, taking_in=taking_in) for one in parts)
        return part

    def _taken(self, part: Expression, *, including: bool) -> bool:
        """Whether the population of the study can ask it of everybody, and now does."""
        wanted = part if including else negated(part)
        age = _turned(wanted) if isinstance(wanted, Not) else wanted
        if isinstance(age, Age):
            self._age = Age(
                max((a for a in (self._age.least, age.least) if a is not None), default=None),
                min((a for a in (self._age.most, age.most) if a is not None), default=None),
            )
            return True
        if isinstance(wanted, RegisteredFor) and self._registered in (None, wanted.span):
            self._registered = wanted.span
            return True
        return False

    def _plain(self, part: Expression) -> Expression:
        """The expression with a hole for whatever a line of a study cannot ask."""
        match part:
            case Age():
                return self._hole("an age that is one choice among others is not said")
            case RegisteredFor():
                return self._hole("how long somebody is registered is asked once, of everybody")
            case Not(inner=inner):
                return negated(self._plain(inner))
            case All(parts=parts):
                return all_of(self._plain(one) for one in parts)
            case Any(parts=parts):
                return any_of(self._plain(one) for one in parts)
        return part

    def _hole(self, why: str) -> Hole:
        return Hole(self._findings.hole(self._search, self._report, why))


def _flat(asked: Expression, *, including: bool) -> Sequence[Expression]:
    """The parts that have to hold, or of which none may, each by itself."""
    kind = All if including else Any
    if isinstance(asked, kind):
        return asked.parts
    if isinstance(asked, Not) and isinstance(asked.inner, Any if including else All):
        return [negated(one) for one in asked.inner.parts]
    return (asked,)


def _turned(part: Not) -> Expression | None:
    """The ages that are not those, where they are one range."""
    match part.inner:
        case Age(least=None, most=int(most)):
            return Age(least=most + 1)
        case Age(least=int(least), most=None) if least > 0:
            return Age(most=least - 1)
    return None


@dataclass
class StudyText:
    """Writes one study; the measures get their names on the way.

    Attributes:
        settled: what the study asks.
        opt_outs: the opt-out list with its version, which stays in force whatever a search says.
        measures: what each measure asks, and its name.
        holes: the parts that are missing, by the names that stand in their places.
    """

    settled: Settled
    opt_outs: Mapping[str, str]
    measures: dict[Asked, str] = field(default_factory=dict)
    holes: dict[str, NotCarried] = field(default_factory=dict)

    def about(self, name: str, version: str, title: str) -> str:
        """The keys that say which study it is, as YAML."""
        return yaml_text({"study": name, "version": version, "title": title})

    def text(self) -> str:
        """The sections that say what the study asks, as YAML with comments."""
        lines: dict[str, list[str]] = {"include": [], "exclude": []}
        for place, line in enumerate(self.settled.lines, 1):
            entry = yaml_text({f"rule_{place}": self._logic(line.asked)})
            lines[line.section] += [f"# {one_line(line.said)}", *entry.splitlines()]
        measures = {name: self._measure(asked) for asked, name in self.measures.items()}
        sections = [self._codelists(), self._population()]
        if measures:
            sections.append(yaml_text({"measures": measures}))
        for section, body in lines.items():
            if body:
                sections.append("\n".join([f"{section}:", *(f"  {one}" for one in body), ""]))
        sections.append(yaml_text({"opt_outs": {"events": next(iter(self.opt_outs))}}))
        return "\n".join(sections)

    @property
    def lists(self) -> Mapping[str, ValueSet]:
        """The lists that the measures name, by id."""
        found = {one.id: one for asked in self.measures for one in asked.lists}
        return dict(sorted(found.items()))

    @property
    def unfinished(self) -> tuple[ValueSet, ...]:
        """The lists that are not whole; they are not pinned, so that the study refuses to load."""
        return tuple(one for one in self.lists.values() if not one.is_whole)

    def _codelists(self) -> str:
        lines = [f"  {one.id}: {DRAFT_VERSION}" for one in self.lists.values() if one.is_whole]
        lines += [f"  {name}: {version}" for name, version in self.opt_outs.items()]
        lines += [
            f"  # {one.id}: {DRAFT_VERSION}    not whole: {one_line(one.lacks[0])}"
            for one in self.unfinished
        ]
        return "\n".join(["codelists:", *lines, ""])

    def _population(self) -> str:
        age = self.settled.age
        asked: dict[str, object] = {}
        ends = {"min": age.least, "max": age.most}
        if ages := {key: end for key, end in ends.items() if end is not None}:
            asked["age"] = ages
        asked["registered"] = {"kind": "regular"}
        if self.settled.registered_for:
            asked["registered"] = {"kind": "regular", "for": self.settled.registered_for}
        return yaml_text({"population": asked})

    def _logic(self, part: Expression) -> object:
        match part:
            case Asked():
                return self._name(part)
            case Hole(found=found):
                self.holes[found.part] = found
                return found.part
            case Not(inner=inner):
                return {"not": self._logic(inner)}
            case All(parts=parts):
                return {"all": [self._logic(one) for one in parts]}
            case Any(parts=parts):
                return {"any": [self._logic(one) for one in parts]}
        message = f"{type(part).__name__} was to be settled before"
        raise TypeError(message)

    def _name(self, asked: Asked) -> str:
        if asked not in self.measures:
            if asked.anchor:
                self._name(asked.anchor.of)
            taken = {name.casefold() for name in self.measures.values()}
            self.measures[asked] = unused(
                _measure_name(asked), taken, lambda name, n: f"{name}_{n}"
            )
        return self.measures[asked]

    def _measure(self, asked: Asked) -> dict[str, object]:
        names = [one.id for one in asked.lists]
        body: dict[str, object] = {
            "medicines" if asked.kind == "medicine" else "events": names
            if len(names) > 1
            else names[0]
        }
        for key, value in asked.window:
            body[key] = dict(zip(("from", "to"), value, strict=True)) if key == "between" else value  # type: ignore[call-overload]
        if anchor := asked.anchor:
            edge = f"{self.measures[anchor.of]}.{anchor.edge}"
            body["within"] = {"span": f"{anchor.days} days", anchor.direction: edge}
        if asked.value:
            ends = zip(("min", "max"), asked.value, strict=True)
            body["value"] = {key: end for key, end in ends if end is not None}
        if asked.at_least > 1:
            body["at_least"] = asked.at_least
        return body


def _measure_name(asked: Asked) -> str:
    """A name by what is asked, such as opioids_182_days."""
    parts = [asked.lists[0].id, *(["and_more"] if asked.lists[1:] else [])]
    for _, value in asked.window:
        parts += [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]
    if asked.anchor:
        parts.append(f"{asked.anchor.direction} {asked.anchor.edge} {asked.anchor.of.lists[0].id}")
    if asked.at_least > 1:
        parts.append(f"{asked.at_least} dates")
    name = identifier(" ".join(parts), "codes")
    return f"{name}_codes" if _TAKEN.fullmatch(name) else name
