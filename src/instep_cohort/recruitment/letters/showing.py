"""The check of a letter as text for a terminal, and as values for JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict

from instep_cohort.recruitment.letters.findings import Finding, LetterCheck

_WIDTH = 96
_MOST_QUOTED = 300


def as_text(check: LetterCheck) -> str:
    """The check for people: findings, what is left to fill in, where all is said, reading age."""
    parts = [_summary(check)]
    parts += [_finding(finding) for finding in check.findings]
    if check.placeholders:
        lines = [f"  line {one.line:<4} [{one.text}]" for one in check.placeholders]
        parts.append("\n".join(["still to be filled in:", *lines]))
    if check.said:
        rows = [f"  {one.rule:<12} line {one.line:<4} {_short(one.quote)}" for one in check.said]
        parts.append("\n".join(["said:", *rows]))
    parts.append("\n".join(_figures(check)))
    return "\n\n".join(parts)


def as_values(check: LetterCheck) -> dict[str, object]:
    """The check as plain values; ``reading_age`` is in years, to one decimal."""
    age = check.reading_age
    return {
        "file": check.file,
        "errors": len(check.errors),
        "warnings": len(check.warnings),
        "findings": [asdict(one) for one in check.findings],
        "placeholders": [asdict(one) for one in check.placeholders],
        "said": [asdict(one) for one in check.said],
        "merge_fields": list(check.fields),
        "reading_age": None if age is None else round(age, 1),
        "reading_age_limit": check.reading_age_limit,
    }


def _summary(check: LetterCheck) -> str:
    counts = [
        _counted(len(check.errors), "error"),
        _counted(len(check.warnings), "warning"),
        _counted(len(check.placeholders), "place") + " to fill in",
    ]
    return f"{check.file}: {', '.join(counts)}"


def _counted(count: int, thing: str) -> str:
    return f"{count or 'no'} {thing}{'' if count == 1 else 's'}"


def _finding(finding: Finding) -> str:
    place = f" ({finding.place})" if finding.place else ""
    where = f"line {finding.line}{place}, " if finding.line is not None else ""
    head = f"{finding.severity.upper()} {where}{finding.rule}: {finding.found}"
    lines = list(_wrapped(head, "  "))
    if finding.quote:
        lines += _wrapped(f"| {_short(finding.quote)}", "  | ", first="  ")
    if finding.mend:
        lines += _wrapped(f"to mend it: {finding.mend}", "    ", first="  ")
    if finding.example:
        lines += _wrapped(f"for example: {finding.example}", "    ", first="  ")
    return "\n".join(lines)


def _wrapped(text: str, later: str, *, first: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _short(text: str) -> str:
    return text if len(text) <= _MOST_QUOTED else f"{text[: _MOST_QUOTED - 1]}…"


def _figures(check: LetterCheck) -> Iterator[str]:
    if check.reading_age is None:
        yield "reading age: none, there is no sentence to judge"
    else:
        yield f"reading age: {check.reading_age:.1f} (level: {check.reading_age_limit})"
    yield f"merge fields: {', '.join(check.fields) or 'none'}"
