"""The `standard` profile: plain files that anybody can write, one for each table of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.profile import (
    PatientMap,
    Profile,
    RecordMap,
    RegistrationMap,
)
from instep_cohort.extracts.source_tables import SourceTable

_REGISTRATION = ("registration_start", "registration_end")

_TABLES = (
    SourceTable(
        "patients",
        "patients",
        needed=("patient_id", "practice_id", "sex", "birth_date", "death_date", *_REGISTRATION),
        optional=("birth_precision", "registration_kind", "is_test", "is_confidential"),
        ids=("patient_id", "practice_id"),
        absent_means={"registration_kind": "regular"},
        spared_by=("registrations", _REGISTRATION),
        required=True,
    ),
    SourceTable(
        "registrations",
        "registrations",
        needed=("patient_id", "start", "end", "kind"),
        optional=("practice_id",),
        ids=("patient_id", "practice_id"),
    ),
    SourceTable(
        "events",
        "events",
        needed=("patient_id", "date", "system", "code"),
        optional=("term", "value", "unit"),
        ids=("patient_id", "code"),
        required=True,
    ),
    SourceTable(
        "medicines",
        "medicines",
        needed=("patient_id", "date", "system", "code"),
        optional=("term", "quantity", "days", "substance", "bnf", "dmd"),
        ids=("patient_id", "code", "bnf", "dmd"),
        without="no medicines file in the extract",
    ),
)
_SUFFIXES = (".csv", ".csv.gz", ".parquet")
_PARTS = 2  # a folder and a file in it


def _recognise(names: Sequence[str]) -> Mapping[str, str]:
    """The table of each file: ``events.csv``, or whatever part stands in a folder ``events``."""
    found = {name: table for name in names if (table := _table_named(name))}
    for table in sorted(set(found.values())):
        forms = {_form(name) for name in found if found[name] == table}
        if len(forms) > 1:
            raise ExtractError(
                f"{table} is there more than once: {', '.join(sorted(forms))}; keep one of them"
            )
    return found


def _table_named(name: str) -> str:
    parts = PurePosixPath(name.lower()).parts
    if not parts[-1].endswith(_SUFFIXES) or len(parts) > _PARTS:
        return ""
    stem = parts[0] if len(parts) == _PARTS else parts[0].split(".")[0]
    return stem if stem in {table.name for table in _TABLES} else ""


def _form(name: str) -> str:
    """What holds a table: the file itself, or its folder."""
    parts = PurePosixPath(name).parts
    return parts[0] + ("/" if len(parts) == _PARTS else "")


STANDARD = Profile(
    name="standard",
    version="1",
    description=(
        "plain files anybody can write: patients, events, optionally medicines and registrations; "
        ".csv, .csv.gz or .parquet, each one file or a folder of parts"
    ),
    dates="iso",
    missing=(),
    tables=_TABLES,
    recognise=_recognise,
    patients=PatientMap(
        source="patients",
        patient_id="patient_id",
        practice_id="practice_id",
        sex="upper(sex)",
        birth="birth_date",
        birth_precision="birth_precision",
        deaths=("death_date",),
        start="registration_start",
        end="registration_end",
        registration_kind="registration_kind",
        is_test="is_test",
        is_confidential="is_confidential",
    ),
    registrations=RegistrationMap(
        source="registrations",
        patient_id="patient_id",
        start='"start"',
        end='"end"',
        kind="kind",
        practice_id="practice_id",
    ),
    records=(
        RecordMap(
            source="events",
            kind="clinical",
            columns={
                "patient_id": "patient_id",
                "date": '"date"',
                "system": "lower(system)",
                "code": "code",
                "value": '"value"',
                "unit": "unit",
                "term": "term",
            },
        ),
        RecordMap(
            source="medicines",
            kind="medicine",
            columns={
                "patient_id": "patient_id",
                "date": '"date"',
                # A product known by its name alone is matched by that name, or not at all.
                "system": "CASE WHEN code IS NULL THEN 'name' ELSE lower(system) END",
                "code": "coalesce(code, term)",
                "quantity": "quantity",
                "days": '"days"',
                "term": "term",
                "substance": "substance",
                "bnf": "bnf",
                "dmd": "dmd",
            },
        ),
    ),
)
