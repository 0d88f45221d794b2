"""A study met with a store: who the candidates are, why, and what was left out."""

from instep_cohort.cohort.identifying import identify
from instep_cohort.cohort.opening import open_run
from instep_cohort.cohort.result import Cohort

__all__ = ["Cohort", "identify", "open_run"]
