"""What leaves the practice: counts of the search and of recruitment, small ones hidden."""

from instep_cohort.recruitment.counting.releasing import (
    SMALLEST_THRESHOLD,
    CountsReleased,
    release_counts,
)

__all__ = ["SMALLEST_THRESHOLD", "CountsReleased", "release_counts"]
