"""The true counts of a run and a ledger, for the practice: small numbers are in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.disclosure.protecting.figures import Name, Sum
from instep_cohort.errors import ExtractError
from instep_cohort.recruitment.counting import names as n
from instep_cohort.recruitment.ledger import Standing
from instep_cohort.recruitment.runs import PracticeRun
from instep_cohort.recruitment.vocabulary import (
    SCREENING_REASONS,
    Decision,
    ReplyKind,
    Stage,
)


class Step(NamedTuple):
    """A step of the search: how many it was given, dropped and left, and what it asks."""

    name: str
    text: str
    before: int
    dropped: int
    after: int


def counted(run: PracticeRun, standing: Standing) -> dict[Name, int]:
    """Every count that there is, by name, in the order in which they are shown.

    Raises:
        ExtractError: the attrition of the run does not add up.
    """
    return {
        **dict(_stages(standing)),
        **dict(_attrition(steps_of(run))),
        **dict(_routes(standing)),
        **dict(_tiers(run, standing)),
        **dict(_reasons(standing)),
    }


def refuse_torn(counts: Mapping[Name, int], sums: tuple[Sum, ...]) -> None:
    """Nothing, where every total is the sum of its parts: whom a step is given it keeps or drops.

    Raises:
        ExtractError: one is not; nothing may be written.
    """
    for one in sums:
        if counts[one.total] != sum(counts[part] for part in one.parts):
            raise ExtractError(
                f"The counts do not add up at {': '.join(one.total)}; nothing was written. "
                "Identify again, or take a whole copy of the run."
            )


def steps_of(run: PracticeRun) -> list[Step]:
    """The attrition of the practice; of a run of several, from those who pass the population.

    Raises:
        ExtractError: a step does not go on from the one before.
    """
    rows = run.cohort.to_arrow("attrition").to_pylist()
    facts = run.cohort.to_arrow("facts")
    if len(pc.unique(facts["practice_id"])) > 1:
        return _of_one_practice(run.practice, rows, facts)
    steps = [
        Step(row["step"], row["text"], row["before"], row["dropped"], row["after"]) for row in rows
    ]
    for earlier, later in pairwise(steps):
        if later.before != earlier.after:
            raise ExtractError(f"The attrition of the run does not go on at {later.name}.")
    return steps


def _of_one_practice(practice: str, rows: list[dict[str, str]], facts: pa.Table) -> list[Step]:
    theirs = facts.filter(pc.equal(facts["practice_id"], practice))
    dropped_at = Counter(theirs["dropped_at"].to_pylist())
    before = theirs.num_rows
    steps = []
    for row in rows:
        if row["kind"] != "population":
            dropped = dropped_at[row["step"]]
            steps.append(Step(row["step"], row["text"], before, dropped, before - dropped))
            before -= dropped
    return steps


def _attrition(steps: list[Step]) -> Iterator[tuple[Name, int]]:
    if steps:
        yield n.START, steps[0].before
    for step in steps:
        yield n.dropped_name(step.name), step.dropped
        yield n.left_name(step.name), step.after


def _considered(standing: Standing) -> set[str]:
    return {
        *standing.routes,
        *standing.decisions,
        *standing.invite_ids,
        *standing.reached,
    }


def _stages(standing: Standing) -> Iterator[tuple[Name, int]]:
    considered = _considered(standing)
    decisions = Counter(made[-1].decision for made in standing.decisions.values())
    reasons = _refusals(standing)
    replies = Counter(_latest_replies(standing).values())
    replied = sum(replies[k] for k in ReplyKind if k is not ReplyKind.UNDELIVERED)
    furthest = Counter(_furthest(standing, person) for person in standing.reached)
    screened = len(standing.decisions)
    of_trial = sum(count for reason, count in reasons.items() if reason.startswith("EX_"))
    yield n.CONSIDERED, len(considered)
    yield n.NOT_SCREENED, len(considered) - screened
    yield n.SCREENED, screened
    for decision in Decision:
        yield n.decision_name(decision), decisions[decision]
    yield n.ELIGIBLE_ON_SCREENING, screened - of_trial
    yield n.APPROACHED, len(standing.invite_ids)
    yield n.NO_REPLY, len(standing.invite_ids) - replies.total()
    for reply in ReplyKind:
        if reply is ReplyKind.UNDELIVERED:
            yield n.reply_name(reply), replies[reply]
    yield n.REPLIED, replied
    for reply in ReplyKind:
        if reply is not ReplyKind.UNDELIVERED:
            yield n.reply_name(reply), replies[reply]
    randomised = furthest[Stage.RANDOMISED]
    consented = furthest[Stage.CONSENTED] + randomised
    eligible = furthest[Stage.ELIGIBLE] + consented
    yield n.ASSESSED, len(standing.reached)
    yield n.NOT_ELIGIBLE, furthest[Stage.NOT_ELIGIBLE]
    yield n.ELIGIBLE, eligible
    yield n.NOT_CONSENTED, eligible - consented
    yield n.CONSENTED, consented
    yield n.NOT_RANDOMISED, consented - randomised
    yield n.RANDOMISED, randomised


def _refusals(standing: Standing) -> Counter[str]:
    latest = (made[-1] for made in standing.decisions.values())
    return Counter(
        str(one.reason) for one in latest if one.decision is Decision.DO_NOT_INVITE and one.reason
    )


def _latest_replies(standing: Standing) -> dict[str, ReplyKind]:
    return {invite_id: came[-1].reply for invite_id, came in standing.replies.items() if came}


_FURTHER = (Stage.NOT_ELIGIBLE, Stage.ELIGIBLE, Stage.CONSENTED, Stage.RANDOMISED)


def _furthest(standing: Standing, person: str) -> Stage:
    """How far somebody came; who is randomised has consented, and was eligible."""
    return max((one.stage for one in standing.reached[person]), key=_FURTHER.index)


def _routes(standing: Standing) -> Iterator[tuple[Name, int]]:
    first = {
        person: str(standing.routes[person][0].route)
        if person in standing.routes
        else n.NOT_RECORDED
        for person in _considered(standing)
    }
    interested = _interested(standing)
    people = {
        "found": list(first),
        "screened": list(standing.decisions),
        "approached": list(standing.invite_ids),
        "interested": [
            p for p, invite_id in standing.invite_ids.items() if invite_id in interested
        ],
        "randomised": [p for p in standing.reached if _furthest(standing, p) is Stage.RANDOMISED],
    }
    counts = {cell: Counter(map(first.__getitem__, those)) for cell, those in people.items()}
    for route in n.ROUTES:
        for cell in n.ROUTE_CELLS:
            yield n.route_name(route, cell), counts[cell][route]


def _interested(standing: Standing) -> set[str]:
    return {
        invite_id
        for invite_id, reply in _latest_replies(standing).items()
        if reply is ReplyKind.INTERESTED
    }


def _tiers(run: PracticeRun, standing: Standing) -> Iterator[tuple[Name, int]]:
    tiered = "tier" in run.candidates.column_names
    candidates = Counter(run.candidates["tier"].to_pylist() if tiered else ())
    letters = {
        invite_id: str(sent[0].tier) if sent[0].tier else n.NOT_RECORDED
        for invite_id, sent in standing.invitations.items()
    }
    approached = Counter(letters.values())
    interested = Counter(map(letters.__getitem__, _interested(standing)))
    for tier in n.LETTER_TIERS:
        if tiered and tier in n.SEARCH_TIERS:
            yield n.tier_name(tier, "candidates"), candidates[tier]
        yield n.tier_name(tier, "approached"), approached[tier]
        yield n.tier_name(tier, "interested"), interested[tier]


def _reasons(standing: Standing) -> Iterator[tuple[Name, int]]:
    refusals = _refusals(standing)
    for group in n.GROUPS:
        members = [reason for reason in SCREENING_REASONS if reason.group is group]
        yield n.reason_name(str(group)), sum(refusals[str(reason)] for reason in members)
        for reason in members:
            yield n.reason_name(str(reason)), refusals[str(reason)]
