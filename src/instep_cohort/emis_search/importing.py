"""A file of EMIS Web searches made into codelists and studies, with a list of what was not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from instep_cohort.codelists import Library
from instep_cohort.emis_search.codes_below import CodesBelow
from instep_cohort.emis_search.expressions import Hole
from instep_cohort.emis_search.findings import CannotSayError, Findings, NotCarried
from instep_cohort.emis_search.names import one_line, slug, unused
from instep_cohort.emis_search.parsing import NAMESPACE, Element, read_document
from instep_cohort.emis_search.records import MEDICINE_TABLES
from instep_cohort.emis_search.searches import Line, Searches, is_search, name_of
from instep_cohort.emis_search.studies import Settler, StudyText
from instep_cohort.emis_search.value_sets import Shelf, ValueSet
from instep_cohort.errors import DefinitionError, Fault
from instep_cohort.study import parse_study

OPT_OUTS = "research-opt-out"
STUDY_VERSION = "0.1.0"
KNOWN_SCHEMA = "32.0.0"
_EXPORT = "export the search again from EMIS Web"
_INTERNAL = "EMISINTERNAL"


@dataclass(frozen=True)
class ImportedSearch:
    """One search as a study file.

    Attributes:
        name: the search's own name.
        file: the name of its study file; one that is not complete has ``.incomplete`` in it.
        text: the study file.
        lists: the ids of the codelists that it names.
        missing: what it lacks; such a study never runs.
    """

    name: str
    file: str
    text: str
    lists: tuple[str, ...]
    missing: tuple[NotCarried, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the study asks all that the search asks."""
        return not self.missing


@dataclass(frozen=True)
class Imported:
    """What was made of a file of searches.

    Attributes:
        source: the file's name.
        sha256: of its bytes.
        searches: one for each search of the file, in its order.
        lists: every value set as a codelist, sorted by id; some have no code.
        used_by: codelist id to the names of the searches that have the value set.
        also_called: codelist id to what value sets of the same codes are called elsewhere.
        not_carried: everything that did not become part of a study or codelist.
        warnings: of the file as a whole.
    """

    source: str
    sha256: str
    searches: tuple[ImportedSearch, ...]
    lists: tuple[ValueSet, ...]
    used_by: dict[str, tuple[str, ...]]
    also_called: dict[str, tuple[str, ...]]
    not_carried: tuple[NotCarried, ...]
    warnings: tuple[str, ...]


def read_searches(
    path: Path | str, *, codes_below: CodesBelow | None = None, one_date: bool = False
) -> Imported:
    """The searches of an EMIS Web export as studies, and their value sets as codelists.

    Whatever a search asks that a study cannot say leaves a hole in its study, which then refuses to
    load: a rule that lacks a part would find other people.

    Args:
        path: the XML file.
        codes_below: which EMIS codes stand below which, for value sets that take them along.
        one_date: whether the two dates of EMIS (BASELINE, REFERENCE) are both the search date.

    Raises:
        UsageError: there is no such file.
        DefinitionError: it is no export of EMIS Web searches.
    """
    path = Path(path)
    root = read_document(path)
    warnings = list(_envelope(root, path.name))
    findings = Findings()
    for child in root.children:
        if child.name not in ("id", "creationTime", "report"):
            findings.note("", child, f"{child.name} is not known beside the searches")
    shelf = Shelf(findings, codes_below, reserved=Library().ids())
    searches = Searches(root, shelf, findings)
    maker = _Maker(path, searches, shelf, findings, one_date=one_date)
    made = tuple(maker.study(report) for report in searches.reports if is_search(report))
    for report in searches.reports:
        if not is_search(report):
            searches.lines(report)
        _shelve(report, shelf)
    used = {one.id: shelf.searches_with(one) for one in shelf.lists}
    called = {one.id: shelf.other_titles(one) for one in shelf.lists}
    told = tuple(findings.all)
    return Imported(path.name, maker.sha256, made, shelf.lists, used, called, told, tuple(warnings))


