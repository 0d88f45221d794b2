"""Whether a ledger is what was once acknowledged: nothing changed, missing or cut."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from instep_cohort.recruitment.ledger.book import WHAT
from instep_cohort.recruitment.ledger.chain import Identity
from instep_cohort.recruitment.ledger.loading import contents, foreign, replay
from instep_cohort.recruitment.ledger.standing import Standing
from instep_cohort.recruitment.private_sqlite import reading


@dataclass(frozen=True)
class Verdict:
    """What was found in a ledger file.

    Attributes:
        faults: what is wrong, one sentence each, without a person in any; empty: nothing.
        entries: how many entries it holds.
        head: the hash of its last row; empty where it is nobody's ledger.
        identity: whose it is; None where it does not say.
    """

    faults: tuple[str, ...]
    entries: int
    head: str
    identity: Identity | None

    @property
    def practice(self) -> str:
        """Of which practice it is; empty where it does not say."""
        return self.identity.practice if self.identity else ""

    @property
    def study(self) -> str:
        """Of which study it is; empty where it does not say."""
        return self.identity.study if self.identity else ""


def verify(
    path: Path | str,
    *,
    practice: str | None = None,
    study: str | None = None,
    expected_head: str | None = None,
) -> Verdict:
    """What is wrong with a ledger, if anything: schema, triggers, chain, rules, identity, tail.

    A chain says that nothing in it was changed or taken out; it cannot say that nothing was cut
    off its end, nor that it was not written anew as a whole. A head that stands in a manifest or a
    mail file can: it must be one that this ledger has had.

    Args:
        path: the ledger file.
        practice: whose it should be; None where any will do.
        study: what it should be for; likewise.
        expected_head: a head known from elsewhere, the latest one.

    Raises:
        UsageError: there is no such file.
        SafetyRefusal: it cannot be read at all.
    """
    with reading(Path(path), WHAT) as connection:
        found = contents(connection)
    faults = list(found.faults)
    if not faults:
        faults += replay(Standing(), found.rows)
    if found.identity is not None:
        faults += foreign(found.identity, practice, study)
    if expected_head is not None and expected_head.strip().lower() not in found.hashes():
        faults.append(
            f"it never had the head {expected_head}: rows were cut off its end, or it is another "
            "ledger"
        )
    return Verdict(tuple(faults), len(found.rows), found.head, found.identity)
