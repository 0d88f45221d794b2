"""The Read v2 side of a codelist held against its CTV3 side: what one side lacks."""

from instep_cohort.codelists.crosswalking.pairing import crosswalk
from instep_cohort.codelists.crosswalking.result import Crosswalk, CrosswalkRow, Standing

__all__ = ["Crosswalk", "CrosswalkRow", "Standing", "crosswalk"]
