"""CPRD Aurum, by its specification v2.9: tab-separated numbered parts and two dictionaries."""

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
from instep_cohort.synthetic.formats.made_up_ids import NO_CODE, code_id, shifted
from instep_cohort.synthetic.neutral import ENTRIES
from instep_cohort.synthetic.other_codes import other_codes
from instep_cohort.synthetic.products import PRODUCTS
from instep_cohort.synthetic.vocabulary import LENGTH_UNIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instep_cohort.synthetic.formats.facts import Facts
    from instep_cohort.synthetic.formats.layout import Written

_FIRST_PRACTICE = 20_000
_STAFF = "1"
_FIRST_OBSERVATION, _FIRST_ISSUE = 10**12, 2 * 10**12
_CHILD = 16  # the month of birth is given for those who are younger
_GENDERS = ("2", "1", "3", "4")  # F M I U
# 3 is a regular patient; for the two others no public source was found, and they are made up.
_TYPES = ("3", "4", "7")

_PATIENT = Sheet(
    "Patient",
    "MadeUp_Extract_Patient_001.txt",
    (
        *("patid", "pracid", "usualgpstaffid", "gender", "yob", "mob", "emis_ddate"),
        *("regstartdate", "patienttypeid", "regenddate", "acceptable", "cprd_ddate"),
    ),
    part="MadeUp_Extract_Patient_{:03d}.txt",
    roles={"patient": "patid"},
)
_PRACTICE = Sheet(
    "Practice",
    "MadeUp_Extract_Practice_001.txt",
    ("pracid", "lcd", "uts", "region"),
    part="",
)
_STAFF_SHEET = Sheet(
    "Staff", "MadeUp_Extract_Staff_001.txt", ("staffid", "pracid", "jobcatid"), part=""
)
_OBSERVATION = Sheet(
    "Observation",
    "MadeUp_Extract_Observation_001.txt",
    (
        *("patid", "consid", "pracid", "obsid", "obsdate", "enterdate", "staffid", "parentobsid"),
        *("medcodeid", "value", "numunitid", "obstypeid", "numrangelow", "numrangehigh"),
        "probobsid",
    ),
    part="MadeUp_Extract_Observation_{:03d}.txt",
    rows="events",
    roles={
        "row": "obsid",
        "patient": "patid",
        "day": "obsdate",
        "code": "medcodeid",
        "value": "value",
    },
)
_DRUG_ISSUE = Sheet(
    "DrugIssue",
    "MadeUp_Extract_DrugIssue_001.txt",
    (
        *("patid", "issueid", "pracid", "probobsid", "drugrecid", "issuedate", "enterdate"),
        *("staffid", "prodcodeid", "dosageid", "quantity", "quantunitid", "duration"),
        "estnhscost",
    ),
    part="MadeUp_Extract_DrugIssue_{:03d}.txt",
    rows="issues",
    roles={
        "row": "issueid",
        "patient": "patid",
        "day": "issuedate",
        "code": "prodcodeid",
        "quantity": "quantity",
    },
)
_MEDICAL = Sheet(
    "MedicalDictionary",
    "{on}_EMISMedicalDictionary.txt",
    (
        *("medcodeid", "term", "originalreadcode", "cleansedreadcode", "snomedctconceptid"),
        *("snomedctdescriptionid", "release", "emiscodecategoryid"),
    ),
    part="",
)
_PRODUCT = Sheet(
    "ProductDictionary",
    "{on}_EMISProductDictionary.txt",
    (
        *("prodcodeid", "dmdid", "termfromemis", "productname", "formulation"),
        *("routeofadministration", "drugsubstancename", "substancestrength", "bnfchapter"),
        "release",
    ),
    part="",
)
_UNIT = Sheet("NumUnit", "NumUnit.txt", ("numunitid", "Description"), part="")

# Products come after the codes, so that no id stands for both.
_MEDCODES = [code_id(place) for place in range(len(ENTRIES))]
_PRODCODES = [code_id(len(ENTRIES) + place) for place in range(len(PRODUCTS))]
_UNITS = sorted({entry.unit for entry in ENTRIES if entry.unit} | {LENGTH_UNIT})


def _ids(numbers: Sequence[int], practices: Sequence[int]) -> list[str]:
    """A number whose last five digits are the practice."""
    return [
        f"{number}{_FIRST_PRACTICE + practice:05d}"
        for number, practice in zip(numbers, practices, strict=True)
    ]


def _register(facts: Facts) -> Written:
    register = facts.register
    count = len(register)
    death = facts.register_days(register.death, "dd/mm/yyyy")
    year, month = _year_and_month(facts)
    yield (
        "Patient",
        pa.table(
            {
                "patid": facts.ids.slice(0, count),
                "pracid": pa.array(_FIRST_PRACTICE + facts.practice),
                "usualgpstaffid": pa.repeat(_STAFF, count),
                "gender": of_people(register.sex, _GENDERS),
                "yob": year,
                "mob": month,
                "emis_ddate": death,
                "regstartdate": facts.register_days(register.start, "dd/mm/yyyy"),
                "patienttypeid": of_people(register.kind, _TYPES),
                "regenddate": facts.register_days(register.end, "dd/mm/yyyy"),
                "acceptable": pa.repeat("1", count),
                "cprd_ddate": death,
            }
        ),
    )
    practices = pa.array(range(_FIRST_PRACTICE + 1, _FIRST_PRACTICE + facts.practices + 1))
    taken = facts.days_of(pa.repeat(register.on, facts.practices), "dd/mm/yyyy")
    yield "Practice", pa.table({"pracid": practices, "lcd": taken})
    yield (
        "Staff",
        pa.table({"staffid": pa.repeat(_STAFF, facts.practices), "pracid": practices}),
    )
    yield from _dictionaries()


