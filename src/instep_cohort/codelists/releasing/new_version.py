"""Making a new version of a list from its working copy: file, history and lock, or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

from instep_cohort.codelists.checks.list_checks import sort_key
from instep_cohort.codelists.comparing import Comparison, Side
from instep_cohort.codelists.comparing.aligning import aligned
from instep_cohort.codelists.files import load
from instep_cohort.codelists.findings import Finding, Severity, finding
from instep_cohort.codelists.lock import LOCK_NAME, lock_with, sha256
from instep_cohort.codelists.model import Release, Selector, Status
from instep_cohort.codelists.releasing.bumps import Bump, Reason, next_version, reasons
from instep_cohort.codelists.releasing.history_text import NotEditable, with_release
from instep_cohort.codelists.releasing.signing import signed
from instep_cohort.codelists.releasing.working_copy import CARD, WorkingCopy, read_working_copy
from instep_cohort.codelists.releasing.writing import Edit, write_together
from instep_cohort.codelists.rows import COLUMNS
from instep_cohort.codelists.versions import WORKING
from instep_cohort.errors import DefinitionError, Fault, UsageError
from instep_cohort.small_tables import csv_table

_FIRST = Side("nothing", "", "no version was released", ())


class Released(NamedTuple):
    """A version that was made.

    Attributes:
        id: the list.
        version: the new version.
        status: draft, reviewed or published.
        comparison: what changed from the version before, or from nothing.
        reasons: why at least this bump was needed, gravest first.
        warnings: what is not wrong and should be looked at.
        file: the new CSV file.
    """

    id: str
    version: str
    status: Status
    comparison: Comparison
    reasons: tuple[Reason, ...]
    warnings: tuple[Finding, ...]
    file: Path


def release(
    id: str,  # noqa: A002
    codelists: Path | str,
    *,
    bump: Bump | str | None,
    changes: str,
    on: date,
    status: Status = "draft",
    reviewer: str | None = None,
    reviewed_on: date | None = None,
) -> Released:
    """The new version that was made of ``<id>/working.csv``.

    The working copy is checked, put in order (sorted, UTF-8, LF) and written as
    ``<id>/<version>.csv``; codelist.yaml gets an entry at the top of its history and keeps its
    comments and layout; the lock gets the new file's hash; the working copy goes. Where anything
    is wrong, all files stay as they were.

    Args:
        id: the list.
        codelists: the folder of the lists.
        bump: major, minor or patch; a smaller one than the change asks for is refused, and so is
            none, with what is asked for and why.
        changes: what changed, for those who use the list.
        on: the day of the release.
        status: ``reviewed`` and ``published`` need the two that follow.
        reviewer: who has read every line of this version.
        reviewed_on: when.

    Raises:
        UsageError: there is no such list or working copy, nothing changed, the bump is too small,
            or a review is not signed.
        DefinitionError: the working copy, codelist.yaml or the lock is wrong.
    """
    codelists = Path(codelists)
    signature = signed(status, reviewer, reviewed_on, on)
    working = read_working_copy(codelists, id)
    comparison = _comparison(working)
    asked = tuple(reasons(comparison.rows))
    wanted = _enough(bump, asked, comparison)
    said = " ".join(changes.split())
    if not said:
        raise UsageError("--changes is empty: say what changed, for those who use the list")
    version = next_version(working.previous, wanted)
    entry = Release(version, on, status, said, *(signature or ()))
    card, warnings = _with_entry(working, entry, on)
    file = working.file.with_name(f"{version}.csv")
    _write(codelists, working, file, card)
    return Released(id, version, status, comparison, asked, (*working.warnings, *warnings), file)


def _comparison(working: WorkingCopy) -> Comparison:
    home = working.file.parent
    before = _FIRST
    if working.previous:
        last = load(home, working.previous)
        before = Side(f"{last.id} {last.version}", last.title, last.status, last.selectors, last.id)
    after = Side(f"{home.name} {WORKING}", "", "working copy", working.selectors, home.name)
    return Comparison(before, after, aligned(before.selectors, after.selectors))


def _enough(bump: Bump | str | None, asked: Sequence[Reason], comparison: Comparison) -> Bump:
    """The bump that was given.

    Raises:
        UsageError: nothing changed, none was given, or it is smaller than what changed asks for.
    """
    if not asked:
        raise UsageError(
            f"nothing changed since {comparison.left.name}: there is nothing to release (a version "
            "that a clinician has read is marked by: codelists review)"
        )
    needed = asked[0].bump
    why = "\n".join(f"  {one.bump}: {one}" for one in asked)
    if bump is None and comparison.left is _FIRST:
        raise UsageError(
            "--bump is needed: this is the first version, --bump major makes it 1.0.0, --bump "
            "minor 0.1.0"
        )
    if bump is None:
        raise UsageError(f"--bump is needed; what changed asks for --bump {needed}:\n{why}")
    if bump not in set(Bump):
        raise UsageError(f"--bump {bump}: one of {', '.join(Bump)}")
    if Bump(bump).size < needed.size:
        raise UsageError(
            f"--bump {bump} is too small, what changed asks for --bump {needed}:\n{why}\n"
            "Whoever pins a version reads from its number whether a newer one can find less."
        )
    return Bump(bump)


def _with_entry(working: WorkingCopy, entry: Release, on: date) -> tuple[bytes, list[Finding]]:
    """The bytes of codelist.yaml with the entry in its history, and what is odd about it.

    Raises:
        DefinitionError: the history cannot be edited, or the entry does not fit into it.
    """
    from instep_cohort.codelists.card import read_card

    home = working.file.parent.name
    try:
        data = with_release(working.card.decode("utf-8"), entry).encode()
    except (NotEditable, yaml.YAMLError) as fault:
        raise DefinitionError(
            Fault("history", str(fault), "write it as a list, or history: []", f"{home}/{CARD}")
        ) from None
    card, findings, lines = read_card(data, home)
    errors = [one.as_fault() for one in findings if one.severity is Severity.ERROR]
    if errors or card is None:
        raise DefinitionError(errors)
    if card.review_by > on:
        return data, findings
    text = f"the list is to be read again by {card.review_by}, which has come"
    repair = "set a new day in review_by"
    line = lines.at(["review_by"])
    passed = finding("review-passed", text, repair, file=f"{home}/{CARD}", line=line)
    return data, [*findings, passed]


def _write(codelists: Path, working: WorkingCopy, file: Path, card: bytes) -> None:
    """Puts the new files in their places, the lock last, so that it never names what is not there.

    Raises:
        DefinitionError: a released file is not what the lock says.
        UsageError: a file was changed while this ran.
    """
    rows = csv_table(COLUMNS, map(_cells, sorted(working.selectors, key=sort_key))).encode()
    lock = codelists / LOCK_NAME
    before = lock.read_bytes() if lock.exists() else None
    after = lock_with(codelists, {f"{file.parent.name}/{file.name}": sha256(rows)})
    write_together(
        [
            Edit(file, None, rows),
            Edit(file.with_name(CARD), working.card, card),
            Edit(lock, before, after),
            Edit(working.file, working.data, None),
        ]
    )


def _cells(one: Selector) -> tuple[str, ...]:
    return (one.system, one.code, one.match, one.category or "", one.term, one.note)
