"""Who became a candidate since the previous run."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.result import Cohort
from instep_cohort.errors import UsageError

COLUMN = "newly_crossed"


def with_newly_crossed(candidates: pa.Table, previous: Cohort, study: str, on: str) -> pa.Table:
    """The candidates with `newly_crossed`: true for whoever was no candidate of the previous run.

    Args:
        candidates: the candidate list.
        previous: an earlier run of the same study.
        study: the study's name.
        on: the search date, as ISO text.

    Raises:
        UsageError: the previous run is of another study, or of a later date.
    """
    before = previous.manifest
    if before["study"]["name"] != study:
        raise UsageError(
            f"The previous run is of the study {before['study']['name']}, not of {study}."
        )
    if before["search_date"] > on:
        raise UsageError(f"The previous run is of {before['search_date']}, after {on}.")
    were = previous.tables["candidates"]["patient_id"]
    is_new = pc.invert(pc.is_in(candidates["patient_id"], value_set=were.combine_chunks()))
    return candidates.add_column(candidates.column_names.index("cautions"), COLUMN, is_new)
