"""Reading one version of a codelist from its folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.codelists.checks.list_checks import emptiness
from instep_cohort.codelists.checks.row_checks import ListFacts, row_findings, selector
from instep_cohort.codelists.findings import Finding, Severity, finding
from instep_cohort.codelists.lock import sha256
from instep_cohort.codelists.model import Codelist, Selector
from instep_cohort.codelists.rows import read_rows
from instep_cohort.errors import DefinitionError

if TYPE_CHECKING:
    from instep_cohort.codelists.card import Card, Lines, ReadCard


class ReadVersion(NamedTuple):
    """The selectors of one version's file, its hash, and what was found in it row by row."""

    selectors: tuple[Selector, ...]
    sha256: str
    findings: list[Finding]


def read_folder_card(folder: Path) -> ReadCard:
    """What the codelist.yaml of a list's folder says.

    Raises:
        FileNotFoundError: there is none.
    """
    # pydantic takes a tenth of a second to import, and resolving a list needs none of it.
    from instep_cohort.codelists.card import CARD_NAME, read_card

    return read_card((folder / CARD_NAME).read_bytes(), folder.name)


def read_version(folder: Path, version: str, facts: ListFacts) -> ReadVersion:
    """The rows of one version in a list's folder, and everything wrong with each."""
    data = (folder / f"{version}.csv").read_bytes()
    return read_selectors(data, f"{folder.name}/{version}.csv", facts)


def read_selectors(data: bytes, file: str, facts: ListFacts) -> ReadVersion:
    """The rows of a version given as the bytes of its file, and everything wrong with each."""
    rows, findings = read_rows(data, file)
    selectors = []
    for row in rows:
        made = selector(row)
        findings += row_findings(row, made, facts, file)
        if made:
            selectors.append(made)
    return ReadVersion(tuple(selectors), sha256(data), findings)


def load(folder: Path, version: str) -> Codelist:
    """One version of the codelist in a folder that has its codelist.yaml and its file.

    Raises:
        DefinitionError: anything in either file is wrong, every fault with file and line.
            ``descendants`` that need a hierarchy table are refused later, by ``resolve``.
    """
    card, findings, lines = read_folder_card(folder)
    facts = ListFacts(card.categories if card else None, card.kind if card else None)
    read = read_version(folder, version, facts)
    findings = [*findings, *read.findings, *_loading_findings(folder, version, card, read)]
    faults = [
        wrong.as_fault()
        for wrong in findings
        if wrong.severity is Severity.ERROR and wrong.code != "descendants-need-table"
    ]
    if faults or card is None:
        raise DefinitionError(faults)
    return _codelist(card, lines, version, read, folder / f"{version}.csv")


def _loading_findings(
    folder: Path, version: str, card: Card | None, read: ReadVersion
) -> Iterator[Finding]:
    file = f"{folder.name}/{version}.csv"
    if read.selectors or not read.findings:
        yield from emptiness(read.selectors, file)
    if card and version not in {entry.version for entry in card.history}:
        yield finding(
            "file-no-history",
            f"the history in codelist.yaml has no version {version}",
            "add it there, with its date, status and changes",
            file=file,
        )


def _codelist(card: Card, lines: Lines, version: str, read: ReadVersion, file: Path) -> Codelist:
    history = card.releases()
    return Codelist(
        id=card.id,
        version=version,
        status=next(entry.status for entry in history if entry.version == version),
        title=card.title,
        purpose=card.purpose,
        kind=card.kind,
        categories=dict(card.categories),
        selectors=read.selectors,
        method=card.method,
        sources=card.cited(),
        not_covered=tuple(card.not_covered),
        notes=tuple(card.notes),
        crosswalk=card.decisions(lines),
        review_by=card.review_by,
        history=history,
        sha256=read.sha256,
        file=file,
    )
