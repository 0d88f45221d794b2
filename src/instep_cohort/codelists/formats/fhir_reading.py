"""Reading the selectors of a FHIR ``ValueSet``, or of a ``Bundle`` of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.formats.category_sets import ReadSet, joined, match_of
from instep_cohort.codelists.formats.exchange import About, Hints, Imported, SourceFile, noted
from instep_cohort.codelists.formats.fhir import COMMENT_URL, dotted, faults, line_at, system_of
from instep_cohort.codelists.formats.json_documents import JsonObject, objects, text_of
from instep_cohort.codelists.model import Match
from instep_cohort.codelists.rows import Row


def read(source: SourceFile, hints: Hints) -> Imported:
    """The selectors of a value set; of a bundle, each value set is one category.

    Nothing is read from a value set that the library refuses. A code system that no codelist can
    speak keeps its URL, so that the check of the rows finds it.
    """
    document = source.json
    if fault := document.fault:
        found = noted("file-shape", fault.text, fault.repair, file=source.name, line=fault.line)
        return Imported((), (*source.findings, found))
    reader = _Reader(source.name)
    value_sets = reader.value_sets(document.value)
    if not value_sets or sum(not reader.valid(one) for one in value_sets):
        return Imported((), (*source.findings, *reader.findings))
    sets = [ReadSet(_category(one, len(value_sets)), *reader.parts(one)) for one in value_sets]
    rows, spread = joined(sets, source.name)
    return Imported(tuple(rows), (*source.findings, *reader.findings, *spread), _about(value_sets))


class _Parts(NamedTuple):
    """The rows of a value set: what it takes in, and what it excludes."""

    taken: tuple[Row, ...]
    excluded: tuple[Row, ...]


class _Reader:
    """Reads value sets of one file and keeps what was found on the way."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.findings: list[Finding] = []

    def _note(self, code: str, text: str, repair: str, at: JsonObject, where: str = "") -> None:
        self.findings.append(noted(code, text, repair, file=self._file, line=at.line, where=where))

    def value_sets(self, value: object) -> list[JsonObject]:
        """The value sets of a document; other resources of a bundle are reported."""
        if not isinstance(value, JsonObject):
            text, repair = "this is no FHIR resource", "a ValueSet, or a Bundle of them, is needed"
            self.findings.append(noted("file-shape", text, repair, file=self._file, line=1))
            return []
        entries = [value]
        if value.get("resourceType") == "Bundle":
            found = [one.get("resource") for one in objects(value.get("entry"))]
            entries = [one for one in found if isinstance(one, JsonObject)]
        sets = [one for one in entries if one.get("resourceType") == "ValueSet"]
        for other in entries:
            if other.get("resourceType") != "ValueSet":
                text = f"a resource {text_of(other.get('resourceType'))!r} is no value set"
                self._note("not-read", text, "", other)
        if not sets:
            self._note("file-shape", "there is no ValueSet here", "give one", value)
        return sets

    def valid(self, value_set: JsonObject) -> bool:
        """Whether the library takes the value set; says why where it does not."""
        found = list(faults(value_set))
        for path, text in found:
            self.findings.append(
                noted(
                    "fhir-invalid",
                    text,
                    "mend it, or export it again from where it is kept",
                    file=self._file,
                    line=line_at(value_set, path),
                    where=dotted(path),
                )
            )
        return not found

    def parts(self, value_set: JsonObject) -> _Parts:
        """The rows of one valid value set."""
        compose = value_set.get("compose")
        if not isinstance(compose, JsonObject):
            return _Parts(tuple(self._expanded(value_set)), ())
        taken = [
            row
            for place, one in enumerate(objects(compose.get("include")))
            for row in self._part(one, f"compose.include[{place}]", excludes=False)
        ]
        excluded = [
            row
            for place, one in enumerate(objects(compose.get("exclude")))
            for row in self._part(one, f"compose.exclude[{place}]", excludes=True)
        ]
        known = {(row.system, row.code) for row in taken if row.match == Match.EXACT}
        excluded += [
            row._replace(match=Match.EXCLUDE)
            for row in taken
            if row.match == _WITHOUT_ROOT and (row.system, row.code) not in known
        ]
        below = [
            row._replace(match=Match.DESCENDANTS) if row.match == _WITHOUT_ROOT else row
            for row in taken
        ]
        return _Parts(tuple(_merged(below)), tuple(_merged(excluded)))

    def _part(self, one: JsonObject, where: str, *, excludes: bool) -> Iterator[Row]:
        """Yields the rows of one include or exclude."""
        url = text_of(one.get("system"))
        concepts, filters = objects(one.get("concept")), objects(one.get("filter"))
        if one.get("valueSet"):
            text = "it draws on another value set, whose content is not in this file"
            self._note("not-read", text, "import the expansion, or that value set", one, where)
            return
        if not (concepts or filters):
            text = f"it is every code of {url or 'an unnamed system'}"
            self._note("not-read", text, "a codelist names its codes", one, where)
            return
        system = str(system_of(url) or url)
        if version := text_of(one.get("version")):
            text = f"the version of {url} is not kept: {version}"
            self._note("detail-lost", text, "", one, where)
        for concept in concepts:
            match = match_of(excludes=excludes, goes_down=False)
            code, display = text_of(concept.get("code")), text_of(concept.get("display"))
            yield Row(concept.line, system, code, match, "", display, _comment(concept))
        if any(concept.get("designation") for concept in concepts):
            text = "other words for its concepts (designation) are not kept"
            self._note("detail-lost", text, "", one, where)
        if filters:
            yield from self._filtered(one, filters, system, where, excludes=excludes)

    def _filtered(
        self,
        one: JsonObject,
        filters: Sequence[JsonObject],
        system: str,
        where: str,
        *,
        excludes: bool,
    ) -> Iterator[Row]:
        first = filters[0]
        asked = (text_of(first.get("property")), text_of(first.get("op")))
        matches = {("concept", "is-a"): str(match_of(excludes=excludes, goes_down=True))}
        if not excludes:
            matches["concept", "descendent-of"] = _WITHOUT_ROOT
        if len(filters) > 1 or asked not in matches:
            shown = " and ".join(
                " ".join(text_of(each.get(key)) for key in ("property", "op", "value"))
                for each in filters
            )
            text = f"no codelist can say the filter {shown!r}"
            self._note("not-read", text, "import the value set's expansion instead", one, where)
            return
        code = text_of(first.get("value"))
        yield Row(first.line, system, code, matches[asked], "", "", "")

    def _expanded(self, value_set: JsonObject) -> Iterator[Row]:
        """Yields the codes of an expansion, in the order of the file."""
        found = value_set.get("expansion")
        expansion = found if isinstance(found, JsonObject) else JsonObject()
        waiting = objects(expansion.get("contains"))
        if not waiting:
            text, repair = "the value set has neither compose nor expansion", "export it with one"
            self._note("file-shape", text, repair, value_set)
            return
        text = f"read from the expansion of {text_of(expansion.get('timestamp')) or 'some day'}"
        self._note("detail-lost", text, "its definition is not in the file", expansion)
        waiting = waiting[::-1]
        while waiting:
            one = waiting.pop()
            waiting.extend(objects(one.get("contains"))[::-1])
            code, url = text_of(one.get("code")), text_of(one.get("system"))
            if code and one.get("abstract") is not True:
                system = str(system_of(url) or url)
                yield Row(one.line, system, code, Match.EXACT, "", text_of(one.get("display")), "")


