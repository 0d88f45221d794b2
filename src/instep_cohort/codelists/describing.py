"""A codelist in words, for people who review it without reading code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import fill

from instep_cohort.codelists.model import Codelist, Release
from instep_cohort.small_tables import text_table

_WIDTH = 100


def describe(codelist: Codelist) -> str:
    """Everything that a list says of itself, and every selector with its term, as plain text."""
    return "\n\n".join(_sections(codelist))


def _sections(codelist: Codelist) -> Iterator[str]:
    yield f"{codelist.id} {codelist.version} ({codelist.status}): {codelist.title}"
    yield fill(codelist.purpose, _WIDTH)
    yield _bullets("Categories", (f"{name}: {text}" for name, text in codelist.categories.items()))
    yield f"Method\n{fill(codelist.method, _WIDTH)}"
    yield _bullets(
        "Sources", (f"{s.key}: {s.title}; {s.where}; {s.licence}" for s in codelist.sources)
    )
    yield _bullets("Not covered", codelist.not_covered)
    yield _bullets("Notes", codelist.notes)
    if codelist.review_by:
        yield f"To be read again by {codelist.review_by}"
    yield _bullets("History", map(_release, codelist.history))
    yield text_table(
        f"{len(codelist.selectors)} selectors",
        ("system", "code", "match", "category", "term", "note"),
        [(s.system, s.code, s.match, s.category or "", s.term, s.note) for s in codelist.selectors],
    )


def _release(release: Release) -> str:
    read = f", read by {release.reviewer} on {release.reviewed_on}" if release.reviewer else ""
    return f"{release.version} ({release.date}, {release.status}{read}): {release.changes}"


def _bullets(title: str, entries: Iterable[str]) -> str:
    lines = [fill(entry, _WIDTH, initial_indent="- ", subsequent_indent="  ") for entry in entries]
    return "\n".join((title, *(lines or ["- none"])))
