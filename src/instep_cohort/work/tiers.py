"""The order of letters (RULES.md §7): a tier never decides who is a candidate."""

from __future__ import annotations

TIERS = {
    "A": "a fresh code says that the person is out of work",
    "B": "certified sickness within the window, or a fresh code says unfit for work",
    "C": "everybody else: none of the rules of X, A and B holds",
    "X": "a fresh code says that the person is in work: held back until the practice releases it",
}


def tier(fresh_status: str | None, *, certified: bool) -> str:
    """A, B, C or X, by the first rule that matches: X, A, B, C.

    Args:
        fresh_status: a work status that is not stale; None for stale, unknown and undeclared.
        certified: whether there is certified sickness in the flag's window.
    """
    if fresh_status == "in_work":
        return "X"
    if fresh_status == "out_of_work":
        return "A"
    if certified or fresh_status == "unfit_for_work":
        return "B"
    return "C"
