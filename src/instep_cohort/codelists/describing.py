"""A codelist in words, for people who review it without reading code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import fill
from typing import Any

from instep_cohort.codelists.model import Codelist, CrosswalkDecision, Match, Release, Selector
from instep_cohort.codelists.text_columns import WIDTH, columns

_MEANINGS = {
    Match.EXACT: "this code",
    Match.DESCENDANTS: "this code and every code below it",
    Match.EXCLUDE: "this code is left out, whatever takes it in",
    Match.EXCLUDE_DESCENDANTS: "this code and every code below it are left out",
}


def describe(codelist: Codelist, *, selectors: bool = True) -> str:
    """Everything that a list says of itself, as plain text of at most 100 characters a line.

    Args:
        codelist: the list.
        selectors: whether every row comes too, by system and category, each with its term.
    """
    return "\n\n".join(_sections(codelist, selectors=selectors))


def as_dict(codelist: Codelist, *, selectors: bool = True) -> dict[str, Any]:
    """The same with the names of its parts, for JSON; days are ISO dates."""
    counts = _category_counts(codelist)
    said: dict[str, Any] = {
        "id": codelist.id,
        "version": codelist.version,
        "status": codelist.status,
        "title": codelist.title,
        "purpose": codelist.purpose,
        "kind": codelist.kind,
        "categories": [
            {"name": name, "meaning": text, "selectors": counts[name]}
            for name, text in codelist.categories.items()
        ],
        "excluding_selectors": counts[""],
        "method": codelist.method.strip(),
        "sources": [source._asdict() for source in codelist.sources],
        "not_covered": list(codelist.not_covered),
        "notes": list(codelist.notes),
        "crosswalk": [_without_line(one._asdict()) for one in codelist.crosswalk],
        "review_by": codelist.review_by.isoformat() if codelist.review_by else None,
        "history": [_days_as_text(release._asdict()) for release in codelist.history],
        "sha256": codelist.sha256,
    }
    if selectors:
        said["selectors"] = [
            _without_line(one._asdict()) | {"category": one.category} for one in codelist.selectors
        ]
    return said


def _without_line(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if name != "line"}


def _days_as_text(parts: dict[str, Any]) -> dict[str, Any]:
    days = ("date", "reviewed_on")
    return {n: part.isoformat() if n in days and part else part for n, part in parts.items()}


def _sections(codelist: Codelist, *, selectors: bool) -> Iterator[str]:
    yield fill(f"{codelist.id} {codelist.version}: {codelist.title}", WIDTH)
    yield fill(codelist.purpose, WIDTH)
    yield "\n".join(columns(_facts(codelist)))
    yield _categories(codelist)
    yield f"Method\n{fill(codelist.method, WIDTH)}"
    yield _bullets("Not covered", codelist.not_covered)
    yield _bullets("Notes", codelist.notes)
    if codelist.crosswalk:
        yield _bullets("Where Read v2 and CTV3 differ", map(_decision, codelist.crosswalk))
    yield _sources(codelist)
    yield _bullets("History", map(_release, codelist.history))
    if selectors:
        yield from _selectors(codelist)


def _facts(codelist: Codelist) -> list[tuple[str, str]]:
    return [
        ("kind", codelist.kind),
        ("status", _status(codelist)),
        ("selectors", _sizes(codelist)),
        ("read again by", str(codelist.review_by or "no day is set")),
    ]


def _status(codelist: Codelist) -> str:
    if codelist.is_draft:
        return "draft: no clinician has reviewed it"
    entry = next((one for one in codelist.history if one.version == codelist.version), None)
    by = f", read by {entry.reviewer} on {entry.reviewed_on}" if entry and entry.reviewer else ""
    return f"{codelist.status}{by}"


def _sizes(codelist: Codelist) -> str:
    sizes = Counter(str(one.system) for one in codelist.selectors)
    parts = ", ".join(f"{system} {sizes[system]:,}" for system in codelist.systems)
    return f"{len(codelist.selectors):,} ({parts})" if parts else "none"


def _category_counts(codelist: Codelist) -> Counter[str]:
    """How many rows each category has; under "" those that exclude."""
    return Counter(one.category or "" for one in codelist.selectors)


def _categories(codelist: Codelist) -> str:
    counts = _category_counts(codelist)
    rows = [(name, f"{counts[name]:>5,}", text) for name, text in codelist.categories.items()]
    if counts[""]:
        rows.append(("(left out)", f"{counts['']:>5,}", "what the list excludes, in any category"))
    return "\n".join(["Categories, and how many rows each has", *columns(rows, indent="  ")])


def _sources(codelist: Codelist) -> str:
    rows = [(one.key, f"{one.title}\n{one.where}\n{one.licence}") for one in codelist.sources]
    return "\n".join(["Sources", *(columns(rows, indent="  ") or ["- none"])])


def _decision(decision: CrosswalkDecision) -> str:
    codes = [*decision.read_v2, *decision.ctv3]
    return f"{', '.join(codes)}: {decision.decision.replace('_', ' ')}; {decision.reason}"


def _release(release: Release) -> str:
    read = f", read by {release.reviewer} on {release.reviewed_on}" if release.reviewer else ""
    return f"{release.version} ({release.date}, {release.status}{read}): {release.changes}"


def _bullets(title: str, entries: Iterable[str]) -> str:
    lines = [fill(entry, WIDTH, initial_indent="- ", subsequent_indent="  ") for entry in entries]
    return "\n".join((title, *(lines or ["- none"])))


def _selectors(codelist: Codelist) -> Iterator[str]:
    """Yields every row, system by system, in each its categories, what is left out last."""
    used = {one.match for one in codelist.selectors}
    rows = [(str(match), text) for match, text in _MEANINGS.items() if match in used]
    if any(one.note for one in codelist.selectors):
        rows.append(("… | note", "why, or the source in which the code was seen"))
    yield "\n".join(["How a row is read", *columns(rows, indent="  ")])
    for system in codelist.systems:
        here = [one for one in codelist.selectors if one.system is system]
        lines = [f"{system}: {len(here):,} selector{'' if len(here) == 1 else 's'}"]
        for category in (*codelist.categories, None):
            found = [one for one in here if one.category == category]
            if found:
                lines.append(f"  {category or '(left out)'} ({len(found):,})")
                lines += columns(list(map(_row, found)), indent="    ")
        yield "\n".join(lines)


def _row(one: Selector) -> tuple[str, str, str]:
    return one.code, str(one.match), " | ".join(filter(None, (one.term, one.note)))
