"""The rows of a made-up patient: `2026-05-01 N142. Low back pain`, or the same as a mapping."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from instep_cohort.study.checked_parts import Part
from instep_cohort.study.references import below
from instep_cohort.study.values import shown
from instep_cohort.terminology.code_faults import fault as code_fault
from instep_cohort.terminology.systems import MEDICINE_ONLY, System

SYSTEMS = tuple(
    one for one in System if one not in (System.SUBSTANCE, System.PRODUCT_NAME)
)  # the others are words, not codes

_KEYS = {
    "events": ("date", "system", "code", "term", "value", "unit"),
    "medicines": ("date", "system", "code", "term", "name", "substance", "dmd", "bnf"),
}
_UNDATED = "undated"
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_DATES = "a date is 2026-05-01, or 2026-05, 2026 or undated where no more is known"
_ROW = {
    "events": "write DATE CODE TERM, such as 2026-05-01 N142. Low back pain",
    "medicines": "write DATE CODE TERM, or {date: 2026-05-01, name: NAME OF THE PRODUCT}",
}


class MadeRow(NamedTuple):
    """One row of a record; text is empty, and a number ``None``, where nothing is said.

    Attributes:
        where: its place in the file.
        date: as it was written; empty where the row is undated.
        system: the system of the code; empty for a medicine known by its name alone.
        code: the code; empty for such a medicine.
        term: the term, or the name of a medicine.
        value: the value of an event.
        unit: its unit.
        substance: what the extract's dictionary says of a medicine, as are dmd and bnf.
        dmd: its dm+d id.
        bnf: its BNF code.
    """

    where: str
    date: str
    system: str
    code: str
    term: str
    value: float | None = None
    unit: str = ""
    substance: str = ""
    dmd: str = ""
    bnf: str = ""


def rows_of(patient: Part, key: str, system: str) -> list[MadeRow]:
    """The rows of a patient; what is wrong is noted as a fault.

    Args:
        patient: the patient.
        key: events or medicines.
        system: the system of codes that name none.
    """
    found: list[MadeRow] = []
    for where, item in patient.items(key):
        row = _row(patient, key, where, item)
        if row is not None:
            found += _read(row, key, system)
    return found


def _row(patient: Part, key: str, where: str, item: object) -> Part | None:
    if isinstance(item, str) and item.strip():
        first = item.split()[0]
        if not _is_date(first):
            patient.note(where, f"{shown(first)} is not a date", _DATES)
            return None
        item = dict(zip(("date", "code", "term"), item.split(None, 2), strict=False))
    if not isinstance(item, Mapping):
        patient.note(where, f"{shown(item)} is no row of a record", _ROW[key])
        return None
    if any(_DATE.match(name) for name in item):
        patient.note(where, "a colon has made a key of this row", "put the row in quotes")
        return None
    row = patient.part(where, item)
    row.only(_KEYS[key])
    return row


def _read(row: Part, key: str, default: str) -> Iterator[MadeRow]:
    days = _days(row)
    allowed = [one for one in SYSTEMS if key == "medicines" or one not in MEDICINE_ONLY]
    system = row.choice("system", allowed) if "system" in row.data else default
    code, name, dmd = row.text("code"), row.text("name"), row.text("dmd")
    if "code" not in row.data and "name" not in row.data:
        row.fault("", "the row has no code", _ROW[key])
    if code and system:
        _check(row, "code", System(system), code)
    if dmd:
        _check(row, "dmd", System.DMD, dmd)
    for day in days:
        yield MadeRow(
            where=row.where,
            date=day,
            system=(system or "") if code else "",
            code=code or "",
            term=name or row.text("term") or "",
            value=row.number("value"),
            unit=row.text("unit") or "",
            substance=row.text("substance") or "",
            dmd=dmd or "",
            bnf=row.text("bnf") or "",
        )


def _check(row: Part, key: str, system: System, code: str) -> None:
    wrong = code_fault(system, code)
    if wrong is not None:
        row.fault(key, wrong.text, wrong.repair)


def _days(row: Part) -> list[str]:
    """The dates of a row, which may stand for several; an undated one is empty."""
    if not row.needed("date", _DATES):
        return []
    where, written = below(row.where, "date"), row.data["date"]
    if not isinstance(written, list):
        items = [(where, written)]
    else:
        items = [(below(where, index), item) for index, item in enumerate(written)]
    found = []
    for place, item in items:
        if _is_date(str(item)):
            found.append("" if item == _UNDATED else str(item))
        else:
            row.note(place, f"{shown(item)} is not a date", _DATES)
    return found


def _is_date(text: str) -> bool:
    if text == _UNDATED:
        return True
    if not _DATE.fullmatch(text):
        return False
    first_day = f"{text}-01-01"[: len("2026-01-01")]
    try:
        date.fromisoformat(first_day)
    except ValueError:
        return False
    return True
