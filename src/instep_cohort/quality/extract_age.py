"""How old the extract is on a day."""

from __future__ import annotations

from datetime import date

from instep_cohort.extracts import Store
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Seen, Table, Unit

#: Days: what is older is not searched without being told so.
OLDEST = 90


def look_at_age(store: Store, on: date | None) -> Seen:
    """The extract dates of the store's parts, and those that are too old on a day.

    Args:
        store: the store.
        on: the day; without one nothing is said of age.
    """
    parts = [(part.name, part.extract_date) for part in store.parts]
    parts = parts or [("", store.extract_date)]
    findings = [
        finding(
            "extract-old",
            (on - taken).days,
            what=f"taken on {taken}, more than {OLDEST} days before {on}",
            unit=Unit.DAYS,
            place=name,
        )
        for name, taken in parts
        if on is not None and (on - taken).days > OLDEST
    ]
    rows = [(name or "store", taken.isoformat()) for name, taken in parts]
    return Seen(findings, [Table("extracts", "extract dates", ("extract", "taken on"), rows)])
