"""Value sets: which codes a search names, as codelists of EMIS code ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from instep_cohort.emis_search.codes_below import CodesBelow
from instep_cohort.emis_search.findings import Findings
from instep_cohort.emis_search.grammar import Unknown, unknowns
from instep_cohort.emis_search.names import one_line, short_hash, slug, unused
from instep_cohort.emis_search.parsing import Element
from instep_cohort.terminology.code_faults import fault
from instep_cohort.terminology.systems import System

Kind = Literal["clinical", "medicine"]

DRAFT_VERSION = "0.1.0"
CODES_OF_RECORDS = "SNOMED_CONCEPT"  # its values are EMIS code ids, whatever the name says
_FLATTENED = "FlattenedCodeList"  # the exporter wrote out every code
_NOT_CODES = {
    "EMISINTERNAL": "EMISINTERNAL holds words of EMIS itself, not codes of a terminology",
    "LIBRARY_ITEM": "the codes of a library item stay inside EMIS; the file has only its id",
}


class Code(NamedTuple):
    """One code of a value set.

    Attributes:
        code: the EMIS code id.
        term: as it stood in the export, empty where there was none.
        legacy: the older EMIS drug code, empty where there is none.
    """

    code: str
    term: str
    legacy: str = ""


@dataclass(frozen=True, eq=False)
class ValueSet:
    """The codes of a value set, and what keeps them from being all that it means.

    Two value sets with the same content are one and the same list.

    Attributes:
        id: the codelist's id.
        title: the value set's own name, or the term of its first code.
        kind: whether the codes are of clinical events or medicines.
        codes: sorted by code.
        lacks: what it means beside its codes, each with its reason; empty where it is whole.
    """

    id: str
    title: str
    kind: Kind
    codes: tuple[Code, ...]
    lacks: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether its codes are all that it means."""
        return not self.lacks

    @property
    def ids(self) -> frozenset[str]:
        """Its code ids."""
        return frozenset(one.code for one in self.codes)


class _Content(NamedTuple):
    """What decides whether two value sets are the same list."""

    kind: Kind
    codes: frozenset[str]
    lacks: tuple[str, ...]


class Shelf:
    """Every value set of a file as a codelist: the same content is one list, under one name."""

    def __init__(
        self, findings: Findings, hierarchy: CodesBelow | None, reserved: Collection[str] = ()
    ) -> None:
        """Begins empty; ``reserved`` are ids of lists of another kind."""
        self._findings = findings
        self._hierarchy = hierarchy
        self._by_content: dict[_Content, ValueSet] = {}
        self._reserved = frozenset(reserved)
        self._taken = set[str]()
        self._of: dict[int, ValueSet] = {}
        self._searches: dict[str, dict[str, None]] = {}
        self._titles: dict[str, dict[str, None]] = {}

    @property
    def lists(self) -> tuple[ValueSet, ...]:
        """The lists so far, sorted by id."""
        return tuple(sorted(self._by_content.values(), key=lambda one: one.id))

    def of(self, element: Element, kind: Kind, search: str) -> ValueSet:
        """The codelist of one valueSet element; what it lacks is noted."""
        if id(element) not in self._of:
            self._of[id(element)] = self._read(element, kind, search)
        self._searches.setdefault(self._of[id(element)].id, {})[search] = None
        return self._of[id(element)]

    def searches_with(self, one: ValueSet) -> tuple[str, ...]:
        """The names of the searches that have the value set."""
        return tuple(self._searches.get(one.id, ()))

    def other_titles(self, one: ValueSet) -> tuple[str, ...]:
        """What value sets with the same codes are called elsewhere in the file."""
        return tuple(title for title in self._titles[one.id] if title != one.title)

    def difference(self, left: Iterable[ValueSet], right: Iterable[ValueSet]) -> ValueSet:
        """The list of the codes that some list on the left has and none on the right."""
        left, right = tuple(left), tuple(right)
        out = frozenset[str]().union(*(one.ids for one in right))
        codes = {one.code: one for many in left for one in many.codes if one.code not in out}
        title = " without ".join(" or ".join(one.title for one in side) for side in (left, right))
        return self._keep(title, left[0].kind, codes.values(), (), named=True)

    def _read(self, element: Element, kind: Kind, search: str) -> ValueSet:
        codes, lacks = _codes(element)
        lacks = [*_lacking(element), *lacks]
        codes, more = self._with_children(element, codes)
        lacks += more
        if not codes and not lacks:
            lacks.append(Unknown(element, "the value set holds no code"))
        said = one_line(element.said("description"))
        first = next((one.term for one in codes.values() if one.term), "")
        title = said or first or _nameless(element)
        whys = tuple(dict.fromkeys(one.why for one in lacks))
        made = self._keep(title, kind, codes.values(), whys, named=bool(said))
        for place, why in lacks:
            self._findings.of_list(search, place, why, made.id)
        return made

    def _with_children(
        self, element: Element, codes: dict[str, Code]
    ) -> tuple[dict[str, Code], list[Unknown]]:
        """The codes with those below them, where a table of the user says which these are."""
        wanted = [
            one
            for one in element.all("values")
            if one.said("includeChildren").lower() == "true" and one.said("value") in codes
        ]
        known = self._hierarchy.known if self._hierarchy else frozenset()
        unknown = [one for one in wanted if one.said("value") not in known]
        grown = dict(codes)
        for one in wanted:
            for below in sorted(
                self._hierarchy.below(one.said("value")) if self._hierarchy else ()
            ):
                grown.setdefault(below, Code(below, ""))
        return grown, [Unknown(unknown[0], _unexpanded(unknown))] if unknown else []

    def _keep(
        self, title: str, kind: Kind, codes: Iterable[Code], lacks: tuple[str, ...], *, named: bool
    ) -> ValueSet:
        in_order = tuple(sorted(codes))
        content = _Content(kind, frozenset(one.code for one in in_order), lacks)
        if content not in self._by_content:
            name = slug(title, "value-set")
            if name in self._reserved:
                name = f"emis-{name}"
            if not named or name in self._taken:
                mark = short_hash((kind, *sorted(content.codes), *lacks))
                name = unused(f"{name}-{mark}", self._taken, lambda base, n: f"{base}-{n}")
            self._taken.add(name)
            self._by_content[content] = ValueSet(name, title, kind, in_order, lacks)
        kept = self._by_content[content]
        self._titles.setdefault(kept.id, {})[title] = None
        return kept


