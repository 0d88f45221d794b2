"""Study tests: whether a study says of made-up patients what is expected of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from instep_cohort.codelists import Library
from instep_cohort.cohort.candidates import candidate_schema
from instep_cohort.cohort.finding import NO_PRACTICE_LIST
from instep_cohort.cohort.identifying import identify
from instep_cohort.cohort.lists import pinned_lists, resolve_lists
from instep_cohort.cohort.made_extract import write_made_extract, write_made_opt_outs
from instep_cohort.cohort.practice_list import read_practice_list
from instep_cohort.cohort.result import Cohort
from instep_cohort.engine.frames import engine_of
from instep_cohort.engine.running import run
from instep_cohort.engine.uses import uses_of
from instep_cohort.errors import DefinitionError, Fault
from instep_cohort.extracts import Store, ingest
from instep_cohort.study import Plan, Step, Study, compile_study, describe_step, steps_of
from instep_cohort.study.made_patients import Expected, MadePatient, StudyTests
from instep_cohort.study.nearest import nearest
from instep_cohort.study.references import below

_NOT_EXPECTED = ("patient_id", "practice_id", "cautions")
_OPT_OUT_CAUTIONS = ("opt-out: caution", "opt-out: national")


class Verdict(NamedTuple):
    """What a study said of one made-up patient.

    Attributes:
        patient: the patient's name in the file.
        line: the line of the file at which the patient begins.
        expected: what was expected: in, out, or out at a step.
        found: in, or out at a step.
        mismatches: each thing that is otherwise than expected, in words; none: all is as expected.
        explanation: why the study says so; empty where all is as expected.
    """

    patient: str
    line: int | None
    expected: str
    found: str
    mismatches: tuple[str, ...]
    explanation: str = ""

    @property
    def is_met(self) -> bool:
        """Whether everything is as expected."""
        return not self.mismatches

    def __str__(self) -> str:
        """The verdict for a terminal: one line, or what differs and why."""
        if self.is_met:
            return f"ok    {self.patient} ({self.found})"
        head = f"FAIL  {self.patient}" + (f" (line {self.line})" if self.line else "")
        lines = [head, *(f"      {mismatch}" for mismatch in self.mismatches)]
        return "\n".join([*lines, *(f"      | {line}" for line in self.explanation.splitlines())])


def run_study_tests(
    study: Study,
    tests: StudyTests,
    *,
    parameters: Mapping[str, str] | None = None,
    codelists: Path | str | None = None,
    engine: str | object = "duckdb",
) -> list[Verdict]:
    """What the study says of each patient of a test file, against what is expected.

    The patients are written as an extract of their own, ingested and identified: the whole way
    that a practice's extract goes. The file answers for the practice's own opt-out list: who is on
    it is said there, and nobody else is.

    Args:
        study: a study, from `load_study`.
        tests: the patients and the search date, from `study.made_patients.load_study_tests`.
        parameters: values for the study's parameters, by name, as text.
        codelists: a folder of codelists; the shipped ones where none is given.
        engine: duckdb, polars or spark.

    Raises:
        UsageError: there is no such parameter, folder or engine.
        DefinitionError: the study, a codelist or the test file is wrong; all faults at once.
        SafetyRefusal: the study says nothing of opt-outs, or no opt-out could be found.
    """
    lists = pinned_lists(study, Library(codelists))
    categories = {name: tuple(one.categories) for name, one in lists.items()}
    plan = compile_study(study, tests.on, overrides=parameters, categories=categories)
    _refuse_unknown(study, plan, tests)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        patients = write_made_extract(folder / "extract", tests.patients)
        listed = folder / "opt-outs.csv"
        has_list = write_made_opt_outs(listed, patients, tests.on)
        store = ingest(
            folder / "extract", profile="standard", extract_date=tests.on, out=folder / "store"
        )
        _refuse_unread(store, tests)
        cohort = identify(
            study,
            store,
            on=tests.on,
            opt_outs=listed if has_list else None,
            opt_outs_on=tests.on if has_list else None,
            no_opt_out_list=None if has_list else "the study tests, which name everybody on it",
            parameters=parameters,
            codelists=codelists,
            engine=engine,
        )
        reader = _Reader(study, plan, cohort)
        if reader.population_of(patients) != set(patients):
            found = read_practice_list(listed).table() if has_list else NO_PRACTICE_LIST
            reader.outside = _first_steps(plan, lists, store, found, engine)
    return [reader.verdict(who, patient, tests) for who, patient in patients.items()]


def _refuse_unknown(study: Study, plan: Plan, tests: StudyTests) -> None:
    """Nothing, where every study, step, column and caution that is expected can be there."""
    faults = []
    if tests.study and tests.study != study.study:
        found = f"the tests are of the study {tests.study}, and this is {study.study}"
        faults.append(Fault("study", found, "give the study that they are for"))
    steps = [step.name for step in steps_of(plan, practice_list=True)]
    columns = [name for name in candidate_schema(plan).names if name not in _NOT_EXPECTED]
    cautions = [line.name for line in plan.lines if line.role == "exclude"]
    cautions += _OPT_OUT_CAUTIONS
    for patient in tests.patients:
        where, expected = below(patient.where, "expect"), patient.expected
        if expected.step and expected.step not in steps:
            found = f"the study has no step {expected.step}"
            faults.append(Fault(where, found, nearest(expected.step, steps)))
        for name in expected.columns:
            if name not in columns:
                found = f"candidates have no column {name}"
                faults.append(Fault(below(where, name), found, nearest(name, columns)))
        for name in expected.cautions or ():
            if name not in cautions:
                found = f"there is no caution {name}"
                faults.append(Fault(below(where, "cautions"), found, nearest(name, cautions)))
    if faults:
        raise DefinitionError(tests.origin.placed(faults))


def _refuse_unread(store: Store, tests: StudyTests) -> None:
    """Nothing, where ingest could read every made-up row."""
    import pyarrow.parquet as pq

    if not store.manifest.tables["quarantine"].rows:
        return
    reasons = pq.read_table(store.table_path("quarantine"))["reason"].to_pylist()
    found = f"{len(reasons)} rows cannot be read: {', '.join(sorted(set(reasons)))}"
    raise DefinitionError(tests.origin.placed([Fault("patients", found, "mend those rows")]))


def _first_steps(
    plan: Plan,
    lists: Mapping[str, Any],
    store: Store,
    practice_list: pa.Table,
    engine: str | object,
) -> Mapping[str, Step]:
    """The step that each patient is left out at; a run keeps it for its population only."""
    steps = steps_of(plan, practice_list=practice_list.num_rows > 0)
    uses = uses_of(plan, resolve_lists(plan, lists, store.codes()))
    names = [step.name for step in steps]
    with engine_of(engine) as running:
        people = run(
            running, store, plan, uses, steps=names, practice_list=practice_list
        ).people.to_pylist()
    return {one["patient_id"]: steps[one["dropped"]] for one in people if one["dropped"] >= 0}


class _Reader:
    """Reads what a cohort says of its made-up patients."""

    def __init__(self, study: Study, plan: Plan, cohort: Cohort) -> None:
        self._plan, self._cohort = plan, cohort
        self._facts = _by_id(cohort.to_arrow("facts"))
        self._candidates = _by_id(cohort.to_arrow("candidates"))
        self.outside: Mapping[str, Step] = {}

    def population_of(self, patients: Mapping[str, MadePatient]) -> set[str]:
        """The patients who pass every step of the population."""
        return patients.keys() & self._facts.keys()

    def verdict(self, who: str, patient: MadePatient, tests: StudyTests) -> Verdict:
        found = self._found(who)
        mismatches = tuple(self._mismatches(who, patient, found))
        return Verdict(
            patient.name,
            tests.origin.line(patient.where),
            str(patient.expected),
            found,
            mismatches,
            self._explanation(who, patient.expected) if mismatches else "",
        )

    def _found(self, who: str) -> str:
        if who in self._candidates:
            return "in"
        step = self._facts[who]["dropped_at"] if who in self._facts else self.outside[who].name
        return f"out at {step}"

    def _mismatches(self, who: str, patient: MadePatient, found: str) -> Iterator[str]:
        expected = patient.expected
        is_in = who in self._candidates
        if is_in != expected.is_in or (expected.step and found != str(expected)):
            yield f"expected {expected}, found {found}"
        if not (is_in and expected.is_in):
            return
        row = self._candidates[who]
        for name, value in expected.columns.items():
            if _text(row[name]) != _text(value):
                yield f"{name}: expected {_text(value)}, found {_text(row[name])}"
        if expected.cautions is not None:
            cautions = sorted(row["cautions"].split("; ")) if row["cautions"] else []
            if cautions != sorted(expected.cautions):
                wanted = "; ".join(expected.cautions) or "none"
                yield f"cautions: expected {wanted}, found {row['cautions'] or 'none'}"

    def _explanation(self, who: str, expected: Expected) -> str:
        """What is in question: the steps that are named, or the lines, or else the flags."""
        if who not in self._facts:
            step = self.outside[who]
            return f"left out at {step.name}, which asks: {describe_step(self._plan, step)}"
        whole = self._cohort.explain(who)
        of_columns = whole.candidate and expected.is_in
        named = {whole.dropped_at, expected.step} - {""}
        steps = [one for one in whole.steps if one.name in named or (not named and one.logic)]
        part = replace(
            whole,
            steps=() if of_columns else tuple(steps),
            flags=whole.flags if of_columns else (),
            tier=whole.tier if of_columns else None,
            opt_outs=whole.opt_outs if any(one.kind == "opt_out" for one in steps) else (),
            remarks=(),
            settled_elsewhere={},
        )
        # who it is and where they were left out stand above already
        return str(part).split("\n\n", 2)[-1]


def _by_id(table: pa.Table) -> dict[str, dict[str, Any]]:
    return {row["patient_id"]: row for row in table.to_pylist()}


def _text(value: object) -> str:
    """A value as a test file writes it; one that is not there is empty."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
