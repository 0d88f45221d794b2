"""Invitations of the practice's patients to other studies, for the cooling-off between them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from instep_cohort.cohort.handed_in import Line, read_handed_in
from instep_cohort.errors import UsageError

COLUMNS = ("patient_id", "study", "invited_on")


class Invitation(NamedTuple):
    """One invitation to one study."""

    study: str
    invited_on: date


class OtherInvitations(NamedTuple):
    """The invitations by patient id, and the sha256 of the file."""

    by_patient: Mapping[str, tuple[Invitation, ...]]
    sha256: str

    def to_study(self, patient_id: str, study: str) -> bool:
        """Whether the person was invited to that study."""
        return any(_same(one.study, study) for one in self.by_patient.get(patient_id, ()))

    def to_another(self, patient_id: str, study: str, mailing_on: date, days: int) -> bool:
        """Whether they were invited to another study fewer than so many days before that date.

        An invitation that is still to come counts as well; with 0 days none counts.
        """
        return days > 0 and any(
            not _same(one.study, study) and (mailing_on - one.invited_on).days < days
            for one in self.by_patient.get(patient_id, ())
        )


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def read_other_invitations(path: Path) -> OtherInvitations:
    """The invitations in a CSV file: patient_id, study, invited_on; it may have no rows.

    Raises:
        UsageError: the file cannot be read, or a row lacks a cell or has no date in it.
    """
    handed_in = read_handed_in(path, "file of other invitations", COLUMNS, needed=3)
    found: dict[str, tuple[Invitation, ...]] = {}
    for line in handed_in.rows:
        who, one = _row(path, line)
        found[who] = (*found.get(who, ()), one)
    return OtherInvitations(found, handed_in.sha256)


def _row(path: Path, line: Line) -> tuple[str, Invitation]:
    who, study, on = (line.cells[name] for name in COLUMNS)
    if not who or not study:
        raise UsageError(f"{path}:{line.number}: the row has no patient_id or no study.")
    try:
        return who, Invitation(study, as_day(on))
    except ValueError:
        raise UsageError(
            f"{path}:{line.number}: invited_on is no date; write it as 2026-11-01."
        ) from None


def as_day(text: str) -> date:
    """The day that a cell names, year-month-day and nothing else.

    Raises:
        ValueError: it names none.
    """
    found = date.fromisoformat(text)
    if found.isoformat() != text:  # fromisoformat reads 20261101 too
        raise ValueError("not year-month-day")
    return found
