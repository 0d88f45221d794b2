"""The working copy of a list: the rows of its next version, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.codelists.checks.list_checks import list_findings
from instep_cohort.codelists.checks.row_checks import ListFacts
from instep_cohort.codelists.files import read_folder_card, read_version
from instep_cohort.codelists.findings import REWRITE, Finding, Severity
from instep_cohort.codelists.lock import LOCK_NAME, not_locked
from instep_cohort.codelists.model import Selector
from instep_cohort.codelists.versions import WORKING, list_folders, released
from instep_cohort.errors import DefinitionError, Fault, UsageError
from instep_cohort.small_tables import runs_as_formula

if TYPE_CHECKING:
    from instep_cohort.codelists.card import Card

CARD = "codelist.yaml"


class WorkingCopy(NamedTuple):
    """What a release is made of.

    Attributes:
        file: ``<id>/working.csv``.
        data: its bytes, as they were read.
        card: the bytes of codelist.yaml, as they were read.
        previous: the last released version; ``None`` where there is none.
        selectors: its rows.
        warnings: what is not wrong with it and should be looked at.
    """

    file: Path
    data: bytes
    card: bytes
    previous: str | None
    selectors: tuple[Selector, ...]
    warnings: tuple[Finding, ...]


def list_folder(codelists: Path, id: str) -> Path:  # noqa: A002
    """The folder of a list that is there.

    Raises:
        UsageError: there is no such folder or list; the nearest id is named.
    """
    if not codelists.is_dir():
        raise UsageError(f"there is no folder of codelists at {codelists}")
    known = [one.name for one in list_folders(codelists) if (one / CARD).is_file()]
    if id not in known:
        near = get_close_matches(id, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"begin it with: codelists new {id}"
        raise UsageError(f"there is no codelist {id!r} in {codelists} ({hint})")
    return codelists / id


def read_working_copy(codelists: Path, id: str) -> WorkingCopy:  # noqa: A002
    """The working copy of a list that can be released, by its rows, card and older versions.

    Raises:
        UsageError: there is no such list, or no working copy of it.
        DefinitionError: anything in it, in codelist.yaml or with an older version is wrong; every
            fault is named.
    """
    home = list_folder(codelists, id)
    versions = released(home)
    file = home / f"{WORKING}.csv"
    if not file.is_file():
        start = f"copy {versions[-1]}.csv to {file.name}" if versions else f"write {file.name}"
        raise UsageError(
            f"{id} has no {file.name}, so there is nothing to release: {start}, change its rows, "
            "and release that"
        )
    data, card_data = file.read_bytes(), (home / CARD).read_bytes()
    card, findings, _ = read_folder_card(home)
    facts = ListFacts(card.categories if card else None, card.kind if card else None)
    rows = read_version(home, WORKING, facts)
    about = f"{id}/{file.name}"
    findings += rows.findings
    if rows.selectors or not rows.findings:
        findings += list_findings(rows.selectors, tuple(facts.categories or ()), about)
    faults = [one.as_fault() for one in findings if one.severity is Severity.ERROR]
    faults += _formulas(rows.selectors, about)
    faults += _older(codelists, home, card)
    if faults:
        raise DefinitionError(faults)
    # a release writes the file in its one form by itself
    warnings = tuple(one for one in findings if one.mend != REWRITE)
    previous = versions[-1] if versions else None
    return WorkingCopy(file, data, card_data, previous, rows.selectors, warnings)


def _formulas(selectors: tuple[Selector, ...], file: str) -> Iterator[Fault]:
    for one in selectors:
        for column in ("code", "term", "note"):
            cell = getattr(one, column)
            if runs_as_formula(cell):
                found = f"{cell!r} would run as a formula in a spreadsheet"
                yield Fault(column, found, "begin it with a letter or a digit", file, one.line)


def _older(codelists: Path, home: Path, card: Card | None) -> Iterator[Fault]:
    """Yields why a new version cannot follow the older ones: they are read with the same card."""
    if (codelists / LOCK_NAME).is_file():
        for file in not_locked(codelists):
            if file.startswith(f"{home.name}/"):
                yield Fault(
                    "",
                    f"the version is there and {LOCK_NAME} does not name it",
                    f"rename it {WORKING}.csv if it is still being written; if it was released, "
                    "run: codelists lock",
                    file,
                )
    if card is None:
        return
    told = {entry.version for entry in card.history}
    for version in released(home):
        if version not in told:
            yield Fault(
                "history",
                f"there is a file {version}.csv and no entry for it",
                "add the entry with its date, status and changes",
                f"{home.name}/{CARD}",
            )
        used = read_version(home, version, ListFacts(None, None)).selectors
        for category in sorted({one.category for one in used if one.category}):
            if category not in card.categories:
                yield Fault(
                    "categories",
                    f"{category!r} is not declared, and {version} has rows of it",
                    "declare it again, and say there that newer versions have none: studies that "
                    "pin an older version read it with this file",
                    f"{home.name}/{CARD}",
                )
