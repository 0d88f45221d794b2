"""The order of letters (RULES.md §7): a tier never decides who is a candidate."""

from __future__ import annotations

from datetime import date

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


def tier_reason(
    status: str | None,
    recorded: date | None,
    *,
    stale: bool,
    last_note: date | None,
) -> str:
    """Why somebody has their tier, in one plain sentence.

    Args:
        status: the work status; None where the study declares none.
        recorded: its date; None where it is unknown.
        stale: whether it is too old to decide anything.
        last_note: the latest fit note in the flag's window; None without one.
    """
    if status is not None and recorded is not None and not stale:
        said = {
            "in_work": f"A code of {recorded} says in work: held back until the practice releases.",
            "out_of_work": f"A code of {recorded} says out of work.",
        }
        if status in said:
            return said[status]
    if last_note is not None:
        return f"Certified sickness: the last fit note is of {last_note}."
    if status == "unfit_for_work" and not stale:
        return f"A code of {recorded} says unfit for work."
    return f"No fit note in the window{_no_status(status, recorded, stale=stale)}."


def _no_status(status: str | None, recorded: date | None, *, stale: bool) -> str:
    if status is None:
        return ""
    if recorded is None:
        return ", and no code about work"
    if status == "conflict":
        return f"; codes of {recorded} contradict each other about work"
    said = status.replace("_", " ")
    if stale:
        return f"; the code of {recorded} ({said}) is too old to decide"
    return f"; a code of {recorded} says {said}, which decides nothing"
