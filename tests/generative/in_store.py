"""A made-up scenario as a store, and what the library finds in it, without files to ingest.

The store's tables are written from the scenario by pyarrow alone; reading real files is the
business of `tests/extracts`, and `test_through_files.py` goes the whole way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq

import reference as ref
from generative.strategies import Scenario
from generative.to_standard import study_text
from instep_cohort.cohort.finding import Found, find
from instep_cohort.cohort.practice_list import PracticeList
from instep_cohort.engine.frames import Engine
from instep_cohort.engine.uses import ListUse, list_uses
from instep_cohort.extracts.tables import TABLES
from instep_cohort.study import Plan, compile_study, parse_study


def day(when: date | None) -> int | None:
    return None if when is None else (when - date(1970, 1, 1)).days


@dataclass(frozen=True)
class MadeStore:
    """What `find` needs of a store."""

    folder: Path
    extract_date: date
    code_keys: Mapping[tuple[str, str], int]

    def table_path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def codes(self) -> pa.Table:
        return pq.read_table(self.table_path("codes"))


def as_store(extract: ref.Extract, folder: Path) -> MadeStore:
    """The extract as the tables of a store."""
    people = sorted(extract.patients, key=lambda one: one.patient_id)
    keys = {one.patient_id: key for key, one in enumerate(people)}
    used = {("clinical", row.code) for row in extract.events}
    used |= {("medicine", row.code) for row in extract.medicines}
    code_keys = {code: key for key, code in enumerate(sorted(used))}
    count = Counter(("clinical", row.code) for row in extract.events)
    count.update(("medicine", row.code) for row in extract.medicines)
    tables = {
        "patients": [
            {
                "patient_key": keys[one.patient_id],
                "patient_id": one.patient_id,
                "practice_id": one.practice_id,
                "sex": one.sex,
                "birth_day": day(one.birth),
                "birth_precision": one.birth_precision,
                "death_day": day(one.death),
                "is_test": one.is_test,
                "is_confidential": one.is_confidential,
            }
            for one in people
        ],
        "registrations": [
            {
                "patient_key": keys[stay.patient_id],
                "practice_id": people[keys[stay.patient_id]].practice_id,
                "start_day": day(stay.start),
                "end_day": day(stay.end),
                "kind": stay.kind,
            }
            for stay in extract.registrations
            if stay.patient_id in keys
        ],
        "codes": [
            {
                "code_key": code_keys[kind, code],
                "kind": kind,
                "system": "read_v2",
                "code": code,
                "term": f"term of {code}",
                "rows": count[kind, code],
            }
            for kind, code in sorted(used)
        ],
        "events": made_rows(extract.events, "clinical", keys, code_keys),
        "medicines": made_rows(extract.medicines, "medicine", keys, code_keys),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        pq.write_table(pa.Table.from_pylist(rows, schema=TABLES[name]), folder / f"{name}.parquet")
    return MadeStore(folder, extract.extract_date, code_keys)


def made_rows(
    rows: Sequence[ref.Row],
    kind: str,
    keys: Mapping[str, int],
    code_keys: Mapping[tuple[str, str], int],
) -> list[dict]:
    return [
        {
            "patient_key": keys[row.patient_id],
            "day": day(row.when),
            "code_key": code_keys[kind, row.code],
            "value": row.value,
            "unit": row.unit,
            "date_precision": row.precision,
            "earliest": day(row.earliest) if row.precision in ("month", "year") else None,
            "latest": day(row.latest) if row.precision in ("month", "year") else None,
        }
        for row in rows
        if row.patient_id in keys
    ]


def resolutions(scenario: Scenario, plan: Plan, store: MadeStore) -> dict[ListUse, SimpleNamespace]:
    """What each list of the scenario is in the store."""
    found = {}
    for name, kind in list_uses(plan):
        held = {
            store.code_keys[kind, code]: frozenset(categories)
            for code, categories in scenario.lists[name].items()
            if (kind, code) in store.code_keys
        }
        found[name, kind] = SimpleNamespace(
            codelist=SimpleNamespace(version="1.0.0"),
            categories_by_key=held,
            matched_by_key=dict.fromkeys(held, "code"),
        )
    return found


def plan_of(scenario: Scenario) -> Plan:
    """The scenario's study, by way of its YAML."""
    study = parse_study(study_text(scenario.study), "made.yaml")
    return compile_study(study, scenario.on, categories=scenario.categories)


def listed_opt_outs(opt_outs: Sequence[tuple[str, str]]) -> pa.Table:
    """The practice's own list of these ids and kinds."""
    return PracticeList([(n, who, kind) for n, (who, kind) in enumerate(opt_outs)], "").table()


def found_by(engine: Engine, scenario: Scenario, folder: Path) -> Found:
    """What the library finds in the scenario."""
    plan = plan_of(scenario)
    store = as_store(scenario.extract, folder)
    listed = None if scenario.opt_outs is None else listed_opt_outs(scenario.opt_outs)
    return find(plan, resolutions(scenario, plan, store), store, engine, practice_list=listed)
