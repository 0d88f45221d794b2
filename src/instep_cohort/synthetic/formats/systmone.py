"""TPP SystmOne: the SR tables of its extract, every field quoted, Windows-1252."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.synthetic.formats.facts import of_entry, of_people
from instep_cohort.synthetic.formats.layout import (
    QUARANTINED,
    SKIPPED,
    STORED,
    Day,
    Dialect,
    Format,
    Holds,
    OddCode,
    OddPerson,
    Sheet,
)
from instep_cohort.synthetic.formats.made_up_ids import numbered, shifted
from instep_cohort.synthetic.neutral import ENTRIES
from instep_cohort.synthetic.other_codes import other_codes
from instep_cohort.synthetic.products import PRODUCTS
from instep_cohort.synthetic.register import SEXES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from instep_cohort.synthetic.formats.facts import Facts
    from instep_cohort.synthetic.formats.layout import Role, Written

_FIRST_REGISTRATION, _FIRST_EVENT, _FIRST_ISSUE = 10**9, 10**12, 2 * 10**12
_STATUSES = ("GMS", "Temporary", "Private")  # regular temporary other
_YES, _NO = "true", "false"
_NO_SNOMED = "-1"
_STAFF = "1"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_HEAD = ("RowIdentifier", "IDOrganisationVisibleTo")
_WHO_WROTE = (
    *("DateEventRecorded", "DateEvent", "IDProfileEnteredBy", "IDDoneBy", "TextualEventDoneBy"),
    "IDOrganisationDoneAt",
)
_TAIL = ("IDOrganisation", "IDOrganisationRegisteredAt", "RemovedData")
_ROLES: dict[Role, str] = {
    "patient": "IDPatient",
    "row": "RowIdentifier",
    "deleted": "RemovedData",
}

_PATIENT = Sheet(
    "SRPatient",
    "{on}_0100/SRPatient.csv",
    (
        *(*_HEAD, "Title", "FirstName", "MiddleNames", "Surname", "PreviousSurname", "NHSNumber"),
        *("DateBirth", "DateDeath", "BirthPlace", "Gender", "SpeaksEnglish", "EmailAddress"),
        *("TestPatient", "SSRef", "SpineMatched", "RemovedData"),
    ),
    part="",
    later="{on}_0300/SRPatient.csv",
    roles={"patient": "RowIdentifier", "deleted": "RemovedData"},
)
_REGISTRATION = Sheet(
    "SRPatientRegistration",
    "{on}_0100/SRPatientRegistration.csv",
    (
        *(*_HEAD, "DateEventRecorded", "IDProfileEnteredBy", "DateRegistration"),
        *("DateDeRegistration", "RegistrationStatus", "PreferredPharmacy", "IDPatient", *_TAIL),
    ),
    part="",
    roles=_ROLES,
)
_CODE = Sheet(
    "SRCode",
    "{on}_0100/SRCode.csv",
    (
        *(*_HEAD, *_WHO_WROTE, "CTV3Code", "CTV3Text", "SNOMEDCode", "SNOMEDText"),
        *("NumericComparator", "IsNumeric", "NumericValue", "NumericUnit", "EpisodeType"),
        *("IDTemplate", "IDQuestionnaire", "IDEvent", "IDPatient", "IDReferralIn"),
        *("IDAppointment", "IDVisit", *_TAIL),
    ),
    part="{on}_0100/SRCode_{:d}.csv",
    rows="events",
    later="{on}_0300/SRCode.csv",
    roles={
        **_ROLES,
        "day": "DateEvent",
        "code": "CTV3Code",
        "value": "NumericValue",
        "text": "CTV3Text",
    },
)
_MEDICATION = Sheet(
    "SRPrimaryCareMedication",
    "{on}_0100/SRPrimaryCareMedication.csv",
    (
        *(*_HEAD, *_WHO_WROTE, "IDMultiLexProduct", "IDMultiLexPack", "IDMultiLexDMD"),
        *("NameOfMedication", "DateMedicationStart", "DateMedicationEnd", "MedicationDosage"),
        *("MedicationQuantity", "IsSupervised", "SupervisedDose", "UnsupervisedDose"),
        *("IsRepeatMedication", "IsOtherMedication", "IsDentalMedication"),
        *("IsHospitalMedication", "IDRepeatTemplate", "IDReferralIn", "IDEvent", "IDPatient"),
        *_TAIL,
    ),
    part="{on}_0100/SRPrimaryCareMedication_{:d}.csv",
    rows="issues",
    later="{on}_0300/SRPrimaryCareMedication.csv",
    roles={
        **_ROLES,
        "day": "DateMedicationStart",
        "code": "IDMultiLexProduct",
        "quantity": "MedicationQuantity",
        "text": "NameOfMedication",
    },
)
_CTV3 = Sheet(
    "SRCtv3", "{on}_0100/SRCtv3.csv", (*_HEAD, "Ctv3Code", "Ctv3Text", "RemovedData"), part=""
)
_DRUG_CODE = Sheet(
    "SRMedicationReadCodeDetails",
    "{on}_0100/SRMedicationReadCodeDetails.csv",
    (
        *("RowIdentifier", "IDMultiLexProduct", "DrugReadCode", "DrugReadCodeDesc"),
        "RemovedData",
    ),
    part="",
)

# MultiLex products by position, all made up.
_PRODUCTS = [str(900_000 + place) for place in range(len(PRODUCTS))]


def _organisation(practice: Any) -> Any:
    return pc.binary_join_element_wise(
        "Z", pc.utf8_lpad(pc.cast(practice, pa.string()), 5, "0"), ""
    )


def _register(facts: Facts) -> Written:
    register = facts.register
    count = len(register)
    ids, places = facts.ids.slice(0, count), _organisation(pa.array(facts.practice))
    unknown = pa.array(register.birth_precision == 3)  # noqa: PLR2004
    yield (
        "SRPatient",
        pa.table(
            {
                "RowIdentifier": ids,
                "IDOrganisationVisibleTo": places,
                "DateBirth": pc.if_else(unknown, None, _moments(facts, register.birth, "00:00")),
                "DateDeath": _moments(facts, register.death, "00:00"),
                "Gender": of_people(register.sex, SEXES),
                "TestPatient": of_people(register.is_test.astype(np.int64), (_NO, _YES)),
                "RemovedData": pa.repeat("0", count),
            }
        ),
    )
    yield (
        "SRPatientRegistration",
        pa.table(
            {
                "RowIdentifier": pa.array(np.arange(count) + _FIRST_REGISTRATION),
                "IDOrganisationVisibleTo": places,
                "DateRegistration": _moments(facts, register.start, "00:00:00"),
                "DateDeRegistration": _moments(facts, register.end, "00:00:00"),
                "RegistrationStatus": of_people(register.kind, _STATUSES),
                "IDPatient": ids,
                "IDOrganisation": places,
                "RemovedData": pa.repeat("0", count),
            }
        ),
    )
    yield from _dictionaries()


def _moments(facts: Facts, day: NDArray[np.int64], at: str) -> Any:
    return _at(facts.register_days(day, "dd mmm yyyy"), at)


def _at(day: Any, at: str) -> Any:
    return pc.binary_join_element_wise(day, at, " ")


def _dictionaries() -> Written:
    known = other_codes()
    described = {known[entry.code].ctv3: entry.term for entry in ENTRIES if known[entry.code].ctv3}
    yield (
        "SRCtv3",
        pa.table(
            {
                "RowIdentifier": range(1, len(described) + 1),
                "Ctv3Code": list(described),
                "Ctv3Text": list(described.values()),
                "RemovedData": ["0"] * len(described),
            }
        ),
    )
    coded = [place for place, one in enumerate(PRODUCTS) if known[one.code].ctv3]
    yield (
        "SRMedicationReadCodeDetails",
        pa.table(
            {
                "RowIdentifier": range(1, len(coded) + 1),
                "IDMultiLexProduct": [_PRODUCTS[place] for place in coded],
                "DrugReadCode": [known[PRODUCTS[place].code].ctv3 for place in coded],
                "DrugReadCodeDesc": [PRODUCTS[place].term for place in coded],
                "RemovedData": ["0"] * len(coded),
            }
        ),
    )


def _events(facts: Facts, rows: Any) -> Written:
    known = other_codes()
    concepts = [known[entry.code].snomed_concept or _NO_SNOMED for entry in ENTRIES]
    yield (
        "SRCode",
        pa.table(
            {
                **_who_and_when(facts, rows, _FIRST_EVENT),
                "CTV3Code": of_entry(rows, "entry", [known[one.code].ctv3 for one in ENTRIES]),
                "CTV3Text": of_entry(rows, "entry", [one.term for one in ENTRIES]),
                "SNOMEDCode": of_entry(rows, "entry", concepts),
                "IsNumeric": pc.if_else(pc.is_valid(rows["value"]), _YES, _NO),
                "NumericValue": pc.fill_null(rows["value"], 0.0),
                "NumericUnit": rows["unit"],
            }
        ),
    )


def _issues(facts: Facts, rows: Any) -> Written:
    count = len(rows)
    who = _who_and_when(facts, rows, _FIRST_ISSUE)
    yield (
        "SRPrimaryCareMedication",
        pa.table(
            {
                **who,
                "IDMultiLexProduct": of_entry(rows, "product", _PRODUCTS),
                "IDMultiLexDMD": of_entry(
                    rows, "product", [other_codes()[one.code].dmd for one in PRODUCTS]
                ),
                "NameOfMedication": of_entry(rows, "product", [one.term for one in PRODUCTS]),
                "DateMedicationStart": who["DateEvent"],
                "MedicationQuantity": rows["quantity"],
                "IsRepeatMedication": pc.if_else(pc.equal(rows["course"], "acute"), _NO, _YES),
                "IsOtherMedication": pa.repeat(_NO, count),
                "IsDentalMedication": pa.repeat(_NO, count),
                "IsHospitalMedication": pa.repeat(_NO, count),
            }
        ),
    )


def _who_and_when(facts: Facts, rows: Any, first: int) -> dict[str, Any]:
    day = _at(facts.dates(rows, "dd mmm yyyy", partial="none"), "00:00:00")
    practice = _organisation(facts.practice_of(rows))
    return {
        "RowIdentifier": shifted(rows["number"], first),
        "IDOrganisationVisibleTo": practice,
        "DateEventRecorded": day,
        "DateEvent": day,
        "IDProfileEnteredBy": pa.repeat(_STAFF, len(rows)),
        "IDPatient": facts.patients(rows),
        "IDOrganisation": practice,
        "RemovedData": pa.repeat("0", len(rows)),
    }


def _day(day: Day) -> str:
    return f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year} 00:00:00"


FORMAT = Format(
    name="systmone",
    description="TPP SystmOne: SRPatient, SRCode, SRPrimaryCareMedication and their like",
    sheets=(_PATIENT, _REGISTRATION, _CODE, _MEDICATION, _CTV3, _DRUG_CODE),
    dialect=Dialect(quoting="all", encoding="cp1252", line_end="\r\n"),
    holds=Holds(is_confidential=False, read_of_products=False),
    cannot_hold=(
        "That a birth is known to its month or year only: a day stands there all the same.",
        "Confidential patients are not marked as such.",
        "A day that is known to its month or year is left out.",
        "The days of an issue, substances and BNF codes of medicines.",
        "The term code of a Read code: a synonym has the CTV3 code of its preferred term.",
        "A CTV3 code of codeine for the bowel, which looks like codeine for pain.",
        "A SNOMED CT concept or a dm+d id where no public list has it.",
    ),
    ids=numbered,
    register=_register,
    events=_events,
    issues=_issues,
    day=_day,
    another_day=Day.iso,
    packs="gz",
    fates={
        ("SRPrimaryCareMedication", "no product"): STORED,  # known by its name
        # the amounts of SystmOne have their unit with them
        ("SRPrimaryCareMedication", "amount with its unit"): STORED,
    },
    odd_codes=(OddCode("code of TPP's own", STORED, "Y1234", "events"),),
    taken_back={"deleted": "1"},
    odd_people=(
        OddPerson(
            "no patient id",
            QUARANTINED,
            {"SRPatient": {"RowIdentifier": ""}, "SRPatientRegistration": {"IDPatient": ""}},
        ),
        OddPerson(
            "registered twice at once",
            STORED,
            {},
            {
                "SRPatientRegistration": (
                    {"RowIdentifier": "1", "DateRegistration": "01 Mar 2020 00:00:00"},
                )
            },
        ),
        OddPerson(
            "registered elsewhere too",
            SKIPPED,
            {},
            {"SRPatientRegistration": ({"RowIdentifier": "2", "IDOrganisation": "Z99999"},)},
        ),
        OddPerson(
            "several statuses at once",
            STORED,
            {"SRPatientRegistration": {"RegistrationStatus": "Applied,GMS"}},
        ),
        OddPerson(
            "patient taken back later",
            SKIPPED,
            {"SRPatientRegistration": {}},
            later={"SRPatient": {"RemovedData": "1"}},
        ),
        OddPerson("sex of unknown meaning", STORED, {"SRPatient": {"Gender": "9"}}),
    ),
)
