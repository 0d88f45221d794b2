"""What became of every row of every file: read = stored + quarantined + skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from instep_cohort.errors import InstepError
from instep_cohort.extracts import Store
from instep_cohort.extracts.lines import (
    BAD_QUOTES,
    HAS_NUL,
    NOT_UTF8,
    TOO_FEW,
    TOO_LONG,
    TOO_MANY,
)
from instep_cohort.extracts.manifest import FileCounts
from instep_cohort.extracts.patients import COPY
from instep_cohort.extracts.profiles import find_profile
from instep_cohort.extracts.quarantine import UNKNOWN_SYSTEM
from instep_cohort.quality.rules import finding
from instep_cohort.quality.said_by_ingest import said_findings
from instep_cohort.quality.values import Finding, Seen, Table, Unit

_SHOWN = 5
_NO_ROWS = frozenset({TOO_FEW, TOO_MANY, BAD_QUOTES, HAS_NUL, NOT_UTF8, TOO_LONG})


def look_at_files(store: Store) -> Seen:
    """The rows of each file and where they went, and what ingest noticed on the way."""
    manifest = store.manifest
    rows = {name: counts.rows for name, counts in manifest.tables.items()}
    findings = [one for file in manifest.files for one in findings_of(file)]
    findings += said_findings(manifest.findings, rows)
    findings += files_not_read(store)
    return Seen(findings, [_files(store), _reasons(store)])


def findings_of(file: FileCounts) -> Iterator[Finding]:
    """What became of the rows of one file that are not stored."""
    if not file.is_closed:
        gone = sum(file.quarantined.values()) + sum(file.skipped.values())
        lost = abs(file.read - file.stored - gone)
        yield finding("not-accounted-for", lost, of=file.read, place=file.file)
    yield from _by_rule(file, "set apart", file.quarantined)
    yield from _by_rule(file, "left out", file.skipped)


def _by_rule(file: FileCounts, words: str, reasons: Mapping[str, int]) -> Iterator[Finding]:
    """One finding for each rule, with its reasons, the most frequent first."""
    ordered = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    rules = dict.fromkeys(_rule(words, reason) for reason, _ in ordered)
    for rule in rules:
        of_it = [(reason, number) for reason, number in ordered if _rule(words, reason) == rule]
        what = f"{words}: {', '.join(reason for reason, _ in of_it)}"
        number = sum(number for _, number in of_it)
        yield finding(rule, number, of=file.read, what=what, place=file.file)


def _rule(words: str, reason: str) -> str:
    if words == "left out":
        return "copied-patients" if reason == COPY else "left-out"
    if reason == UNKNOWN_SYSTEM:
        return "unknown-system"
    return "unreadable-row" if reason in _NO_ROWS else "quarantined"


def files_not_read(store: Store) -> Iterator[Finding]:
    """The files that were not read, those apart whose names speak of a table that is."""
    titles = _titles(store.profile)
    rules: dict[str, list[str]] = {"unused-table": [], "unused-file": []}
    for name in store.manifest.unused_files:
        bare = PurePosixPath(name).name
        speaks = any(re.search(title, bare, re.IGNORECASE) for title in titles)
        rules["unused-table" if speaks else "unused-file"].append(name)
    for rule, names in rules.items():
        if names:
            more = " …" if len(names) > _SHOWN else ""
            what = f"not read: {', '.join(names[:_SHOWN])}{more}"
            yield finding(rule, len(names), what=what, unit=Unit.FILES)


def _titles(profile: str) -> list[str]:
    """Patterns of the names of a profile's tables; none for a profile that is not at hand."""
    try:
        tables = find_profile(profile).tables
    except InstepError:
        return []
    return [rf"(?<![a-z]){re.escape(table.title)}(?![a-z])" for table in tables]


def _files(store: Store) -> Table:
    return Table(
        "files",
        "rows of each file: read = stored + quarantined + skipped",
        ("file", "table", "read", "stored", "quarantined", "skipped"),
        [
            (
                file.file,
                file.table,
                file.read,
                file.stored,
                sum(file.quarantined.values()),
                sum(file.skipped.values()),
            )
            for file in store.manifest.files
        ],
        "Rows that are set apart or left out are not known to be of any practice.",
    )


def _reasons(store: Store) -> Table:
    rows = [
        (file.file, fate, reason, number)
        for file in store.manifest.files
        for fate, reasons in (("quarantined", file.quarantined), ("skipped", file.skipped))
        for reason, number in reasons.items()
    ]
    caption = "why rows were set apart or left out"
    return Table("reasons", caption, ("file", "fate", "reason", "rows"), rows)
