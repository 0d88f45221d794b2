"""Holding the Read v2 side of a codelist against its CTV3 side, through a map of the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from instep_cohort.codelists.crosswalking.result import (
    EXCLUDED,
    Crosswalk,
    CrosswalkRow,
    Standing,
)
from instep_cohort.codelists.model import Codelist, CrosswalkDecision, Selector
from instep_cohort.errors import UsageError
from instep_cohort.terminology import read_codes
from instep_cohort.terminology.code_maps import CodeMap
from instep_cohort.terminology.dictionaries import Dictionary
from instep_cohort.terminology.systems import System


def crosswalk(
    codelist: Codelist, mapping: CodeMap, dictionary: Dictionary | None = None
) -> Crosswalk:
    """The Read v2 side of a list held against its CTV3 side.

    Each row of the map that leads from or to a code of the list is looked at. ``descendants`` and
    ``exclude_descendants`` of the Read v2 side reach what the map knows below their code; a code of
    seven characters reaches its one term.

    Args:
        codelist: the list, with the decisions of its codelist.yaml.
        mapping: the map from Read v2 to CTV3.
        dictionary: has the terms of codes that the list does not hold.

    Raises:
        UsageError: the list has no Read v2 side or no CTV3 side.
    """
    sides = {system: _Side(codelist, system) for system in (System.READ_V2, System.CTV3)}
    for system, side in sides.items():
        if not side.selectors:
            raise UsageError(f"{codelist.id} has no {system} side to hold against the other")
    read_v2, ctv3 = sides[System.READ_V2], sides[System.CTV3]
    rows = [*_mapped(read_v2, ctv3, mapping), *_unmapped(read_v2, ctv3, mapping)]
    known = _Terms(codelist, dictionary)
    decided = [_decided(known.added(row), codelist.crosswalk) for row in rows]
    return Crosswalk(codelist, mapping.name, tuple(sorted(decided, key=CrosswalkRow.place)))


class _Side:
    """One side of a list: what it says of each code."""

    def __init__(self, codelist: Codelist, system: System) -> None:
        self.selectors = [one for one in codelist.selectors if one.system is system]
        self._exact: dict[str, list[Selector]] = {}
        self._below: dict[str, list[Selector]] = {}
        for one in self.selectors:
            if one.match.goes_down:
                self._below.setdefault(read_codes.stem(one.code), []).append(one)
            else:
                self._exact.setdefault(one.code, []).append(one)

    def says(self, code: str, term_code: str = "") -> str:
        """The category of a code's term, ``excluded``, or empty; an exclusion always wins."""
        met = [*self._exact.get(code, ()), *self._exact.get(code + term_code, ())]
        if self._below:
            stem = read_codes.stem(code)
            for end in range(1, len(stem) + 1):
                met += self._below.get(stem[:end], ())
        if any(one.match.excludes for one in met):
            return EXCLUDED
        return " ".join(sorted({one.category or "" for one in met}))


def _mapped(read_v2: _Side, ctv3: _Side, mapping: CodeMap) -> Iterator[CrosswalkRow]:
    """Yields the pairs of the map of which the list takes in either code."""
    pairs: dict[tuple[str, str, str, str], list[str]] = {}
    for row in mapping.rows:
        if row.ctv3:
            left, right = read_v2.says(row.read_v2, row.term_code), ctv3.says(row.ctv3)
            if {left, right} - {"", EXCLUDED}:
                pairs.setdefault((row.read_v2, row.ctv3, left, right), []).append(row.term_code)
    for (code, target, left, right), found in pairs.items():
        standing = _standing(left, right)
        yield CrosswalkRow(standing, code, tuple(sorted(found)), left, "", target, right, "")


def _standing(read_v2: str, ctv3: str) -> Standing:
    if read_v2 == ctv3:
        return Standing.IN_BOTH
    if not ctv3:
        return Standing.LACKING_IN_CTV3
    if not read_v2:
        return Standing.LACKING_IN_READ_V2
    if ctv3 == EXCLUDED:
        return Standing.EXCLUDED_IN_CTV3
    if read_v2 == EXCLUDED:
        return Standing.EXCLUDED_IN_READ_V2
    return Standing.CATEGORY_DIFFERS


def _unmapped(read_v2: _Side, ctv3: _Side, mapping: CodeMap) -> Iterator[CrosswalkRow]:
    """Yields the codes that the list names and of which the map says nothing."""
    led_to = {row.ctv3 for row in mapping.rows}
    terms = {row.read_v2 + row.term_code for row in mapping.rows if row.ctv3}
    led_from = terms | {read_codes.five(one) for one in terms}
    for code in sorted({one.code for one in read_v2.selectors} - led_from):
        five, term_code = read_codes.five(code), read_codes.term_code(code) or ""
        if (said := read_v2.says(five, term_code)) not in ("", EXCLUDED):
            which = (term_code,) if term_code else ()
            yield CrosswalkRow(Standing.NO_MAPPING, five, which, said, "", "", "", "")
    for code in sorted({one.code for one in ctv3.selectors} - led_to):
        if (said := ctv3.says(code)) not in ("", EXCLUDED):
            yield CrosswalkRow(Standing.NO_MAPPING, "", (), "", "", code, said, "")


class _Terms:
    """The terms that are known: the list's own, then those of the dictionary."""

    def __init__(self, codelist: Codelist, dictionary: Dictionary | None) -> None:
        self._dictionary = dictionary
        self._own = {
            (one.system, one.code): one.term for one in reversed(codelist.selectors) if one.term
        }

    def added(self, row: CrosswalkRow) -> CrosswalkRow:
        return row._replace(
            read_v2_term=self._of(System.READ_V2, row.read_v2),
            ctv3_term=self._of(System.CTV3, row.ctv3),
        )

    def _of(self, system: System, code: str) -> str:
        own = self._own.get((system, code))
        if own or self._dictionary is None:
            return own or ""
        return " / ".join(self._dictionary.terms_of(system, code))


def _decided(row: CrosswalkRow, decisions: Sequence[CrosswalkDecision]) -> CrosswalkRow:
    if not row.standing.needs_a_decision:
        return row
    return row._replace(decision=next((one for one in decisions if _settles(one, row)), None))


def _settles(decision: CrosswalkDecision, row: CrosswalkRow) -> bool:
    """Whether a decision is about this row: it names the code that is not as on the other side."""
    named_read_v2 = row.read_v2 in decision.read_v2 or (
        bool(row.term_codes)
        and all(row.read_v2 + term_code in decision.read_v2 for term_code in row.term_codes)
    )
    named_ctv3 = row.ctv3 in decision.ctv3
    if row.standing is Standing.CATEGORY_DIFFERS:
        return decision.decision == "categories_differ" and named_read_v2 and named_ctv3
    if decision.decision == "categories_differ":
        return False
    if row.standing in (Standing.LACKING_IN_CTV3, Standing.EXCLUDED_IN_CTV3):
        return named_ctv3 and (named_read_v2 or not decision.read_v2)
    return named_read_v2 and (named_ctv3 or not decision.ctv3)
