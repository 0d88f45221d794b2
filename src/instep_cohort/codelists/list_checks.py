"""What is wrong between the rows of a codelist: doubles, overlaps, order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from instep_cohort.codelists.findings import Finding, finding
from instep_cohort.codelists.model import Selector
from instep_cohort.terminology import read_codes
from instep_cohort.terminology.systems import Lineage, System, lineage
from instep_cohort.terminology.words import folded, words


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


def _compared(selector: Selector) -> str:
    """The code as it is compared, so that two spellings of one selector are one."""
    match selector.system:
        case System.SUBSTANCE:
            return folded(selector.code.strip())
        case System.PRODUCT_NAME:
            return " ".join(words(selector.code))
        case _:
            return selector.code


def _doubles(selectors: Sequence[Selector], file: str) -> Iterator[Finding]:
    first: dict[tuple[str, str, str], Selector] = {}
    for selector in selectors:
        key = (selector.system, _compared(selector), selector.match)
        seen = first.setdefault(key, selector)
        if seen is selector:
            continue
        if seen.category == selector.category:
            code, text, repair = "duplicate", "stands here again", "take one row out"
        else:
            code = "two-categories"
            text = f"is in {selector.category} here and in {seen.category}"
            repair = "settle on one category"
        yield finding(
            code,
            f"{selector.system} {selector.code!r} {text} (first on line {seen.line})",
            repair,
            file=file,
            line=selector.line,
            where="code",
        )


def _stem(selector: Selector) -> str:
    if selector.system is System.READ_V2:
        return read_codes.stem(selector.code)
    return selector.code


def _met_by(selector: Selector) -> set[str]:
    """The codes of exact selectors that meet whatever this selector's own code meets."""
    own = _compared(selector)
    return {own, read_codes.five(own)} if selector.system is System.READ_V2 else {own}


def _overlaps(selectors: Sequence[Selector], file: str) -> Iterator[Finding]:
    """Yields rows that a ``descendants`` or an excluding row of the same system covers."""
    exact: dict[tuple[str, str], list[Selector]] = {}
    below: dict[System, dict[str, list[Selector]]] = {}
    for selector in selectors:
        if lineage(selector.system) is Lineage.PREFIX and selector.match.goes_down:
            below.setdefault(selector.system, {}).setdefault(_stem(selector), []).append(selector)
        elif selector.match.excludes:
            exact.setdefault((selector.system, _compared(selector)), []).append(selector)
    for selector in selectors:
        if selector.match.excludes:
            continue
        stems, stem = below.get(selector.system, {}), _stem(selector)
        above = [other for end in range(1, len(stem) + 1) for other in stems.get(stem[:end], ())]
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
    return finding(code, text, repair, file=file, line=selector.line, where="code")


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
            )
            return
