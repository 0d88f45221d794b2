"""What is wrong between the rows of a codelist: doubles, overlaps, order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from instep_cohort.codelists.findings import DROP, REWRITE, Finding, finding
from instep_cohort.codelists.model import Selector
from instep_cohort.codelists.reach import spelling, stem
from instep_cohort.terminology import read_codes
from instep_cohort.terminology.dictionaries import plain
from instep_cohort.terminology.systems import Lineage, System, lineage


def list_findings(
    selectors: Sequence[Selector], categories: Sequence[str], file: str
) -> Iterator[Finding]:
    """Yields everything that is wrong between the rows of one version.

    Args:
        selectors: the rows that could be read, in the order of the file.
        categories: those that codelist.yaml declares.
        file: the file's name in the findings.
    """
    yield from emptiness(selectors, file)
    yield from _doubles(selectors, file)
    yield from _overlaps(selectors, file)
    yield from _unused(selectors, categories, file)
    yield from _disorder(selectors, file)


def emptiness(selectors: Sequence[Selector], file: str) -> Iterator[Finding]:
    """Yields the finding that a list takes nothing in, where it does not."""
    if not selectors:
        yield finding("empty", "the list has no rows", "a list needs codes", file=file)
    elif all(selector.match.excludes for selector in selectors):
        yield finding(
            "only-exclusions",
            "every row excludes, so the list takes nothing in",
            "add the rows that it takes in",
            file=file,
        )


def _doubles(selectors: Sequence[Selector], file: str) -> Iterator[Finding]:
    first: dict[tuple[str, str, str], Selector] = {}
    for selector in selectors:
        if not selector.code.strip():
            continue
        key = (selector.system, spelling(selector), selector.match)
        seen = first.setdefault(key, selector)
        if seen is selector:
            continue
        code, text, repair = _double(seen, selector)
        yield finding(
            code,
            f"{selector.system} {selector.code!r} {text} (first on line {seen.line})",
            repair,
            file=file,
            line=selector.line,
            where="code",
            row_code=selector.code,
            mend=DROP if code == "duplicate" and _adds_nothing(seen, selector) else None,
        )


def _double(first: Selector, again: Selector) -> tuple[str, str, str]:
    """The kind of finding, the sentence and the repair of a code that stands here again."""
    if first.category != again.category:
        text = f"is in {again.category} here and in {first.category}"
        return "two-categories", text, "settle on one category"
    if first.term and again.term and plain(first.term) != plain(again.term):
        text = f"stands here again as {again.term!r}, and was {first.term!r}"
        return "duplicate-term", text, "look which term is the code's, and which code was meant"
    return "duplicate", "stands here again", "take one row out"


def _adds_nothing(first: Selector, again: Selector) -> bool:
    return (not again.term or plain(again.term) == plain(first.term)) and (
        again.note in ("", first.note)
    )


def _met_by(selector: Selector) -> set[str]:
    """The codes of exact selectors that meet whatever this selector's own code meets."""
    own = spelling(selector)
    return {own, read_codes.five(own)} if selector.system is System.READ_V2 else {own}


def _overlaps(selectors: Sequence[Selector], file: str) -> Iterator[Finding]:
    """Yields rows that a ``descendants`` or an excluding row of the same system covers."""
    exact: dict[tuple[str, str], list[Selector]] = {}
    below: dict[System, dict[str, list[Selector]]] = {}
    for selector in selectors:
        if lineage(selector.system) is Lineage.PREFIX and selector.match.goes_down:
            below.setdefault(selector.system, {}).setdefault(stem(selector), []).append(selector)
        elif selector.match.excludes:
            exact.setdefault((selector.system, spelling(selector)), []).append(selector)
    for selector in selectors:
        if selector.match.excludes:
            continue
        stems, own = below.get(selector.system, {}), stem(selector)
        above = [other for end in range(1, len(own) + 1) for other in stems.get(own[:end], ())]
        for code in _met_by(selector):
            above += exact.get((selector.system, code), [])
        for other in sorted(above, key=lambda other: not other.match.excludes):
            if other is not selector and (wrong := _overlap(selector, other, file)):
                yield wrong
                break


def _overlap(selector: Selector, other: Selector, file: str) -> Finding | None:
    """What it means that ``other`` covers ``selector``; ``None`` where a double says it already."""
    place = f"{other.match} {other.code!r} on line {other.line}"
    shown = f"{selector.system} {selector.code!r}"
    if other.match.excludes:
        code, text, repair = "no-effect", f"{shown} is excluded by {place}", "keep one of the two"
    elif _same_code(selector, other):
        return None
    elif other.category == selector.category:
        code, text, repair = "covered", f"{shown} is taken in by {place} already", "take it out"
    else:
        code = "category-overlap"
        text = f"{shown} is in {selector.category}, and {place} takes it into {other.category}"
        repair = "settle on one category: list the codes below it one by one"
    return finding(
        code, text, repair, file=file, line=selector.line, where="code", row_code=selector.code
    )


def _same_code(selector: Selector, other: Selector) -> bool:
    return selector.match is other.match and selector.code == other.code


def _unused(
    selectors: Sequence[Selector], categories: Sequence[str], file: str
) -> Iterator[Finding]:
    used = {selector.category for selector in selectors}
    for category in categories:
        if category not in used:
            yield finding(
                "category-unused",
                f"no row has the category {category!r}",
                "take it out of codelist.yaml, or say there why it is empty",
                file=file,
                where="category",
            )


def sort_key(selector: Selector) -> tuple[str, str, str, str]:
    """What the rows of a file are sorted by: system, match, category, code."""
    return selector.system, selector.match, selector.category or "", selector.code


def _disorder(selectors: Sequence[Selector], file: str) -> Iterator[Finding]:
    for before, after in pairwise(selectors):
        if sort_key(after) < sort_key(before):
            yield finding(
                "order",
                f"{after.system} {after.code!r} stands behind {before.code!r}",
                "sort the rows by system, match, category, code",
                file=file,
                line=after.line,
                row_code=after.code,
                mend=REWRITE,
            )
            return
