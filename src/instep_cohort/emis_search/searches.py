"""The searches of a file, each as lines that a person has to pass: its groups, and its parents'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from instep_cohort.emis_search.criteria import asked_by
from instep_cohort.emis_search.expressions import (
    Always,
    Expression,
    Hole,
    all_of,
    any_of,
    extent,
    negated,
)
from instep_cohort.emis_search.findings import CannotSayError, Effect, Findings
from instep_cohort.emis_search.grammar import OTHER_REPORTS, unknowns
from instep_cohort.emis_search.names import one_line
from instep_cohort.emis_search.parsing import Element
from instep_cohort.emis_search.value_sets import Shelf

Section = Literal["include", "exclude"]

# A study is a page or two; searches that name one another can stand for millions of criteria.
MOST_PARTS = 1_000
MOST_DEPTH = 14
MOST_SEARCHES = 30

_ACTIONS = ("SELECT", "REJECT", "NEXT")
_DATES = ("BASELINE", "REFERENCE")
_TOO_LARGE = (
    f"with the searches that it names it has more than {MOST_PARTS:,} parts, or more than "
    f"{MOST_DEPTH} one in the other"
)
_ALL_PATIENTS = (
    "it also starts from people who have left or died; a study looks at those who are alive and "
    "registered"
)


class Line(NamedTuple):
    """One line of a study: what is asked, and the group that asks it."""

    section: Section
    asked: Expression
    said: str


class Lines(NamedTuple):
    """What a search asks, line by line, and by which clocks it and its parents go."""

    lines: tuple[Line, ...]
    clocks: frozenset[str]

    def membership(self) -> Expression:
        """Whether a person is in the search, as one expression."""
        return all_of(
            line.asked if line.section == "include" else negated(line.asked) for line in self.lines
        )


class Searches:
    """Every search of a file; searches find one another by their ids."""

    def __init__(self, root: Element, shelf: Shelf, findings: Findings) -> None:
        """Takes the root element of the file."""
        self.reports = root.all("report")
        self._shelf = shelf
        self._findings = findings
        self._by_id = _indexed(self.reports, "id")
        self._by_version_id = _indexed(self.reports, "VersionIndependentGUID")
        self._lines: dict[int, Lines] = {}
        self._open: list[Element] = []

    def lines(self, report: Element) -> Lines:
        """What a search asks; what is not understood of it is a hole in its line."""
        if id(report) not in self._lines:
            self._open.append(report)
            self._lines[id(report)] = self._read(report)
            self._open.pop()
        return self._lines[id(report)]

    def _read(self, report: Element) -> Lines:
        search = name_of(report)
        clocks: set[str] = set()
        holes = [self._hole(search, error) for error in _faults(report)]
        lines = [Line("include", all_of(holes), f"{search}: the search itself")] if holes else []
        clocks.add(report.said("searchDate"))
        try:
            lines += self._parent_lines(report, search, clocks)
        except CannotSayError as error:
            lines.append(Line("include", self._hole(search, error), f"{search}: its parent"))
        population = report.child("population")
        lines += self._cascade(
            population.all("criteriaGroup") if population else [], search, clocks
        )
        return Lines(tuple(lines), frozenset(clocks))

    def _parent_lines(self, report: Element, search: str, clocks: set[str]) -> Sequence[Line]:
        parent = report.child("parent")
        kind = parent.attributes.get("parentType", "") if parent else ""
        named = parent.child("SearchIdentifier") if parent else None
        if parent is None or kind not in ("ACTIVE", "ALL", "POP"):
            raise CannotSayError(parent or report, "it does not say from whom it starts")
        if (kind == "POP") != (named is not None):
            raise CannotSayError(
                parent, f"{kind} with{'' if named else 'out'} a search is not known"
            )
        if kind == "ALL":
            self._findings.note(search, parent, _ALL_PATIENTS, Effect.NARROWER)
        if named is None:
            return ()
        above = self._named(named)
        clocks |= above.clocks
        return above.lines

    def _cascade(self, groups: Sequence[Element], search: str, clocks: set[str]) -> Iterator[Line]:
        """Yields the lines of a search's groups, which are asked one after the other."""
        for place, group in enumerate(groups):
            actions = _actions(group)
            said = f"{search}: group {place + 1} (true: {actions[0]}, false: {actions[1]})"
            if "SELECT" in actions and "NEXT" in actions:
                rest = self._one_after_the_other(groups[place:], search, clocks)
                yield Line("include", rest, f"{said} and those that follow")
                return
            asked = self._of_group(group, search, clocks)
            match actions:
                case ("NEXT", "REJECT") | ("SELECT", "REJECT"):
                    yield Line("include", asked, said)
                case ("REJECT", "NEXT") | ("REJECT", "SELECT"):
                    yield Line("exclude", asked, said)
                case ("REJECT", "REJECT"):
                    yield Line("include", Always(holds=False), said)
                case ("NEXT", "NEXT") | ("SELECT", "SELECT"):
                    pass
                case _:
                    error = CannotSayError(group, "its actions are not known")
                    yield Line("include", self._hole(search, error), said)
                    return
            if "NEXT" not in actions:
                for unused in groups[place + 1 : place + 2]:
                    self._findings.note(search, unused, "no one reaches this group")
                return
        yield Line("include", self._no_end(groups, search), f"{search}: after the last group")

    def _one_after_the_other(
        self, groups: Sequence[Element], search: str, clocks: set[str]
    ) -> Expression:
        """Whether these groups select somebody who has come to the first of them."""
        ends = [i for i, group in enumerate(groups) if "NEXT" not in _actions(group)]
        reached = groups[: ends[0] + 1] if ends else groups
        rest = Always(holds=True) if ends else self._no_end(groups, search)
        outcome: Expression = rest
        for group in reversed(reached):
            asked = self._of_group(group, search, clocks)
            match _actions(group):
                case ("SELECT", "NEXT"):
                    outcome = any_of([asked, outcome])
                case ("NEXT", "SELECT"):
                    outcome = any_of([negated(asked), outcome])
                case ("REJECT", "NEXT"):
                    outcome = all_of([negated(asked), outcome])
                case ("NEXT", "REJECT"):
                    outcome = all_of([asked, outcome])
                case ("SELECT", "REJECT"):
                    outcome = asked
                case ("REJECT", "SELECT"):
                    outcome = negated(asked)
                case ("SELECT", "SELECT"):
                    outcome = Always(holds=True)
                case ("REJECT", "REJECT"):
                    outcome = Always(holds=False)
                case ("NEXT", "NEXT"):
                    pass
                case _:
                    error = CannotSayError(group, "its actions are not known")
                    outcome = self._hole(search, error)
            try:
                self._fitting(outcome, group)
            except CannotSayError as error:
                return self._hole(search, error)
        return outcome

    def _of_group(self, group: Element, search: str, clocks: set[str]) -> Expression:
        """What one group asks."""
        try:
            return self._joined(group, search, clocks)
        except CannotSayError as error:
            return self._hole(search, error)

    def _joined(self, group: Element, search: str, clocks: set[str]) -> Expression:
        """The criteria of a group, joined as it says."""
        definition = group.child("definition")
        criteria = definition.all("criteria") if definition else []
        if definition is None or not criteria:
            raise CannotSayError(definition or group, "the group asks nothing")
        operator = definition.said("memberOperator")
        if operator not in ("AND", "OR"):
            place = definition.child("memberOperator") or definition
            raise CannotSayError(place, "its criteria are joined by neither AND nor OR")
        parts, n = list[Expression](), 0
        for one in criteria:
            parts.append(self._of_criteria(one, search, clocks))
            n += self._fitting(parts[-1], group)
            if n >= MOST_PARTS:
                raise CannotSayError(group, _TOO_LARGE)
        return all_of(parts) if operator == "AND" else any_of(parts)

    def _fitting(self, asked: Expression, group: Element) -> int:
        """How many parts an expression has."""
        found = extent(asked, MOST_PARTS)
        if found.parts >= MOST_PARTS or found.depth > MOST_DEPTH:
            raise CannotSayError(group, _TOO_LARGE)
        return found.parts

    def _of_criteria(self, criteria: Element, search: str, clocks: set[str]) -> Expression:
        criterion, link = criteria.child("criterion"), criteria.child("populationCriterion")
        if criterion and not link:
            return asked_by(criterion, self._shelf, self._findings, search)
        if link is None or criterion:
            why = "a criterion or another search is needed here"
            return self._hole(search, CannotSayError(criteria, why))
        try:
            other = self._named(link)
        except CannotSayError as error:
            return self._hole(search, error)
        clocks |= other.clocks
        return other.membership()

    def _named(self, link: Element) -> Lines:
        """What the search asks that an element names by its id."""
        wanted = link.attributes.get("reportGuid", "").casefold()
        found = self._by_id.get(wanted) or self._by_version_id.get(wanted) or []
        if not wanted or not found:
            raise CannotSayError(link, "the search that it names is not in this file")
        if len(found) > 1:
            raise CannotSayError(link, "several searches of this file have the id that it names")
        if found[0] in self._open:
            circle = [*self._open[self._open.index(found[0]) :], found[0]]
            names = " → ".join(name_of(one) for one in circle)
            raise CannotSayError(link, f"the searches name one another in a circle: {names}")
        if len(self._open) >= MOST_SEARCHES:
            why = f"more than {MOST_SEARCHES} searches stand one on the other"
            raise CannotSayError(link, why)
        return self.lines(found[0])

    def _no_end(self, groups: Sequence[Element], search: str) -> Expression:
        place = groups[-1] if groups else self._open[-1]
        why = "what EMIS does after NEXT in the last group is not known"
        return self._hole(search, CannotSayError(place, why if groups else "it has no criteria"))

    def _hole(self, search: str, error: CannotSayError) -> Hole:
        return Hole(self._findings.hole(search, error.element, error.why))


