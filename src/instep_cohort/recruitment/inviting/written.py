"""What of a contact can stand in a list, sign by sign as the practice has it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from instep_cohort.recruitment.contacts import Contact
from instep_cohort.recruitment.vocabulary import Channel
from instep_cohort.small_tables import FORMULA_STARTS

_MOBILE = re.compile(r"07\d{9}|00\d{8,15}", re.ASCII)
_EXCEL_ERRORS = ("#NAME?", "#REF!", "#VALUE!", "#N/A", "#NUM!", "#NULL!", "#DIV/0!")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")


def can_be_written(contact: Contact, channel: Channel) -> bool:
    """Whether the cells that a list of that channel needs can stand in it as they are.

    A cell that begins with ``= + - @`` is a formula to a spreadsheet; the sign that would stop it
    would be printed on the letter. So nobody with such a cell is written to until it is mended. The
    same goes for signs that do not print, such as those that turn the direction of writing, and for
    letters that were lost when a file was saved in another encoding: an envelope would show it.
    """
    if "?" in contact.first_name + contact.surname:
        return False
    if channel is Channel.POST:
        return plain((contact.first_name, contact.surname, *contact.address, contact.usual_gp))
    if channel is Channel.TEXT_MESSAGE:
        return plain((contact.first_name,)) and bool(mobile_of(contact))
    return plain((contact.first_name, contact.surname)) and is_email(contact.email)


def plain(cells: Iterable[str]) -> bool:
    """Whether every cell prints as it is, is whole, and none would run in a spreadsheet."""
    return all(
        cell.isprintable() and not cell.startswith(tuple(FORMULA_STARTS)) and not garbled(cell)
        for cell in cells
    )


def garbled(cell: str) -> bool:
    """Whether letters were lost by another encoding, such as ``ZoÃ«`` for Zoë, or by Excel.

    UTF-8 that was read as Windows-1252 becomes UTF-8 again when it is written so; no name does.
    """
    if "\ufffd" in cell or cell in _EXCEL_ERRORS:
        return True
    if cell.isascii():
        return False
    try:
        cell.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return True


def mobile_of(contact: Contact) -> str:
    """The mobile number in digits, as it is dialled in the UK; empty where it is none.

    ``+44`` becomes ``0`` and another ``+`` becomes ``00``, since a cell may not begin with a plus.
    """
    return in_digits(contact.mobile)


def in_digits(number: str) -> str:
    """A telephone number as digits alone; empty where it is no mobile number."""
    bare = re.sub(r"[\s().-]", "", number.replace("(0)", ""))
    bare = re.sub(r"^(\+|00)44", "0", bare).replace("+", "00", 1)
    return bare if _MOBILE.fullmatch(bare) else ""


def is_email(text: str) -> bool:
    """Whether the text can be an e-mail address and stand in a list."""
    return plain((text,)) and _EMAIL.fullmatch(text) is not None
