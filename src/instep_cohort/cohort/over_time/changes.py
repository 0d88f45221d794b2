"""What changed between two runs of one study: new, still, no longer and why, tier moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from instep_cohort.cohort.result import Cohort
from instep_cohort.errors import UsageError
from instep_cohort.small_tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd

_ORDER = ("new", "still", "no longer")

CHANGES = pa.schema(
    [
        ("patient_id", pa.string()),
        ("practice_id", pa.string()),
        ("change", pa.string()),
        ("tier_before", pa.string()),
        ("tier_after", pa.string()),
        ("why", pa.string()),
    ]
)

_MOVED = "tier moved"
_OUTSIDE = "not among those who are looked at: alive, registered, of the age"


class Count(NamedTuple):
    """How many people one kind of change stands for, never who they are."""

    change: str
    tier_before: str
    tier_after: str
    why: str
    people: int


@dataclass(frozen=True, repr=False)
class Changes:
    """Two runs held against each other. Shows itself as counts; people only when asked for.

    Attributes:
        table: one row for each candidate of either run (`CHANGES`), in the order of patient_id.
        title: which runs.
        warnings: what else differs between the runs, so that a change may come of it.
    """

    table: pa.Table = field(repr=False)
    title: str
    warnings: tuple[str, ...]

    @property
    def people(self) -> pd.DataFrame:
        """One row for each candidate of either run: for the practice only."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def counts(self) -> list[Count]:
        """The kinds of change with the number of people, new ones first, then the most frequent."""
        rows = zip(*(self.table[name].to_pylist() for name in CHANGES.names[2:]), strict=True)
        # of a tier that moved only that it did: the reason has a date, and that is one person's
        counted = Counter(
            (*row[:3], _MOVED if row[3].startswith(_MOVED) else row[3]) for row in rows
        )
        found = [
            Count(change, before or "", after or "", why, people)
            for (change, before, after, why), people in counted.items()
        ]
        return sorted(found, key=lambda one: (_ORDER.index(one.change), -one.people, one))

    def __repr__(self) -> str:
        return text_table(self.title, _HEAD, self.counts())

    def _repr_html_(self) -> str:
        return html_table(self.title, _HEAD, self.counts())


_HEAD = ("change", "tier before", "tier after", "why", "people")


def changes(before: Cohort, after: Cohort) -> Changes:
    """What became of the candidates between two runs of one study.

    Somebody is `new` (why: the step that left them out before), `still` a candidate (why: what
    moved their tier, empty where it stayed), or `no longer` one (why: the step that leaves them
    out now).

    Args:
        before: the earlier run.
        after: the later one.

    Raises:
        UsageError: the runs are of different studies, or the later one has the earlier date.
    """
    _refuse_unlike(before, after)
    was, now = _candidates(before), _candidates(after)
    dropped_before, dropped_now = _dropped(before), _dropped(after)
    rows = []
    for who in sorted(was.keys() | now.keys()):
        if who not in was:
            change, why = "new", _left_out(dropped_before.get(who), "before")
        elif who in now:
            change, why = "still", _moved(was[who], now[who])
        else:
            change, why = "no longer", _left_out(dropped_now.get(who), "now")
        rows.append(
            {
                "patient_id": who,
                "practice_id": now.get(who, was.get(who, {})).get("practice_id"),
                "change": change,
                "tier_before": was.get(who, {}).get("tier"),
                "tier_after": now.get(who, {}).get("tier"),
                "why": why,
            }
        )
    title = (
        f"{after.manifest['study']['name']}: {before.manifest['search_date']} to "
        f"{after.manifest['search_date']}"
    )
    table = pa.Table.from_pylist(rows, schema=CHANGES)
    return Changes(table, title, tuple(_differences(before, after)))


def _candidates(cohort: Cohort) -> Mapping[str, Mapping[str, Any]]:
    table = cohort.tables["candidates"]
    kept = ("patient_id", "practice_id", "tier", "tier_reason")
    names = [name for name in kept if name in table.column_names]
    return {row["patient_id"]: row for row in table.select(names).to_pylist()}


def _dropped(cohort: Cohort) -> Mapping[str, str]:
    facts = cohort.tables["facts"]
    return dict(zip(facts["patient_id"].to_pylist(), facts["dropped_at"].to_pylist(), strict=True))


def _left_out(step: str | None, when: str) -> str:
    return f"{when} {_OUTSIDE}" if step is None else f"left out {when} at {step}"


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    return "" if old.get("tier") == new.get("tier") else f"{_MOVED}: {new['tier_reason']}"


def _refuse_unlike(before: Cohort, after: Cohort) -> None:
    names = [cohort.manifest["study"]["name"] for cohort in (before, after)]
    if names[0] != names[1]:
        raise UsageError(
            f"The runs are of two studies, {names[0]} and {names[1]}; give two runs of one study."
        )
    dates = [cohort.manifest["search_date"] for cohort in (before, after)]
    if dates[0] > dates[1]:
        raise UsageError(
            f"The first run is of {dates[0]} and the second of {dates[1]}; give the earlier first."
        )


def _differences(before: Cohort, after: Cohort) -> Iterator[str]:
    old, new = before.manifest, after.manifest
    if old["study"]["sha256"] != new["study"]["sha256"]:
        versions = f"{old['study']['version']} and {new['study']['version']}"
        yield f"the study itself differs ({versions}): changes may come of that."
    values = [{k: v["value"] for k, v in one["parameters"].items()} for one in (old, new)]
    if values[0] != values[1]:
        changed = sorted(k for k in values[0] | values[1] if values[0].get(k) != values[1].get(k))
        yield f"parameters differ ({', '.join(changed)}): changes may come of that."
    lists = [{one["id"]: one["sha256"] for one in manifest["codelists"]} for manifest in (old, new)]
    if lists[0] != lists[1]:
        changed = sorted(k for k in lists[0] | lists[1] if lists[0].get(k) != lists[1].get(k))
        yield f"codelists differ ({', '.join(changed)}): changes may come of that."
    if old["store"]["profile"] != new["store"]["profile"]:
        yield "the extracts are of different systems: check that their patient ids are the same."
