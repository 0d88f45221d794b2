"""Many made-up scenarios of one search date, measured in one pass over one store.

Planning a study costs an engine far more than the few rows of a scenario do. So the scenarios'
patients stand in one store and their measures in one plan, under the number of their scenario:
every code and every patient is one scenario's own, and what the engine finds is taken apart again
before it is looked at. Each study's own population, lines and steps are run as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import reference as ref
from generative.in_store import MadeStore, as_store, listed_opt_outs, plan_of, resolutions
from generative.strategies import Scenario
from instep_cohort.cohort.finding import NO_PRACTICE_LIST, Found, tables_of
from instep_cohort.engine.evidence import evidence_rows
from instep_cohort.engine.frames import Engine
from instep_cohort.engine.measures import measure
from instep_cohort.engine.opt_outs import coded_opt_outs
from instep_cohort.engine.people import people
from instep_cohort.engine.population import population
from instep_cohort.engine.rows import matched_rows, missed_for_their_date, used_rows
from instep_cohort.engine.running import Findings, exclude_measures
from instep_cohort.engine.uses import ListUse, Uses, uses_of
from instep_cohort.study import Plan, steps_of
from instep_cohort.study.plan import AnchoredWindow, MeasurePlan
from instep_cohort.study.spans import day_number


@dataclass(frozen=True)
class Member:
    """A scenario of a batch; its patients' keys are those from ``first`` on."""

    scenario: Scenario
    number: str
    plan: Plan
    first: int

    def within(self, text: str) -> str:
        """A code, an id or a name of the scenario as the batch calls it."""
        return f"{self.number}|{text}"

    def own_rows(self, table: pa.Table) -> pa.Table:
        """Those of the scenario's patients, under their own ids, whose keys begin at 0 again."""
        keys = table["patient_key"]
        last = self.first + len(self.scenario.extract.patients)
        own = table.filter(pc.and_(pc.greater_equal(keys, self.first), pc.less(keys, last)))
        own = with_column(own, "patient_key", pc.subtract(own["patient_key"], self.first))
        return bare(own, "patient_id") if "patient_id" in own.column_names else own


def bare(table: pa.Table, name: str) -> pa.Table:
    """The column as the scenarios call what is in it."""
    return with_column(table, name, pc.list_element(pc.split_pattern(table[name], "|"), 1))


def with_column(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, column)


def members_of(scenarios: Sequence[Scenario]) -> list[Member]:
    """The scenarios as members of one batch, in their order."""
    members, first = [], 0
    for place, given in enumerate(scenarios):
        members.append(Member(given, f"{place:04d}", plan_of(given), first))
        first += len(given.extract.patients)
    return members


def found_in_batch(engine: Engine, members: Sequence[Member], folder: Path) -> Iterator[Found]:
    """What the library finds in each scenario of a batch; all have the same search date."""
    store = as_store(shared_extract(members), folder)
    plan = shared_plan(members)
    uses = uses_of(plan, shared_resolutions(members, store))
    matched = matched_rows(engine, store, uses, plan.search_day)
    used = used_rows(engine, matched, uses)
    measured = measure(engine, used, uses, plan)
    excluding = [one.within(name) for one in members for name in exclude_measures(one.plan)]
    together = {
        "facts": engine.take(measured.facts),
        "evidence": evidence_rows(engine, measured.rows, used, uses),
        "missed": missed_for_their_date(engine, matched, uses, excluding),
    }
    opt_outs = engine.take(coded_opt_outs(used, uses, plan.search_day))
    codes = bare(store.codes(), "code")
    for one in members:
        given = one.scenario
        listed = given.opt_outs is not None
        steps = steps_of(one.plan, practice_list=listed)
        parts = {name: one.own_rows(rows) for name, rows in together.items()}
        said = pc.unique(parts["evidence"]["label_key"])
        own = own_uses(one, uses, said.to_pylist())
        labels = pc.index_in(parts["evidence"]["label_key"], value_set=said)
        parts["evidence"] = with_column(parts["evidence"], "label_key", labels)
        everybody = population(engine, store, one.plan, day_number(given.extract.extract_date))
        table = people(
            one.plan,
            own,
            population=one.own_rows(everybody),
            facts=parts["facts"],
            opt_outs=one.own_rows(opt_outs),
            practice_list=listed_opt_outs(given.opt_outs) if listed else NO_PRACTICE_LIST,
            steps=[step.name for step in steps],
        )
        yield tables_of(one.plan, own, Findings(table, **parts), steps, codes)


