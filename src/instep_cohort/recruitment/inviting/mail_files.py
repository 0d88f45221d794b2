"""The lists that leave for a mailing house: who is written to, by which way, and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from instep_cohort.disclosure.columns import EMAIL_COLUMNS, MAIL_COLUMNS, TEXT_MESSAGE_COLUMNS
from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.contacts import Contact, Contacts
from instep_cohort.recruitment.inviting.settings import InvitationSettings, as_lines
from instep_cohort.recruitment.inviting.written import (
    can_be_written,
    in_digits,
    is_email,
    mobile_of,
    plain,
)
from instep_cohort.recruitment.ledger import Invited
from instep_cohort.recruitment.vocabulary import Channel

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
FILES: Mapping[Channel, tuple[str, Sequence[str]]] = {
    Channel.POST: ("mail", MAIL_COLUMNS),
    Channel.TEXT_MESSAGE: ("text-messages", TEXT_MESSAGE_COLUMNS),
    Channel.EMAIL: ("emails", EMAIL_COLUMNS),
}


class MailList(NamedTuple):
    """One list: its channel, the word in its file name, its columns, and its rows.

    The rows are in the order of their invitation ids, which is nobody's; the seed row is among
    them.
    """

    channel: Channel
    word: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, ...]]

    def as_csv(self) -> bytes:
        """The list as UTF-8 CSV with CRLF line ends (RFC 4180), each cell as the practice has it.

        Raises:
            SafetyRefusal: a cell would run as a formula, or does not print.
        """
        if not plain(cell for row in self.rows for cell in row):
            raise SafetyRefusal(
                f"A cell of the {self.word} list would run as a formula, or does not print: mend "
                "the contacts. The list was not written."
            )
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerows([self.columns, *self.rows])
        return out.getvalue().encode()


def in_words(day: date) -> str:
    """A date as it stands on a letter, such as ``1 December 2026``, whatever the locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def seed_id(batch: str) -> str:
    """What stands in place of an invitation id in the study's own row; no id can be like it."""
    return f"SEED-{batch}"


def mail_lists(
    letters: Sequence[Invited],
    patients: Mapping[str, str],
    contacts: Contacts,
    settings: InvitationSettings,
    batch: str,
) -> list[MailList]:
    """A list for each channel that somebody of the batch is written to by, with its seed row.

    Args:
        letters: the batch as the ledger has it, without whoever has opted out since.
        patients: token → patient id.
        contacts: names and addresses.
        settings: practice and seed row.
        batch: its name.

    Raises:
        SafetyRefusal: somebody is not in the contacts, or their cells cannot stand in a list.
    """
    rows: dict[Channel, list[tuple[str, ...]]] = {}
    for one in letters:
        contact = contacts.by_patient.get(patients[one.person])
        if contact is None or not can_be_written(contact, one.channel):
            raise SafetyRefusal(
                "Somebody of the batch cannot be found in the contacts, or not be written to by "
                "them: give the contacts file that the batch was made with."
            )
        rows.setdefault(one.channel, []).append(_row(one, contact, settings))
    on = in_words(letters[0].mailing_on) if letters else ""
    return [
        MailList(
            channel,
            *FILES[channel],
            sorted([*rows[channel], _seed_row(channel, settings, batch, on)], key=lambda r: r[-1]),
        )
        for channel in FILES
        if channel in rows
    ]


def _row(one: Invited, contact: Contact, settings: InvitationSettings) -> tuple[str, ...]:
    if one.channel is Channel.POST:
        return (
            *(contact.first_name, contact.surname, *as_lines(contact.address)),
            *(in_words(one.mailing_on), settings.practice_name, settings.practice_address),
            *(contact.usual_gp, one.invite_id),
        )
    if one.channel is Channel.TEXT_MESSAGE:
        return (contact.first_name, mobile_of(contact), settings.practice_name, one.invite_id)
    return (
        *(contact.first_name, contact.surname, contact.email),
        *(settings.practice_name, one.invite_id),
    )


def _seed_row(
    channel: Channel, settings: InvitationSettings, batch: str, on: str
) -> tuple[str, ...]:
    seed, own = settings.seed_row, seed_id(batch)
    if channel is Channel.POST:
        return (
            *(seed.first_name, seed.surname, *as_lines(seed.address)),
            *(on, settings.practice_name, settings.practice_address, "", own),
        )
    if channel is Channel.TEXT_MESSAGE:
        number = in_digits(seed.mobile or "")
        if not number:
            raise SafetyRefusal(
                "The mobile number of the seed row is none: mend the protocol file."
            )
        return (seed.first_name, number, settings.practice_name, own)
    if not is_email(seed.email or ""):
        raise SafetyRefusal("The e-mail address of the seed row is none: mend the protocol file.")
    return (seed.first_name, seed.surname, seed.email or "", settings.practice_name, own)
