"""Vision: comma-separated files without a header, clinical events and issues in one journal."""

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
from instep_cohort.synthetic.register import NEVER, REGULAR, SEXES

if TYPE_CHECKING:
    from instep_cohort.synthetic.formats.facts import Facts, Style
    from instep_cohort.synthetic.formats.layout import Written

_STYLE: Style = "yyyymmdd"
_FIRST_EVENT, _FIRST_ISSUE = 10**9, 5 * 10**9
_REGULAR, _TEMPORARY, _OTHER, _LEFT, _DEAD = range(5)
_ACTIVE = ("R", "T", "P", "L", "D")
_INSERT = "I"  # what ACTION says of a row that is new


def _file(delivery: str, table: str, at: str) -> str:
    """The name of a file of a delivery, full or incremental, as Vision gives it; at HHMMSS."""
    return f"{delivery}_Z00001_{table}_data_extract-{{on-}}-{at}.csv"


_PATIENT = Sheet(
    "Patient",
    _file("FULL", "patient", "000500"),
    (
        *("PID", "REFERENCE", "DATE_OF_BIRTH", "SEX", "POSTCODE", "MARITAL_STATUS", "GP"),
        *("GP_USUAL", "ACTIVE", "REGISTERED_DATE", "REMOVED_DATE", "HA", "PCG", "SURGERY"),
        *("MILEAGE", "DISPENSING", "ETHNIC", "DATE_OF_DEATH", "PRACTICE", "SURNAME"),
        *("FORENAME", "TITLE", "NHS_NUMBER", "ADDRESS", "ADDRESS_1", "ADDRESS_2", "ADDRESS_3"),
        *("ADDRESS_4", "ADDRESS_5", "PHONE_NUMBER", "MOBILE_NUMBER", "EMAIL", "PRACT_NUMBER"),
        *("SERVICE_ID", "ACTION"),
    ),
    part="",
    later=_file("INC", "patient", "120500"),
    roles={"patient": "PID", "deleted": "ACTION"},
)
_JOURNAL = Sheet(
    "Journal",
    _file("FULL", "journal", "000500"),
    (
        *("PID", "ID", "DATE", "RECORDED_DATE", "CODE", "SNOMED_CODE", "BNF_CODE", "HCP"),
        *("HCP_TYPE", "GMS", "EPISODE", "TEXT", "RUBRIC", "DRUG_FORM", "DRUG_STRENGTH"),
        *("DRUG_PACKSIZE", "DMD_CODE", "IMMS_STATUS", "IMMS_COMPOUND", "IMMS_SOURCE"),
        *("IMMS_BATCH", "IMMS_REASON", "IMMS_METHOD", "IMMS_SITE", "ENTITY", "VALUE1_NAME"),
        *("VALUE1", "VALUE1_UNITS", "VALUE2_NAME", "VALUE2", "VALUE2_UNITS", "END_DATE"),
        *("TIME", "CONTEXT", "CERTAINTY", "SEVERITY", "LINKS", "LINKS_EXT", "SERVICE_ID"),
        *("ACTION", "SUBSET", "DOCUMENT_ID"),
    ),
    part="",
    rows="events",
    later=_file("INC", "journal", "120500"),
    roles={
        "patient": "PID",
        "day": "DATE",
        "code": "CODE",
        "value": "VALUE1",
        "text": "RUBRIC",
        "row": "ID",
        "deleted": "ACTION",
    },
)
_PRACTICE = Sheet(
    "Practice",
    _file("FULL", "practice", "000500"),
    (
        *("ID", "NAME", "IDENTIFIER", "HA", "ADDRESS", "ADDRESS_1", "ADDRESS_2", "ADDRESS_3"),
        *("ADDRESS_4", "ADDRESS_5", "POSTCODE", "PHONE", "EMAIL", "FAX"),
    ),
    part="",
)


def _register(facts: Facts) -> Written:
    register = facts.register
    count = len(register)
    unknown = pa.array(register.birth_precision == 3)  # noqa: PLR2004
    birth = facts.register_days(register.birth, _STYLE)
    yield (
        "Patient",
        pa.table(
            {
                "PID": facts.ids.slice(0, count),
                "DATE_OF_BIRTH": pc.if_else(unknown, None, birth),
                "SEX": of_people(register.sex, SEXES),
                "ACTIVE": of_people(_active(facts), _ACTIVE),
                "REGISTERED_DATE": facts.register_days(register.start, _STYLE),
                "REMOVED_DATE": facts.register_days(register.end, _STYLE),
                "DATE_OF_DEATH": facts.register_days(register.death, _STYLE),
                "PRACTICE": pa.array(facts.practice),
                "SERVICE_ID": pa.array(facts.practice),
                "ACTION": pa.repeat(_INSERT, count),
            }
        ),
    )
    numbers = range(1, facts.practices + 1)
    names = [f"Made-up practice {number}" for number in numbers]
    codes = [f"Z{number:05d}" for number in numbers]
    yield "Practice", pa.table({"ID": numbers, "NAME": names, "IDENTIFIER": codes})


