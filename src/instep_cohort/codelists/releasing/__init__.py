"""Releasing a list: the next version, its lock, and the marks of those who have read it."""

from instep_cohort.codelists.releasing.bumps import Bump, Reason, next_version, reasons
from instep_cohort.codelists.releasing.locking import lock_releases
from instep_cohort.codelists.releasing.new_version import Released, release
from instep_cohort.codelists.releasing.reviewing import review

__all__ = [
    "Bump",
    "Reason",
    "Released",
    "lock_releases",
    "next_version",
    "reasons",
    "release",
    "review",
]
