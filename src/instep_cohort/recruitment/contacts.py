"""Names and addresses, as the practice exports them: kept apart from every record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from instep_cohort.cohort.handed_in import Line, read_handed_in
from instep_cohort.errors import UsageError
from instep_cohort.recruitment.nhs_numbers import read_nhs_number
from instep_cohort.recruitment.vocabulary import Channel

# Our name of a column, and what an EMIS search-and-report CSV calls it
COLUMNS: Mapping[str, Sequence[str]] = {
    "patient_id": ("emis number",),
    "nhs_number": ("nhs number",),
    "birth_date": ("date of birth",),
    "title": (),
    "first_name": ("calling name", "first name"),
    "surname": ("family name",),
    "address_1": ("address 1",),
    "address_2": ("address 2",),
    "address_3": ("address 3",),
    "address_4": ("address 4",),
    "address_5": ("address 5",),
    "house": ("house name / flat number",),
    "street": ("number and street",),
    "locality": (),
    "town": (),
    "county": (),
    "postcode": (),
    "mobile": ("mobile telephone",),
    "email": ("e-mail address",),
    "usual_gp": ("usual gp's full name",),
    "post_ok": (),
    "text_message_ok": (),
    "email_ok": (),
}
_LINES = 5
_DAY = re.compile(r"(\d\d?)[-/. ](\d\d?|[A-Za-z]{3})[-/. ](\d{4})", re.ASCII)
_MONTHS = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_YES, _NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")
_CONSENTS = {
    Channel.POST: "post_ok",
    Channel.TEXT_MESSAGE: "text_message_ok",
    Channel.EMAIL: "email_ok",
}


@dataclass(frozen=True, repr=False)
class Contact:
    """How to write to one person. It shows nothing of itself, so that no log can.

    Attributes:
        address: up to five lines, the postcode the last; empty where no address is known.
        channels: by which they may be written to: by post unless refused, by text message and
            e-mail only where they have said yes and a number or address is there.
        nhs_number: ten digits, or empty.
        birth_date: to tell whose name it is; None where it is not given.
    """

    patient_id: str
    nhs_number: str
    title: str
    first_name: str
    surname: str
    address: tuple[str, ...]
    mobile: str
    email: str
    usual_gp: str
    channels: frozenset[Channel]
    birth_date: date | None = None


@dataclass(frozen=True, repr=False)
class Contacts:
    """The contacts by patient id, and the sha256 of the file that they came in."""

    by_patient: Mapping[str, Contact]
    sha256: str


def read_contacts(path: Path) -> Contacts:
    """The names and addresses in a CSV file: our own columns, or those of an EMIS report.

    Needed are patient_id and surname; whatever else is missing stays empty. Cells come without
    blanks around them. `post_ok`, `text_message_ok` and `email_ok` are yes, no or empty;
    `birth_date` is written as 1960-05-12, 12/05/1960 or 12-May-1960.

    Raises:
        UsageError: the file cannot be read or lacks a needed column; a row lacks its id, stands
            twice, has an NHS number with a wrong check digit, an unknown consent, a birth_date that
            is none, or an address of more than five lines. Lines are named, what stands in them
            never.
    """
    handed_in = read_handed_in(
        path, "contacts file", ("patient_id", "surname"), needed=2, other_names=COLUMNS
    )
    found: dict[str, Contact] = {}
    for line in handed_in.rows:
        contact = _contact(path, line)
        if contact.patient_id in found:
            raise UsageError(f"{path}:{line.number}: the same patient_id stands higher up already.")
        found[contact.patient_id] = contact
    return Contacts(found, handed_in.sha256)


def _contact(path: Path, line: Line) -> Contact:
    cell = {name: re.sub(r"\s+", " ", line.cells.get(name, "")).strip() for name in COLUMNS}
    place = f"{path}:{line.number}"
    if not cell["patient_id"] or not cell["surname"]:
        raise UsageError(f"{place}: the row has no patient_id or no surname.")
    address = _address(cell)
    if len(address) > _LINES:
        raise UsageError(f"{place}: the address has more than {_LINES} lines; put two on one line.")
    return Contact(
        patient_id=cell["patient_id"],
        nhs_number=_nhs_number(cell["nhs_number"], place),
        title=cell["title"],
        first_name=cell["first_name"],
        surname=cell["surname"],
        address=address,
        mobile=cell["mobile"],
        email=cell["email"],
        usual_gp=cell["usual_gp"],
        channels=_channels(cell, address, place),
        birth_date=_birth_date(cell["birth_date"], place),
    )


def _address(cell: Mapping[str, str]) -> tuple[str, ...]:
    numbered = [cell[f"address_{n}"] for n in range(1, _LINES + 1)]
    if any(numbered):
        lines = [*numbered, cell["postcode"] if cell["postcode"] not in numbered else ""]
    else:
        street = ", ".join(filter(None, (cell["house"], cell["street"])))
        lines = [street, cell["locality"], cell["town"], cell["county"], cell["postcode"]]
    kept = tuple(filter(None, lines))
    return kept if len(kept) > 1 else ()  # a postcode alone reaches nobody


def _nhs_number(text: str, place: str) -> str:
    try:
        return read_nhs_number(text) if text else ""
    except UsageError as error:
        raise UsageError(f"{place}: {error}") from None


def _birth_date(text: str, place: str) -> date | None:
    if not text:
        return None
    try:
        found = _DAY.fullmatch(text)
        if found is None:
            return date.fromisoformat(text)
        day, month, year = found.groups()
        return date(int(year), int(month) if month.isdigit() else _month(month), int(day))
    except ValueError:
        raise UsageError(
            f"{place}: birth_date is no date; write it as 1960-05-12, 12/05/1960 or 12-May-1960."
        ) from None


def _month(name: str) -> int:
    return 1 + _MONTHS.index(name.lower())


def _channels(cell: Mapping[str, str], address: tuple[str, ...], place: str) -> frozenset[Channel]:
    said = {channel: _consent(cell[name], name, place) for channel, name in _CONSENTS.items()}
    reachable = {
        Channel.POST: bool(address) and said[Channel.POST] is not False,
        Channel.TEXT_MESSAGE: bool(cell["mobile"]) and said[Channel.TEXT_MESSAGE] is True,
        Channel.EMAIL: bool(cell["email"]) and said[Channel.EMAIL] is True,
    }
    return frozenset(channel for channel, open_to in reachable.items() if open_to)


def _consent(text: str, name: str, place: str) -> bool | None:
    if not text:
        return None
    if text.lower() in (*_YES, *_NO):
        return text.lower() in _YES
    raise UsageError(f"{place}: {name} is neither yes nor no nor empty.")
