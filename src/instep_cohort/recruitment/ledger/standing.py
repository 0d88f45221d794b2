"""What stands after all that a ledger holds: the latest decision, letters, replies, opt-outs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from instep_cohort.recruitment.ledger.entries import (
    BatchDrawn,
    Decided,
    Entry,
    Found,
    Invited,
    OptedOut,
    OptOutLifted,
    Reached,
    Released,
    Replied,
    StaffTime,
)
from instep_cohort.recruitment.vocabulary import (
    ALWAYS_REMOVES,
    OPT_OUT_OF_REPLY,
    Channel,
    LegalBasis,
    OptOutEffect,
    OptOutKind,
    effect,
)

OptOut = tuple[OptOutKind, Channel | None]


@dataclass
class Standing:
    """What a ledger says now, person by person (tokens), in the order of the ledger.

    Attributes:
        routes: token → every finding of the person, the first one first.
        decisions: token → every decision, the latest one last.
        batches: batch name → how it was drawn.
        invitations: invitation id → its letters, the invitation and then the reminders.
        invite_ids: token → the person's invitation id.
        replies: invitation id → what came back.
        reached: token → the stages that the study team reported.
        staff_time: minutes spent, as recorded.
        releases: release name → what left the practice.
        persons: every token that the ledger names.
        kinds: entries by kind.
    """

    routes: dict[str, list[Found]] = field(default_factory=dict)
    decisions: dict[str, list[Decided]] = field(default_factory=dict)
    batches: dict[str, BatchDrawn] = field(default_factory=dict)
    invitations: dict[str, list[Invited]] = field(default_factory=dict)
    invite_ids: dict[str, str] = field(default_factory=dict)
    replies: dict[str, list[Replied]] = field(default_factory=dict)
    reached: dict[str, list[Reached]] = field(default_factory=dict)
    staff_time: list[StaffTime] = field(default_factory=list)
    releases: dict[str, Released] = field(default_factory=dict)
    persons: set[str] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    _opt_outs: dict[str, set[OptOut]] = field(default_factory=dict)
    _letters: dict[str, list[Invited]] = field(default_factory=dict)

    def decision(self, person: str) -> Decided | None:
        """The latest decision of a person; None: not screened, and never invited."""
        found = self.decisions.get(person)
        return found[-1] if found else None

    def first_route(self, person: str) -> Found | None:
        """How a person was first found; None for somebody whom no route has found."""
        found = self.routes.get(person)
        return found[0] if found else None

    def opt_outs(self, person: str) -> frozenset[OptOut]:
        """The opt-outs of a person that stand, each with its channel where it is of one.

        A reply that declines is one from the moment it is recorded.
        """
        return frozenset(self._opt_outs.get(person, ()))

    def may_be_written_to(self, person: str, channel: Channel) -> bool:
        """Whether no opt-out stands against writing to the person by this channel at all.

        What national opt-outs and type 1 dissents do depends on the legal basis: see `barring`.
        """
        return not any(
            kind in ALWAYS_REMOVES or refused is channel
            for kind, refused in self._opt_outs.get(person, ())
        )

    def barring(
        self,
        person: str,
        channel: Channel,
        basis: LegalBasis,
        *,
        type_1_overridden: bool = False,
    ) -> list[OptOut]:
        """The standing opt-outs that bar this channel on that legal basis; empty: none does."""
        does_nothing = {OptOutEffect.SHOWN, OptOutEffect.OTHER_CHANNEL}
        if type_1_overridden:
            does_nothing.add(OptOutEffect.REMOVES_UNLESS_OVERRIDDEN)
        return sorted(
            (kind, refused)
            for kind, refused in self._opt_outs.get(person, ())
            if refused is channel or effect(kind, basis) not in does_nothing
        )

    def batch(self, name: str) -> tuple[Invited, ...]:
        """The letters of a batch, in the order in which they were recorded; none: no such batch."""
        return tuple(self._letters.get(name, ()))

    def without_reply(self) -> list[str]:
        """The invitation ids on which nothing has come back, in the order of their making."""
        return [one for one in self.invitations if one not in self.replies]

    def add(self, entry: Entry) -> None:
        """Takes one more entry in; whether it may stand is not asked (`rules.broken_rule`)."""
        self.kinds[entry.kind] += 1
        if not isinstance(entry, BatchDrawn | StaffTime | Released):
            self.persons.add(entry.person)
        match entry:
            case Found():
                self.routes.setdefault(entry.person, []).append(entry)
            case Decided():
                self.decisions.setdefault(entry.person, []).append(entry)
            case BatchDrawn():
                self.batches[entry.batch] = entry
            case Invited():
                self.invitations.setdefault(entry.invite_id, []).append(entry)
                self.invite_ids[entry.person] = entry.invite_id
                self._letters.setdefault(entry.batch, []).append(entry)
            case Replied():
                self._reply(entry)
            case Reached():
                self.reached.setdefault(entry.person, []).append(entry)
            case OptedOut():
                self._opt_out(entry.person, (entry.opt_out, entry.channel))
            case OptOutLifted():
                self._opt_outs[entry.person].discard((entry.opt_out, entry.channel))
            case StaffTime():
                self.staff_time.append(entry)
            case Released():
                self.releases[entry.release] = entry

    def _reply(self, entry: Replied) -> None:
        self.replies.setdefault(entry.invite_id, []).append(entry)
        implied = OPT_OUT_OF_REPLY.get(entry.reply)
        if implied is not None:
            self._opt_out(entry.person, (implied, None))

    def _opt_out(self, person: str, opt_out: OptOut) -> None:
        self._opt_outs.setdefault(person, set()).add(opt_out)
