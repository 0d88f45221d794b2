"""Which two lists are compared: by id, by id and version, or by a file or folder."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from instep_cohort.codelists.checks.row_checks import ListFacts
from instep_cohort.codelists.files import load, read_folder_card, read_version
from instep_cohort.codelists.findings import Finding, Severity
from instep_cohort.codelists.library import Library
from instep_cohort.codelists.model import Codelist, Selector
from instep_cohort.codelists.versions import WORKING, released
from instep_cohort.errors import DefinitionError, UsageError

_NOT_COMPARED = {"descendants-need-table"}  # an author's matter, both sides can still be read


@dataclass(frozen=True)
class Side:
    """One of the two lists that are compared.

    Attributes:
        name: its id and version, or the file that was named.
        title: a few words for people; empty where only a CSV file was named.
        status: draft, reviewed or published; ``working copy``; or ``file``.
        selectors: its rows.
        id: the list's id; empty where only a CSV file was named.
    """

    name: str
    title: str
    status: str
    selectors: tuple[Selector, ...]
    id: str = ""

    def __str__(self) -> str:
        """The name with status and size, for a heading."""
        rows = "1 row" if len(self.selectors) == 1 else f"{len(self.selectors):,} rows"
        return f"{self.name} ({self.status}, {rows})" + (f": {self.title}" if self.title else "")

    def as_dict(self) -> dict[str, str | int]:
        """What it is, without its rows, for JSON."""
        return {
            "name": self.name,
            "title": self.title,
            "status": self.status,
            "rows": len(self.selectors),
        }


def side(named: Codelist | Path | str, codelists: Path | str | None = None) -> Side:
    """The list that somebody names.

    Args:
        named: a list; ``opioids`` (its newest version), ``opioids@1.0.0``, ``opioids@working`` (the
            version that is being written); the path of a CSV file, or of a list's folder. Text with
            a slash in it, or ending in ``.csv``, is a path.
        codelists: the folder that ids are looked up in; the shipped one if none.

    Raises:
        UsageError: there is no such file or folder, or it is no list.
        DefinitionError: there is no such list or version, or its file cannot be read; every fault
            with its line.
    """
    if isinstance(named, Codelist):
        return _of_list(named)
    if isinstance(named, Path) or _is_path(named):
        return _of_path(Path(named))
    name, _, version = named.partition("@")
    library = Library(codelists)
    if version == WORKING:
        library.versions(name)  # refuses an id that is not there
        return _of_working_copy(library.folder / name)
    return _of_list(library.named(named))


def _is_path(named: str) -> bool:
    return any(sign in named for sign in "/\\") or named.endswith(".csv") or named in {".", ".."}


def _of_list(one: Codelist) -> Side:
    return Side(f"{one.id} {one.version}", one.title, one.status, one.selectors, one.id)


def _of_path(path: Path) -> Side:
    if path.is_dir():
        return _of_folder(path.resolve())
    if not path.is_file():
        near = get_close_matches(path.name, _names_beside(path), 1)
        hint = f"; did you mean {path.parent / near[0]}?" if near else ""
        raise UsageError(f"there is no file or folder {path}{hint}")
    whole = path.resolve()
    if whole.name == f"{WORKING}.csv" and (whole.parent / "codelist.yaml").is_file():
        return _of_working_copy(whole.parent)
    return Side(str(path), "", "file", _rows(whole, ListFacts(None, None)))


def _names_beside(path: Path) -> list[str]:
    return [other.name for other in path.parent.glob("*")] if path.parent.is_dir() else []


def _of_folder(folder: Path) -> Side:
    if not (folder / "codelist.yaml").is_file():
        raise UsageError(f"{folder.name} is no codelist: it has no codelist.yaml")
    versions = released(folder)
    if not versions:
        return _of_working_copy(folder)
    return _of_list(load(folder, versions[-1]))


def _of_working_copy(folder: Path) -> Side:
    file = folder / f"{WORKING}.csv"
    if not file.is_file():
        raise UsageError(f"{folder.name} has no {file.name}: no version of it is being written")
    card = read_folder_card(folder).card
    facts = ListFacts(card.categories if card else None, card.kind if card else None)
    title = card.title if card else ""
    return Side(f"{folder.name} {WORKING}", title, "working copy", _rows(file, facts), folder.name)


def _rows(file: Path, facts: ListFacts) -> tuple[Selector, ...]:
    read = read_version(file.parent, file.stem, facts)
    faults = [one.as_fault() for one in read.findings if _stops(one)]
    if faults:
        raise DefinitionError(faults)
    return read.selectors


def _stops(one: Finding) -> bool:
    return one.severity is Severity.ERROR and one.code not in _NOT_COMPARED
