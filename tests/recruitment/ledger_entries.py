"""Entries for tests: people with made-up tokens, from being found to having replied."""

from datetime import date

from instep_cohort.recruitment.ledger import (
    BatchDrawn,
    Decided,
    Found,
    Invited,
    Ledger,
    Replied,
)
from instep_cohort.recruitment.tokens import ALPHABET, check_character
from instep_cohort.recruitment.vocabulary import (
    Channel,
    Decision,
    LegalBasis,
    Reason,
    ReplyKind,
    Route,
)

WHOSE = {"practice": "A82001", "study": "instep"}
WHO = "N. Shah, manager"
AT = "2026-11-24T09:30:00Z"
MAILING = date(2026, 12, 1)
SCREENED = date(2026, 11, 25)


def letters(number, length):
    found = ""
    for _ in range(length):
        number, rest = divmod(number, len(ALPHABET))
        found = ALPHABET[rest] + found
    return found + check_character(found)


def token(number):
    """The token of the n-th person."""
    made = letters(number, 11)
    return f"{made[:4]}-{made[4:8]}-{made[8:]}"


def invite_id(number):
    """The invitation id of the n-th person."""
    made = letters(number, 9)
    return f"{made[:5]}-{made[5:]}"


def found(person, route=Route.CODE_SEARCH):
    return Found(person=token(person), route=route, found_on=SCREENED)


def decided(person, decision=Decision.INVITE, on=SCREENED):
    reason = Reason.PJ_BEREAVED if decision is Decision.DO_NOT_INVITE else None
    return Decided(
        person=token(person), decision=decision, reason=reason, screened_by="Dr A", screened_on=on
    )


def drawn(batch, invited, basis=LegalBasis.CARE_TEAM, on=MAILING, **more):
    return BatchDrawn(batch=batch, legal_basis=basis, mailing_on=on, invited=invited, **more)


def invited(person, batch, letter=1, channel=Channel.POST, on=MAILING, under=None):
    return Invited(
        person=token(person),
        invite_id=invite_id(person if under is None else under),
        batch=batch,
        channel=channel,
        mailing_on=on,
        letter=letter,
    )


def mailing(batch, people, letter=1, **more):
    return [drawn(batch, len(people), **more), *(invited(one, batch, letter) for one in people)]


def replied(person, reply=ReplyKind.INTERESTED):
    return Replied(
        person=token(person), invite_id=invite_id(person), reply=reply, received_on=MAILING
    )


def new_ledger(folder):
    return Ledger.create(folder / "instep.ledger", **WHOSE, who=WHO, at=AT)


def opened(path):
    return Ledger.open(path, **WHOSE)


def append(ledger, entries, key):
    return ledger.append(entries, who=WHO, at=AT, batch_key=key)