def _codes(element: Element) -> tuple[dict[str, Code], list[Unknown]]:
    """The codes of a value set by their ids, and what is wrong among them, told by the first."""
    codes: dict[str, Code] = {}
    bad: dict[str, list[Element]] = {}
    if element.said("codeSystem") != CODES_OF_RECORDS:
        return {}, []
    for one in element.all("values"):
        code, term = one.said("value"), one_line(one.said("displayName"))
        if one.said("isRefset").lower() == "true":
            bad.setdefault(_REFSET, []).append(one)
        elif wrong := fault(System.EMIS_CODE_ID, code):
            bad.setdefault(_WRONG_ID.get(wrong.name, _WRONG_SHAPE), []).append(one)
        elif code not in codes or not codes[code].term:
            codes[code] = Code(code, term, one_line(one.said("legacyValue")))
    return codes, [Unknown(many[0], _told(why, many)) for why, many in bad.items()]


_REFSET = "is a SNOMED reference set, whose members are not in the file"
_WRONG_SHAPE = "is no EMIS code id"
_WRONG_ID = {
    "check-digit": "has a wrong check digit: at least one of its digits is not right",
    "id-kind": "is an id of another kind: EMIS code ids are description ids",
    "rounded-id": "was rounded by a spreadsheet: its end is lost",
}


def _told(why: str, many: list[Element]) -> str:
    """What is wrong with the first, and how many others have the same."""
    others = f"; so it is with {len(many) - 1} more of this value set" if many[1:] else ""
    return f"{one_line(many[0].said('value'))[:40]} {why}{others}"


def _unexpanded(many: list[Element]) -> str:
    which = one_line(many[0].said("value"))[:40]
    others = f" and {len(many) - 1} others" if many[1:] else ""
    return f"the codes below {which}{others} belong to it, and the file does not name them"


def _lacking(element: Element) -> Iterator[Unknown]:
    """Yields what the codes of a value set do not say of it."""
    system = element.said("codeSystem")
    if system in _NOT_CODES:
        yield Unknown(element, _NOT_CODES[system])
    elif system != CODES_OF_RECORDS:
        yield Unknown(element, f"the code system {one_line(system)[:40] or '(none)'} is not known")
    if left_out := element.child("allValues"):
        yield Unknown(left_out, "it means every code but those that are listed")
    for one in (element, *element.all("values")):
        if one.said("clusterCode") not in ("", _FLATTENED):
            yield Unknown(one, f"a cluster code other than {_FLATTENED} is not known")
        for key in ("includeChildren", "isRefset"):
            if one.said(key).lower() not in ("", "true", "false"):
                yield Unknown(one, f"{key} is neither true nor false")
    yield from unknowns(element)


def _nameless(element: Element) -> str:
    first = next((one.said("value") for one in element.all("values")), "")
    return one_line(f"{element.said('codeSystem')} {first[:18]}") or "value set"