_WITHOUT_ROOT = "descendants without the code itself"  # until it is known what else is taken in


def _merged(rows: Sequence[Row]) -> Iterator[Row]:
    """Yields the rows, the name of a code given to the row that takes what stands below it along.

    A filter has no place for a name, so a value set names such a code as a concept as well, which
    adds nothing to its meaning.
    """
    plain = {Match.DESCENDANTS: Match.EXACT, Match.EXCLUDE_DESCENDANTS: Match.EXCLUDE}
    roots = {(row.system, row.code, plain[Match(row.match)]) for row in rows if row.match in plain}
    names = {(row.system, row.code, row.match): row for row in rows}
    for row in rows:
        if (row.system, row.code, row.match) in roots:
            continue
        named = names.get((row.system, row.code, plain.get(Match(row.match), Match.EXACT)))
        if row.match in plain and named:
            yield row._replace(term=named.term, note=named.note)
        else:
            yield row


def _comment(concept: JsonObject) -> str:
    found = (
        text_of(one.get("valueString"))
        for one in objects(concept.get("extension"))
        if one.get("url") == COMMENT_URL
    )
    return "; ".join(found)


def _focus(value_set: JsonObject) -> str:
    for one in objects(value_set.get("useContext")):
        code, value = one.get("code"), one.get("valueCodeableConcept")
        if isinstance(code, dict) and code.get("code") == "focus" and isinstance(value, dict):
            return text_of(value.get("text"))
    return ""


def _category(value_set: JsonObject, number: int) -> str:
    """The category that a value set is: its focus, or its title where there are several."""
    title = text_of(value_set.get("title")) or text_of(value_set.get("name"))
    return _focus(value_set) or (title if number > 1 else "")


def _about(value_sets: Sequence[JsonObject]) -> About:
    first = value_sets[0]
    titles = {
        text_of(one.get("title")).removesuffix(f": {_focus(one)}") or text_of(one.get("name"))
        for one in value_sets
    }
    where = [
        "|".join(filter(None, [text_of(one.get("url")), text_of(one.get("version"))]))
        for one in value_sets
        if one.get("url")
    ]
    copyrights = dict.fromkeys(filter(None, (text_of(one.get("copyright")) for one in value_sets)))
    return About(
        title=titles.pop() if len(titles) == 1 else "",
        purpose=text_of(first.get("purpose")),
        where="; ".join(where),
        categories={
            _category(one, len(value_sets)): text_of(one.get("description")) for one in value_sets
        },
        notes=tuple(f"copyright, as the source says it: {one}" for one in copyrights),
    )
