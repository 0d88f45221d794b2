"""Writes a scenario as files: `standard` profile, codelist folders, study, practice list.

The same facts are spelled in every way that RULES.md allows, in turn, so that a reader of only one
spelling shows: a birth known to the month is ``1961-07``, or a full date whose day
``birth_precision`` says to ignore; a row without a day is empty, unreadable or impossible; a
boolean is ``true``, ``1``, ``y``, and so on.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from generative.strategies import Scenario
from reference import Extract, Patient, Registration, Row

SYSTEM = "read_v2"
VERSION = "1.0.0"
RELEASED = date(2026, 11, 24)
NO_DAY = ("", "2025-02-30", "not known", "0000-00-00")
TRUE = ("true", "1", "y")
FALSE = ("false", "0", "n", "")

PATIENTS = (
    "patient_id",
    "practice_id",
    "sex",
    "birth_date",
    "death_date",
    "registration_start",
    "registration_end",
    "birth_precision",
    "registration_kind",
    "is_test",
    "is_confidential",
)
REGISTRATIONS = ("patient_id", "start", "end", "kind")
EVENTS = ("patient_id", "date", "system", "code", "value", "unit")
MEDICINES = ("patient_id", "date", "system", "code", "quantity", "days")
SELECTORS = ("system", "code", "match", "category", "term", "note")


class Written(NamedTuple):
    """Where the parts of a scenario are; ``opt_outs`` only where there is a practice list."""

    extract: Path
    codelists: Path
    study: Path
    opt_outs: Path | None


def write_scenario(scenario: Scenario, folder: Path) -> Written:
    """Writes all that a run of the scenario takes into a folder."""
    extract, codelists, study = folder / "extract", folder / "codelists", folder / "study.yaml"
    write_extract(scenario.extract, extract)
    write_codelists(scenario.lists, scenario.categories, scenario.kinds, codelists)
    write_study(scenario.study, study)
    if scenario.opt_outs is None:
        return Written(extract, codelists, study, None)
    opt_outs = folder / "opt-outs.csv"
    write_opt_outs(scenario.opt_outs, opt_outs, scenario.opt_outs_on or scenario.on)
    return Written(extract, codelists, study, opt_outs)


def write_extract(extract: Extract, folder: Path, *, registrations_file: bool = True) -> None:
    """Writes patients, registrations, events and medicines as CSV.

    Without ``registrations_file`` they go into the columns of `patients`, which holds one for each.
    With it, these columns carry an old, open, regular registration that nobody may read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stays: dict[str, Registration] = {}
    if registrations_file:
        rows = [(r.patient_id, text(r.start), text(r.end), r.kind) for r in extract.registrations]
        write_csv(folder / "registrations.csv", REGISTRATIONS, rows)
        stays = {
            patient.patient_id: Registration(patient.patient_id, date(1990, 1, 1))
            for patient in extract.patients
        }
    else:
        for stay in extract.registrations:
            if stay.patient_id in stays:
                raise ValueError("the columns of patients hold one registration each")
            stays[stay.patient_id] = stay
    write_csv(
        folder / "patients.csv",
        PATIENTS,
        (
            patient_cells(patient, stays.get(patient.patient_id), turn)
            for turn, patient in enumerate(extract.patients)
        ),
    )
    write_csv(
        folder / "events.csv",
        EVENTS,
        (
            (one.patient_id, day(one, turn), SYSTEM, one.code, number(one.value), one.unit or "")
            for turn, one in enumerate(extract.events)
        ),
    )
    write_csv(
        folder / "medicines.csv",
        MEDICINES,
        (
            (one.patient_id, day(one, turn), SYSTEM, one.code, "28", "")
            for turn, one in enumerate(extract.medicines)
        ),
    )


