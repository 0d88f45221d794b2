"""The `standard` profile: plain CSV, ISO dates, Read v2 codes with their terms on every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.synthetic.formats.facts import of_entry, of_people
from instep_cohort.synthetic.formats.layout import (
    QUARANTINED,
    STORED,
    UNREGISTERED,
    Day,
    Dialect,
    Format,
    Holds,
    OddCode,
    OddPerson,
    Sheet,
)
from instep_cohort.synthetic.neutral import ENTRIES
from instep_cohort.synthetic.products import PRODUCTS
from instep_cohort.synthetic.register import KINDS, PRECISIONS, SEXES
from instep_cohort.synthetic.vocabulary import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instep_cohort.synthetic.formats.facts import Facts
    from instep_cohort.synthetic.formats.layout import Written

_PATIENTS = Sheet(
    "patients",
    "patients.csv",
    (
        *("patient_id", "practice_id", "sex", "birth_date", "death_date", "registration_start"),
        *("registration_end", "birth_precision", "registration_kind", "is_test"),
        "is_confidential",
    ),
    part="",
    roles={"patient": "patient_id"},
)
_EVENTS = Sheet(
    "events",
    "events.csv",
    ("patient_id", "date", "system", "code", "term", "value", "unit"),
    part="events/part-{:05d}.csv",
    rows="events",
    roles={
        "patient": "patient_id",
        "day": "date",
        "code": "code",
        "value": "value",
        "text": "term",
    },
)
_MEDICINES = Sheet(
    "medicines",
    "medicines.csv",
    (
        *("patient_id", "date", "system", "code", "term", "quantity", "days", "substance"),
        "bnf",
    ),
    part="medicines/part-{:05d}.csv",
    rows="issues",
    roles={
        "patient": "patient_id",
        "day": "date",
        "code": "code",
        "quantity": "quantity",
        "text": "term",
    },
)


def _ids(numbers: Sequence[int], _: Sequence[int]) -> list[str]:
    """Ten digits, of which the first is always a nought."""
    return [f"{number:010d}" for number in numbers]


def _register(facts: Facts) -> Written:
    """The people; a birth known to the month or year is written short, or a column says so."""
    register = facts.register
    count = len(register)
    precision = pa.array(register.birth_precision)
    whole = facts.register_days(register.birth, "iso")
    full = pc.equal(pc.bit_wise_and(pa.array(range(count), pa.int64()), 1), 0)
    short = pc.utf8_slice_codeunits
    yield (
        "patients",
        pa.table(
            {
                "patient_id": facts.ids.slice(0, count),
                "practice_id": pa.array([f"{number:05d}" for number in facts.practice.tolist()]),
                "sex": of_people(register.sex, SEXES),
                "birth_date": pc.choose(
                    precision,
                    whole,
                    pc.if_else(full, whole, short(whole, 0, 7)),
                    pc.if_else(full, whole, short(whole, 0, 4)),
                    pa.nulls(count, pa.string()),
                ),
                "death_date": facts.register_days(register.death, "iso"),
                "registration_start": facts.register_days(register.start, "iso"),
                "registration_end": facts.register_days(register.end, "iso"),
                "birth_precision": of_people(register.birth_precision, [*PRECISIONS[:3], None]),
                "registration_kind": of_people(register.kind, KINDS),
                "is_test": pa.array(register.is_test),
                "is_confidential": pa.array(register.is_confidential),
            }
        ),
    )


def _events(facts: Facts, rows: Any) -> Written:
    yield (
        "events",
        pa.table(
            {
                **_who_and_when(facts, rows),
                "code": of_entry(rows, "entry", [entry.code for entry in ENTRIES]),
                "term": of_entry(rows, "entry", [entry.term for entry in ENTRIES]),
                "value": rows["value"],
                "unit": rows["unit"],
            }
        ),
    )


def _issues(facts: Facts, rows: Any) -> Written:
    yield (
        "medicines",
        pa.table(
            {
                **_who_and_when(facts, rows),
                "code": of_entry(rows, "product", [product.code for product in PRODUCTS]),
                "term": of_entry(rows, "product", [product.term for product in PRODUCTS]),
                "quantity": rows["quantity"],
                "days": rows["days"],
                "substance": of_entry(rows, "product", [product.substance for product in PRODUCTS]),
                "bnf": of_entry(rows, "product", [product.bnf for product in PRODUCTS]),
            }
        ),
    )


def _who_and_when(facts: Facts, rows: Any) -> dict[str, Any]:
    return {
        "patient_id": facts.patients(rows),
        "date": facts.dates(rows, "iso", partial="short"),
        "system": pa.repeat(SYSTEM, len(rows)),
    }


FORMAT = Format(
    name="standard",
    description="plain CSV: patients, events and medicines with Read v2 codes",
    sheets=(_PATIENTS, _EVENTS, _MEDICINES),
    dialect=Dialect(),
    holds=Holds(),
    cannot_hold=("Whether an issue belongs to a course or to a repeat.",),
    ids=_ids,
    register=_register,
    events=_events,
    issues=_issues,
    day=Day.iso,
    another_day=Day.day_first,
    packs="gz",
    odd_codes=tuple(
        OddCode("junk for a code", STORED, code, "events") for code in ("#9V0..", "DNA", "13R")
    ),
    odd_people=(
        OddPerson("no patient id", QUARANTINED, {"patients": {"patient_id": ""}}),
        OddPerson(
            "end of the registration is unreadable",
            UNREGISTERED,
            {"patients": {"registration_end": "soon"}},
        ),
        OddPerson("sex of unknown meaning", STORED, {"patients": {"sex": "9"}}),
    ),
    fates={("medicines", "no product"): STORED},
)
