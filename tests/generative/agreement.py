"""Where what the library found differs from what the reference says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

import reference as ref
from generative.strategies import Scenario
from instep_cohort.cohort.finding import Found


def differences(found: Found, scenario: Scenario) -> list[str]:
    """Each difference in candidates, facts, attrition and evidence, in words."""
    expected = scenario.expected()
    return [
        *_attrition(found.tables["attrition"], expected),
        *_people("facts", found.tables["facts"], expected.facts),
        *_people("candidates", found.tables["candidates"], expected.candidates),
        *_evidence(found.tables["evidence"], scenario, expected),
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
