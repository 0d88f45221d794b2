"""TPP SystmOne: the SR tables of its extract, one CSV file each, in one delivery or several.

Columns by the schemas of endeavourhealth/Transforms@6b6a8e17 (Apache-2.0), which reads such
extracts of practices. The meanings below are taken from it: the words of ``RegistrationStatus``,
what ``RemovedData``, ``IsNumeric`` and the four kinds of medicine say, and that the date of a
medicine is ``DateMedicationStart``. That folders carry the moment of a delivery is from
endeavourhealth/SFTPReader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from instep_cohort.extracts.profile import (
    DictionaryMap,
    Join,
    PatientMap,
    Profile,
    RecordMap,
    RegistrationMap,
)
from instep_cohort.extracts.sql import any_of, first_that_holds
from instep_cohort.extracts.systems.systmone_tables import TABLES

_NAMES = {table.title.lower(): table.name for table in TABLES}
_FILE = re.compile(rf"({'|'.join(_NAMES)})(?:[-_ ]\d[\d_-]*)?\.csv(?:\.gz)?")

# The words of RegistrationStatus. Old rows hold several, with commas between them.
_TEMPORARY = (
    "temporary",
    "temporary resident < 16 days",
    "temporary resident 16 days to 3 months",
    "temporary resident (telephone consultation)",
)
_OTHER = (
    "applied",
    "child health surveillance",
    "contraception",
    "emergency",
    "immediately necessary",
    "immediately necessary treatment",
    "incomplete",
    "maternity",
    "minor surgery",
    "other",
    "patient",
    "private",
    "remotely registered",
    "walk-in patient",
)
_STATUS = "trim(lower(registrationstatus))"
_FIRST_STATUS = f"trim(split_part({_STATUS}, ',', 1))"
_KIND = (
    rf"CASE WHEN regexp_matches({_STATUS}, '(^|,)\s*gms\s*(,|$)') THEN 'regular' "
    f"WHEN {any_of(_FIRST_STATUS, _TEMPORARY)} THEN 'temporary' "
    f"WHEN {any_of(_FIRST_STATUS, _OTHER)} THEN 'other' ELSE registrationstatus END"
)
_ELSEWHERE = (
    "idorganisation IS NOT NULL AND idorganisation IS DISTINCT FROM idorganisationvisibleto"
)

# TPP's own codes stand among those of CTV3: Y and four more characters.
_SYSTEM_OF_CTV3 = "CASE WHEN ctv3code LIKE 'Y%' THEN 'local' ELSE 'ctv3' END"
_OWN_CTV3 = "CASE WHEN ctv3code LIKE 'Y%' THEN ctv3code END"
_CONCEPT = r"CASE WHEN regexp_full_match(snomedcode, '[1-9][0-9]{5,17}') THEN snomedcode END"

_YES = "lower({}) IN ('true', '1')"
_IS_VALUE = (
    "CASE WHEN isnumeric IS NULL THEN NOT regexp_full_match(numericvalue, '(-1|-?0)([.]0*)?') "
    f"ELSE {_YES.format('isnumeric')} END"
)

_DMD = "CASE WHEN regexp_full_match(idmultilexdmd, '[1-9][0-9]{5,17}') THEN idmultilexdmd END"
_PRODUCT = (
    "CASE WHEN regexp_full_match(idmultilexproduct, '[1-9][0-9]*') THEN idmultilexproduct END"
)
# The product first: several of them, each with a CTV3 code of its own, share a dm+d id.
_PRODUCT_SYSTEM = first_that_holds(
    {"local": f"({_PRODUCT}) IS NOT NULL", "dmd": f"({_DMD}) IS NOT NULL", "name": "true"}
)
_IS_REPEAT = _YES.format("isrepeatmedication")
_GIVEN_ELSEWHERE = " OR ".join(
    _YES.format(flag)
    for flag in ("isothermedication", "isdentalmedication", "ishospitalmedication")
)
# "28 tablets" is 28; "2 x 28 tablets" and "1,000 ml" are no number that one may be sure of.
_AMOUNT = "regexp_extract(medicationquantity, '^([0-9]+([.][0-9]+)?)( *[a-wyzA-WYZ(%].*)?$', 1)"


def _recognise(names: Sequence[str]) -> Mapping[str, str]:
    """The table of each file: ``SRCode.csv``, or a part of it, ``SRCode_2.csv``."""
    return {
        name: _NAMES[found[1]]
        for name in names
        if (found := _FILE.fullmatch(PurePosixPath(name).name.lower()))
    }


SYSTMONE = Profile(
    name="systmone",
    version="1",
    description=(
        "TPP SystmOne: SRPatient, SRPatientRegistration and SRCode, with SRPrimaryCareMedication "
        "and the mapping tables where they are there; CSV in Windows-1252, one whole delivery and "
        "any changes since, each in its own folder named by its date"
    ),
    dates="dd mmm yyyy",
    missing=(),
    encoding="cp1252",
    delimiter=",",
    tables=TABLES,
    recognise=_recognise,
    patients=PatientMap(
        source="patient",
        patient_id="rowidentifier",
        practice_id="idorganisationvisibleto",
        sex="upper(gender)",
        birth="datebirth",
        birth_dates="dd mmm yyyy",
        deaths=("datedeath",),
        start="NULL",
        end="NULL",
        registration_kind="NULL",
        is_test="testpatient",
    ),
    registrations=RegistrationMap(
        source="registration",
        patient_id="idpatient",
        practice_id="idorganisationvisibleto",
        start="dateregistration",
        end="datederegistration",
        kind=_KIND,
        skips={"registration at another practice": _ELSEWHERE},
    ),
    records=(
        RecordMap(
            source="code",
            kind="clinical",
            columns={
                "patient_id": "idpatient",
                "date": "dateevent",  # never dateeventrecorded: the day it was typed in
                "system": (
                    f"CASE WHEN ctv3code IS NOT NULL THEN {_SYSTEM_OF_CTV3} ELSE 'snomed_ct' END"
                ),
                "code": f"coalesce(ctv3code, {_CONCEPT})",
                "term": "CASE WHEN ctv3code IS NOT NULL THEN ctv3text ELSE snomedtext END",
                "ctv3": _OWN_CTV3,
                "snomed_concept": f"CASE WHEN ctv3code IS NOT NULL THEN {_CONCEPT} END",
                "value": f"CASE WHEN {_IS_VALUE} THEN numericvalue END",
                "unit": f"CASE WHEN {_IS_VALUE} THEN numericunit END",
            },
        ),
        RecordMap(
            source="medication",
            kind="medicine",
            columns={
                "patient_id": "idpatient",
                "date": "coalesce(datemedicationstart, dateevent)",
                "system": _PRODUCT_SYSTEM,
                "code": f"coalesce({_PRODUCT}, {_DMD}, nameofmedication)",
                "dmd": f"CASE WHEN ({_PRODUCT}) IS NOT NULL THEN {_DMD} END",
                "term": "coalesce(nameofmedication, drug_name)",
                "ctv3": "drug_code",
                "quantity": f"coalesce(nullif({_AMOUNT}, ''), medicationquantity)",
                "course": f"CASE WHEN {_IS_REPEAT} THEN 'repeat' ELSE 'acute' END",
            },
            skips={
                "medicine given elsewhere, no issue": (
                    f"({_GIVEN_ELSEWHERE}) AND ({_IS_REPEAT}) IS NOT TRUE"
                )
            },
            joins=(
                Join(
                    source="drugcode",
                    on={"idmultilexproduct": "idmultilexproduct"},
                    columns={"drug_code": "drugreadcode", "drug_name": "drugreadcodedesc"},
                ),
            ),
        ),
    ),
    dictionaries=(
        DictionaryMap(
            source="ctv3",
            kind="clinical",
            columns={
                "system": _SYSTEM_OF_CTV3,
                "code": "ctv3code",
                "term": "ctv3text",
                "ctv3": _OWN_CTV3,
            },
        ),
        DictionaryMap(
            source="ctv3tosnomed",
            kind="clinical",
            columns={
                "system": _SYSTEM_OF_CTV3,
                "code": "ctv3code",
                "ctv3": _OWN_CTV3,
                "snomed_concept": _CONCEPT,
            },
        ),
    ),
    traps=(
        (
            "SRPatientRegistration also holds registrations at other practices: a row counts "
            "where IDOrganisation is IDOrganisationVisibleTo or empty."
        ),
        (
            "Of RegistrationStatus only GMS, alone or among several, is a regular registration; "
            "Applied, Incomplete and Remotely Registered are not."
        ),
        (
            "CTV3Code and SNOMEDCode on one row are one event. A SNOMEDCode of -1 means that "
            "there is none."
        ),
        (
            "One CTV3 code may stand beside several SNOMED codes; a SNOMED codelist that has "
            "one of them then matches every row with that CTV3 code, and such codes are counted "
            "as a finding."
        ),
        (
            "Codes that begin with Y are TPP's own. They are stored as local, and a CTV3 "
            "codelist that lists one finds it."
        ),
        (
            "NumericValue 0 and -1 mean that there is none, unless IsNumeric says that it is a "
            "number."
        ),
        (
            "An issue may be dated ahead: its day is DateMedicationStart, and DateEvent only "
            "where that is empty."
        ),
        (
            "SRRepeatTemplate holds what may be issued, and no issue: it is not read. Medicines "
            "that a hospital, a dentist or somebody else gives are skipped."
        ),
        (
            "RemovedData = 1 deletes a row by its RowIdentifier. A whole delivery has no such "
            "row: where there are more deletions than rows for them, the extract is refused as "
            "changes alone."
        ),
        (
            "Deliveries are told apart by the date in the name of a folder or file, as in "
            "20240131_0300/SRCode.csv; what has none is the oldest. The last row of each "
            "RowIdentifier counts."
        ),
        (
            "The extract of one practice at a time: a patient whom two of its practices share "
            "stands there twice, and is refused."
        ),
    ),
    cannot_know=(
        (
            "Whether an issue was cancelled: no column says so, but a cancelled issue may be "
            "gone by RemovedData."
        ),
        (
            "How many days an issue lasts: whether DateMedicationEnd is its last day is not "
            "documented."
        ),
        (
            "Whether a value is a bound: NumericComparator has no place in the store, so < 5 is "
            "read as 5."
        ),
        "BNF codes and ingredients of medicines.",
        (
            "Who is confidential: SRRecordStatus says where the paper record is, and "
            "SRPersonAtRisk who is on a protection plan; neither says anything of consent. "
            "Opt-outs are codes in SRCode."
        ),
        (
            "Whether a file is a whole delivery: SRManifest says so, sometimes wrongly, and is "
            "not read."
        ),
    ),
)
