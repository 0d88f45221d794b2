"""Locking versions that were released by hand: sound ones only, and nothing that changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from instep_cohort.codelists.checks.list_checks import list_findings
from instep_cohort.codelists.files import load
from instep_cohort.codelists.findings import Severity
from instep_cohort.codelists.lock import lock_with, not_locked, write_lock
from instep_cohort.codelists.releasing.working_copy import CARD
from instep_cohort.errors import DefinitionError, Fault, UsageError


def lock_releases(codelists: Path | str) -> list[str]:
    """The files, as ``id/version.csv``, that were added to a folder's lock.

    A version is locked for good, so only one without an error is: it can be read, and the history
    of its codelist.yaml names it.

    Raises:
        UsageError: there is no such folder.
        DefinitionError: a locked file was changed or is gone, a line of the lock cannot be read, or
            a new version is wrong; nothing is written then.
    """
    codelists = Path(codelists)
    if not codelists.is_dir():
        raise UsageError(f"there is no folder of codelists at {codelists}")
    lock_with(codelists, {})  # refuses a lock that does not fit the files
    faults = [fault for file in not_locked(codelists) for fault in _faults(codelists, file)]
    if faults:
        raise DefinitionError(faults)
    return write_lock(codelists)


def _faults(codelists: Path, file: str) -> Sequence[Fault]:
    name, csv_name = file.split("/")
    home = codelists / name
    if not (home / CARD).is_file():
        found = f"there is no {CARD} beside it"
        return (Fault("", found, "write one, or take the file out", file),)
    try:
        version = load(home, csv_name.removesuffix(".csv"))
    except DefinitionError as error:
        return error.faults
    wrong = list_findings(version.selectors, tuple(version.categories), file)
    return [one.as_fault() for one in wrong if one.severity is Severity.ERROR]
