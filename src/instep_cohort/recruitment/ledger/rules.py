"""What may not be written into a ledger, after what stands there already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from instep_cohort.recruitment.ledger.entries import (
    BatchDrawn,
    Decided,
    Entry,
    Found,
    Invited,
    OptOutLifted,
    Released,
    Replied,
)
from instep_cohort.recruitment.ledger.standing import Standing
from instep_cohort.recruitment.vocabulary import Decision


def add_batch(standing: Standing, entries: Sequence[Entry]) -> str:
    """Takes a batch in, and says which rule it breaks; empty where it breaks none.

    On a broken rule the standing holds a part of the batch, and is to be thrown away. A person is
    named by the place of the entry in the batch, never by anything else.
    """
    for place, entry in enumerate(entries, 1):
        broken = broken_rule(standing, entry)
        if broken:
            return f"entry {place} of {len(entries)}: {broken}"
        standing.add(entry)
    return _torn_mailing(entries)


def broken_rule(standing: Standing, entry: Entry) -> str:
    """Which rule an entry would break if it came next; empty for none."""
    broken = ""
    match entry:
        case Found() | Decided():
            pass  # by far the most entries, and nothing stands against them
        case BatchDrawn() if entry.batch in standing.batches:
            broken = "a batch of this name was drawn before"
        case Invited():
            broken = _not_to_be_invited(standing, entry) or _wrong_letter(standing, entry)
        case Replied():
            broken = _wrong_reply(standing, entry)
        case OptOutLifted() if (entry.opt_out, entry.channel) not in standing.opt_outs(
            entry.person
        ):
            broken = "no such opt-out of this person stands"
        case Released() if entry.release in standing.releases:
            broken = "counts were released under this name before"
    return broken


def _not_to_be_invited(standing: Standing, entry: Invited) -> str:
    drawn = standing.batches.get(entry.batch)
    if drawn is None or drawn.mailing_on != entry.mailing_on:
        return "its batch was not drawn before, or for another mailing date"
    decided = standing.decision(entry.person)
    if decided is None:
        return "the person is not screened"
    if decided.decision is not Decision.INVITE:
        return 'the latest decision of the person is not "invite"'
    if decided.screened_on > entry.mailing_on:
        return "the person is screened only after the mailing date"
    overridden = drawn.type_1_overridden_by is not None
    if standing.barring(
        entry.person, entry.channel, drawn.legal_basis, type_1_overridden=overridden
    ):
        return "an opt-out of the person stands against it"
    return ""


def _wrong_letter(standing: Standing, entry: Invited) -> str:
    earlier = standing.invitations.get(entry.invite_id, [])
    if any(letter.person != entry.person for letter in earlier):
        return "its invitation id is that of another person"
    if entry.letter == 1:
        return "the person was invited before" if entry.person in standing.invite_ids else ""
    if len(earlier) != entry.letter - 1:
        return "a reminder follows the letter before it, once, under the same invitation id"
    return "a reply is there already" if entry.invite_id in standing.replies else ""


def _wrong_reply(standing: Standing, entry: Replied) -> str:
    if standing.invite_ids.get(entry.person) != entry.invite_id:
        return "the person was not invited under this invitation id"
    return ""


def _torn_mailing(entries: Sequence[Entry]) -> str:
    """A mailing is recorded whole: its drawing and all its letters in one batch of entries."""
    letters = Counter(entry.batch for entry in entries if isinstance(entry, Invited))
    drawn = {e.batch: e.invited for e in entries if isinstance(e, BatchDrawn) and e.invited}
    if letters != drawn:
        return "a mailing and all its letters, as many as were drawn, are recorded together"
    return ""
