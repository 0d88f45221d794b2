"""Why somebody is on the list, or is not: the study as a tree, each node met or not."""

from instep_cohort.cohort.explain.building import explain
from instep_cohort.cohort.explain.values import Explanation

__all__ = ["Explanation", "explain"]