def patient_cells(patient: Patient, stay: Registration | None, turn: int) -> tuple[str, ...]:
    """The cells of one patient, spelled by turns."""
    birth, precision = text(patient.birth), patient.birth_precision or ""
    if precision in ("month", "year") and turn % 3 < 2:
        birth = birth[: {"month": 7, "year": 4}[precision]]
        precision = precision if turn % 3 else ""
    elif precision in ("month", "year") and patient.birth is not None:
        # a full date with another day (and month) than the first possible one
        ignored = {"day": 17} if precision == "month" else {"day": 17, "month": 8}
        birth = text(patient.birth.replace(**ignored))
    elif turn % 2:
        precision = ""
    return (
        patient.patient_id,
        patient.practice_id,
        patient.sex,
        birth,
        text(patient.death),
        text(stay.start) if stay else "",
        text(stay.end) if stay else "",
        precision,
        stay.kind if stay else "",
        boolean(turn, holds=patient.is_test),
        boolean(turn + 1, holds=patient.is_confidential),
    )


def boolean(turn: int, *, holds: bool) -> str:
    """One of the spellings of a boolean."""
    spellings = TRUE if holds else FALSE
    return spellings[turn % len(spellings)]


def text(when: date | None) -> str:
    """An ISO date, or nothing."""
    return "" if when is None else when.isoformat()


def day(one: Row, turn: int) -> str:
    """The date of a row as far as it is known."""
    if one.precision == "day":
        return text(one.when)
    if one.precision == "none":
        return NO_DAY[turn % len(NO_DAY)]
    return text(one.earliest)[: {"month": 7, "year": 4}[one.precision]]


def number(value: float | None) -> str:
    """A value, whole ones without a point."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else str(value)


def write_codelists(
    lists: Mapping[str, Mapping[str, set[str]]],
    categories: Mapping[str, Sequence[str]],
    kinds: Mapping[str, str],
    folder: Path,
) -> None:
    """Writes each list as ``<id>/codelist.yaml`` and ``<id>/1.0.0.csv``, and ``codelists.lock``.

    Every code is an ``exact`` selector; one in two categories has two rows.
    """
    lock = []
    for list_id in sorted(lists):
        home = folder / list_id
        home.mkdir(parents=True, exist_ok=True)
        selectors = sorted(
            (SYSTEM, "exact", category, code)
            for code, of in lists[list_id].items()
            for category in of
        )
        released = home / f"{VERSION}.csv"
        write_csv(
            released,
            SELECTORS,
            (
                (system, code, match, category, f"Made-up term of {code}", "")
                for system, match, category, code in selectors
            ),
        )
        about = yaml.safe_dump(
            codelist_head(list_id, kinds[list_id], categories[list_id]), sort_keys=False
        )
        (home / "codelist.yaml").write_text(about, encoding="utf-8")
        digest = hashlib.sha256(released.read_bytes()).hexdigest()
        lock.append(f"{digest}  {list_id}/{VERSION}.csv\n")
    (folder / "codelists.lock").write_text("".join(lock), encoding="utf-8")


def codelist_head(list_id: str, kind: str, categories: Sequence[str]) -> dict[str, Any]:
    """The content of ``codelist.yaml``."""
    return {
        "id": list_id,
        "title": f"Made-up list {list_id}",
        "purpose": "Opaque keys for generated tests.",
        "kind": kind,
        "categories": {category: f"Made-up meaning {category}" for category in categories},
        "method": "Drawn at random.",
        "sources": [
            {
                "key": "made-up",
                "title": "Generated for a test",
                "where": "this test suite",
                "licence": "MIT",
            }
        ],
        "not_covered": ["everything that is real"],
        "review_by": date(2027, 11, 24),
        "history": [
            {"version": VERSION, "date": RELEASED, "status": "draft", "changes": "first version"}
        ],
    }


def write_study(study: Mapping[str, Any], path: Path) -> None:
    """Writes the study as YAML, its lines in their order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(study_text(study), encoding="utf-8")


def study_text(study: Mapping[str, Any]) -> str:
    """The study as YAML."""
    return yaml.dump(study, Dumper=_PlainDumper, sort_keys=False)


class _PlainDumper(yaml.SafeDumper):
    """Writes shared parts out in full: a study file has no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write_opt_outs(opt_outs: Iterable[tuple[str, str]], path: Path, recorded_on: date) -> None:
    """Writes the practice's own list; it may have no rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [(who, kind, text(recorded_on)) for who, kind in opt_outs]
    write_csv(path, ("patient_id", "kind", "recorded_on"), rows)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Writes UTF-8 with LF and one header line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
