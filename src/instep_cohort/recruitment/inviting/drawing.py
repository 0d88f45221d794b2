"""Who gets a letter of a batch: all checked again, then a sample; nothing is recorded yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from instep_cohort.cohort.searching_again import SearchedAgain, search_again
from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.inviting.checking_again import (
    Asked,
    Bar,
    Checks,
    bar_of,
    channel_for,
    has_national_opt_out,
    nhs_numbers_twice,
    no_longer_met,
)
from instep_cohort.recruitment.inviting.considering import (
    Considered,
    Stands,
    considered,
    has_come_back,
    standing_before,
    tier_of,
)
from instep_cohort.recruitment.inviting.orders import Order, refuse_ill_ordered
from instep_cohort.recruitment.inviting.sampling import in_seeded_order, sample
from instep_cohort.recruitment.inviting.settings import settings_sha256
from instep_cohort.recruitment.inviting.slips import (
    refuse_damaged_ids,
    refuse_foreign_run,
    refuse_forgetful,
    refuse_unknown_people,
)
from instep_cohort.recruitment.inviting.sources import (
    Sources,
    refuse_unlike,
    refuse_unsafe,
    refuse_without_national,
)
from instep_cohort.recruitment.ledger import Standing
from instep_cohort.recruitment.vocabulary import Channel, Tier


class Letter(NamedTuple):
    """Somebody who is to be written to.

    Attributes:
        token, patient_id, tier: who.
        channel: by which way.
        number: 1 for the invitation, 2 for the first reminder.
        no_longer_met: required lines that are not met any more.
        national: whether a national opt-out is to be shown to the practice.
    """

    token: str
    patient_id: str
    tier: Tier
    channel: Channel
    number: int
    no_longer_met: tuple[str, ...]
    national: bool


@dataclass(frozen=True, repr=False)
class Drawing:
    """Who gets a letter, who does not, and why; shown as counts only.

    Attributes:
        letters: who is written to, in the order of the seed: it says nothing of tiers.
        removed: by patient id, whom the checks removed.
        considered: everybody who was looked at.
        not_sampled: how many could have been written to, by tier.
        patients: token → patient id, of everybody in the ledger.
        again: what the fresh extract said.
        inputs: what decides the batch, and `sha256` its hash.
        unnumbered: how many letters go to people of whom the contacts have no NHS number.
    """

    letters: Sequence[Letter] = field(repr=False)
    removed: Mapping[str, Bar] = field(repr=False)
    considered: Sequence[Considered] = field(repr=False)
    not_sampled: Mapping[Tier, int]
    patients: Mapping[str, str] = field(repr=False)
    again: SearchedAgain = field(repr=False)
    inputs: Mapping[str, object] = field(repr=False)
    unnumbered: int = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must be said of lists, study and contacts."""
        if not self.unnumbered:
            return self.again.warnings
        people = "1 person" if self.unnumbered == 1 else f"{self.unnumbered} people"
        without = (
            f"The contacts have no NHS number of {people} who would get a letter: whether they "
            "have a second record, with an opt-out in it, cannot be known."
        )
        return (*self.again.warnings, without)

    @property
    def sha256(self) -> str:
        """The hash of what decides the batch."""
        return settings_sha256(self.inputs)

    def count(self, stands: Stands) -> int:
        """How many of those who were looked at stand so."""
        return sum(one.stands is stands for one in self.considered)

    def kept_with_notes(self) -> list[tuple[str, int]]:
        """What a GP may want to look at once more among those written to, with how many it is."""
        lines = Counter(line for one in self.letters for line in one.no_longer_met)
        found = [(f"no longer meets: {line}", people) for line, people in sorted(lines.items())]
        national = sum(one.national for one in self.letters)
        return [*found, *([("has a national opt-out", national)] if national else [])]


