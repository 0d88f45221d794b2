"""EMIS Web: the CSV files of its bulk extract (IM1, once EXA), whole and with daily changes.

What columns mean is taken from NHSISL/Datasets@aa118bf5 (specification 8.2, and EMIS's own answers
in EMIS-q-and-a), from endeavourhealth/Transforms@6b6a8e17 (Apache-2.0; the 37 patient types are its
EmisPatientTypeMap.csv, the prescription types its EmisDrugRecordPrescriptionTypeMap.csv) and
endeavourhealth/SFTPReader, which read such extracts of practices. From these: a GUID is unique only
with its organisation's; `ProcessingId` is the order in which rows are to be taken; Admin_Patient
has the latest registration alone; a problem or a referral is an observation, found by its GUID; a
diary entry is planned, not done; a `CancellationDate` ends a course and does not take issues back.
"""

from __future__ import annotations

from instep_cohort.extracts.profile import (
    DictionaryMap,
    Join,
    PatientMap,
    Profile,
    RecordMap,
)
from instep_cohort.extracts.sql import any_of, choice, literal
from instep_cohort.extracts.systems.emis_file_names import tables_by_name
from instep_cohort.extracts.systems.emis_tables import TABLES

#: Everything of `PatientTypeDescription` but Regular and Temporary, which are themselves.
_OTHER_TYPES = (
    "acupuncture",
    "antenatal",
    "audiology",
    "bcg clinic",
    "child health services",
    "chiropody",
    "community registered",
    "contraceptive services",
    "coronary health checks",
    "dermatology",
    "diabetic",
    "doppler",
    "dummy",
    "emergency",
    "emg",
    "externally registered",
    "gynaecology",
    "hypnotherapy",
    "immediately necessary",
    "maternity services",
    "minor surgery",
    "other",
    "out of hours",
    "pre registration",
    "private",
    "reflexology",
    "rehabilitation",
    "rheumatology",
    "secondary registration",
    "sexual health",
    "ultrasound",
    "urgent and emergency care",
    "vasectomy",
    "walk-in patient",
    "yellow fever",
)
_TYPE = "lower(patienttypedescription)"
_KIND = (
    f"CASE WHEN {any_of(_TYPE, ('regular', 'temporary'))} THEN {_TYPE} "
    f"WHEN {any_of(_TYPE, _OTHER_TYPES)} THEN 'other' ELSE patienttypedescription END"
)

_YES, _NO = ("true", "1"), ("false", "0")
_PATIENT = "organisationguid || '/' || patientguid"
# A flag that is neither true nor false is passed on, so that the row is set apart for it.
_IS_CONFIDENTIAL = (
    f"CASE WHEN {any_of('lower(spinesensitive)', _YES)} THEN 'true' "
    f"WHEN {any_of('lower(spinesensitive)', _NO)} THEN isconfidential "
    "ELSE coalesce(spinesensitive, isconfidential) END"
)

_PRECISIONS = {"YMDT": "day", "YMD": "day", "YM": "month", "Y": "year", "U": "none"}
_PRECISION = choice("upper(effectivedateprecision)", _PRECISIONS, "effectivedateprecision")

# The id of a SNOMED CT concept or a dm+d product has 00 or 10 before its check digit; that of a
# description has 01 or 11.
_CONCEPT = "[1-9][0-9]{2,14}[01]0[0-9]"


def _concept(column: str) -> str:
    return f"CASE WHEN regexp_full_match({column}, {literal(_CONCEPT)}) THEN {column} END"


def _is_no_concept(column: str) -> str:
    return f"{column} IS NOT NULL AND NOT regexp_full_match({column}, {literal(_CONCEPT)})"


# Codes of EMIS and of practices in ReadTermId, by what they begin or end with, as two versions of
# Transforms' ClinicalCodeTransformer and EmisCodeHelper list them.
LOCAL_PREFIXES = ("ALLERGY", "EGTON", "EMIS", "ESCT", "FUNDHC", "JHCC", "RAFME")
LOCAL_SUFFIXES = ("KC60", "SHHAPT")
_IS_LOCAL = (
    f"regexp_matches(readtermid, '^({'|'.join(LOCAL_PREFIXES)})') "
    f"OR regexp_matches(readtermid, '-({'|'.join(LOCAL_SUFFIXES)})$')"
)
# A Read code with or without its dots, and the number of a synonym behind a hyphen: N142, 13J3-1.
# Seven characters are one with its term code where a dot says so; else they may be a local code.
_READ_SHAPES = "'([0-9A-Za-z]{5}|[0-9A-Za-z]{1,4}[.]{0,4})(-[0-9A-Za-z]+)?'"
_WITH_TERM_CODE = "'[0-9A-Za-z]{1,4}[.]{1,4}[0-9A-Za-z]{2}'"
_READ_V2 = (
    f"CASE WHEN {_IS_LOCAL} THEN NULL "
    f"WHEN regexp_full_match(readtermid, {_WITH_TERM_CODE}) AND length(readtermid) = 7 "
    "THEN readtermid "
    f"WHEN regexp_full_match(readtermid, {_READ_SHAPES}) "
    "AND length(split_part(readtermid, '-', 1)) <= 5 "
    "THEN rpad(split_part(readtermid, '-', 1), 5, '.') END"
)

