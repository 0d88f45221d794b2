"""Where what the library found differs from what the reference says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

import reference as ref
from generative.batches import Member, found_in_batch, members_of
from generative.in_store import found_by
from generative.strategies import Scenario, scenario
from instep_cohort.cohort.finding import Found
from instep_cohort.engine.frames import Engine

# so many studies of one search date are measured in one pass
BATCH = 40


class Asked(NamedTuple):
    """Scenarios of one search date, and what the reference says of each."""

    members: Sequence[Member]
    expected: Sequence[ref.Result]


def disagreements(engine: Callable[[], Engine], seeds: range, folder: Path) -> Iterator[str]:
    """Each scenario of these numbers in which the library and the reference differ, and how."""
    for number, asked in enumerate(batches(seeds)):
        try:
            with engine() as running:
                found = list(found_in_batch(running, asked.members, folder / f"batch-{number}"))
        except Exception as error:
            alone = _failing_alone(engine, asked.members, folder)
            raise AssertionError("\n".join(["a batch failed; of it, alone:", *alone])) from error
        for one, tables, expected in zip(asked.members, found, asked.expected, strict=True):
            wrong = differences(tables, one.scenario, expected)
            if wrong:
                yield "\n".join([named(one.scenario), *wrong[:20]])


def named(given: Scenario) -> str:
    """Which scenario it is, to make it again, and what it asks."""
    return f"scenario {given.seed} on {given.on}: {given.study}"


def _failing_alone(
    engine: Callable[[], Engine], members: Sequence[Member], folder: Path
) -> Iterator[str]:
    for given in (one.scenario for one in members):
        try:
            with engine() as running:
                found_by(running, given, folder / f"alone-{given.seed}")
        except Exception as error:
            yield f"{named(given)}\n{error!r}"


@lru_cache(maxsize=1)
def batches(seeds: range) -> Sequence[Asked]:
    """The scenarios of these numbers, those of one search date together."""
    by_date: dict[date, list[Scenario]] = {}
    for seed in seeds:
        given = scenario(seed)
        by_date.setdefault(given.on, []).append(given)
    return [
        Asked(members_of(part), [given.expected() for given in part])
        for dated in by_date.values()
        for part in (dated[first : first + BATCH] for first in range(0, len(dated), BATCH))
    ]


def differences(found: Found, given: Scenario, expected: ref.Result) -> list[str]:
    """Each difference in candidates, facts, attrition and evidence, in words."""
    return [
        *_attrition(found.tables["attrition"], expected),
        *_people("facts", found.tables["facts"], expected.facts),
        *_people("candidates", found.tables["candidates"], expected.candidates),
        *_evidence(found.tables["evidence"], given, expected),
    ]


def _attrition(table: pa.Table, expected: ref.Result) -> Iterator[str]:
    names = ("step", "kind", "before", "dropped", "after", "gained_if_removed")
    rows = [tuple(row[name] for name in names) for row in table.to_pylist()]
    wanted = [tuple(getattr(row, name) for name in names) for row in expected.attrition]
    if rows != wanted:
        yield f"attrition: {rows} but the reference says {wanted}"


def _people(what: str, table: pa.Table, expected: dict[str, dict]) -> Iterator[str]:
    rows = {row["patient_id"]: row for row in table.to_pylist()}
    if list(rows) != sorted(expected):
        yield f"{what}: {list(rows)} but the reference says {sorted(expected)}"
    for who in sorted(rows.keys() & expected.keys()):
        for name, wanted in expected[who].items():
            if rows[who].get(name, "no such column") != wanted:
                yield f"{what}: {who} {name} is {rows[who].get(name)!r}, reference {wanted!r}"


def _evidence(table: pa.Table, scenario: Scenario, expected: ref.Result) -> Iterator[str]:
    measures = set(scenario.study["measures"])
    rows = Counter(
        (row["patient_id"], row["used_by"], row["date"], row["code"], row["value"], row["unit"])
        for row in table.to_pylist()
        if row["used_by"] in measures
    )
    wanted = Counter(
        (
            one.patient_id,
            one.used_by,
            one.row.when,
            one.row.code,
            one.row.value if one.table == "events" else None,
            one.row.unit if one.table == "events" else None,
        )
        for one in expected.evidence
    )
    for row in (rows - wanted) + (wanted - rows):
        yield f"evidence: {row} is there {rows[row]} times, reference {wanted[row]}"
