"""A codelist as a flat list of codes, for formats without hierarchy and without exclusions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.formats.exchange import list_file, noted
from instep_cohort.codelists.model import Codelist, Match, Selector
from instep_cohort.terminology import read_codes
from instep_cohort.terminology.systems import Lineage, System, lineage


class Flat(NamedTuple):
    """The selectors that a flat list can name, each by its own code, and what that loses."""

    selectors: tuple[Selector, ...]
    losses: tuple[Finding, ...]


def flat(codelist: Codelist, systems: Collection[System], name: str) -> Flat:
    """The codes of a list that a flat format with these systems can name.

    A code that the list takes in and excludes is not named, so that the flat list does not take in
    what the list leaves out. ``name`` is the format's, for the findings.
    """
    exclusions = [one for one in codelist.selectors if one.match.excludes]
    kept, losses = [], []
    for selector in codelist.selectors:
        text = _lost(selector, exclusions, systems, name)
        if text:
            more = "takes-in-more" if selector.match.excludes else "takes-in-less"
            losses.append(noted(more, text, file=list_file(codelist), line=selector.line or None))
        included = selector.system in systems and not selector.match.excludes
        if included and not _excluded(selector, exclusions):
            kept.append(selector)
    return Flat(tuple(kept), tuple(losses))


def _lost(
    selector: Selector, exclusions: Sequence[Selector], systems: Collection[System], name: str
) -> str:
    """What a flat list loses of one selector, as a sentence; empty where it is nothing."""
    shown = f"{selector.match} {selector.system} {selector.code!r}"
    if selector.match.excludes:
        return (
            f"{shown} is not written: {name} has no exclusions, and a record that also carries a "
            "code of the list would be taken in"
        )
    if selector.system not in systems:
        return f"{shown} is not written: {name} has no name for {selector.system}"
    if not selector.match.goes_down:
        return ""
    if _excluded(selector, exclusions):
        return f"{shown} is not written: the code itself is excluded, and {name} has no hierarchy"
    return f"{shown} is written as this one code: {name} has no hierarchy"


def _excluded(selector: Selector, exclusions: Sequence[Selector]) -> bool:
    """Whether the list excludes the selector's own code."""
    return any(one.system is selector.system and _covers(one, selector.code) for one in exclusions)


def _covers(exclusion: Selector, code: str) -> bool:
    if exclusion.match is Match.EXCLUDE_DESCENDANTS and (
        lineage(exclusion.system) is Lineage.PREFIX
    ):
        is_read = exclusion.system is System.READ_V2
        return code.startswith(read_codes.stem(exclusion.code) if is_read else exclusion.code)
    if exclusion.system is System.READ_V2 and read_codes.term_code(exclusion.code) is None:
        return read_codes.five(code) == exclusion.code
    return code == exclusion.code
