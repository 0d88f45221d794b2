"""Report exports as CSV, which the profile `custom` reads by the mapping file beside them.

The reports, their columns and the lines before their headers are made up: no layout of such exports
is public.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.synthetic.formats.facts import of_entry, of_people
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
from instep_cohort.synthetic.neutral import ENTRIES
from instep_cohort.synthetic.other_codes import other_codes
from instep_cohort.synthetic.products import PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instep_cohort.synthetic.formats.facts import Facts, Style
    from instep_cohort.synthetic.formats.layout import Written

MAPPING = "mapping.yaml"

_STYLE: Style = "dd-mmm-yyyy"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEAD = ("Report,Patients for the study", "Made up,yes", "")
_SEXES = ("Female", "Male", "Indeterminate", "Unknown")
_KINDS = ("Regular", "Temporary", "Other")
_FLAGS = ("No", "Yes")

_PATIENTS = Sheet(
    "Patients",
    "Patients.csv",
    (
        *("Patient Number", "Organisation Code", "Gender", "Date of Birth", "Date of Death"),
        *("Registration Date", "Deregistration Date", "Patient Type", "Test Patient"),
        "Confidential",
    ),
    part="",
    roles={"patient": "Patient Number"},
)
_CODES = Sheet(
    "Codes",
    "Codes.csv",
    ("Patient Number", "Date", "Read Code", "Code Term", "Value", "Unit"),
    part="Codes {:03d}.csv",
    rows="events",
    roles={
        "patient": "Patient Number",
        "day": "Date",
        "code": "Read Code",
        "value": "Value",
        "text": "Code Term",
    },
)
_ISSUES = Sheet(
    "Issues",
    "Issues.csv",
    ("Patient Number", "Issue Date", "dm+d Code", "Drug", "Quantity", "Days"),
    part="Issues {:03d}.csv",
    rows="issues",
    roles={
        "patient": "Patient Number",
        "day": "Issue Date",
        "code": "Drug",
        "quantity": "Quantity",
    },
)

_MAPPING_TEXT = f"""\
# What the columns of these made-up reports are, for: ingest --profile custom --mapping {MAPPING}
mapping: made-up-reports
version: 1.0.0
title: Made-up reports as CSV, of patients, codes and issues
dates: dd-mmm-yyyy

patients:
  file: Patients.csv
  skip_rows: {len(_LEAD)}
  columns:
    patient_id: Patient Number
    practice_id: Organisation Code
    sex: {{column: Gender, values: {{Female: F, Male: M, Indeterminate: I, Unknown: U}}}}
    birth: Date of Birth
    death: Date of Death
    registration_start: Registration Date
    registration_end: Deregistration Date
    registration_kind:
      {{column: Patient Type, values: {{Regular: regular, Temporary: temporary, Other: other}}}}
    is_test: {{column: Test Patient, values: {{"Yes": "true", "No": "false"}}}}
    is_confidential: {{column: Confidential, values: {{"Yes": "true", "No": "false"}}}}

events:
  file: Codes*.csv*
  skip_rows: {len(_LEAD)}
  columns:
    patient_id: Patient Number
    date: Date
    code: {{column: Read Code, system: read_v2}}
    term: Code Term
    value: Value
    unit: Unit

medicines:
  file: Issues*.csv*
  skip_rows: {len(_LEAD)}
  columns:
    patient_id: Patient Number
    date: Issue Date
    code:
      - {{column: dm+d Code, system: dmd}}
      - {{column: Drug, system: name}}
    term: Drug
    quantity: Quantity
    days: Days
"""


def _ids(numbers: Sequence[int], _: Sequence[int]) -> list[str]:
    return [str(number) for number in numbers]


def _register(facts: Facts) -> Written:
    register = facts.register
    count = len(register)
    unknown = pa.array(register.birth_precision == 3)  # noqa: PLR2004
    birth = facts.register_days(register.birth, _STYLE)
    yield (
        "Patients",
        pa.table(
            {
                "Patient Number": facts.ids.slice(0, count),
                "Organisation Code": pa.array([f"Z{n:05d}" for n in facts.practice.tolist()]),
                "Gender": of_people(register.sex, _SEXES),
                "Date of Birth": pc.if_else(unknown, None, birth),
                "Date of Death": facts.register_days(register.death, _STYLE),
                "Registration Date": facts.register_days(register.start, _STYLE),
                "Deregistration Date": facts.register_days(register.end, _STYLE),
                "Patient Type": of_people(register.kind, _KINDS),
                "Test Patient": of_people(register.is_test.astype(np.int64), _FLAGS),
                "Confidential": of_people(register.is_confidential.astype(np.int64), _FLAGS),
            }
        ),
    )


def _events(facts: Facts, rows: Any) -> Written:
    yield (
        "Codes",
        pa.table(
            {
                "Patient Number": facts.patients(rows),
                "Date": facts.dates(rows, _STYLE, partial="none"),
                "Read Code": of_entry(rows, "entry", [entry.code for entry in ENTRIES]),
                "Code Term": of_entry(rows, "entry", [entry.term for entry in ENTRIES]),
                "Value": rows["value"],
                "Unit": rows["unit"],
            }
        ),
    )


def _issues(facts: Facts, rows: Any) -> Written:
    known = other_codes()
    yield (
        "Issues",
        pa.table(
            {
                "Patient Number": facts.patients(rows),
                "Issue Date": facts.dates(rows, _STYLE, partial="none"),
                "dm+d Code": of_entry(
                    rows, "product", [known[product.code].dmd for product in PRODUCTS]
                ),
                "Drug": of_entry(rows, "product", [product.term for product in PRODUCTS]),
                "Quantity": rows["quantity"],
                "Days": rows["days"],
            }
        ),
    )


def _day(day: Day) -> str:
    return f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}"


FORMAT = Format(
    name="custom",
    description=f"made-up reports as CSV, and what their columns are ({MAPPING})",
    sheets=(_PATIENTS, _CODES, _ISSUES),
    dialect=Dialect(lead=_LEAD),
    holds=Holds(read_of_products=False),
    cannot_hold=(
        "That a birth is known to its month or year only: a day stands there all the same.",
        "A day that is known to its month or year is left out.",
        "Medicines have no Read code: codeine for the bowel looks like codeine for pain.",
        "Substances and BNF codes of medicines; whether an issue belongs to a repeat.",
        "A dm+d id where no public list has it.",
    ),
    ids=_ids,
    register=_register,
    events=_events,
    issues=_issues,
    day=_day,
    another_day=Day.day_first,
    packs="gz",
    fates={("Issues", "no product"): STORED},  # known by its dm+d id
    beside={MAPPING: _MAPPING_TEXT},
    odd_people=(
        OddPerson("no patient id", QUARANTINED, {"Patients": {"Patient Number": ""}}),
        OddPerson("sex of unknown meaning", STORED, {"Patients": {"Gender": "Other"}}),
    ),
)