def _active(facts: Facts) -> Any:
    """What everybody is on the day of the extract: of those who left it says nothing else."""
    register = facts.register
    left = (register.end != NEVER) & (register.end <= register.on)
    dead = (register.death != NEVER) & (register.death <= register.on)
    here = np.where(register.kind == REGULAR, _REGULAR, _OTHER)
    here = np.where(register.kind == 1, _TEMPORARY, here)
    return np.where(dead, _DEAD, np.where(left, _LEFT, here))


def _events(facts: Facts, rows: Any) -> Written:
    known = other_codes()
    day = facts.dates(rows, _STYLE, partial="none")
    yield (
        "Journal",
        pa.table(
            {
                "PID": facts.patients(rows),
                "ID": shifted(rows["number"], _FIRST_EVENT),
                "DATE": day,
                "RECORDED_DATE": day,
                "CODE": of_entry(rows, "entry", [f"{entry.code}00"[:7] for entry in ENTRIES]),
                "SNOMED_CODE": of_entry(
                    rows, "entry", [known[entry.code].snomed_concept for entry in ENTRIES]
                ),
                "RUBRIC": of_entry(rows, "entry", [entry.term for entry in ENTRIES]),
                "VALUE1": rows["value"],
                "VALUE1_UNITS": rows["unit"],
                "SERVICE_ID": facts.practice_of(rows),
                "ACTION": pa.repeat(_INSERT, len(rows)),
            }
        ),
    )


def _issues(facts: Facts, rows: Any) -> Written:
    known = other_codes()
    day = facts.dates(rows, _STYLE, partial="none")
    yield (
        "Journal",
        pa.table(
            {
                "PID": facts.patients(rows),
                "ID": shifted(rows["number"], _FIRST_ISSUE),
                "DATE": day,
                "RECORDED_DATE": day,
                "CODE": of_entry(rows, "product", [f"{one.code}00"[:7] for one in PRODUCTS]),
                "RUBRIC": of_entry(rows, "product", [one.term for one in PRODUCTS]),
                "DMD_CODE": of_entry(rows, "product", [known[one.code].dmd for one in PRODUCTS]),
                "VALUE1": rows["quantity"],
                "SERVICE_ID": facts.practice_of(rows),
                "ACTION": pa.repeat(_INSERT, len(rows)),
                "SUBSET": pc.if_else(pc.equal(rows["course"], "acute"), "A", "S"),
            }
        ),
    )


def _day(day: Day) -> str:
    return f"{day.year}{day.month:02d}{day.day:02d}"


FORMAT = Format(
    name="vision",
    description="Vision: Patient, Journal and Practice without a header line",
    sheets=(_PATIENT, _JOURNAL, _PRACTICE),
    dialect=Dialect(header=False),
    holds=Holds(is_test=False, is_confidential=False),
    cannot_hold=(
        "That a birth is known to its month or year only: a day stands there all the same.",
        "Test and confidential patients are not marked as such.",
        "Which kind of patient somebody was who has left or died.",
        "A day that is known to its month or year is left out.",
        "The days of an issue, substances and BNF codes of medicines.",
        "A SNOMED CT concept or a dm+d id where no public list has it.",
    ),
    ids=numbered,
    register=_register,
    events=_events,
    issues=_issues,
    day=_day,
    another_day=Day.day_first,
    fates={("Journal", "no product"): STORED},  # known by its name or its dm+d id
    odd_codes=tuple(
        OddCode("junk for a code", STORED, code, "events") for code in ("DNA", "#9V0..", "13m1.0")
    ),
    taken_back={"deleted": "D"},
    odd_people=(
        OddPerson("no patient id", QUARANTINED, {"Patient": {"PID": ""}}),
        OddPerson("sex of unknown meaning", STORED, {"Patient": {"SEX": "9"}}),
        OddPerson("dead on no day", STORED, {"Patient": {"ACTIVE": "D"}}),
        OddPerson("left on no day", STORED, {"Patient": {"ACTIVE": "L"}}),
        OddPerson("patient taken back later", SKIPPED, {}, later={"Patient": {"ACTION": "D"}}),
    ),
)
