"""How old the extract is on a day, and whether its files say that it was taken on another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from instep_cohort.extracts import Store
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Finding, Seen, Table, Unit

#: Days: what is older is not searched without being told so.
OLDEST = 90

#: Days by which an extract may be younger than the newest of its files.
_APART = 31
# A day in a file's name, maybe with a time of six digits behind it.
_DAY = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?=(?:\d{6})?(?!\d))")


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
    findings += [] if store.parts else named_for_another_day(store)
    rows = [(name or "store", taken.isoformat()) for name, taken in parts]
    return Seen(findings, [Table("extracts", "extract dates", ("extract", "taken on"), rows)])


def named_for_another_day(store: Store) -> Iterator[Finding]:
    """A finding where the names of the files speak of another day than the extract date.

    A name after it is one too many. That all are long before it shows where most files carry a day:
    dictionaries alone may be older than what they explain.
    """
    files = [file.file for file in store.manifest.files]
    days = [day for name in files if (day := _named_day(name)) is not None]
    taken = store.extract_date
    late = [day for day in days if day > taken]
    newest = max(days, default=taken)
    what = f"the newest is named for {newest}, and the extract is said to be of {taken}"
    if late:
        yield finding("extract-date-doubtful", len(late), what=what, unit=Unit.FILES)
    elif 2 * len(days) > len(files) and (taken - newest).days > _APART:
        yield finding("extract-date-doubtful", len(days), what=what, unit=Unit.FILES)


def _named_day(name: str) -> date | None:
    """The last day that a file's name or folder speaks of."""
    found = None
    for year, month, day in _DAY.findall(name):
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            continue
    return found
