"""Who gets a letter of a batch: all checked again, then a sample; nothing is recorded yet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.cohort.searching_again import SearchedAgain, search_again
from instep_cohort.errors import SafetyRefusal, UsageError
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
    standing_before,
    tier_of,
)
from instep_cohort.recruitment.inviting.sampling import in_seeded_order, sample
from instep_cohort.recruitment.inviting.settings import InvitationSettings, settings_sha256
from instep_cohort.recruitment.inviting.sources import (
    Sources,
    refuse_unlike,
    refuse_unsafe,
    refuse_without_national,
)
from instep_cohort.recruitment.ledger import Standing
from instep_cohort.recruitment.vocabulary import Channel, Tier

# a name that can be seen on a letter or a file must say nothing of those in the batch
BATCH_NAME = re.compile(r"B[1-9]\d{0,2}(-R[1-9])?")


@dataclass(frozen=True)
class Order:
    """What is asked for.

    Attributes:
        batch: its name, such as B1, or B1-R1 for reminders.
        mailing_on: the mailing date.
        settings: legal basis, limits, the letter's own words.
        answers: what the practice says of opt-outs.
        tiers, size, seed: of an invitation: from which tiers, how many, and the sample's seed.
        reminds: of a reminder: the batch whose people are reminded.
        acknowledged: opt-out lists that may match no row.
        national_by: who answers that national opt-outs were applied.
        codelists: a folder of codelists; the shipped ones where none is given.
        engine: duckdb, polars or spark.
    """

    batch: str
    mailing_on: date
    settings: InvitationSettings
    answers: OptOutAnswers
    tiers: tuple[Tier, ...] = ()
    size: int = 0
    seed: int = 0
    reminds: str | None = None
    acknowledged: frozenset[str] = frozenset()
    national_by: str | None = None
    codelists: Path | None = None
    engine: str = "duckdb"

    def inputs(self, sources: Sources, again: SearchedAgain) -> dict[str, object]:
        """Everything that decides what the batch is, for its hash and for its manifest."""
        return {
            "batch": self.batch,
            "mailing_on": self.mailing_on.isoformat(),
            "settings": self.settings.model_dump(mode="json"),
            "tiers": [str(tier) for tier in self.tiers],
            "size": self.size,
            "seed": self.seed,
            "reminds": self.reminds,
            "acknowledged": sorted(self.acknowledged),
            "national_opt_outs_by": self.national_by,
            "opt_outs_on": self.answers.drawn_up and self.answers.drawn_up.isoformat(),
            "no_opt_out_list": self.answers.nobody_listed,
            "sha256": {**sources.hashes, "opt_outs": again.practice_list.sha256 or None},
        }


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
    """

    letters: Sequence[Letter] = field(repr=False)
    removed: Mapping[str, Bar] = field(repr=False)
    considered: Sequence[Considered] = field(repr=False)
    not_sampled: Mapping[Tier, int]
    patients: Mapping[str, str] = field(repr=False)
    again: SearchedAgain = field(repr=False)
    inputs: Mapping[str, object] = field(repr=False)

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
    _refuse_ill_ordered(order, sources)
    refuse_unsafe(sources, order.settings, order.answers, order.mailing_on)
    refuse_without_national(order.settings, order.answers, order.national_by)
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
    refuse_unlike(again, sources.run.practice, len(patients), order.acknowledged)
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


def _invited(order: Order, standing: Standing) -> tuple[Considered, ...]:
    return considered(standing, order.tiers, order.mailing_on)


def _reminded(order: Order, standing: Standing) -> tuple[Considered, ...]:
    """The people of the earlier batch; who has replied in any way is not asked again."""
    return tuple(
        Considered(
            one.person,
            one.tier or tier_of(standing, one.person),
            Stands.REPLIED if one.invite_id in standing.replies else Stands.ASKED,
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


def _refuse_ill_ordered(order: Order, sources: Sources) -> None:
    if not BATCH_NAME.fullmatch(order.batch):
        raise UsageError(
            f"--batch {order.batch}: name batches B1, B2, …, reminders B1-R1, B1-R2: the name "
            "stands on letters and files, and must say nothing of those who get them."
        )
    if not order.reminds:
        if order.size < 1 or not order.tiers:
            raise UsageError("A batch needs --size, 1 or more, and --tiers, such as A,B.")
        return
    first = sources.ledger.standing.batches.get(order.reminds)
    if first is None:
        raise UsageError(
            f"There is no batch {order.reminds} in the ledger to remind the people of."
        )
    if order.mailing_on <= first.mailing_on:
        raise UsageError(
            f"The reminder would go out on {order.mailing_on}, and {order.reminds} goes out on "
            f"{first.mailing_on}: a reminder comes later."
        )
    if order.settings.legal_basis is not first.legal_basis:
        raise SafetyRefusal(
            f"{order.reminds} was sent under {first.legal_basis}, the reminder would be under "
            f"{order.settings.legal_basis}: people are reminded on the ground they were invited on."
        )