# "Transfer-degraded medication entry": what a drug became whose code did not survive the transfer
# from another practice. It is no product.
_DEGRADED = "196421000000109"
_IS_DEGRADED = (
    f"product_dmd = {literal(_DEGRADED)} "
    "OR starts_with(lower(product_name), 'transfer-degraded medication entry')"
)
_COURSES = {
    "acute": "acute",
    "repeat": "repeat",
    "repeat dispensing": "repeat",
    "automatic": "other",
}

EMIS = Profile(
    name="emis",
    version="1",
    description=(
        "EMIS Web bulk extract (IM1, EXA): Admin_Patient, CareRecord_Observation and "
        "Coding_ClinicalCode, with Prescribing_IssueRecord and the other files where they are "
        "there; CSV in UTF-8, one whole delivery and the daily changes since"
    ),
    dates="iso",
    missing=(),
    delimiter=",",
    tables=TABLES,
    recognise=tables_by_name,
    patients=PatientMap(
        source="patient",
        patient_id=_PATIENT,
        practice_id="coalesce(ods_code, organisationguid)",
        sex="upper(sex)",
        birth="dateofbirth",
        deaths=("dateofdeath",),
        start="dateofregistration",
        end="dateofdeactivation",
        registration_kind=_KIND,
        is_test=f"CASE WHEN {_TYPE} = 'dummy' THEN 'true' ELSE dummytype END",
        is_confidential=_IS_CONFIDENTIAL,
        remarks={
            "no ODS code: the practice is called by its GUID": "ods_code IS NULL",
            "dead, and the registration was not ended": (
                "dateofdeath IS NOT NULL AND dateofdeactivation IS NULL"
            ),
            "the practice's sharing agreement is not in force: its data may have stopped": (
                "agreement_holds = 'false'"
            ),
        },
        joins=(
            Join(
                source="organisation",
                on={"organisationguid": "organisationguid"},
                columns={"ods_code": "odscode"},
            ),
            Join(
                source="agreement",
                on={"organisationguid": "organisationguid"},
                columns={
                    "agreement_holds": (
                        f"CASE WHEN {any_of('lower(isactivated)', _NO)} "
                        f"OR {any_of('lower(disabled)', _YES)} "
                        f"OR {any_of('lower(deleted)', _YES)} THEN 'false' ELSE 'true' END"
                    )
                },
            ),
        ),
        copies_count_once=True,
    ),
    records=(
        RecordMap(
            source="observation",
            kind="clinical",
            columns={
                "patient_id": _PATIENT,
                "date": "effectivedate",  # never entereddate: the day it was typed in
                "date_precision": _PRECISION,
                "system": "'emis_code_id'",
                "code": "codeid",
                "value": "value",
                "unit": "numericunit",
            },
        ),
        RecordMap(
            source="issue",
            kind="medicine",
            columns={
                "patient_id": _PATIENT,
                "date": "effectivedate",
                "date_precision": _PRECISION,
                "system": f"CASE WHEN {_IS_DEGRADED} THEN 'name' ELSE 'emis_code_id' END",
                "code": f"CASE WHEN {_IS_DEGRADED} THEN product_name ELSE codeid END",
                "term": "product_name",
                "quantity": "quantity",
                "days": (
                    "CASE WHEN NOT regexp_full_match(coursedurationindays, '0+([.]0*)?') "
                    "THEN coursedurationindays END"
                ),
                "course": (
                    "CASE WHEN prescription_type IS NOT NULL THEN "
                    f"{choice('lower(prescription_type)', _COURSES, literal('other'))} END"
                ),
            },
            joins=(
                Join(
                    source="drugcode",
                    on={"codeid": "codeid"},
                    columns={"product_name": "term", "product_dmd": "dmdproductcodeid"},
                ),
                Join(
                    source="drugrecord",
                    on={
                        "organisationguid": "organisationguid",
                        "drugrecordguid": "drugrecordguid",
                    },
                    columns={"prescription_type": "prescriptiontype"},
                ),
            ),
        ),
    ),
    dictionaries=(
        DictionaryMap(
            source="clinicalcode",
            kind="clinical",
            columns={
                "system": "'emis_code_id'",
                "code": "codeid",
                "term": "term",
                "read_v2": _READ_V2,
                "snomed_concept": _concept("snomedctconceptid"),
            },
            checks={
                "ReadTermId is a local code: found by its CodeId and SNOMED code alone": (
                    f"readtermid IS NOT NULL AND ({_IS_LOCAL})"
                ),
                "ReadTermId is no Read v2 code: left out": (
                    f"readtermid IS NOT NULL AND NOT ({_IS_LOCAL}) AND ({_READ_V2}) IS NULL"
                ),
                "SnomedCTConceptId is no id of a concept: left out": _is_no_concept(
                    "snomedctconceptid"
                ),
            },
        ),
        DictionaryMap(
            source="drugcode",
            kind="medicine",
            columns={
                "system": "'emis_code_id'",
                "code": "codeid",
                "term": "term",
                "dmd": (
                    f"CASE WHEN dmdproductcodeid <> {literal(_DEGRADED)} "
                    f"THEN {_concept('dmdproductcodeid')} END"
                ),
            },
            checks={
                "DmdProductCodeId is no dm+d id: left out": _is_no_concept("dmdproductcodeid"),
            },
        ),
    ),
    traps=(
        (
            "The id of a patient is OrganisationGuid/PatientGuid, since EMIS warrants a GUID only "
            "within its organisation. What practices search by is PatientNumber, which is not read."
        ),
        (
            "Only the patient type Regular is a regular registration and Temporary a temporary "
            "one; the other 35 types are other. Dummy, as type or as DummyType, is a test patient."
        ),
        "SpineSensitive or IsConfidential of Admin_Patient makes a patient confidential.",
        (
            "Everything is coded by CodeId. Read and SNOMED codes come from Coding_ClinicalCode, "
            "so an extract without it is refused."
        ),
        (
            "ReadTermId has no dots, and a synonym has a hyphen and a number: N142-1 is N142. with "
            "another term. Which term code that is is not documented, so five characters are kept."
        ),
        (
            "Codes of EMIS and of practices (EMIS..., ESCT..., ...-KC60) are never taken for Read "
            "v2. They keep their CodeId, by which an EMIS search names them too."
        ),
        (
            "CodeId and SnomedCTDescriptionId are ids of descriptions: they are never matched with "
            "a SNOMED codelist, which lists concepts."
        ),
        (
            "EffectiveDatePrecision U makes a row undated, whatever day stands there; EnteredDate "
            "is not read."
        ),
        (
            "Prescribing_DrugRecord holds courses, Prescribing_IssueRecord issues: issues count. "
            "CancellationDate ends a course; the issues before it were given, and of courses with "
            "issues after it the public readers say that they went on. So none is left out for it."
        ),
        "CourseDurationInDays 0 means that the length is not known.",
        (
            "CareRecord_Problem and CareRecord_ObservationReferral say more of rows that stand in "
            "CareRecord_Observation, and have no code of their own; CareRecord_Diary is what is "
            "planned. None of them is read."
        ),
        (
            "A row is known by OrganisationGuid and its own GUID; the one with the highest "
            "ProcessingId counts, and Deleted = true deletes it. A deleted patient takes the "
            "record along. Changes without the whole delivery are refused."
        ),
        (
            "Files keep their names (292_Admin_Patient_20260108020000_GUID.csv): a delivery that "
            "is missing between two others, or lacks a file, is refused, for the opt-outs in it."
        ),
        "After a new whole delivery take the older ones out of the folder.",
        (
            "Agreements_SharingOrganisation says whether the practice still shares; where it does "
            "not, its data has stopped, and a finding counts its patients."
        ),
    ),
    cannot_know=(
        (
            "Earlier registrations: Admin_Patient has the latest alone, so somebody who left and "
            "came back seems to be new."
        ),
        (
            "People who died or left before the years that the sender chose, five at the most, and "
            "whom EMIS deletes when their time is over."
        ),
        "Whether a single issue was cancelled: only a deletion says so.",
        (
            "Whether a medicine was given elsewhere or privately: IssueMethodDescription has no "
            "published list of words, and a private issue counts as any other."
        ),
        "BNF codes and ingredients: BNFChapterRef is empty since April 2024.",
        (
            "What a transfer-degraded medicine was, beyond the name in Coding_DrugCode: it is kept "
            "by that name, and flagged."
        ),
        (
            "Free text. An entry that is marked confidential (IsConfidential of an observation or "
            "an issue) is read as any other."
        ),
        (
            "Objections that are not coded, and the National Data Opt-out: no file has a flag for "
            "either."
        ),
    ),
)
