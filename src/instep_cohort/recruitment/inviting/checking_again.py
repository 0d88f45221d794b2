"""Whether a person may be written to now: the one place where that is decided.

Each check looks at one thing and gives a bar, or none. The checks stand in one tuple, in their
order; the first bar is the reason that is counted. What the fresh extract says comes first, so that
a batch that is made again after a kill finds the same reasons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from instep_cohort.cohort.searching_again import SearchedAgain
from instep_cohort.recruitment.contacts import Contact, Contacts
from instep_cohort.recruitment.inviting.other_invitations import OtherInvitations
from instep_cohort.recruitment.inviting.settings import InvitationSettings
from instep_cohort.recruitment.inviting.written import can_be_written
from instep_cohort.recruitment.ledger import Standing
from instep_cohort.recruitment.vocabulary import (
    Channel,
    Decision,
    LegalBasis,
    OptOutEffect,
    OptOutKind,
    Reason,
    effect,
)


class Bar(NamedTuple):
    """Why somebody is not written to: the reason code (None: the study's own line), and words."""

    reason: Reason | None
    what: str


class Asked(NamedTuple):
    """Somebody of whom it is asked whether they may be written to."""

    token: str
    patient_id: str


@dataclass(frozen=True, repr=False)
class Checks:
    """What is looked at.

    Attributes:
        practice: whose patients are written to.
        again: what the fresh extract and the practice's list say.
        standing: what the ledger says.
        contacts: names and addresses.
        settings: legal basis, limits, channels.
        mailing_on: the mailing date.
        others: invitations to other studies; None where there is no cooling-off.
        twice: NHS numbers that stand with more than one patient id.
        searched: the candidates of the search, by patient id.
    """

    practice: str
    again: SearchedAgain
    standing: Standing
    contacts: Contacts
    settings: InvitationSettings
    mailing_on: date
    others: OtherInvitations | None
    twice: frozenset[str]
    searched: frozenset[str]

    @property
    def basis(self) -> LegalBasis:
        """On what ground people are written to."""
        return self.settings.legal_basis

    @property
    def type_1_overridden(self) -> bool:
        """Whether a named Caldicott lead answers for writing to people with a type 1 dissent."""
        return self.settings.type_1_overridden_by is not None

    @property
    def shows_national(self) -> bool:
        """Whether a national opt-out is shown and does not remove, on this legal basis."""
        return effect(OptOutKind.NATIONAL, self.basis) is OptOutEffect.SHOWN

    @cached_property
    def listed(self) -> Mapping[str, tuple[str, ...]]:
        """Who stands on the practice's own list, with the kinds of opt-out."""
        found: dict[str, tuple[str, ...]] = {}
        for _, who, kind in self.again.practice_list.rows:
            found[who] = (*found.get(who, ()), kind)
        return found


def nhs_numbers_twice(contacts: Contacts) -> frozenset[str]:
    """The NHS numbers of more than one patient id: one person, with two records."""
    counted = Counter(one.nhs_number for one in contacts.by_patient.values() if one.nhs_number)
    return frozenset(number for number, count in counted.items() if count > 1)


def bar_of(person: Asked, checks: Checks) -> Bar | None:
    """Why the person may not be written to now; None: they may."""
    for check in CHECKS:
        found = check(person, checks)
        if found is not None:
            return found
    return None


def channel_for(person: Asked, checks: Checks) -> Channel | None:
    """By which channel the person is written to: the first one open to them, None for none."""
    contact = checks.contacts.by_patient.get(person.patient_id)
    if contact is None:
        return None
    return next(
        (
            channel
            for channel in checks.settings.channels
            if channel in contact.channels
            and can_be_written(contact, channel)
            and checks.standing.may_be_written_to(person.token, channel)
        ),
        None,
    )


def no_longer_met(person: Asked, checks: Checks) -> tuple[str, ...]:
    """The required lines of the study that a candidate does not meet any more, by name.

    They bar nobody: a GP has seen the person and decided. They are counted and shown. Of people who
    came in by another route none is named, since they need not have met them.
    """
    now = checks.again.people.get(person.patient_id)
    if now is None or person.patient_id not in checks.searched:
        return ()
    return tuple(line for line in checks.again.include if line in now.fails)


def has_national_opt_out(person: Asked, checks: Checks) -> bool:
    """Whether a national opt-out stands, which the care team's own letter is not barred by."""
    stands = checks.standing.opt_outs(person.token)
    listed = checks.listed.get(person.patient_id, ())
    return OptOutKind.NATIONAL in listed or (OptOutKind.NATIONAL, None) in stands


def _decided(person: Asked, checks: Checks) -> Bar | None:
    decided = checks.standing.decision(person.token)
    if decided is None:
        return Bar(Reason.NOT_SCREENED, "not screened")
    if decided.decision is not Decision.INVITE:
        return Bar(decided.reason, f"decided since: {decided.decision}")
    return None


def _in_extract(person: Asked, checks: Checks) -> Bar | None:
    if person.patient_id not in checks.again.people:
        return Bar(Reason.AD_LEFT, "not in the fresh extract")
    return None


def _alive(person: Asked, checks: Checks) -> Bar | None:
    return _failed(person, checks, "alive", Reason.AD_DIED, "died")


def _registered(person: Asked, checks: Checks) -> Bar | None:
    if checks.again.people[person.patient_id].practice_id != checks.practice:
        return Bar(Reason.AD_LEFT, "left the practice")
    return _failed(person, checks, "registered", Reason.AD_LEFT, "left the practice")


def _real(person: Asked, checks: Checks) -> Bar | None:
    return _failed(person, checks, "test", None, "a test patient")


def _not_confidential(person: Asked, checks: Checks) -> Bar | None:
    return _failed(person, checks, "confidential", None, "a confidential patient")


def _of_age(person: Asked, checks: Checks) -> Bar | None:
    return _failed(person, checks, "age", Reason.EX_AGE, "age on the mailing date")


def _not_excluded(person: Asked, checks: Checks) -> Bar | None:
    for line in checks.again.exclude:
        if line in checks.again.people[person.patient_id].fails:
            return Bar(None, f"exclusion of the study: {line}")
    return None


def _no_research_dissent(person: Asked, checks: Checks) -> Bar | None:
    what = "opt-out in the record: research contact"
    return _failed(person, checks, "research_dissent", Reason.AD_OPT_OUT, what)


def _no_type_1(person: Asked, checks: Checks) -> Bar | None:
    if checks.type_1_overridden:
        return None
    what = "opt-out in the record: type 1"
    return _failed(person, checks, "type_1", Reason.AD_OPT_OUT, what)


def _not_listed(person: Asked, checks: Checks) -> Bar | None:
    # a type 1 on the practice's own list removes whatever is overridden (RULES.md §8)
    for kind in checks.listed.get(person.patient_id, ()):
        if kind != OptOutKind.NATIONAL or not checks.shows_national:
            return Bar(Reason.AD_OPT_OUT, f"opt-out on the practice's list: {_words(kind)}")
    return None


def _not_opted_out(person: Asked, checks: Checks) -> Bar | None:
    barring = checks.standing.barring(
        person.token,
        Channel.POST,
        checks.basis,
        type_1_overridden=checks.type_1_overridden,
    )
    kinds = [kind for kind, _ in barring if kind is not OptOutKind.CHANNEL]
    return Bar(Reason.AD_OPT_OUT, f"opt-out in the ledger: {_words(kinds[0])}") if kinds else None


def _once(person: Asked, checks: Checks) -> Bar | None:
    contact = checks.contacts.by_patient.get(person.patient_id)
    if contact is not None and contact.nhs_number in checks.twice:
        return Bar(Reason.AD_DUPLICATE, "two records with one NHS number")
    return None


def _own_name(person: Asked, checks: Checks) -> Bar | None:
    # a column that was sorted by itself, or contacts of another practice with the same numbers
    contact = checks.contacts.by_patient.get(person.patient_id)
    if contact is None or contact.birth_date is None:
        return None
    if checks.again.people[person.patient_id].may_be_born_on(contact.birth_date):
        return None
    what = "date of birth in the contacts is not that of the record"
    return Bar(Reason.AD_NO_ADDRESS, what)


def _within_limit(person: Asked, checks: Checks) -> Bar | None:
    invite_id = checks.standing.invite_ids.get(person.token, "")
    sent = len(checks.standing.invitations.get(invite_id, ()))
    if sent >= checks.settings.letters_per_person:
        return Bar(Reason.AD_RECENTLY_INVITED, "as many letters as a person may get")
    return None


def _cooled_off(person: Asked, checks: Checks) -> Bar | None:
    if checks.others is None:
        return None
    study, days = checks.settings.study, checks.settings.cooling_off_days
    if checks.others.to_another(person.patient_id, study, checks.mailing_on, days):
        what = "invited to another study in the cooling-off time"
        return Bar(Reason.AD_RECENTLY_INVITED, what)
    # a practice's file of all invitations holds this ledger's own letters too
    reminded = person.token in checks.standing.invite_ids
    if not reminded and checks.others.to_study(person.patient_id, study):
        what = "invited to this study before, outside this ledger"
        return Bar(Reason.AD_RECENTLY_INVITED, what)
    return None


def _reachable(person: Asked, checks: Checks) -> Bar | None:
    if channel_for(person, checks) is not None:
        return None
    return Bar(Reason.AD_NO_ADDRESS, _why_not_reached(person, checks))


CHECKS: tuple[Callable[[Asked, Checks], Bar | None], ...] = (
    *(_decided, _in_extract, _alive, _registered, _real, _not_confidential, _of_age, _not_excluded),
    *(_no_research_dissent, _no_type_1, _not_listed, _not_opted_out),
    *(_once, _own_name, _within_limit, _cooled_off, _reachable),
)


def _failed(
    person: Asked, checks: Checks, step: str, reason: Reason | None, what: str
) -> Bar | None:
    return Bar(reason, what) if step in checks.again.people[person.patient_id].fails else None


def _why_not_reached(person: Asked, checks: Checks) -> str:
    contact = checks.contacts.by_patient.get(person.patient_id)
    if contact is None:
        return "not in the contacts file"
    return "; ".join(
        _why_not_by(channel, contact, person, checks) for channel in checks.settings.channels
    )


def _why_not_by(channel: Channel, contact: Contact, person: Asked, checks: Checks) -> str:
    known = {
        Channel.POST: bool(contact.address),
        Channel.TEXT_MESSAGE: bool(contact.mobile),
        Channel.EMAIL: bool(contact.email),
    }
    if not known[channel]:
        return f"no {_ADDRESS[channel]}"
    if channel not in contact.channels:
        agreed = "refused" if channel is Channel.POST else "not agreed to"
        return f"{_words(channel)} {agreed}"
    if not checks.standing.may_be_written_to(person.token, channel):
        return f"{_words(channel)} refused"
    return f"name or {_ADDRESS[channel]} cannot stand in a list as it is: mend it in the record"


_ADDRESS = {
    Channel.POST: "address",
    Channel.TEXT_MESSAGE: "mobile number",
    Channel.EMAIL: "e-mail address",
}


def _words(name: str) -> str:
    return str(name).replace("_", " ")


def counted(bars: Mapping[str, Bar]) -> list[tuple[str, str, int]]:
    """Each bar with how many it removed: words, reason code, people; the most frequent first."""
    found = Counter(bars.values())
    rows = [(bar.what, str(bar.reason or ""), people) for bar, people in found.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))
