"""EMIS Web, the bulk extract: CSV with every cell in quotes, GUIDs, and dictionaries of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.synthetic.formats.emis_sheets import LATER_PROCESSING_ID, PROCESSING_ID, SHEETS
from instep_cohort.synthetic.formats.facts import of_entry, of_people, texts
from instep_cohort.synthetic.formats.layout import (
    QUARANTINED,
    SKIPPED,
    STORED,
    UNMAPPED,
    Day,
    Dialect,
    Format,
    Holds,
    OddCode,
    OddPerson,
)
from instep_cohort.synthetic.formats.made_up_ids import NO_CODE, code_id, guid, guids
from instep_cohort.synthetic.neutral import ENTRIES
from instep_cohort.synthetic.other_codes import other_codes
from instep_cohort.synthetic.products import PRODUCTS, course
from instep_cohort.synthetic.register import SEXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instep_cohort.synthetic.formats.facts import Facts
    from instep_cohort.synthetic.formats.layout import Written

# The first eight digits of the GUIDs of each kind of thing.
_ORGANISATION, _PERSON, _USER, _OBSERVED, _ISSUED, _PRESCRIBED = (
    f"{digit}0000000" for digit in "123456"
)
_GUID_LENGTH = 38
_PATIENTS = "Admin_Patient"
_CLINICIAN = guid(_USER, 1)
_TYPES = ("Regular", "Temporary", "Other")
_FLAGS = ("false", "true")
_PRECISIONS = ("YMD", "YM", "Y")
_UNKNOWN = "U"
_ENTERED_AT = "09:00:00"

# What a medicine becomes whose code did not survive the transfer from another practice.
_DEGRADED, _DEGRADED_ID = "196421000000109", code_id(NO_CODE + 1)
_DEGRADED_TERM = "Transfer-degraded medication entry (GABAPENTIN 300mg capsules)"


class _Local(NamedTuple):
    """A code of EMIS or of a practice; these are made up, but for what they begin or end with."""

    code_id: str
    read_term_id: str
    term: str


_LOCAL = (
    _Local(code_id(NO_CODE + 2), "EMISMADEUP1", "Made-up code of EMIS"),
    _Local(code_id(NO_CODE + 3), "ESCTMA1", "Made-up code of EMIS, of another kind"),
    _Local(code_id(NO_CODE + 4), "MADEUP-SHHAPT", "Made-up code of a clinic"),
)
# The products come after the codes, so that no id stands for both.
_CODES = [code_id(place) for place in range(len(ENTRIES))]
_DRUGS = [code_id(len(ENTRIES) + place) for place in range(len(PRODUCTS))]


def _ids(numbers: Sequence[int], practices: Sequence[int]) -> list[str]:
    """The GUIDs of the organisation and of the patient, since the second is unique in the first."""
    return [
        f"{guid(_ORGANISATION, practice)}/{guid(_PERSON, number)}"
        for number, practice in zip(numbers, practices, strict=True)
    ]


def _register(facts: Facts) -> Written:
    yield "Admin_Patient", _patients(facts)
    numbers = pa.array(range(1, facts.practices + 1))
    organisations = guids(_ORGANISATION, numbers)
    yield (
        "Admin_Organisation",
        pa.table(
            {
                "OrganisationGuid": organisations,
                "OrganisationName": [f"Made-up practice {n}" for n in numbers.to_pylist()],
                "ODSCode": [f"Z{n:05d}" for n in numbers.to_pylist()],
                "OrganisationType": pa.repeat("GP Practice", len(numbers)),
                "ProcessingId": pa.repeat(PROCESSING_ID, len(numbers)),
            }
        ),
    )
    yield (
        "Agreements_SharingOrganisation",
        pa.table(
            {
                "OrganisationGuid": organisations,
                "IsActivated": pa.repeat("true", len(numbers)),
                "Disabled": pa.repeat("false", len(numbers)),
                "Deleted": pa.repeat("false", len(numbers)),
            }
        ),
    )
    yield from _dictionaries()


def _patients(facts: Facts) -> Any:
    register = facts.register
    count = len(register)
    ids = facts.ids.slice(0, count)
    birth = facts.register_days(register.birth, "iso")
    unknown = register.birth_precision == 3  # noqa: PLR2004
    return pa.table(
        {
            "PatientGuid": _patient_part(ids),
            "OrganisationGuid": _organisation_part(ids),
            "UsualGpUserInRoleGuid": pa.repeat(_CLINICIAN, count),
            "Sex": of_people(register.sex, SEXES),
            "DateOfBirth": pc.if_else(pa.array(unknown), None, birth),
            "DateOfDeath": facts.register_days(register.death, "iso"),
            "DateOfRegistration": facts.register_days(register.start, "iso"),
            "PatientNumber": pa.array(np.arange(1, count + 1)),
            "PatientTypeDescription": of_people(register.kind, _TYPES),
            "DummyType": of_people(register.is_test.astype(np.int64), _FLAGS),
            "PersonGuid": _patient_part(ids),
            "DateofDeactivation": facts.register_days(register.end, "iso"),
            "Deleted": pa.repeat("false", count),
            "SpineSensitive": pa.repeat("false", count),
            "IsConfidential": of_people(register.is_confidential.astype(np.int64), _FLAGS),
            "ProcessingId": pa.repeat(PROCESSING_ID, count),
        }
    )


def _patient_part(ids: Any) -> Any:
    return pc.utf8_slice_codeunits(ids, _GUID_LENGTH + 1)


def _organisation_part(ids: Any) -> Any:
    return pc.utf8_slice_codeunits(ids, 0, _GUID_LENGTH)


def _dictionaries() -> Written:
    known = other_codes()
    concepts = [known[entry.code].snomed_concept for entry in ENTRIES]
    yield (
        "Coding_ClinicalCode",
        pa.table(
            {
                "CodeId": [*_CODES, *(local.code_id for local in _LOCAL)],
                "Term": [*(entry.term for entry in ENTRIES), *(local.term for local in _LOCAL)],
                "ReadTermId": [
                    *(_read_term_id(entry.code) for entry in ENTRIES),
                    *(local.read_term_id for local in _LOCAL),
                ],
                "SnomedCTConceptId": texts([*concepts, *("" for _ in _LOCAL)]),
                "ProcessingId": pa.repeat(PROCESSING_ID, len(ENTRIES) + len(_LOCAL)),
            }
        ),
    )
    yield (
        "Coding_DrugCode",
        pa.table(
            {
                "CodeId": [*_DRUGS, _DEGRADED_ID],
                "Term": [*(product.term for product in PRODUCTS), _DEGRADED_TERM],
                "DmdProductCodeId": texts(
                    [*(known[product.code].dmd for product in PRODUCTS), _DEGRADED]
                ),
                "ProcessingId": pa.repeat(PROCESSING_ID, len(PRODUCTS) + 1),
            }
        ),
    )


def _read_term_id(code: str) -> str:
    """The Read code without its dots; another term than the preferred one has a hyphen."""
    synonym = code[5:] not in ("", "00")
    return code[:5].rstrip(".") + ("-1" if synonym else "")


def _events(facts: Facts, rows: Any) -> Written:
    yield (
        "CareRecord_Observation",
        pa.table(
            {
                "ObservationGuid": guids(_OBSERVED, rows["number"]),
                **_who_and_when(facts, rows),
                "CodeId": of_entry(rows, "entry", _CODES),
                "Value": rows["value"],
                "NumericUnit": rows["unit"],
                "Abnormal": pa.repeat("false", len(rows)),
            }
        ),
    )


def _issues(facts: Facts, rows: Any) -> Written:
    first, which = _drug_records(rows)
    drug_records = guids(_PRESCRIBED, rows["number"].take(first))
    begun = rows.take(first)
    yield (
        "Prescribing_DrugRecord",
        pa.table(
            {
                "DrugRecordGuid": drug_records,
                **_who_and_when(facts, begun),
                "CodeId": of_entry(begun, "product", _DRUGS),
                "Quantity": begun["quantity"],
                "PrescriptionType": of_entry(
                    begun, "product", [course(product).capitalize() for product in PRODUCTS]
                ),
                "IsActive": pa.repeat("true", len(begun)),
            }
        ),
    )
    yield (
        "Prescribing_IssueRecord",
        pa.table(
            {
                "IssueRecordGuid": guids(_ISSUED, rows["number"]),
                **_who_and_when(facts, rows),
                "DrugRecordGuid": drug_records.take(which),
                "CodeId": of_entry(rows, "product", _DRUGS),
                "Quantity": rows["quantity"],
                "CourseDurationInDays": rows["days"],
            }
        ),
    )


def _drug_records(rows: Any) -> tuple[Any, Any]:
    """The first issue of each product to each person, and to which of these each issue belongs."""
    key = rows["person"].to_numpy() * len(PRODUCTS) + rows["product"].to_numpy()
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return pa.array(first), pa.array(which)


def _who_and_when(facts: Facts, rows: Any) -> dict[str, Any]:
    count = len(rows)
    day = facts.dates(rows, "iso", partial="first")
    known = pa.array(_PRECISIONS).take(rows["precision"])
    return {
        "PatientGuid": facts.patients(rows, _patient_part(facts.ids)),
        "OrganisationGuid": facts.patients(rows, _organisation_part(facts.ids)),
        "EffectiveDate": day,
        "EffectiveDatePrecision": pc.if_else(pc.is_null(day), _UNKNOWN, known),
        "EnteredDate": day,
        "EnteredTime": pa.repeat(_ENTERED_AT, count),
        "ClinicianUserInRoleGuid": pa.repeat(_CLINICIAN, count),
        "EnteredByUserInRoleGuid": pa.repeat(_CLINICIAN, count),
        "Deleted": pa.repeat("false", count),
        "IsConfidential": pa.repeat("false", count),
        "ProcessingId": pa.repeat(PROCESSING_ID, count),
    }


FORMAT = Format(
    name="emis",
    description="EMIS Web bulk extract: Admin_, CareRecord_, Coding_ and Prescribing_ files",
    sheets=SHEETS,
    dialect=Dialect(quoting="all"),
    holds=Holds(read_of_products=False),
    cannot_hold=(
        "That a birth is known to its month or year only: a day stands there all the same.",
        "The term code of a Read code: a synonym has a hyphen and a number.",
        "Medicines have no Read code: codeine for the bowel looks like codeine for pain.",
        "Substances and BNF codes of medicines.",
        "A SNOMED CT concept or a dm+d id where no public list has it.",
    ),
    ids=_ids,
    register=_register,
    events=_events,
    issues=_issues,
    day=Day.iso,
    another_day=Day.day_first,
    packs="gz",
    unknown_code=code_id(NO_CODE),
    odd_codes=(
        *(OddCode("local code", STORED, local.code_id, "events") for local in _LOCAL),
        OddCode("degraded by a transfer", UNMAPPED, _DEGRADED_ID, "issues"),
    ),
    no_day={"precision": "U"},
    taken_back={"deleted": "true"},
    later_cells={"ProcessingId": LATER_PROCESSING_ID},
    odd_people=(
        OddPerson("no patient id", QUARANTINED, {_PATIENTS: {"PatientGuid": ""}}),
        OddPerson("dummy", STORED, {_PATIENTS: {"PatientTypeDescription": "Dummy"}}),
        OddPerson("sensitive", STORED, {_PATIENTS: {"SpineSensitive": "true"}}),
        OddPerson("dead, not deregistered", STORED, {_PATIENTS: {"DateOfDeath": "2025-02-03"}}),
        OddPerson("private patient", STORED, {_PATIENTS: {"PatientTypeDescription": "Private"}}),
        OddPerson("patient taken back later", SKIPPED, {}, later={_PATIENTS: {"Deleted": "true"}}),
        OddPerson("sex of unknown meaning", STORED, {_PATIENTS: {"Sex": "9"}}),
    ),
)
