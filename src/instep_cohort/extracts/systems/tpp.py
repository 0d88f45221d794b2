"""Tables of the OpenSAFELY-TPP database, each written out as CSV or Parquet.

Columns by opensafely-core/ehrql@350a1ccd, tests/backend_schemas/tpp/schema.csv; what they mean by
the same repository's TPP backend: 9999-12-31 is an open end or a missing date, the date of an event
or an issue is ConsultationDate, only patients with a full GMS registration are there, a
MedicationDictionary row may say MULTIPLE_DMD_MAPPING in the place of an id, and RepeatMedication_ID
is zero where no repeat belongs to an issue. Dates of birth are of the first of a month.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.profile import (
    DictionaryMap,
    Join,
    PatientMap,
    Profile,
    RecordMap,
    RegistrationMap,
)
from instep_cohort.extracts.source_tables import SourceTable

_TABLES = (
    SourceTable(
        "patient",
        "Patient",
        needed=("patient_id", "dateofbirth", "dateofdeath", "sex"),
        ids=("patient_id",),
        required=True,
    ),
    SourceTable(
        "registrationhistory",
        "RegistrationHistory",
        needed=("patient_id", "organisation_id", "startdate", "enddate"),
        ids=("patient_id", "organisation_id"),
        unread=("registration_id",),
        required=True,
    ),
    SourceTable(
        "codedevent",
        "CodedEvent",
        needed=("codedevent_id", "patient_id", "ctv3code", "consultationdate"),
        optional=("numericvalue",),
        ids=("codedevent_id", "patient_id", "ctv3code"),
        unread=("consultation_id", "snomedconceptid"),
        required=True,
    ),
    SourceTable(
        "codedevent_snomed",
        "CodedEvent_SNOMED",
        needed=("codedevent_id", "patient_id", "conceptid", "consultationdate"),
        optional=("numericvalue",),
        ids=("codedevent_id", "patient_id", "conceptid"),
        unread=("consultation_id", "codesystemid", "codingsystem"),
    ),
    SourceTable(
        "ctv3dictionary",
        "CTV3Dictionary",
        needed=("ctv3code", "description"),
        ids=("ctv3code",),
    ),
    SourceTable(
        "medicationissue",
        "MedicationIssue",
        needed=("patient_id", "multilexdrug_id", "consultationdate"),
        optional=("repeatmedication_id",),
        ids=("patient_id", "multilexdrug_id"),
        unread=(
            *("consultation_id", "dose", "enddate", "medicationissue_id", "medicationstatus"),
            *("quantity", "startdate"),
        ),
        without="no MedicationIssue file in the extract",
    ),
    SourceTable(
        "medicationdictionary",
        "MedicationDictionary",
        needed=("multilexdrug_id", "dmd_id", "fullname"),
        ids=("multilexdrug_id", "dmd_id"),
        unread=(*("companyname", "form", "packdescription", "productid", "rootname", "strength"),),
        without="no MedicationDictionary file in the extract",
    ),
    SourceTable(
        "patientswithtypeonedissent",
        "PatientsWithTypeOneDissent",
        needed=("patient_id",),
        ids=("patient_id",),
        without="no PatientsWithTypeOneDissent file in the extract: only coded opt-outs are known",
    ),
)

_NAMES = {table.name for table in _TABLES}
_FILE = re.compile(r"(?:dbo\.)?(.+?)\.(?:csv|csv\.gz|parquet)")
_PARTS = 2  # a folder and a file in it


def _recognise(names: Sequence[str]) -> Mapping[str, str]:
    """The table of each file: ``CodedEvent.csv``, or any part in a folder ``CodedEvent``."""
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
    file = _FILE.fullmatch(parts[-1])
    if file is None:
        return ""
    if file[1] in _NAMES:
        return file[1]
    folder = parts[-_PARTS] if len(parts) >= _PARTS else ""
    return folder.removeprefix("dbo.") if folder.removeprefix("dbo.") in _NAMES else ""


def _form(name: str) -> str:
    """What holds a table: the file itself, or its folder."""
    file = PurePosixPath(name)
    match = _FILE.fullmatch(file.name.lower())
    return name if match and match[1] in _NAMES else f"{file.parent}/"


_DMD_SHAPE = "regexp_full_match(dmd_id, '[1-9][0-9]{5,17}')"
_SAME_EVENT = {"codedevent_id": "codedevent_id", "patient_id": "patient_id"}

TPP = Profile(
    name="tpp",
    version="1",
    description=(
        "OpenSAFELY-TPP tables: Patient, RegistrationHistory, CodedEvent, optionally "
        "CodedEvent_SNOMED, MedicationIssue with MedicationDictionary, PatientsWithTypeOneDissent; "
        ".csv, .csv.gz or .parquet, each one file or a folder of parts"
    ),
    dates="iso",
    missing=("NULL",),
    tables=_TABLES,
    recognise=_recognise,
    patients=PatientMap(
        source="patient",
        patient_id="patient_id",
        practice_id="CAST(NULL AS VARCHAR)",
        sex="upper(sex)",
        birth="dateofbirth",
        birth_precision="'month'",
        deaths=("dateofdeath",),
        start="CAST(NULL AS VARCHAR)",
        end="CAST(NULL AS VARCHAR)",
        registration_kind="CAST(NULL AS VARCHAR)",
    ),
    registrations=RegistrationMap(
        source="registrationhistory",
        patient_id="patient_id",
        start="startdate",
        end="enddate",
        kind="'regular'",
        practice_id="organisation_id",
        names_practice=True,
    ),
    records=(
        RecordMap(
            source="codedevent",
            kind="clinical",
            columns={
                "patient_id": "patient_id",
                "date": "consultationdate",
                "system": "'ctv3'",
                "code": "ctv3code",
                "value": "numericvalue",
                "snomed_concept": "concept_of_event",
            },
            joins=(Join("codedevent_snomed", _SAME_EVENT, {"concept_of_event": "conceptid"}),),
        ),
        RecordMap(
            source="codedevent_snomed",
            kind="clinical",
            columns={
                "patient_id": "patient_id",
                "date": "consultationdate",
                "system": "'snomed_ct'",
                "code": "conceptid",
                "value": "numericvalue",
            },
            # An event with a code in both tables has one id in both, and is one event.
            skips={"the same event as in CodedEvent": "ctv3_of_event IS NOT NULL"},
            joins=(Join("codedevent", _SAME_EVENT, {"ctv3_of_event": "ctv3code"}),),
        ),
        RecordMap(
            source="medicationissue",
            kind="medicine",
            columns={
                "patient_id": "patient_id",
                "date": "consultationdate",
                "system": "'local'",
                "code": "multilexdrug_id",
                "course": (
                    "CASE WHEN TRY_CAST(repeatmedication_id AS BIGINT) > 0 THEN 'repeat' "
                    "WHEN TRY_CAST(repeatmedication_id AS BIGINT) = 0 THEN 'acute' END"
                ),
            },
        ),
        RecordMap(
            source="patientswithtypeonedissent",
            kind="clinical",
            columns={
                "patient_id": "patient_id",
                "system": "'local'",
                "code": "'type-1-dissent'",
                "term": "'in the table of patients with a type 1 dissent'",
                "snomed_concept": "'827241000000103'",
            },
        ),
    ),
    dictionaries=(
        DictionaryMap(
            source="ctv3dictionary",
            kind="clinical",
            columns={"system": "'ctv3'", "code": "ctv3code", "term": "description"},
        ),
        DictionaryMap(
            source="medicationdictionary",
            kind="medicine",
            columns={
                "system": "'local'",
                "code": "multilexdrug_id",
                "term": "fullname",
                "dmd": f"CASE WHEN {_DMD_SHAPE} THEN dmd_id END",
            },
            checks={
                "dmd_id is no dm+d id: left out": f"dmd_id IS NOT NULL AND NOT {_DMD_SHAPE}",
            },
        ),
    ),
    markers={"9999-12-31": "open or missing"},
    traps=(
        (
            "CTV3 codes differ by case (X703k is not X703K): an export must not fold it. The "
            "database compares them by a binary collation."
        ),
        (
            "An event with a CTV3 and a SNOMED CT code stands in both tables; it is counted "
            "once, by its CodedEvent_ID. Export that column of both."
        ),
        (
            "Registrations may overlap. A patient belongs here to the practice of the one "
            "that is open and began last, and counts as registered there alone."
        ),
        "A dissent in PatientsWithTypeOneDissent has no date, so it stands whatever else is coded.",
        (
            "Ids that a data frame made to decimal numbers are refused: export them as whole "
            "numbers or text."
        ),
    ),
    cannot_know=(
        (
            "Who anybody is: Patient_ID is a pseudonym, so that nobody can be invited from "
            "such an extract."
        ),
        "The day of birth: dates of birth are of the first of a month.",
        "Whether a registration is temporary: only full GMS registrations are there.",
        "Quantity and length of a medicine issue: Quantity is free text.",
        "Hospital data: APCS, EC, OPA and other linked tables are not read.",
    ),
)