def _envelope(root: Element, file: str) -> Iterator[str]:
    """Yields what is unusual in the root element.

    Raises:
        DefinitionError: it is not that of an export of searches.
    """
    if root.name != "enquiryDocument":
        found = f"the root element is {root.name}, not enquiryDocument of {NAMESPACE}"
        repair = "give a file that EMIS Web exported from Population Reporting"
        raise DefinitionError(Fault("", found, repair, file, root.line))
    if not root.all("report"):
        raise DefinitionError(Fault("", "there is no search in the file", _EXPORT, file))
    schema = one_line(root.attributes.get("schemaVersion", ""))[:20]
    if schema != KNOWN_SCHEMA:
        yield (
            f"the file is of schema version {schema or '(none)'}; what is known of its grammar is "
            f"of {KNOWN_SCHEMA}"
        )


def _shelve(report: Element, shelf: Shelf) -> None:
    """Takes in every value set of a report, also those of criteria that no study can ask."""
    waiting: list[tuple[Element, str]] = [(report, "")]
    while waiting:
        here, table = waiting.pop()
        table = here.said("table") if here.name == "criterion" else table
        if here.name == "valueSet" and here.said("codeSystem") != _INTERNAL:
            shelf.of(here, "medicine" if table in MEDICINE_TABLES else "clinical", name_of(report))
        waiting.extend((child, table) for child in reversed(here.children))


class _Maker:
    """Makes the study of each search, under file names that differ."""

    def __init__(
        self, path: Path, searches: Searches, shelf: Shelf, findings: Findings, *, one_date: bool
    ) -> None:
        self.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self._source = one_line(path.name)
        self._searches = searches
        self._findings = findings
        self._one_date = one_date
        self._taken: set[str] = set()
        self._opt_outs = Library().latest(OPT_OUTS).version

    def study(self, report: Element) -> ImportedSearch:
        """The study of one search."""
        search = name_of(report)
        name = unused(slug(search, "search"), self._taken, lambda base, n: f"{base}-{n}")
        self._taken.add(name)
        lines = list(self._searches.lines(report).lines)
        lines += self._clock_lines(report, search)
        found = self._written(report, name, lines)
        if found.is_complete and (wrong := _faults(found.text, found.file)):
            # such as a search that only leaves people out: the language says why it is no study
            holes = [self._hole(report, search, f"as a study, {fault.found}") for fault in wrong]
            lines += [Line("include", hole, f"{search}: as a study") for hole in holes]
            found = self._written(report, name, lines)
        if not found.is_complete and not _faults(found.text, found.file):
            message = "a study that lacks a part has to refuse to load"
            raise RuntimeError(message)
        for one in found.missing:
            one.studies.append(found.file)
        return found

    def _clock_lines(self, report: Element, search: str) -> Iterator[Line]:
        clocks = self._searches.lines(report).clocks
        if len(clocks) > 1:
            place = report.child("searchDate") or report
            why = "with the searches that it names it goes by two dates, BASELINE and REFERENCE"
            if self._one_date:
                self._findings.note(search, place, f"{why}; both are the search date")
            else:
                hole = self._hole(report, search, f"{why} (--same-date reads both as one)", place)
                yield Line("include", hole, f"{search}: its dates")

    def _hole(self, report: Element, search: str, why: str, place: Element | None = None) -> Hole:
        error = CannotSayError(place or report, why)
        return Hole(self._findings.hole(search, error.element, error.why))

    def _written(self, report: Element, name: str, lines: list[Line]) -> ImportedSearch:
        search = name_of(report)
        settled = Settler(report, search, self._findings).settled(lines)
        study = StudyText(settled, {OPT_OUTS: self._opt_outs})
        body = study.text()
        parts = {*study.holes, *(one.id for one in study.unfinished)}
        missing = tuple(one for one in self._findings.all if one.part in parts)
        head = [
            f"# Made of the EMIS search: {search}",
            f"# File {self._source}, sha256 {self.sha256}, id {one_line(report.said('id'))[:60]}",
            "# Read it against the search in EMIS Web before it is used.",
        ]
        if missing:
            head += [
                "#",
                "# NOT COMPLETE: it lacks what is named here, and refuses to run until each part",
                "# is written in its place. Leaving one out finds other people.",
                *(f"#   {one.part}: {one_line(one.why)} ({one.text})" for one in missing),
            ]
        file = f"{name}.incomplete.yaml" if missing else f"{name}.yaml"
        about = study.about(name, STUDY_VERSION, search)
        text = "\n".join(["\n".join(head), about, body])
        return ImportedSearch(search, file, text, tuple(study.lists), missing)


def _faults(text: str, file: str) -> list[Fault]:
    try:
        parse_study(text, file)
    except DefinitionError as error:
        return list(error.faults)
    return []
