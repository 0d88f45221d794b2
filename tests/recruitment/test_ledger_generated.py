"""Any sequence of events, from two holders that come and go: as a slow, obvious model has it."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from ledger_entries import (
    AT,
    WHO,
    append,
    decided,
    found,
    invite_id,
    mailing,
    new_ledger,
    opened,
    replied,
    token,
)

from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.ledger import OptedOut, verify
from instep_cohort.recruitment.vocabulary import Channel, Decision, OptOutKind, ReplyKind, Route

PEOPLE = st.integers(0, 5)
HOLDERS = st.integers(0, 1)


class TwoHolders(RuleBasedStateMachine):
    """The model: a list of what was acknowledged, searched from its end."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        first = new_ledger(Path(self.folder.name))
        self.path = first.path
        self.holders = [first, opened(self.path)]
        self.acknowledged = []
        self.receipts = []

    def teardown(self):
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def record(self, holder, entries, *, allowed):
        key = f"batch {len(self.receipts)}"
        if not allowed:
            try:
                append(self.holders[holder], entries, key)
            except SafetyRefusal:
                return
            raise AssertionError("a rule was not held")
        receipt = append(self.holders[holder], entries, key)
        assert receipt.written
        self.acknowledged += entries
        self.receipts.append((key, entries, receipt))

    def latest(self, kind, person):
        return next(
            (
                one
                for one in reversed(self.acknowledged)
                if one.kind == kind and one.person == token(person)
            ),
            None,
        )

    def barred(self, person):
        opted_out = self.latest("opted_out", person)
        declined = [
            one
            for one in self.acknowledged
            if one.kind == "replied"
            and one.person == token(person)
            and one.reply in {ReplyKind.DECLINED, ReplyKind.DO_NOT_WRITE}
        ]
        return bool(opted_out or declined)

    def writable(self, person):
        decision = self.latest("decided", person)
        return bool(decision) and decision.decision == "invite" and not self.barred(person)

    @rule(holder=HOLDERS, person=PEOPLE, route=st.sampled_from(Route))
    def find(self, holder, person, route):
        self.record(holder, [found(person, route)], allowed=True)

    @rule(holder=HOLDERS, person=PEOPLE, decision=st.sampled_from(Decision))
    def decide(self, holder, person, decision):
        self.record(holder, [decided(person, decision)], allowed=True)

    @rule(holder=HOLDERS, people=st.lists(PEOPLE, min_size=1, max_size=3))
    def invite_all(self, holder, people):
        """Somebody who screens everybody and writes to them; twice in the list is twice."""
        allowed = len(set(people)) == len(people) and not any(
            self.barred(one) or self.latest("invited", one) for one in people
        )
        entries = [decided(one) for one in people] + mailing(f"m{len(self.receipts)}", people)
        self.record(holder, entries, allowed=allowed)

    @rule(holder=HOLDERS, person=PEOPLE)
    def invite(self, holder, person):
        allowed = self.writable(person) and not self.latest("invited", person)
        self.record(holder, mailing(f"m{len(self.receipts)}", [person]), allowed=allowed)

    @rule(holder=HOLDERS, person=PEOPLE, letter=st.integers(2, 3))
    def remind(self, holder, person, letter):
        earlier = self.latest("invited", person)
        allowed = (
            self.writable(person)
            and earlier is not None
            and earlier.letter == letter - 1
            and not self.latest("replied", person)
        )
        batch = mailing(f"m{len(self.receipts)}", [person], letter=letter)
        self.record(holder, batch, allowed=allowed)

    @rule(holder=HOLDERS, person=PEOPLE, reply=st.sampled_from(ReplyKind))
    def reply(self, holder, person, reply):
        allowed = self.latest("invited", person) is not None
        self.record(holder, [replied(person, reply)], allowed=allowed)

    @rule(holder=HOLDERS, person=PEOPLE)
    def opt_out(self, holder, person):
        asked = OptedOut(person=token(person), opt_out=OptOutKind.RESEARCH, source="phone")
        self.record(holder, [asked], allowed=True)

    @precondition(lambda self: self.receipts)
    @rule(holder=HOLDERS, which=st.integers(0, 10**6))
    def repeat(self, holder, which):
        key, entries, receipt = self.receipts[which % len(self.receipts)]
        again = self.holders[holder].append(entries, who=WHO, at=AT, batch_key=key)
        assert again == receipt._replace(written=False)

    @rule(holder=HOLDERS)
    def open_again(self, holder):
        self.holders[holder] = opened(self.path)

    @invariant()
    def the_file_says_what_was_acknowledged(self):
        if not hasattr(self, "path"):
            return
        assert [one.entry for one in opened(self.path).entries()] == self.acknowledged
        head = self.receipts[-1][2].head if self.receipts else None
        assert not verify(self.path, expected_head=head).faults
        now = opened(self.path).standing
        for person in range(6):
            assert now.decision(token(person)) == self.latest("decided", person)
            assert now.may_be_written_to(token(person), Channel.POST) != self.barred(person)
            invited = self.latest("invited", person)
            letters = now.invitations.get(invite_id(person), [])
            assert [one.letter for one in letters] == list(
                range(1, invited.letter + 1) if invited else []
            )


TestTwoHolders = TwoHolders.TestCase
TestTwoHolders.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
