"""The counts of a release by name, and how they hang together: read from the names alone.

So the releases that a ledger remembers hang together just as the one that is being made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from instep_cohort.disclosure.protecting.figures import Name, Structure, Sum, Within
from instep_cohort.recruitment.vocabulary import (
    SCREENING_REASONS,
    Decision,
    ReasonGroup,
    ReplyKind,
    Route,
    Tier,
)

TABLES = ("stages", "attrition", "routes", "tiers", "reasons")

START: Name = ("attrition", "start")
CONSIDERED: Name = ("stages", "considered")
NOT_SCREENED: Name = ("stages", "not screened")
SCREENED: Name = ("stages", "screened")
ELIGIBLE_ON_SCREENING: Name = ("stages", "eligible on screening")
APPROACHED: Name = ("stages", "approached")
NO_REPLY: Name = ("stages", "no reply")
REPLIED: Name = ("stages", "replied")
ASSESSED: Name = ("stages", "assessed")
NOT_ELIGIBLE: Name = ("stages", "not eligible")
ELIGIBLE: Name = ("stages", "eligible")
NOT_CONSENTED: Name = ("stages", "not consented")
CONSENTED: Name = ("stages", "consented")
NOT_RANDOMISED: Name = ("stages", "not randomised")
RANDOMISED: Name = ("stages", "randomised")

NOT_RECORDED = "not recorded"
ROUTES = (*map(str, Route), NOT_RECORDED)
ROUTE_CELLS = ("found", "screened", "approached", "interested", "randomised")
SEARCH_TIERS = tuple(str(tier) for tier in Tier if tier is not Tier.D)
LETTER_TIERS = (*map(str, Tier), NOT_RECORDED)
GROUPS = tuple(group for group in ReasonGroup if group is not ReasonGroup.NONE)


def decision_name(decision: Decision) -> Name:
    """The count of those whose latest decision it is."""
    return ("stages", f"decision: {decision}")


def reply_name(reply: ReplyKind) -> Name:
    """The count of the approached whose latest reply it is."""
    return ("stages", f"reply: {reply}")


def dropped_name(step: str) -> Name:
    """The count of those whom a step of the search drops."""
    return ("attrition", f"dropped: {step}")


def left_name(step: str) -> Name:
    """The count of those whom a step of the search leaves."""
    return ("attrition", f"left: {step}")


def route_name(route: str, cell: str) -> Name:
    """A count of those whose first route it is."""
    return ("routes", f"{route}: {cell}")


def tier_name(tier: str, cell: str) -> Name:
    """A count of those of a tier: candidates of the run, or approached with that tier."""
    return ("tiers", f"{tier}: {cell}")


def reason_name(reason: str) -> Name:
    """The count of those refused for that reason, or for one of that group."""
    return ("reasons", reason)


STAGE_TOTALS = {
    "found": CONSIDERED,
    "screened": SCREENED,
    "approached": APPROACHED,
    "interested": reply_name(ReplyKind.INTERESTED),
    "randomised": RANDOMISED,
}
# what SEAR and CONSORT ask for, and where the search begins
_DEAR = (SCREENED, ELIGIBLE_ON_SCREENING, APPROACHED, RANDOMISED, CONSIDERED, START)
_REPLIES = (ReplyKind.INTERESTED, ReplyKind.DECLINED, ReplyKind.DO_NOT_WRITE)


def structure_of(names: Collection[Name]) -> Structure:
    """How counts with these names hang together.

    Which count is a part of which is written both ways where it depends on the run: whether all
    candidates were found by this search first, say. A pair that does not fit the counts is passed
    by, so a reader who guesses that it holds is taken to guess right.
    """
    there = set(names)
    sums = [*_stage_sums(), *_attrition_sums(names), *_tier_sums(names), *_reason_sums()]
    sums += [
        Sum(total, tuple(route_name(route, cell) for route in ROUTES))
        for cell, total in STAGE_TOTALS.items()
    ]
    return Structure(
        sums=tuple(one for one in sums if there.issuperset((one.total, *one.parts))),
        withins=tuple(one for one in _withins(names) if {one.part, one.whole} <= there),
        growing=frozenset(_GROWING & there),
        worth={**{one.total: 1 for one in sums}, **dict.fromkeys(_DEAR, 2)},
    )


def last_left(names: Collection[Name]) -> Name | None:
    """The count of candidates, at the end of the attrition; None where there is no attrition."""
    return next((name for name in reversed([*names]) if name[1].startswith("left: ")), None)


def _stage_sums() -> Iterator[Sum]:
    yield Sum(CONSIDERED, (NOT_SCREENED, SCREENED))
    yield Sum(SCREENED, tuple(map(decision_name, Decision)))
    yield Sum(SCREENED, (reason_name(str(ReasonGroup.TRIAL)), ELIGIBLE_ON_SCREENING))
    yield Sum(APPROACHED, (NO_REPLY, reply_name(ReplyKind.UNDELIVERED), REPLIED))
    yield Sum(REPLIED, tuple(map(reply_name, _REPLIES)))
    yield Sum(ASSESSED, (NOT_ELIGIBLE, ELIGIBLE))
    yield Sum(ELIGIBLE, (NOT_CONSENTED, CONSENTED))
    yield Sum(CONSENTED, (NOT_RANDOMISED, RANDOMISED))


def _attrition_sums(names: Collection[Name]) -> Iterator[Sum]:
    before = START
    for table, cell in names:
        if table == "attrition" and cell.startswith("left: "):
            step = cell.removeprefix("left: ")
            yield Sum(before, (dropped_name(step), left_name(step)))
            before = left_name(step)


def _tier_sums(names: Collection[Name]) -> Iterator[Sum]:
    end = last_left(names)
    if end is not None:
        yield Sum(end, tuple(tier_name(tier, "candidates") for tier in SEARCH_TIERS))
    yield Sum(APPROACHED, tuple(tier_name(tier, "approached") for tier in LETTER_TIERS))
    yield Sum(
        reply_name(ReplyKind.INTERESTED),
        tuple(tier_name(tier, "interested") for tier in LETTER_TIERS),
    )


def _reason_sums() -> Iterator[Sum]:
    yield Sum(
        decision_name(Decision.DO_NOT_INVITE), tuple(reason_name(str(group)) for group in GROUPS)
    )
    for group in GROUPS:
        members = (reason for reason in SCREENING_REASONS if reason.group is group)
        yield Sum(reason_name(str(group)), tuple(map(reason_name, members)))


def _withins(names: Collection[Name]) -> Iterator[Within]:
    yield Within(APPROACHED, SCREENED)
    yield Within(ASSESSED, CONSIDERED)
    yield Within(APPROACHED, decision_name(Decision.INVITE))
    yield Within(decision_name(Decision.INVITE), APPROACHED)
    for route in ROUTES:
        for part, whole in (
            *(("screened", "found"), ("approached", "screened"), ("interested", "approached")),
            ("randomised", "found"),
        ):
            yield Within(route_name(route, part), route_name(route, whole))
    for tier in LETTER_TIERS:
        yield Within(tier_name(tier, "approached"), tier_name(tier, "candidates"))
        yield Within(tier_name(tier, "interested"), tier_name(tier, "approached"))
    end = last_left(names)
    if end is not None:
        for found in (CONSIDERED, route_name(str(Route.CODE_SEARCH), "found")):
            yield Within(end, found)
            yield Within(found, end)


_GROWING = frozenset(
    (
        *(CONSIDERED, SCREENED, APPROACHED, ASSESSED, ELIGIBLE, CONSENTED, RANDOMISED),
        *(
            route_name(str(route), cell)
            for route in Route
            for cell in ("found", "screened", "approached", "randomised")
        ),
        *(tier_name(tier, "approached") for tier in LETTER_TIERS),
    )
)
