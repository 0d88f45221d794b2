"""A ledger in counts, for the practice alone: small numbers are not hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.recruitment.ledger.book import Ledger
from instep_cohort.recruitment.ledger.entries import ENTRY_KINDS
from instep_cohort.recruitment.ledger.standing import Standing
from instep_cohort.recruitment.vocabulary import (
    Decision,
    OptOutKind,
    ReplyKind,
    Route,
    Stage,
)
from instep_cohort.small_tables import text_table

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Summary:
    """How many of what a ledger holds; its text is a table for the terminal.

    ``entries`` counts rows by kind; all the others count persons, and ``replies`` invitations.
    """

    practice: str
    study: str
    head: str
    persons: int
    entries: Counts
    first_routes: Counts
    decisions: Counts
    letters: Counts
    replies: Counts
    opt_outs: Counts
    reached: Counts

    def counts(self) -> dict[str, object]:
        """The same as plain values, with the artefact class that they are of."""
        return {"artefact_class": str(ArtefactClass.PRACTICE_ONLY), **vars(self)}

    def __repr__(self) -> str:
        """A small table."""
        said = {
            "entries": self.entries,
            "first found by": self.first_routes,
            "latest decision": self.decisions,
            "letters": self.letters,
            "latest reply": self.replies,
            "standing opt-outs": self.opt_outs,
            "reached": self.reached,
        }
        rows = [("persons", "", self.persons)] + [
            (what, name, count)
            for what, counts in said.items()
            for name, count in counts.items()
            if count
        ]
        title = f"{ArtefactClass.PRACTICE_ONLY}: ledger of practice {self.practice}, {self.study}"
        return text_table(title, ("of", "which", "count"), rows) + f"\nhead: {self.head}"


def summary_of(path: Path | str) -> Summary:
    """The counts of a ledger file, of whichever practice and study it is.

    Raises:
        UsageError: there is no such file.
        SafetyRefusal: it does not verify.
    """
    ledger = Ledger.open_any(path)
    now = ledger.standing
    return Summary(
        practice=ledger.identity.practice,
        study=ledger.identity.study,
        head=ledger.head,
        persons=len(now.persons),
        entries=_counted(ENTRY_KINDS, now.kinds.elements()),
        first_routes=_counted(Route, (found[0].route for found in now.routes.values())),
        decisions=_counted(Decision, (made[-1].decision for made in now.decisions.values())),
        letters=_letters(now),
        replies=_counted(ReplyKind, (came[-1].reply for came in now.replies.values())),
        opt_outs=_counted(
            OptOutKind, (kind for one in now.persons for kind in {k for k, _ in now.opt_outs(one)})
        ),
        reached=_counted(
            Stage, (stage for came in now.reached.values() for stage in {one.stage for one in came})
        ),
    )


def _letters(now: Standing) -> dict[str, int]:
    sent = Counter(letter.letter for letters in now.invitations.values() for letter in letters)
    return {
        ("invitation" if number == 1 else f"reminder {number - 1}"): sent[number]
        for number in sorted(sent)
    }


def _counted(words: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    counts = Counter(map(str, found))
    return {str(word): counts[str(word)] for word in words}
