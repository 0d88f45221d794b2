"""The ledger: who was found, screened, written to and has replied, in a file that only grows."""

from instep_cohort.recruitment.ledger.book import Ledger, Receipt, Recorded
from instep_cohort.recruitment.ledger.entries import (
    BatchDrawn,
    Cell,
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
from instep_cohort.recruitment.ledger.standing import Standing
from instep_cohort.recruitment.ledger.summary import Summary, summary_of
from instep_cohort.recruitment.ledger.verifying import Verdict, verify

__all__ = [
    "BatchDrawn",
    "Cell",
    "Decided",
    "Entry",
    "Found",
    "Invited",
    "Ledger",
    "OptOutLifted",
    "OptedOut",
    "Reached",
    "Receipt",
    "Recorded",
    "Released",
    "Replied",
    "StaffTime",
    "Standing",
    "Summary",
    "Verdict",
    "summary_of",
    "verify",
]
