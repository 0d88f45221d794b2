"""From one run to the next: who is new, who is still there, who is not, and who will be."""

from instep_cohort.cohort.over_time.changes import Changes, changes
from instep_cohort.cohort.over_time.crossing import Crossings, crossings

__all__ = ["Changes", "Crossings", "changes", "crossings"]
