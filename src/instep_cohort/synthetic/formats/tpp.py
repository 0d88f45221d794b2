"""Tables of the OpenSAFELY-TPP database, each written out as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.synthetic.formats.facts import of_entry, of_people, texts
from instep_cohort.synthetic.formats.layout import (
    QUARANTINED,
    STORED,
    Day,
    Dialect,
    Format,
    Holds,
    OddPerson,
    Sheet,
)
from instep_cohort.synthetic.formats.made_up_ids import numbered, shifted
from instep_cohort.synthetic.neutral import ENTRIES
from instep_cohort.synthetic.other_codes import other_codes
from instep_cohort.synthetic.products import PRODUCTS
from instep_cohort.synthetic.register import REGULAR, SEXES

if TYPE_CHECKING:
    from instep_cohort.synthetic.formats.facts import Facts
    from instep_cohort.synthetic.formats.layout import Written

_NO_DAY = "9999-12-31"  # an open end, or nothing
_FIRST_EVENT, _FIRST_ISSUE, _FIRST_REPEAT = 10**12, 2 * 10**12, 3 * 10**12

_PATIENT = Sheet(
    "Patient",
    "Patient.csv",
    ("Patient_ID", "DateOfBirth", "DateOfDeath", "Sex"),
    part="",
    roles={"patient": "Patient_ID"},
)
_REGISTRATION = Sheet(
    "RegistrationHistory",
    "RegistrationHistory.csv",
    ("Registration_ID", "Organisation_ID", "Patient_ID", "StartDate", "EndDate"),
    part="",
    roles={"patient": "Patient_ID"},
)
_ORGANISATION = Sheet(
    "Organisation",
    "Organisation.csv",
    ("Organisation_ID", "GoLiveDate", "STPCode", "MSOACode", "Region"),
    part="",
)
_EVENT = Sheet(
    "CodedEvent",
    "CodedEvent.csv",
    (
        *("CodedEvent_ID", "Patient_ID", "Consultation_ID", "CTV3Code", "NumericValue"),
        "ConsultationDate",
    ),
    part="CodedEvent/part-{:05d}.csv",
    rows="events",
    roles={
        "patient": "Patient_ID",
        "day": "ConsultationDate",
        "code": "CTV3Code",
        "value": "NumericValue",
        "row": "CodedEvent_ID",
    },
)
_ISSUE = Sheet(
    "MedicationIssue",
    "MedicationIssue.csv",
    (
        *("MedicationIssue_ID", "RepeatMedication_ID", "Patient_ID", "Consultation_ID"),
        *("MultilexDrug_ID", "Dose", "Quantity", "StartDate", "EndDate", "MedicationStatus"),
        "ConsultationDate",
    ),
    part="MedicationIssue/part-{:05d}.csv",
    rows="issues",
    roles={
        "patient": "Patient_ID",
        "day": "ConsultationDate",
        "code": "MultilexDrug_ID",
        "text": "Quantity",
        "row": "MedicationIssue_ID",
    },
)
_CODES = Sheet("CTV3Dictionary", "CTV3Dictionary.csv", ("CTV3Code", "Description"), part="")
_PRODUCTS = Sheet(
    "MedicationDictionary",
    "MedicationDictionary.csv",
    (
        *("MultilexDrug_ID", "ProductId", "FullName", "RootName", "PackDescription", "Form"),
        *("Strength", "CompanyName", "DMD_ID"),
    ),
    part="",
)
_DISSENTS = Sheet(
    "PatientsWithTypeOneDissent", "PatientsWithTypeOneDissent.csv", ("Patient_ID",), part=""
)

# Of the form that MultiLex ids have in public scripts; made up by position.
_DRUGS = [f"9{place:05d};0;0" for place in range(len(PRODUCTS))]


def _register(facts: Facts) -> Written:
    register = facts.register
    ids = facts.ids.slice(0, len(register))
    births = register.birth.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]")
    month = facts.register_days(births.astype(np.int64), "iso")
    yield (
        "Patient",
        pa.table(
            {
                "Patient_ID": ids,
                "DateOfBirth": pc.if_else(pa.array(register.birth_precision == 3), None, month),  # noqa: PLR2004
                "DateOfDeath": pc.fill_null(facts.register_days(register.death, "iso"), _NO_DAY),
                "Sex": of_people(register.sex, SEXES),
            }
        ),
    )
    yield "RegistrationHistory", _registrations(facts, ids)
    practices = range(1, facts.practices + 1)
    yield "Organisation", pa.table({"Organisation_ID": practices})
    yield "PatientsWithTypeOneDissent", pa.table({"Patient_ID": pa.array([], pa.string())})
    yield from _dictionaries()


def _registrations(facts: Facts, ids: Any) -> Any:
    """Regular registrations only: the database holds no others."""
    register = facts.register
    numbers = pa.array(np.arange(1, len(register) + 1))
    every = pa.table(
        {
            "Registration_ID": numbers,
            "Organisation_ID": pa.array(facts.practice),
            "Patient_ID": ids,
            "StartDate": facts.register_days(register.start, "iso"),
            "EndDate": pc.fill_null(facts.register_days(register.end, "iso"), _NO_DAY),
        }
    )
    return every.filter(pa.array(register.kind == REGULAR))


def _dictionaries() -> Written:
    known = other_codes()
    described = {known[entry.code].ctv3: entry.term for entry in ENTRIES if known[entry.code].ctv3}
    yield (
        "CTV3Dictionary",
        pa.table({"CTV3Code": list(described), "Description": list(described.values())}),
    )
    yield (
        "MedicationDictionary",
        pa.table(
            {
                "MultilexDrug_ID": _DRUGS,
                "FullName": [product.term for product in PRODUCTS],
                "DMD_ID": texts(known[product.code].dmd for product in PRODUCTS),
            }
        ),
    )


def _events(facts: Facts, rows: Any) -> Written:
    yield (
        "CodedEvent",
        pa.table(
            {
                "CodedEvent_ID": shifted(rows["number"], _FIRST_EVENT),
                "Patient_ID": facts.patients(rows),
                "CTV3Code": of_entry(
                    rows, "entry", [other_codes()[entry.code].ctv3 for entry in ENTRIES]
                ),
                "NumericValue": rows["value"],
                "ConsultationDate": _days(facts, rows),
            }
        ),
    )


def _issues(facts: Facts, rows: Any) -> Written:
    day = _days(facts, rows)
    repeats = shifted(rows["product"], _FIRST_REPEAT)
    yield (
        "MedicationIssue",
        pa.table(
            {
                "MedicationIssue_ID": shifted(rows["number"], _FIRST_ISSUE),
                "RepeatMedication_ID": pc.if_else(pc.equal(rows["course"], "acute"), 0, repeats),
                "Patient_ID": facts.patients(rows),
                "MultilexDrug_ID": of_entry(rows, "product", _DRUGS),
                "Quantity": pc.cast(rows["quantity"], pa.string()),
                "StartDate": day,
                "ConsultationDate": day,
            }
        ),
    )


def _days(facts: Facts, rows: Any) -> Any:
    return pc.fill_null(facts.dates(rows, "iso", partial="none"), _NO_DAY)


FORMAT = Format(
    name="tpp",
    description="OpenSAFELY-TPP tables as CSV: Patient, CodedEvent, MedicationIssue, dictionaries",
    sheets=(
        *(_PATIENT, _REGISTRATION, _ORGANISATION, _EVENT, _ISSUE, _CODES, _PRODUCTS),
        _DISSENTS,
    ),
    dialect=Dialect(),
    holds=Holds(birth="month", is_test=False, is_confidential=False, read_of_products=False),
    cannot_hold=(
        "The day of birth.",
        "Test and confidential patients are not marked as such.",
        "Registrations of another kind than regular are not in the database.",
        "A day that is known to its month or year is left out.",
        "The unit of a value, and the quantity and days of an issue.",
        "The term code of a Read code: a synonym has the CTV3 code of its preferred term.",
        "Medicines have no Read code: codeine for the bowel looks like codeine for pain.",
        "Substances and BNF codes of medicines; a dm+d id where no public list has it.",
        "A table of SNOMED CT events (CodedEvent_SNOMED) is not written.",
    ),
    ids=numbered,
    register=_register,
    events=_events,
    issues=_issues,
    day=Day.iso,
    another_day=Day.day_first,
    packs="gz",
    unknown_code="999999;9;9",
    markers=(_NO_DAY,),
    odd_people=(
        OddPerson(
            "no patient id",
            QUARANTINED,
            {"Patient": {"Patient_ID": ""}, "RegistrationHistory": {"Patient_ID": ""}},
        ),
        OddPerson(
            "registered twice at once",
            STORED,
            {},
            {"RegistrationHistory": ({"Registration_ID": "1", "StartDate": "2020-03-01"},)},
        ),
        OddPerson("sex of unknown meaning", STORED, {"Patient": {"Sex": "9"}}),
    ),
)