def draw(order: Order, sources: Sources) -> Drawing:
    """Who would get a letter now, everybody checked again on the fresh extract.

    Raises:
        UsageError: the order is no order: its name, size, tiers, or the batch that is reminded.
        SafetyRefusal: people would be written to by what is missing, too old or foreign.
    """
    refuse_ill_ordered(order, sources)
    refuse_unsafe(sources, order.settings, order.answers, order.mailing_on)
    refuse_without_national(order.settings, order.answers, order.national_by)
    refuse_foreign_run(sources.run.sha256, sources.ledger.standing)
    refuse_forgetful(sources.ledger, sources.key, order.lost_letters_by)
    standing = standing_before(sources.ledger, order.batch)
    # everybody in the ledger: opt-outs are noted of whoever has one
    patients = sources.key.patients(sorted(sources.ledger.standing.persons))
    again = search_again(
        sources.run.cohort.manifest,
        sources.store,
        list(patients.values()),
        mailing_on=order.mailing_on,
        answers=order.answers,
        codelists=order.codelists,
        engine=order.engine,
    )
    handed_in = _patient_ids(sources)
    listed = [who for _, who, _ in again.practice_list.rows]
    refuse_damaged_ids({"opt-outs": listed, **handed_in}, again.everybody)
    refuse_unlike(again, sources.run.practice, len(patients), order.acknowledged)
    refuse_unknown_people(handed_in, again.everybody, order.acknowledged)
    checks = Checks(
        practice=sources.run.practice,
        again=again,
        standing=standing,
        contacts=sources.contacts,
        settings=order.settings,
        mailing_on=order.mailing_on,
        others=sources.others,
        twice=nhs_numbers_twice(sources.contacts),
        searched=frozenset(sources.run.patient_ids),
    )
    people = _reminded(order, standing) if order.reminds else _invited(order, standing)
    return _drawn(order, sources, checks, people, patients)


def _patient_ids(sources: Sources) -> dict[str, Collection[str]]:
    """The patient ids in each file that the practice has handed in, by its name."""
    return {
        "contacts": sources.contacts.by_patient.keys(),
        "other-invitations": sources.others.by_patient.keys() if sources.others else (),
    }


def _invited(order: Order, standing: Standing) -> tuple[Considered, ...]:
    return considered(standing, order.tiers, order.mailing_on)


def _reminded(order: Order, standing: Standing) -> tuple[Considered, ...]:
    """The people of the earlier batch; who has replied in any way is not asked again."""
    return tuple(
        Considered(
            one.person,
            one.tier or tier_of(standing, one.person),
            Stands.REPLIED if has_come_back(standing, one) else Stands.ASKED,
        )
        for one in standing.batch(order.reminds or "")
    )


def _drawn(
    order: Order,
    sources: Sources,
    checks: Checks,
    people: Sequence[Considered],
    patients: Mapping[str, str],
) -> Drawing:
    removed: dict[str, Bar] = {}
    pool: dict[Tier, list[str]] = {}
    for one in people:
        if one.stands is Stands.ASKED:
            bar = bar_of(Asked(one.token, patients[one.token]), checks)
            if bar is None:
                pool.setdefault(one.tier, []).append(one.token)
            else:
                removed[patients[one.token]] = bar
    size = sum(map(len, pool.values())) if order.reminds else order.size
    chosen = sample(pool, size, order.seed)
    tiers = {token: tier for tier, tokens in chosen.drawn.items() for token in tokens}
    # not tier by tier: the order of a mail file must not say who is in which
    letters = [
        _letter(checks, Asked(token, patients[token]), tiers[token])
        for token in in_seeded_order(tiers, order.seed)
    ]
    return Drawing(
        letters,
        removed,
        people,
        {tier: len(tokens) for tier, tokens in chosen.not_sampled.items()},
        patients,
        checks.again,
        order.inputs(sources, checks.again),
        sum(not sources.contacts.by_patient[one.patient_id].nhs_number for one in letters),
    )


def _letter(checks: Checks, person: Asked, tier: Tier) -> Letter:
    channel = channel_for(person, checks)
    if channel is None:  # a check of its own has made sure of it
        raise SafetyRefusal("Somebody without a channel was drawn; nothing was recorded.")
    invite_id = checks.standing.invite_ids.get(person.token, "")
    return Letter(
        person.token,
        person.patient_id,
        tier,
        channel,
        1 + len(checks.standing.invitations.get(invite_id, ())),
        no_longer_met(person, checks),
        has_national_opt_out(person, checks),
    )
