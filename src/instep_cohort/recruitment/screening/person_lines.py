"""What stands in the cells of one person: short lines, the newest first, dates as dates."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from instep_cohort.recruitment.contacts import Contact
from instep_cohort.recruitment.ledger import Decided, Standing
from instep_cohort.recruitment.vocabulary import WRITING_CHANNELS, Channel, OptOutKind

_SHOWN_OPT_OUTS = {OptOutKind.NATIONAL: "opt-out: national", OptOutKind.TYPE_1: "opt-out: type 1"}


def fit_note(person: Mapping[str, Any]) -> str:
    """The fit notes in the study's window; empty without any, or where the study asks for none."""
    notes = person.get("fit_notes")
    if not notes:
        return ""
    first, last = person["fit_note_first"], person["fit_note_last"]
    when = f"1 note, {last}" if notes == 1 else f"{notes} notes, {first} to {last}"
    said = (person["last_statement"] or "").replace("_", " ")
    parts = [when, f"last: {said}"]
    if person.get("certified_until"):
        parts.append(f"certified to {person['certified_until']}")
    if person.get("long_term"):
        parts.append("long term")
    may_be_fit = person.get("may_be_fit_notes")
    if may_be_fit and notes > 1:
        parts.append(f"{may_be_fit} may be fit")
    return "; ".join(parts)


def work_evidence(person: Mapping[str, Any]) -> str:
    """The latest codes about work, newest first, and whether even the newest is too old."""
    hints = person.get("work_hints") or ""
    return f"{hints}; too old to decide" if hints and person.get("work_status_stale") else hints


def cautions(
    person: Mapping[str, Any], opt_outs: Collection[tuple[OptOutKind, Channel | None]]
) -> str:
    """What a date or a choice left open, and opt-outs that decide only with the legal basis."""
    found = [part for part in (person.get("cautions") or "").split("; ") if part]
    found += [words for kind, words in _SHOWN_OPT_OUTS.items() if (kind, None) in opt_outs]
    precision = person.get("birth_precision") or "day"
    if precision != "day":
        found.append(f"age: birth known to the {precision} only")
    return "; ".join(dict.fromkeys(found))


def last_invited(standing: Standing, token: str) -> str:
    """The latest letter of this study, and what came back; empty for somebody never written to."""
    invite_id = standing.invite_ids.get(token)
    if invite_id is None:
        return ""
    letter = standing.invitations[invite_id][-1]
    replies = standing.replies.get(invite_id)
    came_back = f"reply: {replies[-1].reply}" if replies else "no reply"
    kind = "invitation" if letter.letter == 1 else f"reminder {letter.letter - 1}"
    return f"{kind} of {letter.mailing_on}, {came_back}".replace("_", " ")


def channels(contact: Contact | None, standing: Standing, token: str, *, asked: bool) -> str:
    """By which the person may be written to; empty where no contacts were handed in."""
    if not asked:
        return ""
    if contact is None:
        return "none: not in the contacts file"
    open_to = [
        channel
        for channel in WRITING_CHANNELS
        if channel in contact.channels and standing.may_be_written_to(token, channel)
    ]
    return ", ".join(open_to).replace("_", " ") or "none"


def decided_before(decided: Decided | None) -> str:
    """The standing decision in one line; empty for somebody who is not screened."""
    if decided is None:
        return ""
    reason = f" ({decided.reason})" if decided.reason else ""
    return f"{decided.decision}{reason}, {decided.screened_by}, {decided.screened_on}"


def identity(contact: Contact | None) -> dict[str, str]:
    """The cells that show who somebody is, by column; empty where no contact is known."""
    if contact is None:
        return dict.fromkeys(("nhs_number", "surname_initials", "usual_gp"), "")
    return {
        "nhs_number": _nhs_number(contact.nhs_number),
        "surname_initials": _surname_initials(contact),
        "usual_gp": contact.usual_gp,
    }


def _surname_initials(contact: Contact) -> str:
    """Such as ``KHAN A B``."""
    initials = [word[0] for word in re.split(r"[\s-]+", contact.first_name) if word]
    return " ".join([contact.surname.upper(), *map(str.upper, initials)])


def _nhs_number(digits: str) -> str:
    """In its written form, 3 3 4: no spreadsheet takes that for a number."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if digits else ""
