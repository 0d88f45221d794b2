"""Checking codelists as their author: everything that is wrong with them, each with its repair."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from instep_cohort.codelists.files import read_folder_card, read_version
from instep_cohort.codelists.findings import Finding, Severity, finding
from instep_cohort.codelists.list_checks import emptiness, list_findings
from instep_cohort.codelists.lock import lock_findings
from instep_cohort.codelists.row_checks import ListFacts
from instep_cohort.codelists.versions import VERSION, list_folders, released
from instep_cohort.errors import UsageError
from instep_cohort.terminology.systems import System

if TYPE_CHECKING:
    from instep_cohort.codelists.card import Card, Lines, ReadCard

_CARD = "codelist.yaml"


def check(folder: Path | str, *, on: date, hierarchies: Collection[System] = ()) -> list[Finding]:
    """Everything that is wrong with a folder of codelists, or with the folder of one.

    Args:
        folder: a folder of lists with their lock, or one list's folder with its codelist.yaml.
        on: the day on which review dates are looked at.
        hierarchies: systems for which the user has a hierarchy table.

    Returns:
        The findings, sorted by file and line. A version that is not the newest can no longer be
        changed, so only its errors are told.

    Raises:
        UsageError: there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UsageError(f"there is no folder of codelists at {folder}")
    folder = folder.resolve()
    one = (folder / _CARD).is_file()
    root, lists = (folder.parent, [folder]) if one else (folder, list_folders(folder))
    findings = [
        wrong
        for wrong in lock_findings(root)
        if not one or wrong.file.startswith(f"{folder.name}/")
    ]
    for inner in lists:
        findings += _list_findings(inner, on, hierarchies)
    if not lists:
        findings.append(
            finding(
                "no-lists",
                "there is no codelist in this folder",
                "each list has a folder with codelist.yaml and a CSV file for each version",
                file=folder.name,
            )
        )
    return sorted(findings, key=lambda wrong: (wrong.file, wrong.line or 0))


def _list_findings(folder: Path, on: date, hierarchies: Collection[System]) -> Iterator[Finding]:
    card: Card | None = None
    try:
        read = read_folder_card(folder)
    except FileNotFoundError:
        yield finding(
            "yaml-missing",
            f"there is no {_CARD} beside the versions",
            "write one: id, title, purpose, kind, categories, method, sources, …",
            file=f"{folder.name}/{_CARD}",
        )
    else:
        card = read.card
        yield from read.findings
        yield from _release_findings(folder, read, on)
    yield from _names(folder)
    facts = ListFacts(card.categories if card else None, card.kind if card else None, hierarchies)
    versions = released(folder)
    for version in versions:
        for wrong in _version_findings(folder, version, facts):
            if version == versions[-1] or wrong.severity is Severity.ERROR:
                yield wrong


def _version_findings(folder: Path, version: str, facts: ListFacts) -> Iterator[Finding]:
    read = read_version(folder, version, facts)
    yield from read.findings
    file = f"{folder.name}/{version}.csv"
    if read.selectors:
        yield from list_findings(read.selectors, tuple(facts.categories or ()), file)
    elif not read.findings:
        yield from emptiness((), file)


def _release_findings(folder: Path, read: ReadCard, on: date) -> Iterator[Finding]:
    """Yields what does not fit between the card, the files that are there, and the day."""
    versions, file = released(folder), f"{folder.name}/{_CARD}"
    if not versions:
        yield finding("no-versions", "the list has no released version", "add 1.0.0.csv", file=file)
    if read.card:
        yield from _history_findings(read.card, read.lines, versions, folder.name)
        if read.card.review_by < on:
            yield finding(
                "review-passed",
                f"the list was to be read again by {read.card.review_by}",
                "read it against its purpose, release what changes, and set a new date",
                file=file,
                line=read.lines.at(["review_by"]),
                where="review_by",
            )


def _history_findings(
    card: Card, lines: Lines, versions: Sequence[str], folder: str
) -> Iterator[Finding]:
    told = [entry.version for entry in card.history]
    for place, version in enumerate(told):
        if version not in versions:
            yield finding(
                "history-no-file",
                f"there is no {version}.csv",
                "restore the file, or take the entry out if it was never released",
                file=f"{folder}/{_CARD}",
                line=lines.at(["history", place]),
                where=f"history[{place}].version",
            )
    for version in versions:
        if version not in told:
            yield finding(
                "file-no-history",
                f"the history in {_CARD} has no version {version}",
                "add it there, with its date, status and changes",
                file=f"{folder}/{version}.csv",
            )


def _names(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.glob("*.csv")):
        if not VERSION.fullmatch(path.stem):
            yield finding(
                "file-name",
                f"{path.name!r} is not named after a version, so it is never read",
                "name it like 1.0.0.csv, or take it out",
                file=f"{folder.name}/{path.name}",
            )
