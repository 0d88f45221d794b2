"""Checking codelists as their author: everything that is wrong with them, each with its repair."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.codelists.checks.list_checks import emptiness, list_findings
from instep_cohort.codelists.checks.lone_file import lone_findings
from instep_cohort.codelists.checks.repairing import fixable
from instep_cohort.codelists.checks.row_checks import ListFacts
from instep_cohort.codelists.checks.terms import dictionary_findings
from instep_cohort.codelists.files import read_folder_card, read_selectors
from instep_cohort.codelists.findings import Finding, Severity, finding
from instep_cohort.codelists.lock import lock_findings
from instep_cohort.codelists.versions import VERSION, WORKING, list_folders, released
from instep_cohort.errors import UsageError
from instep_cohort.terminology.dictionaries import Dictionary
from instep_cohort.terminology.systems import System

if TYPE_CHECKING:
    from instep_cohort.codelists.card import Card, Lines, ReadCard

CARD = "codelist.yaml"


class Standard(NamedTuple):
    """What lists are held against beside themselves.

    Attributes:
        on: the day on which review dates are looked at.
        hierarchies: systems for which the user has a hierarchy table.
        dictionary: codes and terms; none where codes are judged by their shape alone.
        system: the system of the codes in downloaded files that do not say it.
    """

    on: date
    hierarchies: Collection[System] = ()
    dictionary: Dictionary | None = None
    system: System | None = None


class ListFile(NamedTuple):
    """One CSV file of codes: where it is, and what is wrong with its bytes, or others like them."""

    path: Path
    name: str
    find: Callable[[bytes], list[Finding]]


class Checked(NamedTuple):
    """What a folder or a file holds: its CSV files, and what is wrong with everything else."""

    files: tuple[ListFile, ...]
    around: tuple[Finding, ...]


def check(
    path: Path | str,
    *,
    on: date,
    hierarchies: Collection[System] = (),
    dictionary: Dictionary | None = None,
    system: System | None = None,
) -> list[Finding]:
    """Everything that is wrong with codelists.

    Args:
        path: a folder of lists with their lock, one list's folder with its codelist.yaml, a folder
            of downloaded CSV files, or one CSV file.
        on: the day on which review dates are looked at.
        hierarchies: systems for which the user has a hierarchy table.
        dictionary: codes and terms to hold the lists against; none: shapes alone are judged.
        system: the system of the codes in downloaded files that do not say it.

    Returns:
        The findings, sorted by file and line. A version that is not the newest can no longer be
        changed, so only its errors are told.

    Raises:
        UsageError: there is no such folder or file.
    """
    checked = looked_at(Path(path), Standard(on, hierarchies, dictionary, system))
    findings = list(checked.around)
    for file in checked.files:
        findings += file.find(file.path.read_bytes())
    return sorted(findings, key=lambda wrong: (wrong.file, wrong.line or 0))


def looked_at(path: Path, standard: Standard) -> Checked:
    """The CSV files at a path, each with its checks, and what is wrong around them.

    Raises:
        UsageError: there is no such folder or file.
    """
    path = path.resolve()
    if path.is_dir():
        return _one_list(path, standard) if is_list(path) else _folder(path, standard)
    if not path.is_file():
        raise UsageError(f"there is no folder of codelists, and no file, at {path}")
    return Checked((_file(path, standard),), ())


def is_list(folder: Path) -> bool:
    """Whether this is the folder of one list, and not one of lists."""
    return (folder / CARD).is_file() or bool(released(folder))


def _file(path: Path, standard: Standard) -> ListFile:
    is_version = VERSION.fullmatch(path.stem) or path.stem == WORKING
    if path.suffix == ".csv" and is_version and (path.parent / CARD).is_file():
        return _version_file(path, read_folder_card(path.parent).card, standard)

    def find(data: bytes) -> list[Finding]:
        return fixable(
            lone_findings(data, path, system=standard.system, dictionary=standard.dictionary)
        )

    return ListFile(path, path.name, find)


def _folder(folder: Path, standard: Standard) -> Checked:
    lists, loose = list_folders(folder), sorted(folder.glob("*.csv"))
    around = [] if loose and not lists else lock_findings(folder)
    files = [_file(path, standard) for path in loose]
    for inner in lists:
        one = _list(inner, standard)
        files += one.files
        around += one.around
    if not files and not lists:
        around.append(
            finding(
                "no-lists",
                "there is no codelist in this folder",
                "each list has a folder with codelist.yaml and a CSV file for each version",
                file=folder.name,
            )
        )
    return Checked(tuple(files), tuple(around))


def _one_list(folder: Path, standard: Standard) -> Checked:
    own = [one for one in lock_findings(folder.parent) if one.file.startswith(f"{folder.name}/")]
    files, around = _list(folder, standard)
    return Checked(files, (*own, *around))


def _list(folder: Path, standard: Standard) -> Checked:
    card: Card | None = None
    around: list[Finding] = []
    try:
        read = read_folder_card(folder)
    except FileNotFoundError:
        around.append(
            finding(
                "yaml-missing",
                f"there is no {CARD} beside the versions",
                "write one: id, title, purpose, kind, categories, method, sources, …",
                file=f"{folder.name}/{CARD}",
            )
        )
    else:
        card = read.card
        around += [*read.findings, *_release_findings(folder, read, standard.on)]
    around += _names(folder)
    versions = released(folder)
    last = versions[-1:] + ([WORKING] if (folder / f"{WORKING}.csv").is_file() else [])
    files = (
        _version_file(folder / f"{version}.csv", card, standard, errors_only=version not in last)
        for version in dict.fromkeys([*versions, *last])
    )
    return Checked(tuple(files), tuple(around))


def _version_file(
    path: Path, card: Card | None, standard: Standard, *, errors_only: bool = False
) -> ListFile:
    categories, kind = (card.categories, card.kind) if card else (None, None)
    facts = ListFacts(categories, kind, standard.hierarchies, standard.dictionary)
    name = f"{path.parent.name}/{path.name}"
    words = [path.parent.name]
    if card:
        words += [card.title, *card.categories, *card.categories.values()]

    def find(data: bytes) -> list[Finding]:
        selectors, _, findings = read_selectors(data, name, facts)
        if selectors:
            findings += list_findings(selectors, tuple(categories or ()), name)
        elif not findings:
            findings += emptiness((), name)
        findings += dictionary_findings(selectors, standard.dictionary, words, name)
        return [
            one for one in fixable(findings) if one.severity is Severity.ERROR or not errors_only
        ]

    return ListFile(path, name, find)


def _release_findings(folder: Path, read: ReadCard, on: date) -> Iterator[Finding]:
    """Yields what does not fit between the card, the files that are there, and the day."""
    versions, file = released(folder), f"{folder.name}/{CARD}"
    if not (versions or (folder / f"{WORKING}.csv").is_file()):
        repair = f"write its rows in {WORKING}.csv, then: codelists release"
        yield finding("no-versions", "the list has no released version", repair, file=file)
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
                file=f"{folder}/{CARD}",
                line=lines.at(["history", place]),
                where=f"history[{place}].version",
            )
    for version in versions:
        if version not in told:
            yield finding(
                "file-no-history",
                f"the history in {CARD} has no version {version}",
                "add it there, with its date, status and changes",
                file=f"{folder}/{version}.csv",
            )


def _names(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.glob("*.csv")):
        if not VERSION.fullmatch(path.stem) and path.stem != WORKING:
            yield finding(
                "file-name",
                f"{path.name!r} is not named after a version, so it is never read",
                "name it like 1.0.0.csv, or take it out",
                file=f"{folder.name}/{path.name}",
            )
