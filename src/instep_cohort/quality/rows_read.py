"""What became of every row of every file: read = stored + quarantined + skipped."""

from __future__ import annotations

from collections.abc import Iterator

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
    findings = [one for file in manifest.files for one in _of_file(file)]
    findings += said_findings(manifest.findings, rows)
    if manifest.unused_files:
        names = ", ".join(manifest.unused_files[:_SHOWN])
        more = " …" if len(manifest.unused_files) > _SHOWN else ""
        what = f"not read: {names}{more}"
        number = len(manifest.unused_files)
        findings.append(finding("unused-file", number, what=what, unit=Unit.FILES))
    return Seen(findings, [_files(store), _reasons(store)])


def _of_file(file: FileCounts) -> Iterator[Finding]:
    if not file.is_closed:
        gone = sum(file.quarantined.values()) + sum(file.skipped.values())
        lost = abs(file.read - file.stored - gone)
        yield finding("not-accounted-for", lost, of=file.read, place=file.file)
    for reason, number in file.quarantined.items():
        rule = "unreadable-row" if reason in _NO_ROWS else "quarantined"
        rule = "unknown-system" if reason == UNKNOWN_SYSTEM else rule
        what = f"set apart: {reason}"
        yield finding(rule, number, of=file.read, what=what, place=file.file)
    for reason, number in file.skipped.items():
        what = f"left out: {reason}"
        yield finding("left-out", number, of=file.read, what=what, place=file.file)


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
