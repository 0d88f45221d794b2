"""Made-up patients as an extract in the `standard` profile."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from instep_cohort.study.made_patients import MadePatient
from instep_cohort.study.made_rows import MadeRow

_PRACTICE = "made-up practice"
_PATIENT = (
    *("patient_id", "practice_id", "sex", "birth_date", "death_date"),
    *("registration_start", "registration_end", "is_test", "is_confidential"),
)
_REGISTRATION = ("patient_id", "start", "end", "kind")
_EVENT = ("patient_id", "date", "system", "code", "term", "value", "unit")
_MEDICINE = ("patient_id", "date", "system", "code", "term", "substance", "bnf", "dmd")

# A person whom every study leaves out at `test`: with one event in each system that a record can
# be coded in, no study is refused for want of a system among a handful of made-up rows.
_NOBODY = "0"
_ANY_CODES = {"read_v2": "0....", "ctv3": "0....", "snomed_ct": "138875005"}


def write_made_extract(folder: Path, patients: Sequence[MadePatient]) -> Mapping[str, MadePatient]:
    """Writes the extract and gives back each patient by the id that it has there."""
    folder.mkdir(parents=True, exist_ok=True)
    by_id = {str(number): patient for number, patient in enumerate(patients, start=1)}
    people = [_person(who, patient) for who, patient in by_id.items()]
    people.append((_NOBODY, _PRACTICE, "U", "1980-01-01", "", "", "", "true", "false"))
    _write(folder / "patients.csv", _PATIENT, people)
    stays = [
        (who, stay.since, stay.until or "", stay.kind)
        for who, patient in by_id.items()
        for stay in patient.stays
    ]
    _write(folder / "registrations.csv", _REGISTRATION, stays)
    events = [_event(who, row) for who, patient in by_id.items() for row in patient.events]
    events += [(_NOBODY, "", system, code, "", "", "") for system, code in _ANY_CODES.items()]
    _write(folder / "events.csv", _EVENT, events)
    medicines = [_medicine(who, row) for who, patient in by_id.items() for row in patient.medicines]
    _write(folder / "medicines.csv", _MEDICINE, medicines)
    return by_id


def write_made_opt_outs(path: Path, patients: Mapping[str, MadePatient], on: object) -> bool:
    """Writes the practice's own opt-out list; false, and no file, where nobody is on it."""
    rows = [(who, one.practice_list, on) for who, one in patients.items() if one.practice_list]
    if rows:
        _write(path, ("patient_id", "kind", "recorded_on"), rows)
    return bool(rows)


def _person(who: str, patient: MadePatient) -> Sequence[object]:
    return (
        who,
        _PRACTICE,
        patient.sex,
        patient.birth,
        patient.died or "",
        "",
        "",
        str(patient.is_test).lower(),
        str(patient.is_confidential).lower(),
    )


def _event(who: str, row: MadeRow) -> Sequence[object]:
    value = "" if row.value is None else row.value
    return who, row.date, row.system, row.code, row.term, value, row.unit


def _medicine(who: str, row: MadeRow) -> Sequence[object]:
    return who, row.date, row.system, row.code, row.term, row.substance, row.bnf, row.dmd


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
