"""Who has read a version: a status above draft has a person and a day behind it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, get_args

from instep_cohort.codelists.model import Status
from instep_cohort.errors import UsageError

STATUSES: tuple[Status, ...] = get_args(Status)  # from the least to the most


class Signature(NamedTuple):
    """Who has read a version, and when."""

    reviewer: str
    reviewed_on: date


def signed(
    status: Status, reviewer: str | None, reviewed_on: date | None, on: date
) -> Signature | None:
    """The signature that a status needs, ``None`` for a draft.

    Args:
        status: draft, reviewed or published.
        reviewer: the name that was given.
        reviewed_on: the day that was given.
        on: the day after which nobody can have read it.

    Raises:
        UsageError: a name or a day is missing, is given for a draft, or lies after ``on``.
    """
    if status not in STATUSES:
        raise UsageError(f"--status {status}: one of {', '.join(STATUSES)}")
    name = " ".join((reviewer or "").split())
    if status == "draft":
        if name or reviewed_on:
            raise UsageError(
                "a draft has no reviewer: say --status reviewed, or leave out --reviewer and "
                "--reviewed-on"
            )
        return None
    if not any(sign.isalpha() for sign in name) or reviewed_on is None:
        raise UsageError(
            f'{status} says that a clinician has read every line: give --reviewer "NAME, ROLE" and '
            "--reviewed-on DATE of that person, or leave the version a draft"
        )
    if reviewed_on > on:
        raise UsageError(f"--reviewed-on {reviewed_on} lies after {on}: it has to be a day gone by")
    return Signature(name, reviewed_on)
