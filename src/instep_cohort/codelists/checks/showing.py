"""Findings and changes as text for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from instep_cohort.codelists.checks.repairing import Change
from instep_cohort.codelists.findings import RULES, Finding, Severity
from instep_cohort.codelists.text_columns import columns

_ORDER = tuple(Severity)


def findings_text(findings: Sequence[Finding], *, most: int | None = None) -> str:
    """The findings file by file, the gravest first, those of one kind together.

    Args:
        findings: what `check` found.
        most: how many of one kind are shown in each file; all where none is given.
    """
    return "\n\n".join("\n".join(_file(name, own, most)) for name, own in _by_file(findings))


def changes_text(changes: Sequence[Change]) -> str:
    """The changes of a repaired copy, one a line."""
    return "\n".join(map(str, changes))


def counted(findings: Sequence[Finding]) -> str:
    """How many findings there are of each severity: ``2 errors, 1 warning``; notes if any."""
    number = Counter(one.severity for one in findings)
    return ", ".join(
        f"{number[one]} {one}{'' if number[one] == 1 else 's'}"
        for one in _ORDER
        if number[one] or one is not Severity.NOTE
    )


def _by_file(findings: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    for name, own in groupby(sorted(findings, key=lambda one: one.file), lambda one: one.file):
        yield name, list(own)


def _file(name: str, findings: Sequence[Finding], most: int | None) -> Iterator[str]:
    yield f"{name}: {counted(findings)}"
    for (severity, code), group in groupby(sorted(findings, key=_place), _kind):
        own = list(group)
        meaning = RULES[code].meaning if code in RULES else ""
        yield f"  {severity} {code}: {meaning}" + (f" ({len(own)})" if len(own) > 1 else "")
        shown = own[:most]
        yield from columns([_cells(one) for one in shown], indent="    ")
        if len(own) > len(shown):
            yield f"    … and {len(own) - len(shown)} more of them: --all shows every one"


def _kind(one: Finding) -> tuple[Severity, str]:
    return one.severity, one.code


def _place(one: Finding) -> tuple[int, str, int]:
    return _ORDER.index(one.severity), one.code, one.line or 0


def _cells(one: Finding) -> tuple[str, str, str]:
    line = f"line {one.line}" if one.line is not None else "file"
    fix = "" if one.mend is None else " [--fix]"
    return line, one.where, f"{one.text}\n→ {one.repair}{fix}" if one.repair else one.text
