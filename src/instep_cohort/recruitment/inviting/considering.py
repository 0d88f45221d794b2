"""Who is considered for a batch: those decided "invite", with their tier and how they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from instep_cohort.recruitment.ledger import Invited, Ledger, Standing
from instep_cohort.recruitment.vocabulary import Decision, Tier


class Stands(StrEnum):
    """How somebody who is decided "invite" stands before a batch is drawn."""

    INVITED_BEFORE = "invited before"
    HELD_BACK = "held back"
    OTHER_TIER = "not in these tiers"
    SCREENED_LATER = "screened after the mailing date"
    REPLIED = "has replied"
    ASKED = "asked"


class Considered(NamedTuple):
    """One person decided "invite"; `tier` is D for whom no search gave one."""

    token: str
    tier: Tier
    stands: Stands


def tier_of(standing: Standing, token: str) -> Tier:
    """The tier that the latest finding with one gave; D (nominated, self-referred) for none."""
    tiers = [found.tier for found in standing.routes.get(token, ()) if found.tier]
    return tiers[-1] if tiers else Tier.D


def considered(
    standing: Standing, tiers: Collection[Tier], mailing_on: date
) -> tuple[Considered, ...]:
    """Everybody whose latest decision is "invite", in the order of the ledger.

    Nobody else is ever written to: not who is not screened, nor who is to be spoken to first.

    Args:
        standing: what the ledger says.
        tiers: the tiers that the batch draws from; X is held back unless it is among them.
        mailing_on: the mailing date.
    """
    return tuple(
        Considered(token, tier, _stands(standing, token, tier, tiers, mailing_on))
        for token in standing.decisions
        if _is_decided(standing, token)
        for tier in (tier_of(standing, token),)
    )


def _is_decided(standing: Standing, token: str) -> bool:
    decided = standing.decision(token)
    return decided is not None and decided.decision is Decision.INVITE


def _stands(
    standing: Standing, token: str, tier: Tier, tiers: Collection[Tier], mailing_on: date
) -> Stands:
    decided = standing.decision(token)
    if token in standing.invite_ids:
        return Stands.INVITED_BEFORE
    if tier not in tiers:
        return Stands.HELD_BACK if tier is Tier.X else Stands.OTHER_TIER
    if decided is None or decided.screened_on > mailing_on:
        return Stands.SCREENED_LATER
    return Stands.ASKED


def not_decided(standing: Standing) -> Mapping[str, int]:
    """How many people of the ledger nobody has decided to invite, by what stands instead."""
    found: dict[str, int] = {}
    for token in standing.persons:
        decided = standing.decision(token)
        if decided is None:
            found["not screened"] = found.get("not screened", 0) + 1
        elif decided.decision is not Decision.INVITE:
            word = str(decided.decision)
            found[word] = found.get(word, 0) + 1
    return dict(sorted(found.items()))


def standing_before(ledger: Ledger, batch: str) -> Standing:
    """What the ledger said before a batch was drawn; what it says now where there is none.

    A batch that is made again, after a kill, is so made from what it was made from.
    """
    if batch not in ledger.standing.batches:
        return ledger.standing
    standing = Standing()
    for one in ledger.entries():
        if getattr(one.entry, "batch", None) == batch:
            break
        standing.add(one.entry)
    return standing


def has_come_back(standing: Standing, letter: Invited) -> bool:
    """Whether anything has come back on an invitation: a reply, or a stage from the study team.

    A stage without a reply is of somebody whose reply was never imported.
    """
    return letter.invite_id in standing.replies or letter.person in standing.reached
