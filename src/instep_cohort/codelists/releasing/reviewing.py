"""Marking a released version as read by a clinician; its rows never change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from instep_cohort.codelists.files import load
from instep_cohort.codelists.lock import lock_with
from instep_cohort.codelists.model import Release, Status
from instep_cohort.codelists.releasing.history_text import NotEditable, with_status
from instep_cohort.codelists.releasing.signing import STATUSES, Signature, signed
from instep_cohort.codelists.releasing.working_copy import CARD, list_folder
from instep_cohort.codelists.releasing.writing import Edit, write_together
from instep_cohort.codelists.versions import released
from instep_cohort.errors import DefinitionError, Fault, UsageError


def review(
    id: str,  # noqa: A002
    version: str,
    codelists: Path | str,
    *,
    status: Status,
    reviewer: str | None,
    reviewed_on: date | None,
    on: date,
) -> Release:
    """The entry of a released version, after it was marked as reviewed or published.

    Only the version's entry in codelist.yaml changes; the rest of that file keeps every character.

    Args:
        id: the list.
        version: a released version of it.
        codelists: the folder of the lists.
        status: reviewed or published; a version never goes back.
        reviewer: who has read every line; may be left out where a reviewed version is published.
        reviewed_on: when; the same.
        on: today, after which nobody can have read it.

    Raises:
        UsageError: there is no such list or version, the review is not signed, or the version has
            this status or a higher one already.
        DefinitionError: the version's files are wrong, or the history cannot be edited.
    """
    codelists = Path(codelists)
    home = list_folder(codelists, id)
    data = (home / CARD).read_bytes()
    lock_with(codelists, {})  # refuses where the rows are not those that were released
    entry = _entry(home, version)
    signature = _signature(entry, status, reviewer, reviewed_on, on)
    try:
        text = with_status(data.decode("utf-8"), version, status, *signature)
    except (NotEditable, yaml.YAMLError) as fault:
        raise DefinitionError(
            Fault("history", str(fault), "mark it by hand", f"{id}/{CARD}")
        ) from None
    write_together([Edit(home / CARD, data, text.encode())])
    return entry._replace(status=status, **signature._asdict())


def _entry(home: Path, version: str) -> Release:
    if not (home / f"{version}.csv").is_file():
        there = ", ".join(released(home)) or "none"
        raise UsageError(f"{home.name} has no version {version!r} (released: {there})")
    history = load(home, version).history
    return next(entry for entry in history if entry.version == version)


def _signature(
    entry: Release, status: Status, reviewer: str | None, reviewed_on: date | None, on: date
) -> Signature:
    if status not in STATUSES or STATUSES.index(status) <= STATUSES.index(entry.status):
        by = f", read by {entry.reviewer} on {entry.reviewed_on}" if entry.reviewer else ""
        raise UsageError(
            f"version {entry.version} is {entry.status}{by}: it cannot become {status} (a version "
            "goes from draft to reviewed to published and never back; release a new one)"
        )
    there = None
    if entry.reviewer and entry.reviewed_on:
        there = Signature(entry.reviewer, entry.reviewed_on)
        if reviewer is None and reviewed_on is None:
            return there
    new = signed(status, reviewer, reviewed_on, on)
    if new is None or (there and new != there):
        raise UsageError(
            f"version {entry.version} was read by {entry.reviewer} on {entry.reviewed_on}, and the "
            "history keeps that: leave out --reviewer and --reviewed-on"
        )
    return new
