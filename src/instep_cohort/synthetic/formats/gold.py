"""CPRD GOLD: tab-separated numbered parts, medical and product dictionaries, types of entities."""

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
from instep_cohort.synthetic.formats.made_up_ids import shifted
from instep_cohort.synthetic.neutral import ENTRIES
from instep_cohort.synthetic.other_codes import other_codes
from instep_cohort.synthetic.products import PRODUCTS
from instep_cohort.synthetic.register import NEVER, REGULAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instep_cohort.synthetic.formats.facts import Facts, Style
    from instep_cohort.synthetic.formats.layout import Role, Written

_STYLE: Style = "dd/mm/yyyy"
_CHILD = 16  # the month of birth is given for those who are younger
_GENDERS = ("2", "1", "3", "4")  # F M I U
_STATUSES = ("0", "99", "2")  # permanent, temporary, and one that is neither
_DEATH, _GONE, _HERE = "1", "2", "0"  # reasons of leaving, by the lookup TRA
_EQUAL = 3  # by the lookup OPR
_TEST_TYPE = "999"  # made up: the only type of test there is here

_OF_AN_EVENT = (
    *("patid", "eventdate", "sysdate", "constype", "consid", "medcode", "sctid", "sctdescid"),
    *("sctexpression", "sctmaptype", "sctmapversion", "sctisindicative", "sctisassured"),
    "staffid",
)
_EVENT_ROLES: dict[Role, str] = {"patient": "patid", "day": "eventdate", "code": "medcode"}


def _numbered(name: str) -> str:
    return f"MadeUp_Extract_{name}_{{:03d}}.txt"


_PATIENT = Sheet(
    "Patient",
    _numbered("Patient").format(1),
    (
        *("patid", "vmid", "gender", "yob", "mob", "marital", "famnum", "chsreg", "chsdate"),
        *("prescr", "capsup", "frd", "crd", "regstat", "reggap", "internal", "tod", "toreason"),
        *("deathdate", "accept"),
    ),
    part=_numbered("Patient"),
    roles={"patient": "patid"},
)
_PRACTICE = Sheet(
    "Practice", _numbered("Practice").format(1), ("pracid", "region", "lcd", "uts"), part=""
)
_CLINICAL = Sheet(
    "Clinical",
    _numbered("Clinical").format(1),
    (*_OF_AN_EVENT, "episode", "enttype", "adid"),
    part=_numbered("Clinical"),
    rows="events",
    roles=_EVENT_ROLES,
)
_TEST = Sheet(
    "Test",
    _numbered("Test").format(1),
    (*_OF_AN_EVENT, "enttype", *(f"data{place}" for place in range(1, 9))),
    part=_numbered("Test"),
    rows="events",
    roles={**_EVENT_ROLES, "value": "data2"},
)
_THERAPY = Sheet(
    "Therapy",
    _numbered("Therapy").format(1),
    (
        *("patid", "eventdate", "sysdate", "consid", "prodcode", "drugdmd", "staffid", "dosageid"),
        *("bnfcode", "qty", "numdays", "numpacks", "packtype", "issueseq", "prn"),
    ),
    part=_numbered("Therapy"),
    rows="issues",
    roles={"patient": "patid", "day": "eventdate", "code": "prodcode", "quantity": "qty"},
)
_MEDICAL = Sheet("medical", "medical.txt", ("medcode", "readcode", "readterm"), part="")
_PRODUCT = Sheet(
    "product",
    "product.txt",
    (
        *("prodcode", "gemscriptcode", "productname", "drugsubstance", "strength", "formulation"),
        *("route", "bnf", "bnf_with_dots", "bnfchapter"),
    ),
    part="",
)
_ENTITY = Sheet(
    "Entity",
    "Entity.txt",
    (
        *("code", "description", "filetype", "category", "data_fields", "data1", "data1lkup"),
        *("data2", "data2lkup", "data3", "data3lkup"),
    ),
    part="",
)
_LOOKUP_TYPE = Sheet("LookupType", "LookupType.txt", ("lookup_type_id", "name"), part="")
_LOOKUP = Sheet("Lookup", "Lookup.txt", ("lookup_id", "lookup_type_id", "code", "text"), part="")

