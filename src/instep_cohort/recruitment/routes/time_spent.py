"""Minutes of staff spent for a route, recorded in the ledger."""

from __future__ import annotations

import re
from datetime import date

from instep_cohort.errors import UsageError
from instep_cohort.recruitment.ledger import Ledger, Receipt, StaffTime
from instep_cohort.recruitment.ledger.entries import NAME_PATTERN
from instep_cohort.recruitment.vocabulary import Route

_OF_A_DAY = 24 * 60


def record_time(
    ledger: Ledger, *, route: str, minutes: int, task: str, on: date, who: str, at: str
) -> Receipt:
    """The receipt of minutes spent; the same again, word for word, is not recorded twice.

    Args:
        ledger: of the practice and study.
        route: the route's word.
        minutes: how many, 1 or more.
        task: what for; no word about a patient.
        on: the day on which they were spent.
        who: who records it, by name and role.
        at: when, in UTC.

    Raises:
        UsageError: there is no such route, the task is not one line, the minutes are more than a
            day has, or the day is still to come.
        SafetyRefusal: the ledger cannot be written to.
    """
    if route not in set(Route):
        raise UsageError(f"--route {route}: no route; one of {', '.join(Route)}.")
    if not re.fullmatch(NAME_PATTERN, task):
        raise UsageError("--task is empty, longer than 200 characters, or not one line.")
    if not 1 <= minutes <= _OF_A_DAY:
        raise UsageError(
            f"--minutes is 1 to {_OF_A_DAY:,}, those of one day; more days are more entries."
        )
    if on.isoformat() > at[:10]:
        raise UsageError(f"--on {on}: that day is still to come.")
    entry = StaffTime(route=Route(route), minutes=minutes, spent_on=on, task=task)
    batch_key = f"staff time:{on}:{route}:{minutes}:{_short(f'{who} {task}')}"
    return ledger.append([entry], who=who, at=at, batch_key=batch_key)


def _short(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:16]