def shared_extract(members: Sequence[Member]) -> ref.Extract:
    """Every scenario's patients, with every scenario's rows, each under its number."""
    parts: dict[str, list[Any]] = {"patients": [], "registrations": []}
    parts |= {"events": [], "medicines": []}
    for one in members:
        for name, taken in parts.items():
            for row in getattr(one.scenario.extract, name):
                renamed = {"patient_id": one.within(row.patient_id)}
                if name in ("events", "medicines"):
                    renamed["code"] = one.within(row.code)
                taken.append(replace(row, **renamed))
    return ref.Extract(**parts, extract_date=members[0].scenario.on)


def shared_plan(members: Sequence[Member]) -> Plan:
    """The measures of every study as those of one, with a flag of a kind where any has it."""
    measures = {
        one.within(name): shared_measure(one, spec)
        for one in members
        for name, spec in one.plan.measures.items()
    }
    plans = [one.plan for one in members]
    return replace(
        plans[0],
        measures=measures,
        lines=(),
        fit_notes=next((plan.fit_notes for plan in plans if plan.fit_notes), None),
        work_status=next((plan.work_status for plan in plans if plan.work_status), None),
    )


def shared_measure(one: Member, spec: MeasurePlan) -> MeasurePlan:
    window = spec.window
    if isinstance(window, AnchoredWindow):
        window = replace(window, anchor=one.within(window.anchor))
    lists = tuple(one.within(name) for name in spec.lists)
    return replace(spec, name=one.within(spec.name), lists=lists, window=window)


def shared_resolutions(
    members: Sequence[Member], store: MadeStore
) -> dict[ListUse, SimpleNamespace]:
    """What each study's lists are in the store; the lists of flags and opt-outs put together."""
    keys: dict[str, dict[tuple[str, str], int]] = {one.number: {} for one in members}
    for (kind, code), key in store.code_keys.items():
        number, _, own_code = code.partition("|")
        keys[number][kind, own_code] = key
    found: dict[ListUse, SimpleNamespace] = {}
    for one in members:
        own = resolutions(one.scenario, one.plan, replace(store, code_keys=keys[one.number]))
        flags = [flag for flag in (one.plan.fit_notes, one.plan.work_status) if flag]
        together = [*one.plan.opt_outs.lists, *(flag.codelist for flag in flags)]
        for (name, kind), resolution in own.items():
            found[one.within(name), kind] = resolution
            if name in together:
                empty = SimpleNamespace(
                    codelist=resolution.codelist, categories_by_key={}, matched_by_key={}
                )
                shared = found.setdefault((name, kind), empty)
                shared.categories_by_key.update(resolution.categories_by_key)
                shared.matched_by_key.update(resolution.matched_by_key)
    return found


def own_uses(one: Member, uses: Uses, said: Sequence[int]) -> Uses:
    """The uses of a study among those of its batch, under its own names, with these labels."""
    names: Mapping[str, str] = {one.within(name): name for name in one.plan.measures}
    return replace(
        uses,
        labels=[
            label._replace(used_by=names.get(label.used_by, label.used_by))
            for label in (uses.labels[key] for key in said)
        ],
        measures={name: uses.measures[shared] for shared, name in names.items()},
        fit_notes=uses.fit_notes if one.plan.fit_notes else None,
        work_status=uses.work_status if one.plan.work_status else None,
    )
