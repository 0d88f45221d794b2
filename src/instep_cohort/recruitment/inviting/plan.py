"""What a batch would be by the ledger alone: nobody is looked up, nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from instep_cohort.recruitment.inviting.considering import Stands, considered, not_decided
from instep_cohort.recruitment.inviting.sampling import sample
from instep_cohort.recruitment.ledger import Standing
from instep_cohort.recruitment.vocabulary import Channel, LegalBasis, OptOutKind, Tier
from instep_cohort.small_tables import text_table


class TierPlan(NamedTuple):
    """One tier: of those decided "invite", how many stand how; the parts add up.

    Attributes:
        tier: which.
        decided: everybody of it who is decided "invite".
        invited_before: of them, invited already.
        held_back: of tier X, not released.
        other_tier: not of the tiers that the batch draws from.
        screened_later: decided only after the mailing date.
        barred: an opt-out in the ledger stands against it, on the legal basis.
        drawn: to be drawn.
        not_sampled: could be drawn, and are not.
    """

    tier: Tier
    decided: int
    invited_before: int
    held_back: int
    other_tier: int
    screened_later: int
    barred: int
    drawn: int
    not_sampled: int


@dataclass(frozen=True)
class InvitationPlan:
    """What a batch would be by the ledger alone; counts, for the practice only.

    Attributes:
        tiers: one row for each tier that has somebody decided "invite".
        barred_by: the kind of opt-out → how many it bars.
        undecided: what stands instead of "invite" → how many.
        title: what was asked.
    """

    tiers: Sequence[TierPlan]
    barred_by: Mapping[str, int]
    undecided: Mapping[str, int]
    title: str

    @property
    def drawn(self) -> int:
        """How many would be drawn."""
        return sum(one.drawn for one in self.tiers)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "title": self.title,
            "tiers": [one._asdict() for one in self.tiers],
            "barred_by": dict(self.barred_by),
            "not_decided_to_invite": dict(self.undecided),
            "to_be_drawn": self.drawn,
        }

    def __repr__(self) -> str:
        rows = [tuple(map(_cell, one)) for one in (*self.tiers, _total(self.tiers))]
        lines = [text_table(self.title, _HEAD, rows)]
        if self.barred_by:
            lines += ["", text_table("barred by", ("opt-out", "people"), self.barred_by.items())]
        if self.undecided:
            title = 'in the ledger and not decided "invite": never written to'
            lines += ["", text_table(title, ("what stands", "people"), self.undecided.items())]
        return "\n".join(lines)


_HEAD = (
    *("tier", "decided invite", "invited before", "held back (X)", "not in these tiers"),
    *("screened later", "barred", "to be drawn", "not sampled"),
)


def plan_invitations(
    standing: Standing,
    *,
    tiers: Sequence[Tier],
    size: int,
    seed: int,
    mailing_on: date,
    legal_basis: LegalBasis,
    type_1_overridden: bool = False,
) -> InvitationPlan:
    """What a batch of that size would be, as far as the ledger can say.

    Death, deduction, age, new opt-outs and addresses are looked up only when the batch is made, and
    may remove more.

    Args:
        standing: what the ledger says.
        tiers: the tiers that it draws from; X is held back unless it is among them.
        size: how many at most.
        seed: of the sample within a tier.
        mailing_on: the mailing date.
        legal_basis: on what ground people would be written to.
        type_1_overridden: whether a Caldicott lead answers for people with a type 1 dissent.
    """
    people = considered(standing, tiers, mailing_on)
    barring: dict[str, OptOutKind] = {}
    pool: dict[Tier, list[str]] = {}
    for one in people:
        if one.stands is not Stands.ASKED:
            continue
        found = standing.barring(
            one.token, Channel.POST, legal_basis, type_1_overridden=type_1_overridden
        )
        kinds = [kind for kind, _ in found if kind is not OptOutKind.CHANNEL]
        if kinds:
            barring[one.token] = kinds[0]
        else:
            pool.setdefault(one.tier, []).append(one.token)
    chosen = sample(pool, size, seed)
    rows = []
    for tier in Tier:
        stands = Counter(one.stands for one in people if one.tier is tier)
        if stands:
            rows.append(
                TierPlan(
                    tier,
                    stands.total(),
                    stands[Stands.INVITED_BEFORE],
                    stands[Stands.HELD_BACK],
                    stands[Stands.OTHER_TIER],
                    stands[Stands.SCREENED_LATER],
                    sum(one.tier is tier and one.token in barring for one in people),
                    len(chosen.drawn.get(tier, ())),
                    len(chosen.not_sampled.get(tier, ())),
                )
            )
    words = Counter(str(kind).replace("_", " ") for kind in barring.values())
    title = (
        f"a batch of {size} from tiers {', '.join(tiers)}, to be mailed on {mailing_on} under "
        f"{legal_basis}, seed {seed}"
    )
    return InvitationPlan(rows, dict(sorted(words.items())), not_decided(standing), title)


def _total(tiers: Sequence[TierPlan]) -> tuple[object, ...]:
    numbers = [sum(column) for column in zip(*(one[1:] for one in tiers), strict=True)]
    return ("all", *(numbers or [0] * (len(_HEAD) - 1)))


def _cell(value: object) -> object:
    return value if isinstance(value, int) else str(value)
