"""CPRD Aurum: tab-separated tables in numbered parts, medcodeid and prodcodeid with dictionaries.

Columns by the specification v2.9 and later. `gender` 1 male, 2 female, 3 indeterminate, 4 unknown,
and the letters of the denominator files; `patienttypeid` 3 is a regular patient, as public scripts
on real extracts agree. No public source was found for the other patient types, so all of them are
`other`: nobody but a regular patient is ever taken for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from instep_cohort.extracts.profile import (
    DictionaryMap,
    PatientMap,
    Profile,
    RecordMap,
)
from instep_cohort.extracts.source_tables import SourceTable
from instep_cohort.extracts.sql import choice

_TABLES = (
    SourceTable(
        "patient",
        "Patient",
        needed=("patid", "pracid", "gender", "yob", "regstartdate", "regenddate", "patienttypeid"),
        any_of=(("cprd_ddate", "emis_ddate"),),
        optional=("mob", "acceptable"),
        required=True,
    ),
    SourceTable("practice", "Practice", needed=("pracid",)),
    SourceTable(
        "observation",
        "Observation",
        needed=("patid", "medcodeid", "obsdate"),
        optional=("value", "numunitid"),
        required=True,
    ),
    SourceTable(
        "drugissue",
        "DrugIssue",
        needed=("patid", "prodcodeid", "issuedate"),
        optional=("quantity", "duration"),
        without="no DrugIssue file in the extract",
    ),
    SourceTable(
        "medicaldictionary",
        "MedicalDictionary",
        needed=("medcodeid", "term"),
        optional=("cleansedreadcode", "snomedctconceptid"),
        without="no medical dictionary in the extract",
    ),
    SourceTable(
        "productdictionary",
        "ProductDictionary",
        needed=("prodcodeid",),
        any_of=(("productname", "termfromemis"),),
        optional=("dmdid", "bnfchapter", "drugsubstancename"),
        without="no product dictionary in the extract",
    ),
)

# Lookup files whose names hold the name of a table.
_LOOKUPS = ("patienttype",)
_SUFFIXES = (".txt", ".csv", ".txt.gz", ".csv.gz")

# Read v2 as a dictionary gives it: five characters padded with dots, with or without a term code.
_READ_SHAPE = (
    "regexp_full_match({0}, '[0-9A-Za-z]+[.]*([0-9A-Za-z]{{2}})?') AND length({0}) IN (5, 7) "
    "AND regexp_full_match(left({0}, 5), '[0-9A-Za-z]+[.]*')"
).format("cleansedreadcode")

_GENDER = {"1": "M", "2": "F", "3": "I", "4": "U"}
_MONTH = "TRY_CAST(mob AS INTEGER)"
_MONTH_IS_KNOWN = f"{_MONTH} BETWEEN 1 AND 12"
_TWO_DIGITS = f"lpad(CAST({_MONTH} AS VARCHAR), 2, '0')"


def _recognise(names: Sequence[str]) -> Mapping[str, str]:
    """The table of each file by its name: the table named last in it, whatever the case."""
    return {name: table for name in names if (table := _table_named(PurePosixPath(name).name))}


def _table_named(name: str) -> str:
    lowered = name.lower()
    if not lowered.endswith(_SUFFIXES) or any(lookup in lowered for lookup in _LOOKUPS):
        return ""
    places = {table.name: lowered.rfind(table.name) for table in _TABLES}
    found = max(places, key=places.__getitem__)
    return found if places[found] >= 0 else ""


AURUM = Profile(
    name="aurum",
    version="1",
    description=(
        "CPRD Aurum: Patient, Observation and DrugIssue files with the medical and product "
        "dictionaries; tab or comma, in one file or numbered parts, plain, .gz or .zip"
    ),
    dates="dd/mm/yyyy",
    missing=("NA",),
    tables=_TABLES,
    recognise=_recognise,
    patients=PatientMap(
        source="patient",
        patient_id="patid",
        practice_id="pracid",
        sex=choice("gender", _GENDER, "upper(gender)"),
        birth=f"CASE WHEN {_MONTH_IS_KNOWN} THEN yob || '-' || {_TWO_DIGITS} ELSE yob END",
        deaths=("cprd_ddate", "emis_ddate"),
        start="regstartdate",
        end="regenddate",
        registration_kind=choice("patienttypeid", {"3": "regular"}, "patienttypeid"),
        remarks={
            "acceptable = 0: kept": "acceptable = '0'",
            "month of birth is none: only the year is used": (
                f"mob IS NOT NULL AND mob NOT IN ('0', '00') AND {_MONTH_IS_KNOWN} IS NOT TRUE"
            ),
        },
    ),
    records=(
        RecordMap(
            source="observation",
            kind="clinical",
            columns={
                "patient_id": "patid",
                "date": "obsdate",  # never enterdate: the day it was typed in
                "system": "'emis_code_id'",
                "code": "medcodeid",
                "value": "value",
                "unit": "numunitid",
            },
        ),
        RecordMap(
            source="drugissue",
            kind="medicine",
            columns={
                "patient_id": "patid",
                "date": "issuedate",
                "system": "'emis_code_id'",
                "code": "prodcodeid",
                "quantity": "quantity",
                "days": "duration",
            },
        ),
    ),
    dictionaries=(
        DictionaryMap(
            source="medicaldictionary",
            kind="clinical",
            columns={
                "system": "'emis_code_id'",
                "code": "medcodeid",
                "term": "term",
                "read_v2": f"CASE WHEN {_READ_SHAPE} THEN cleansedreadcode END",
                "snomed_concept": "snomedctconceptid",
            },
            checks={
                "cleansedreadcode is no Read v2 code: left out": (
                    f"cleansedreadcode IS NOT NULL AND NOT ({_READ_SHAPE})"
                )
            },
        ),
        DictionaryMap(
            source="productdictionary",
            kind="medicine",
            columns={
                "system": "'emis_code_id'",
                "code": "prodcodeid",
                "term": "coalesce(productname, termfromemis)",
                "dmd": "dmdid",
                "bnf": "bnfchapter",
                "substance": "drugsubstancename",
            },
        ),
    ),
    practices=("practice", "pracid"),
)
