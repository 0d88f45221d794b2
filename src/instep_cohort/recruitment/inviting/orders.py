"""What is asked for: a batch of letters or of reminders, refused where it is no order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.cohort.searching_again import SearchedAgain
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.inviting.considering import standing_before
from instep_cohort.recruitment.inviting.settings import InvitationSettings
from instep_cohort.recruitment.inviting.sources import Sources
from instep_cohort.recruitment.ledger import Standing
from instep_cohort.recruitment.vocabulary import Tier

# a name that can be seen on a letter or a file must say nothing of those in the batch
BATCH_NAME = re.compile(r"(B[1-9]\d{0,2})(-R[1-9])?")


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
        lost_letters_by: who answers for going on with a ledger that lacks letters.
        mailing_is_past: whether a mailing date that is past is accepted, as on made-up data.
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
    lost_letters_by: str | None = None
    mailing_is_past: bool = False
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
            **({"lost_letters_by": self.lost_letters_by} if self.lost_letters_by else {}),
        }


def refuse_ill_ordered(order: Order, sources: Sources) -> None:
    """Nothing, where the order is one.

    Raises:
        UsageError: its name, size or tiers are none; or, of a reminder, there is no such batch, or
            a letter to its people goes out on that day or later.
        SafetyRefusal: people would be reminded on another legal basis than they were invited on.
    """
    named = BATCH_NAME.fullmatch(order.batch)
    if not named:
        raise UsageError(
            f"--batch {order.batch}: name batches B1, B2, …, reminders B1-R1, B1-R2: the name "
            "stands on letters and files, and must say nothing of those who get them."
        )
    if order.reminds:
        _refuse_ill_reminder(order, order.reminds, sources)
    elif named[2]:
        raise UsageError(f"--batch {order.batch}: this is the name of a reminder; write B1, B2, ….")
    elif order.size < 1 or not order.tiers:
        raise UsageError("A batch needs --size, 1 or more, and --tiers, such as A,B.")


def _refuse_ill_reminder(order: Order, reminded: str, sources: Sources) -> None:
    first = sources.ledger.standing.batches.get(reminded)
    if first is None:
        raise UsageError(f"There is no batch {reminded} in the ledger to remind the people of.")
    root = reminded.partition("-")[0]
    if not order.batch.startswith(f"{root}-R"):
        raise UsageError(
            f"--batch {order.batch}: name a reminder of {reminded} {root}-R1, {root}-R2, …, so "
            "that nobody mistakes whom it reminds."
        )
    latest = _latest_letter(standing_before(sources.ledger, order.batch), reminded)
    if order.mailing_on <= latest:
        raise UsageError(
            f"The reminder would go out on {order.mailing_on}, and a letter to people of "
            f"{reminded} goes out on {latest}: a reminder comes later."
        )
    if order.settings.legal_basis is not first.legal_basis:
        raise SafetyRefusal(
            f"{reminded} was sent under {first.legal_basis}, the reminder would be under "
            f"{order.settings.legal_basis}: people are reminded on the ground they were invited on."
        )


def _latest_letter(standing: Standing, batch: str) -> date:
    """The latest mailing date of any letter to the people of a batch."""
    people = standing.batch(batch)
    letters = [letter for one in people for letter in standing.invitations[one.invite_id]]
    return max((one.mailing_on for one in letters), default=date.min)