def _year_and_month(facts: Facts) -> tuple[Any, Any]:
    register = facts.register
    births = register.birth.astype("datetime64[D]")
    year = births.astype("datetime64[Y]").astype(np.int64) + 1970
    month = births.astype("datetime64[M]").astype(np.int64) % 12 + 1
    unknown = register.birth_precision == 3  # noqa: PLR2004
    grown = (register.age >= _CHILD) | (register.birth_precision >= 2)  # noqa: PLR2004
    return pa.array(year, mask=unknown), pa.array(month, mask=grown | unknown)


def _dictionaries() -> Written:
    known = other_codes()
    yield (
        "MedicalDictionary",
        pa.table(
            {
                "medcodeid": _MEDCODES,
                "term": [entry.term for entry in ENTRIES],
                "originalreadcode": [entry.code[:5].rstrip(".") for entry in ENTRIES],
                "cleansedreadcode": [f"{entry.code}00"[:7] for entry in ENTRIES],
                "snomedctconceptid": texts(known[entry.code].snomed_concept for entry in ENTRIES),
            }
        ),
    )
    yield (
        "ProductDictionary",
        pa.table(
            {
                "prodcodeid": _PRODCODES,
                "dmdid": texts(known[product.code].dmd for product in PRODUCTS),
                "termfromemis": [product.term for product in PRODUCTS],
                "productname": [product.term for product in PRODUCTS],
                "drugsubstancename": texts(product.substance for product in PRODUCTS),
                "bnfchapter": texts(known[product.code].bnf_section for product in PRODUCTS),
            }
        ),
    )
    yield (
        "NumUnit",
        pa.table({"numunitid": range(1, len(_UNITS) + 1), "Description": _UNITS}),
    )


def _events(facts: Facts, rows: Any) -> Written:
    day = facts.dates(rows, "dd/mm/yyyy", partial="none")
    units = pa.array(_UNITS)
    unit = pc.index_in(rows["unit"], units)
    yield (
        "Observation",
        pa.table(
            {
                "patid": facts.patients(rows),
                "pracid": shifted(facts.practice_of(rows), _FIRST_PRACTICE),
                "obsid": shifted(rows["number"], _FIRST_OBSERVATION),
                "obsdate": day,
                "enterdate": day,
                "staffid": pa.repeat(_STAFF, len(rows)),
                "medcodeid": of_entry(rows, "entry", _MEDCODES),
                "value": rows["value"],
                "numunitid": shifted(unit, 1),
            }
        ),
    )


def _issues(facts: Facts, rows: Any) -> Written:
    day = facts.dates(rows, "dd/mm/yyyy", partial="none")
    yield (
        "DrugIssue",
        pa.table(
            {
                "patid": facts.patients(rows),
                "issueid": shifted(rows["number"], _FIRST_ISSUE),
                "pracid": shifted(facts.practice_of(rows), _FIRST_PRACTICE),
                "issuedate": day,
                "enterdate": day,
                "staffid": pa.repeat(_STAFF, len(rows)),
                "prodcodeid": of_entry(rows, "product", _PRODCODES),
                "quantity": rows["quantity"],
                "duration": rows["days"],
            }
        ),
    )


FORMAT = Format(
    name="aurum",
    description="CPRD Aurum: numbered parts of Patient, Observation and DrugIssue, dictionaries",
    sheets=(
        _PATIENT,
        _PRACTICE,
        _STAFF_SHEET,
        _OBSERVATION,
        _DRUG_ISSUE,
        _MEDICAL,
        _PRODUCT,
        _UNIT,
    ),
    dialect=Dialect(delimiter="\t", quoting="none"),
    holds=Holds(birth="year", is_test=False, is_confidential=False, read_of_products=False),
    cannot_hold=(
        "The day of birth, and of people of 16 and over the month too.",
        "Test and confidential patients are not marked as such.",
        "Which kind of patient anybody is who is no regular one.",
        "A day that is known to its month or year is left out.",
        "Units are numbers of a list of their own (NumUnit.txt).",
        "Medicines have no Read code: codeine for the bowel looks like codeine for pain.",
        "Whether an issue belongs to a course or to a repeat.",
        "A SNOMED CT concept or a dm+d id where no public list has it.",
    ),
    ids=_ids,
    register=_register,
    events=_events,
    issues=_issues,
    day=Day.day_first,
    another_day=Day.iso,
    many_parts=True,
    packs="zip",
    unknown_code=code_id(NO_CODE),
    odd_people=(
        OddPerson("no patient id", QUARANTINED, {"Patient": {"patid": ""}}),
        OddPerson(
            "two days of death",
            STORED,
            {"Patient": {"emis_ddate": "03/02/2025", "cprd_ddate": "05/02/2025"}},
        ),
        OddPerson("not acceptable", STORED, {"Patient": {"acceptable": "0"}}),
        OddPerson("born in the 13th month", STORED, {"Patient": {"mob": "13"}}),
        OddPerson("sex of unknown meaning", STORED, {"Patient": {"gender": "9"}}),
    ),
)