# Short running numbers, as the two dictionaries have them, from 1 by position: all made up.
_MEDCODES = [str(place + 1) for place in range(len(ENTRIES))]
_PRODCODES = [str(place + 1) for place in range(len(PRODUCTS))]
_GEMSCRIPT = [f"{99_000_000 + place}" for place in range(len(PRODUCTS))]
# What is measured in a sample is a test; other measurements are additional details of an event.
_IS_TEST = pa.array([entry.code[:2] in {"42", "44", "45"} for entry in ENTRIES])
_UNITS = sorted(
    {entry.unit for entry in ENTRIES if entry.unit and entry.code[:2] in {"42", "44", "45"}}
)
_UNIT_LOOKUP = "1"


def _ids(numbers: Sequence[int], practices: Sequence[int]) -> list[str]:
    """A number whose last five digits are the practice."""
    return [f"{number}{practice:05d}" for number, practice in zip(numbers, practices, strict=True)]


def _register(facts: Facts) -> Written:
    register = facts.register
    count = len(register)
    year, month = _year_and_month(facts)
    died, left = register.death != NEVER, register.end != NEVER
    start = facts.register_days(register.start, _STYLE)
    yield (
        "Patient",
        pa.table(
            {
                "patid": facts.ids.slice(0, count),
                "gender": of_people(register.sex, _GENDERS),
                "yob": year,
                "mob": month,
                "frd": start,
                "crd": start,
                "regstat": of_people(register.kind, _STATUSES),
                "tod": facts.register_days(register.end, _STYLE),
                "toreason": of_people(np.where(died, 0, np.where(left, 1, 2)), _REASONS),
                "deathdate": facts.register_days(register.death, _STYLE),
                "accept": of_people((register.kind == REGULAR).astype(np.int64), ("0", "1")),
            }
        ),
    )
    numbers = pa.array([f"{number:05d}" for number in range(1, facts.practices + 1)])
    taken = facts.days_of(pa.repeat(register.on, facts.practices), _STYLE)
    yield "Practice", pa.table({"pracid": numbers, "lcd": taken})
    yield from _dictionaries()


_REASONS = (_DEATH, _GONE, _HERE)


def _year_and_month(facts: Facts) -> tuple[Any, Any]:
    register = facts.register
    births = register.birth.astype("datetime64[D]")
    year = births.astype("datetime64[Y]").astype(np.int64) + 1970
    month = births.astype("datetime64[M]").astype(np.int64) % 12 + 1
    unknown = register.birth_precision == 3  # noqa: PLR2004
    grown = (register.age >= _CHILD) | (register.birth_precision >= 2)  # noqa: PLR2004
    return pa.array(year, mask=unknown), pa.array(np.where(grown, 0, month))


def _dictionaries() -> Written:
    known = other_codes()
    yield (
        "medical",
        pa.table(
            {
                "medcode": _MEDCODES,
                "readcode": [f"{entry.code}00"[:7] for entry in ENTRIES],
                "readterm": [entry.term for entry in ENTRIES],
            }
        ),
    )
    yield (
        "product",
        pa.table(
            {
                "prodcode": _PRODCODES,
                "gemscriptcode": _GEMSCRIPT,
                "productname": [product.term for product in PRODUCTS],
                "drugsubstance": texts(product.substance for product in PRODUCTS),
                "bnf": [known[product.code].bnf_section or "00000000" for product in PRODUCTS],
            }
        ),
    )
    test = [_TEST_TYPE, "made-up test", "Test", "", "3"]
    fields = ["Operator", "OPR", "Value", "", "Unit of measure", "SUM"]
    yield (
        "Entity",
        pa.table(
            {name: [cell] for name, cell in zip(_ENTITY.columns, [*test, *fields], strict=True)}
        ),
    )
    yield "LookupType", pa.table({"lookup_type_id": [_UNIT_LOOKUP], "name": ["SUM"]})
    numbers = range(1, len(_UNITS) + 1)
    yield (
        "Lookup",
        pa.table(
            {
                "lookup_id": numbers,
                "lookup_type_id": [_UNIT_LOOKUP] * len(_UNITS),
                "code": numbers,
                "text": _UNITS,
            }
        ),
    )


