"""Cegedim Vision: comma-separated files without a header, by layout.

Layouts by the schemas of endeavourhealth/Transforms@6b6a8e17 (Apache-2.0), which reads such
extracts of practices. The meanings below are taken from it: the letters of ``ACTIVE``, ``SUBSET``
and ``ACTION``, the shapes of ``CODE``, and the names of the files, which carry the moment of a
delivery.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from instep_cohort.extracts.profile import Join, PatientMap, Profile, RecordMap
from instep_cohort.extracts.source_tables import DELIVERY, Layout, Snapshot, SourceTable
from instep_cohort.extracts.sql import choice


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


# FULL_F86007_journal_data_extract-2018-08-17-000500.csv
_DELIVERED = r"(\d{4})-(\d\d)-(\d\d)-(\d\d)(\d\d)(\d\d)(?!\d)"
_DELETED = "upper(action) = 'D'"

_DAY = r"\d{4}(\d\d){0,2}"
_ACTION = "[IUDiud]"

_PERSON = _columns(
    "pid reference date_of_birth sex postcode marital_status gp gp_usual active "
    "registered_date removed_date ha pcg surgery mileage dispensing ethnic "
    "date_of_death practice surname forename title nhs_number address address_1 "
    "address_2 address_3 address_4 address_5"
)
_PERSON_END = ("pract_number", "service_id", "action")
_PERSON_SHAPES = {"date_of_birth": _DAY, "active": "[A-Za-z]", "action": _ACTION}

_OLD_JOURNAL = _columns(
    "pid id date recorded_date code bnf_code hcp_code hcp_type gms episode text rubric "
    "value1 value2 end_date time context certainty severity links service_id subset "
    "action"
)
_JOURNAL = _columns(
    "pid id date recorded_date code snomed_code bnf_code hcp hcp_type gms episode text "
    "rubric drug_form drug_strength drug_packsize dmd_code imms_status imms_compound "
    "imms_source imms_batch imms_reason imms_method imms_site entity value1_name value1 "
    "value1_units value2_name value2 value2_units end_date time context certainty "
    "severity links links_ext service_id action subset document_id"
)
_JOURNAL_SHAPES = {"date": _DAY, "recorded_date": _DAY, "subset": "[A-Za-z]", "action": _ACTION}

_TABLES = (
    SourceTable(
        "patient",
        "Patient",
        needed=_columns(
            "pid date_of_birth sex active registered_date removed_date date_of_death service_id "
            "action"
        ),
        optional=(DELIVERY,),
        ids=("pid", "service_id"),
        layouts=(
            Layout((*_PERSON, *_PERSON_END), shapes=_PERSON_SHAPES),
            Layout(
                (*_PERSON, "phone_number", "mobile_number", "email", *_PERSON_END),
                shapes=_PERSON_SHAPES,
            ),
        ),
        snapshot=Snapshot(key=("pid",), order=DELIVERY, deleted=_DELETED),
        delivered=_DELIVERED,
        required=True,
    ),
    SourceTable(
        "journal",
        "Journal",
        needed=("pid", "id", "date", "code", "bnf_code", "rubric", "value1", "subset", "action"),
        optional=("snomed_code", "dmd_code", "value1_name", "value1_units", DELIVERY),
        ids=("pid", "id", "code", "snomed_code", "dmd_code", "bnf_code"),
        layouts=(
            Layout(_OLD_JOURNAL, shapes=_JOURNAL_SHAPES),
            Layout(_JOURNAL, shapes=_JOURNAL_SHAPES),
        ),
        snapshot=Snapshot(key=("pid", "id"), order=DELIVERY, deleted=_DELETED),
        delivered=_DELIVERED,
        required=True,
    ),
    SourceTable(
        "practice",
        "Practice",
        needed=("id",),
        optional=("identifier",),
        ids=("id", "identifier"),
        layouts=(
            Layout(
                _columns(
                    "id name identifier ha address address_1 address_2 address_3 address_4 "
                    "address_5 postcode phone email fax"
                )
            ),
        ),
    ),
)

_NAMES = "|".join(table.name for table in _TABLES)
_FILE = re.compile(rf"(?:[a-z]+_[^_]+_)?({_NAMES})(?:_data_extract[^_]*)?\.csv(\.gz)?")

# R regular; T temporary; S another service, P private, L left, D dead.
_KIND = choice(
    "upper(active)",
    {"R": "regular", "T": "temporary", "S": "other", "P": "other", "L": "other", "D": "other"},
    "active",
)
_DEAD_WITHOUT_A_DATE = (
    "CASE WHEN upper(active) = 'D' AND date_of_death IS NULL THEN 'dead, no date' END"
)

# Some copies of the files have a header: its words are nobody.
_NAMES_A_DAY = "lower(date_of_birth) = 'date_of_birth'"

# Read v2 with a term code; five characters without one. Anything else is local to the practice.
_IS_READ = "regexp_full_match(left(code, 5), '[0-9A-Za-z]+[.]*') AND length(left(code, 5)) = 5"
_HAS_TERM_CODE = "regexp_full_match(substr(code, 6), '([0-9A-Za-z]{2})?')"
# A few codes have half a term code: 13m1.0 is 13m1. and is found as that.
_HAS_HALF_A_TERM_CODE = "regexp_full_match(substr(code, 6), '[0-9]')"
_IS_WHOLE_READ = f"code IS NOT NULL AND {_IS_READ} AND {_HAS_TERM_CODE}"
_SYSTEM = f"CASE WHEN {_IS_WHOLE_READ} THEN 'read_v2' ELSE 'local' END"
_READ = f"CASE WHEN {_IS_READ} AND {_HAS_HALF_A_TERM_CODE} THEN left(code, 5) END"

_ID = "CASE WHEN regexp_full_match({0}, '[1-9][0-9]{{5,17}}') THEN {0} END"
_CONCEPT, _DMD = _ID.format("snomed_code"), _ID.format("dmd_code")

# The day of a review stands where a value does.
_IS_REVIEW_DAY = "coalesce(upper(value1_name) = 'REVIEW_DAT', false)"

_SUBSET = "coalesce(upper(subset), '')"


def _recognise(names: Sequence[str]) -> Mapping[str, str]:
    """The table of each file: ``FULL_…_journal_data_extract-….csv``, or plain ``Journal.csv``."""
    return {
        name: found[1]
        for name in names
        if (found := _FILE.fullmatch(PurePosixPath(name).name.lower()))
    }


VISION = Profile(
    name="vision",
    version="1",
    description=(
        "Cegedim Vision: Patient and Journal files without a header, optionally "
        "Practice; CSV, a full delivery and any incremental ones since, told by their names"
    ),
    dates="yyyymmdd",
    missing=(),
    delimiter=",",
    tables=_TABLES,
    recognise=_recognise,
    patients=PatientMap(
        source="patient",
        patient_id="pid",
        # its ODS code: a number that Vision gave means nothing beside another practice's extract
        practice_id="coalesce(ods_code, service_id)",
        sex="upper(sex)",
        birth="date_of_birth",
        birth_dates="yyyymmdd",
        deaths=("date_of_death", _DEAD_WITHOUT_A_DATE),
        start="registered_date",
        end="removed_date",
        registration_kind=_KIND,
        joins=(
            Join(source="practice", on={"service_id": "id"}, columns={"ods_code": "identifier"}),
        ),
        skips={"a line of column names": f"lower(pid) = 'pid' AND {_NAMES_A_DAY}"},
        remarks={
            "ACTIVE says dead, no date of death: taken as dead": (
                f"({_DEAD_WITHOUT_A_DATE}) IS NOT NULL"
            ),
            "ACTIVE says left or dead, no REMOVED_DATE: not taken as registered": (
                "upper(active) IN ('L', 'D') AND removed_date IS NULL"
            ),
        },
    ),
    records=(
        RecordMap(
            source="journal",
            kind="clinical",
            where=f"{_SUBSET} NOT IN ('A', 'R', 'S')",
            columns={
                "patient_id": "pid",
                "date": '"date"',  # never recorded_date: the day it was typed in
                "system": f"CASE WHEN code IS NULL THEN 'snomed_ct' ELSE {_SYSTEM} END",
                "code": f"coalesce(code, {_CONCEPT})",
                "term": "rubric",
                "read_v2": _READ,
                "snomed_concept": f"CASE WHEN code IS NOT NULL THEN {_CONCEPT} END",
                "value": f"CASE WHEN NOT {_IS_REVIEW_DAY} THEN value1 END",
                "unit": "value1_units",
            },
        ),
        RecordMap(
            source="journal",
            kind="medicine",
            where=f"{_SUBSET} IN ('A', 'R', 'S')",
            columns={
                "patient_id": "pid",
                "date": '"date"',
                # the Read code comes first: several of them share a dm+d id (codeine for pain and
                # for the bowel), and what is said beside a code holds for all its rows
                "system": (
                    f"CASE WHEN {_IS_WHOLE_READ} THEN 'read_v2' WHEN ({_DMD}) IS NOT NULL "
                    "THEN 'dmd' WHEN code IS NOT NULL THEN 'local' ELSE 'name' END"
                ),
                "code": (
                    f"CASE WHEN {_IS_WHOLE_READ} THEN code ELSE coalesce({_DMD}, code, rubric) END"
                ),
                "term": "rubric",
                "read_v2": _READ,
                "dmd": f"CASE WHEN {_IS_WHOLE_READ} THEN {_DMD} END",
                "bnf": "bnf_code",
                "quantity": "value1",
                "course": f"CASE {_SUBSET} WHEN 'A' THEN 'acute' ELSE 'repeat' END",
            },
            skips={"repeat master, no issue": f"{_SUBSET} = 'R'"},
        ),
    ),
    practices=("practice", "coalesce(identifier, id)"),
    traps=(
        (
            "The files have no header: a file is known by its width (Patient 32 or 35 columns, "
            "Journal 23 or 42), and refused where dates or letters do not stand where they "
            "should. A header is skipped where somebody has put one in front."
        ),
        (
            "SUBSET tells medicines from the rest: A is an acute issue, S an issue of a repeat, "
            "and R the repeat itself, which is no issue and is skipped."
        ),
        (
            "ACTIVE is what somebody is on the day of the extract, so that the earlier, regular "
            "registration of somebody who left is not known as one."
        ),
        (
            "CODE is Read v2 with its term code, seven characters. Half a term code (13m1.0) is "
            "found as the five characters; anything else (DNA, #9V0..) is stored as local."
        ),
        (
            "ACTION = D deletes a row; a patient takes the whole record along. Where there are "
            "more deletions than rows for them, the extract is refused as changes alone."
        ),
        (
            "Deliveries are told apart by the date and time in the names of the files; those "
            "without one are the oldest. The last row of each PID and ID counts."
        ),
        "PID is taken to be one person: give the extract of one practice at a time.",
        (
            "A practice is called by the ODS code (IDENTIFIER) that the Practice file has for its "
            "SERVICE_ID, and by SERVICE_ID where there is none."
        ),
    ),
    cannot_know=(
        (
            "The encoding and the quoting of the files are not documented: they are read as "
            "UTF-8 where that fits, else as Windows-1252, with the usual quoting of CSV."
        ),
        "Which patients are made up for tests, and who is confidential: there is no column.",
        "Whether an issue was cancelled, and how many days it lasts.",
        (
            "Which codes a practice or Vision made: those that have the shape of Read v2 are "
            "taken for it."
        ),
        "How BNF_CODE is written: it is kept as it is, and matches only where it has no dots.",
        "SNOMED and dm+d codes, and units, in files of the old layout of 23 columns.",
        "Opt-outs that are no code: there is no flag and no table for them.",
    ),
)
