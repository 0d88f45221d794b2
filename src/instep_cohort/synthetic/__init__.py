"""Made-up practices with known answers, for trying things out, for tests and for the benchmark."""

from instep_cohort.synthetic.practice import make_practice
from instep_cohort.synthetic.summary import PracticeSummary, Rate

__all__ = ["PracticeSummary", "Rate", "make_practice"]