def _events(facts: Facts, rows: Any) -> Written:
    is_test = pc.and_(_IS_TEST.take(rows["entry"]), pc.is_valid(rows["value"]))
    yield "Clinical", pa.table(_event(facts, rows.filter(pc.invert(is_test))))
    tests = rows.filter(is_test)
    unit = pc.index_in(tests["unit"], pa.array(_UNITS))
    yield (
        "Test",
        pa.table(
            {
                **_event(facts, tests),
                "enttype": pa.repeat(_TEST_TYPE, len(tests)),
                "data1": pa.repeat(_EQUAL, len(tests)),
                "data2": tests["value"],
                "data3": shifted(pc.fill_null(unit, -1), 1),
            }
        ),
    )


def _event(facts: Facts, rows: Any) -> dict[str, Any]:
    day = facts.dates(rows, _STYLE, partial="none")
    return {
        "patid": facts.patients(rows),
        "eventdate": day,
        "sysdate": day,
        "medcode": of_entry(rows, "entry", _MEDCODES),
        "sctid": of_entry(
            rows, "entry", [other_codes()[entry.code].snomed_concept for entry in ENTRIES]
        ),
    }


def _issues(facts: Facts, rows: Any) -> Written:
    day = facts.dates(rows, _STYLE, partial="none")
    yield (
        "Therapy",
        pa.table(
            {
                "patid": facts.patients(rows),
                "eventdate": day,
                "sysdate": day,
                "prodcode": of_entry(rows, "product", _PRODCODES),
                "drugdmd": of_entry(
                    rows, "product", [other_codes()[product.code].dmd for product in PRODUCTS]
                ),
                "qty": rows["quantity"],
                "numdays": rows["days"],
                "issueseq": pc.if_else(pc.equal(rows["course"], "acute"), 0, 1),
            }
        ),
    )


def _another_day(day: Day) -> str:
    return f"{day.day:02d}.{day.month:02d}.{day.year}"


FORMAT = Format(
    name="gold",
    description="CPRD GOLD: parts of Patient, Clinical, Test and Therapy, medical.txt, product.txt",
    sheets=(
        *(_PATIENT, _PRACTICE, _CLINICAL, _TEST, _THERAPY, _MEDICAL, _PRODUCT, _ENTITY),
        *(_LOOKUP_TYPE, _LOOKUP),
    ),
    dialect=Dialect(delimiter="\t", quoting="none"),
    holds=Holds(birth="year", is_test=False, is_confidential=False, read_of_products=False),
    cannot_hold=(
        "The day of birth, and of people of 16 and over the month too.",
        "Test and confidential patients are not marked as such.",
        "A day that is known to its month or year is left out.",
        "The value of anything but a test: blood pressure, weight, the length of a fit note.",
        "Medicines have no Read code: codeine for the bowel looks like codeine for pain.",
        "A SNOMED CT concept or a dm+d id where no public list has it.",
    ),
    ids=_ids,
    register=_register,
    events=_events,
    issues=_issues,
    day=Day.day_first,
    another_day=_another_day,
    many_parts=True,
    packs="gz",
    unknown_code="987654",
    odd_people=(
        OddPerson("no patient id", QUARANTINED, {"Patient": {"patid": ""}}),
        OddPerson("year of birth counted from 1800", STORED, {"Patient": {"yob": "171"}}),
        OddPerson("not acceptable", STORED, {"Patient": {"accept": "0"}}),
        OddPerson("registered before", STORED, {"Patient": {"frd": "01/03/1999"}}),
        OddPerson(
            "left by death on no day",
            STORED,
            {"Patient": {"toreason": "1", "tod": "03/02/2025", "deathdate": ""}},
        ),
        OddPerson("sex of unknown meaning", STORED, {"Patient": {"gender": "9"}}),
    ),
)
