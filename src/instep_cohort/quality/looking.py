"""Every look at a store, put together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from instep_cohort.extracts import Store
from instep_cohort.quality.codes import look_at_mapping, look_at_shapes, look_for_identifying
from instep_cohort.quality.duplicates import look_for_duplicates
from instep_cohort.quality.extract_age import look_at_age
from instep_cohort.quality.list_size import look_at_lists
from instep_cohort.quality.opened import opened
from instep_cohort.quality.opt_outs import look_for_opt_outs
from instep_cohort.quality.people import look_at_people
from instep_cohort.quality.recording import look_at_months
from instep_cohort.quality.registrations import look_at_registrations
from instep_cohort.quality.result import Quality
from instep_cohort.quality.row_dates import look_at_dates
from instep_cohort.quality.rows_read import look_at_files


def quality(
    store: Store,
    *,
    expected_list_size: int | Mapping[str, int] | None = None,
    on: date | None = None,
    masked: bool = False,
) -> Quality:
    """What a store holds and what is odd about it: findings by rule and severity, tables of counts.

    One pass over the events and one over the issues; nothing of any patient is held.

    Args:
        store: an ingested extract, from `open_store`.
        expected_list_size: how many patients the practice should have, or each by its id.
        on: the day on which the age of the extract is judged; not at all without one.
        masked: hide small numbers, so that the report may leave the practice.

    Raises:
        UsageError: an expected list size is not of a practice of the store.
        ExtractError: the store is damaged.

    Example:
        >>> import datetime, tempfile, instep_cohort as ic
        >>> folder = tempfile.mkdtemp()
        >>> _ = ic.make_practice(f"{folder}/extract", patients=500)
        >>> store = ic.ingest(
        ...     f"{folder}/extract", profile="standard", extract_date=datetime.date(2026, 11, 1),
        ...     out=f"{folder}/store",
        ... )
        >>> found = ic.quality(store, expected_list_size=100_000)
        >>> [one.rule for one in found.findings if one.severity == "error"]
        ['list-empty']
    """
    with opened(store) as it:
        seen = [
            look_at_age(it.store, on),
            look_at_files(it.store),
            look_at_people(it),
            look_at_registrations(it),
            look_at_lists(it, expected_list_size),
            look_at_dates(it),
            look_at_months(it),
            look_for_duplicates(it),
            look_at_mapping(it),
            look_at_shapes(it),
            look_for_identifying(it.store),
            look_for_opt_outs(it.store),
        ]
        practices = tuple(it.practices.values())
    findings = [one for look in seen for one in look.findings]
    return Quality(
        store=store.path.name,
        sha256=store.sha256,
        profile=store.profile,
        extract_date=store.extract_date,
        practices=practices,
        findings=tuple(sorted(findings, key=lambda one: (-one.severity.rank, -one.weight))),
        tables=tuple(table for look in seen for table in look.tables),
        is_masked=masked,
    )
