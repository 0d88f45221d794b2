"""Runs of the tables of people: as few as can be, by the reference or by an engine.

All tables of measures of one search date are one study; tables of whole studies share a run where
they ask for the same study.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import yaml

import reference as ref
from generative.in_store import found_by
from generative.strategies import Scenario
from instep_cohort.engine.frames import engine_of
from spec.people import Facts, MadePerson, People, expected_columns, made_person, shown
from spec.tables import table
from spec.world import CATEGORIES, KINDS, LISTS, study_of

FACTS = ("met", "count", "first", "last")
ABSENT = "no such column"
REFERENCE = "the reference"


class Place(NamedTuple):
    """Where one line of a table is found in a run: its patient, and what its names became."""

    patient_id: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """One study on one extract, and where the lines of each table are in it."""

    scenario: Scenario
    places: Mapping[int, Sequence[Place]]  # by the number of the table


@dataclass(frozen=True)
class Outcome:
    """What a run found: by patient, and by patient and reader of rows."""

    facts: Mapping[str, Mapping[str, Any]]
    candidates: Mapping[str, Mapping[str, Any]]
    attrition: Sequence[Mapping[str, Any]]
    evidence: Mapping[tuple[str, str], Sequence[str]]
    by: str


# ---------------------------------------------------------------- from tables to runs


def runs_of(specs: Sequence[Facts | People]) -> Mapping[int, Run]:
    """The run of each table, by its number; many share one."""
    together: dict[Any, list[int]] = {}
    for number, spec in enumerate(specs):
        together.setdefault(_shared_by(spec, number), []).append(number)
    found: dict[int, Run] = {}
    for numbers in together.values():
        chosen = {number: specs[number] for number in numbers}
        first = chosen[numbers[0]]
        run = _measured(chosen) if isinstance(first, Facts) else _studied(chosen)  # type: ignore[arg-type]
        found |= dict.fromkeys(numbers, run)
    return found


def _shared_by(spec: Facts | People, number: int) -> Any:
    if isinstance(spec, Facts):
        return "facts", spec.on
    alone = number if spec.attrition else None  # its counts are of its own people only
    study = yaml.safe_dump(study_of(spec.study), sort_keys=False)
    return study, spec.on, spec.extracted, _has_list(spec), alone


def _has_list(spec: People) -> bool:
    return spec.practice_list or "listed" in spec.cases[0]


def _studied(specs: Mapping[int, People]) -> Run:
    first = next(iter(specs.values()))
    study = study_of(first.study)
    names = {name: name for name in study["measures"]}
    places = {n: [Place(_id(n, i), names) for i in range(len(s.cases))] for n, s in specs.items()}
    people = _people(specs, places)
    scenario = _scenario(study, first.on, first.extracted, people, listed=_has_list(first))
    return Run(scenario, places)


def _measured(specs: Mapping[int, Facts]) -> Run:
    measures: dict[str, Any] = {}
    lines: dict[str, Any] = {}
    places: dict[int, list[Place]] = {}
    for number, spec in specs.items():
        shared = _renamed(spec, f"t{number}_", measures, lines)
        places[number] = []
        for i, case in enumerate(spec.cases):
            own: dict[str, str] = {}
            if "measure" in case:
                own["m"] = f"t{number}_{i}_m"
                body = yaml.safe_load(case["measure"])
                measures[own["m"]] = _with_anchor(body, shared | own)
            if "criterion" in case:
                own["line"] = f"t{number}_{i}_line"
                lines[own["line"]] = _with_names(yaml.safe_load(case["criterion"]), shared)
            places[number].append(Place(_id(number, i), shared | own))
    study = study_of("{}")
    study["measures"] = {**study["measures"], **measures}
    study["include"] = {**study["include"], **lines}
    on = next(iter(specs.values())).on
    return Run(_scenario(study, on, on, _people(specs, places), listed=False), places)


def _renamed(
    spec: Facts, prefix: str, measures: dict[str, Any], lines: dict[str, Any]
) -> dict[str, str]:
    """Adds the measures and lines of a table under names of their own, and gives those back."""
    given, criteria = yaml.safe_load(spec.measures), yaml.safe_load(spec.lines)
    names = {name: f"{prefix}{name}" for name in (*given, *criteria)}
    for name, body in given.items():
        measures[names[name]] = _with_anchor(body, names)
    for name, criterion in criteria.items():
        lines[names[name]] = _with_names(criterion, names)
    return names


def _with_anchor(body: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    window = body.get("within")
    if not isinstance(window, dict):
        return body
    hung = {}
    for key, value in window.items():
        base, dot, edge = str(value).partition(".")
        hung[key] = f"{names[base]}.{edge}" if dot else value
    return {**body, "within": hung}


def _with_names(criterion: Any, names: Mapping[str, str]) -> Any:
    if isinstance(criterion, str):
        return names[criterion]
    ((key, inner),) = criterion.items()
    if key == "at_least":
        return {key: {"n": inner["n"], "of": [_with_names(one, names) for one in inner["of"]]}}
    if key == "not":
        return {key: _with_names(inner, names)}
    return {key: [_with_names(one, names) for one in inner]}


def _id(number: int, line: int) -> str:
    return f"{number:03d}-{line:03d}"


def _people(
    specs: Mapping[int, Facts | People], places: Mapping[int, Sequence[Place]]
) -> list[MadePerson]:
    return [
        made_person(place.patient_id, case)
        for number, spec in specs.items()
        for place, case in zip(places[number], spec.cases, strict=True)
    ]


def _scenario(
    study: dict[str, Any], on: str, extracted: str, people: Sequence[MadePerson], *, listed: bool
) -> Scenario:
    extract = ref.Extract(
        [one.patient for one in people],
        [stay for one in people for stay in one.stays],
        [row for one in people for row in one.events],
        [row for one in people for row in one.medicines],
        date.fromisoformat(extracted),
    )
    opt_outs = [(one.patient.patient_id, kind) for one in people for kind in one.listed]
    return Scenario(
        study,
        date.fromisoformat(on),
        extract,
        {name: dict(codes) for name, codes in LISTS.items()},
        {name: tuple(of) for name, of in CATEGORIES.items()},
        KINDS,
        opt_outs if listed else None,
    )


# ---------------------------------------------------------------- from runs to outcomes


def by_reference(scenario: Scenario) -> Outcome:
    """What the reference says of a run."""
    said = scenario.expected()
    evidence: dict[tuple[str, str], list[str]] = {}
    for one in said.evidence:
        text = _evidence(one.row.when, one.row.code, one.row.value)
        evidence.setdefault((one.patient_id, one.used_by), []).append(text)
    names = ("step", "kind", "before", "dropped", "after", "gained_if_removed")
    attrition = [{name: getattr(row, name) for name in names} for row in said.attrition]
    return Outcome(said.facts, said.candidates, attrition, evidence, REFERENCE)


def by_engine(scenario: Scenario, engine: str, folder: Path) -> Outcome:
    """What the library finds in a run, on an engine."""
    with engine_of(engine) as running:
        tables = found_by(running, scenario, folder).tables
    evidence: dict[tuple[str, str], list[str]] = {}
    for row in tables["evidence"].to_pylist():
        text = _evidence(row["date"], row["code"], row["value"])
        evidence.setdefault((row["patient_id"], row["used_by"]), []).append(text)
    attrition = tables["attrition"].to_pylist()
    return Outcome(
        _by_patient(tables["facts"]), _by_patient(tables["candidates"]), attrition, evidence, engine
    )


def _by_patient(rows: pa.Table) -> dict[str, dict[str, Any]]:
    return {row["patient_id"]: row for row in rows.to_pylist()}


def _evidence(when: date | None, code: str, value: float | None) -> str:
    end = "" if value is None else f" {value:g}"
    return f"{when or 'undated'} {code}{end}"


# ---------------------------------------------------------------- what differs


def differences(spec: Facts | People, number: int, run: Run, outcome: Outcome) -> Iterator[str]:
    """Yields each cell that is not as the table has it, in words."""
    for place, case in zip(run.places[number], spec.cases, strict=True):
        for column, cell in expected_columns(case):
            found = _found(outcome, place, column)
            if found is not None and found != cell:
                yield f"{case}: {column} is {found!r}, the table says {cell!r}"
    if isinstance(spec, People) and spec.attrition:
        yield from _attrition_differences(spec, outcome)


def _found(outcome: Outcome, place: Place, column: str) -> str | None:
    """The cell that a run has under a column; ``None`` where the reference has no such thing."""
    if column.endswith("evidence"):
        return _evidence_of(outcome, place, column.removesuffix("evidence").strip() or "m")
    facts = outcome.facts.get(place.patient_id)
    candidate = outcome.candidates.get(place.patient_id)
    key = column.replace(" ", "_")
    if column in ("looked at", "candidate"):
        return shown((facts if column == "looked at" else candidate) is not None)
    if candidate is not None and key in candidate:
        return shown(candidate[key])
    fact = _fact_name(place, column)
    if fact:
        return "not looked at" if facts is None else shown(facts.get(fact, ABSENT))
    if column == "reason" and outcome.by == REFERENCE:
        return None
    return "no candidate" if candidate is None else ABSENT


def _fact_name(place: Place, column: str) -> str:
    """The column of facts that a table means by ``count``, ``pain count``, ``holds``, …"""
    *named, last = column.split()
    name = " ".join(named)
    if column == "dropped at":
        return "dropped_at"
    if last == "holds":
        return place.names.get(name or "line", name)
    if last in FACTS:
        name = name or "m"
        return f"{place.names.get(name, name)}_{last}"
    return ""


def _evidence_of(outcome: Outcome, place: Place, name: str) -> str | None:
    own = place.names.get(name, name)
    found = outcome.evidence.get((place.patient_id, own), [])
    if outcome.by == REFERENCE and name not in place.names:
        return None  # it has evidence of measures only
    return ", ".join(sorted(found))


def _attrition_differences(spec: People, outcome: Outcome) -> Iterator[str]:
    wanted = table(spec.attrition)
    found = [
        {
            column: shown(row[key]) if (key := column.replace(" ", "_")) in row else cell
            for column, cell in line.items()
        }
        for line, row in zip(wanted, outcome.attrition, strict=False)
    ]
    if len(wanted) != len(outcome.attrition) or found != wanted:
        steps = [row["step"] for row in outcome.attrition]
        yield f"attrition is {found} over the steps {steps}, the table says {wanted}"
