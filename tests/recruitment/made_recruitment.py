"""A made-up practice that recruits: a run of counts alone, and a ledger held in memory."""

import random
from datetime import date
from types import SimpleNamespace

import pyarrow as pa

from instep_cohort.recruitment.ledger import (
    BatchDrawn,
    Decided,
    Found,
    Invited,
    Reached,
    Replied,
    Standing,
)
from instep_cohort.recruitment.tokens import new_invite_ids, new_tokens
from instep_cohort.recruitment.vocabulary import (
    SCREENING_REASONS,
    Channel,
    Decision,
    LegalBasis,
    ReplyKind,
    Route,
    Stage,
    Tier,
)

DAY = date(2026, 11, 24)
STEPS = ("alive", "registered", "age", "pain", "medicine", "palliative", "type_1", "list")


class LedgerInMemory:
    """As much of a ledger as the counts ask for."""

    def __init__(self):
        self.standing = Standing()
        self.appended = []

    @property
    def head(self):
        return f"{len(self.appended):064x}"

    def append(self, entries, *, who, at, batch_key):
        self.appended.append((entries, who, at, batch_key))
        for entry in entries:
            self.standing.add(entry)


class Practice:
    """Draws what happens from a seed; small numbers are far more common than in real life."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.ledger = LedgerInMemory()
        self.candidates = []
        self.runs = 0
        self.run = None
        self.undecided, self.to_invite, self.invited = [], [], []
        self.tiers = {}
        self.letters = 0

    def some(self):
        return self.dice.choice((0, 1, 2, 3, 4, 5, 7, 12, 40))

    def search(self):
        """A run: its candidates found, the earlier ones still there."""
        new = new_tokens(self.some() + self.some())
        for token in new:
            self.tiers[token] = self.dice.choice((Tier.A, Tier.B, Tier.B, Tier.C, Tier.X))
        self.candidates += new
        self.runs += 1
        dropped = {step: self.some() for step in STEPS}
        left = len(self.candidates) + sum(dropped.values())
        rows = []
        for step in STEPS:
            after = left - dropped[step]
            rows.append(
                {"step": step, "text": step, "kind": "include", "before": left}
                | {"dropped": dropped[step], "after": after}
            )
            left = after
        self.run = made_run(rows, [str(self.tiers[one]) for one in self.candidates], self.runs)
        self.find(new, Route.CODE_SEARCH, self.run.sha256)

    def find(self, tokens, route, run=None):
        for token in tokens:
            tier = self.tiers.setdefault(token, Tier.D)
            self.ledger.standing.add(
                Found(person=token, route=route, found_on=DAY, run=run, tier=tier)
            )
        self.undecided += tokens

    def go_on(self):
        """Nominations, decisions, letters, replies and news of the study team."""
        dice = self.dice
        self.find(new_tokens(dice.choice((0, 0, 1, 3, 6))), dice.choice([*Route]))
        dice.shuffle(self.undecided)
        for token in self._taken(self.undecided):
            self._decide(token)
        self._invite(self._taken(self.to_invite))
        for token, invite_id in dice.sample(self.invited, min(self.some(), len(self.invited))):
            reply = dice.choice([*ReplyKind, ReplyKind.INTERESTED])
            self.ledger.standing.add(
                Replied(person=token, invite_id=invite_id, reply=reply, received_on=DAY)
            )
            if dice.random() < 0.6:
                stage = dice.choice([*Stage])
                self.ledger.standing.add(Reached(person=token, stage=stage, reached_on=DAY))

    def _taken(self, those):
        taken = those[: self.some() + self.some()]
        del those[: len(taken)]
        return taken

    def _decide(self, token):
        decision = self.dice.choice([Decision.INVITE, Decision.INVITE, *Decision])
        refused = decision is Decision.DO_NOT_INVITE
        reason = self.dice.choice(SCREENING_REASONS[::3]) if refused else None
        self.ledger.standing.add(
            Decided(
                person=token, decision=decision, screened_by="Dr A", screened_on=DAY, reason=reason
            )
        )
        if decision is Decision.INVITE:
            self.to_invite.append(token)

    def _invite(self, tokens):
        self.letters += 1
        name = f"B{self.letters}"
        drawn = BatchDrawn(
            batch=name, legal_basis=LegalBasis.CARE_TEAM, mailing_on=DAY, invited=len(tokens)
        )
        self.ledger.standing.add(drawn)
        for token, invite_id in zip(tokens, new_invite_ids(len(tokens)), strict=True):
            self.ledger.standing.add(
                Invited(
                    person=token,
                    invite_id=invite_id,
                    batch=name,
                    channel=Channel.POST,
                    mailing_on=DAY,
                    tier=self.tiers[token],
                )
            )
            self.invited.append((token, invite_id))


def made_run(rows, tiers, number):
    """A run of one practice with that attrition and candidates of these tiers."""
    facts = pa.table({"practice_id": ["A82001"], "dropped_at": [""]})
    tables = {"attrition": pa.Table.from_pylist(rows), "facts": facts}
    cohort = SimpleNamespace(
        to_arrow=tables.__getitem__, manifest={"study": {"name": "instep", "version": "1.0.0"}}
    )
    return SimpleNamespace(
        cohort=cohort,
        candidates=pa.table({"tier": pa.array(tiers, pa.string())}),
        practice="A82001",
        study="instep",
        search_date=DAY,
        sha256=f"{number:064x}",
    )