def name_of(report: Element) -> str:
    """The name of a search, or its id where it has none."""
    return one_line(report.said("name")) or one_line(report.said("id")) or "a search without a name"


def is_search(report: Element) -> bool:
    """Whether a report chooses people, and is not a list or a count of those of another."""
    return not any(report.child(name) for name in OTHER_REPORTS)


def _faults(report: Element) -> Iterator[CannotSayError]:
    """Yields what cannot be said of a report as a whole."""
    for name in OTHER_REPORTS:
        if found := report.child(name):
            why = "it lists or counts people that other searches have chosen, and chooses nobody"
            yield CannotSayError(found, why)
    for place, why in unknowns(report):
        yield CannotSayError(place, why)
    if report.said("populationType") != "PATIENT":
        place = report.child("populationType") or report
        yield CannotSayError(place, "it does not choose patients")
    if report.said("searchDate") not in _DATES:
        place = report.child("searchDate") or report
        yield CannotSayError(place, f"its date is neither {' nor '.join(_DATES)}")
    execution = report.child("execution")
    if execution and execution.said("patientAgeAndRegistrationInclusive") not in ("", "true"):
        yield CannotSayError(execution, "an execution of another kind is not known")


def _actions(group: Element) -> tuple[str, str]:
    return group.said("actionIfTrue"), group.said("actionIfFalse")


def _indexed(reports: Iterable[Element], key: str) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for report in reports:
        found.setdefault(report.said(key).casefold(), []).append(report)
    return found
