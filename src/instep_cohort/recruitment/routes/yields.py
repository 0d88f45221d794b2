"""What each route has brought: people found, screened, written to, replied, eligible, consented.

A person counts once, under their first route; by how many other routes they were found as well is
told beside it. Shares are of people written to, with exact intervals. For the practice alone: small
numbers are not hidden here; what leaves is `counts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from instep_cohort.recruitment.ledger import Reached, Standing
from instep_cohort.recruitment.routes.intervals import Share, exact_share
from instep_cohort.recruitment.vocabulary import KnownWorkStatus, ReplyKind, Route, Stage

NO_ROUTE = "no route recorded"
COUNTED = (
    *("found", "also_by_others", "screened", "invited", "letters", "undelivered", "replied"),
    *("interested", "eligible", "consented", "work_told", "in_work", "minutes"),
)
PER_100 = ("replied", "interested", "eligible", "consented")
_ELIGIBLE = {Stage.ELIGIBLE, Stage.CONSENTED, Stage.RANDOMISED}
_CONSENTED = {Stage.CONSENTED, Stage.RANDOMISED}
_SAID = {ReplyKind.INTERESTED, ReplyKind.DECLINED, ReplyKind.DO_NOT_WRITE}
_IN_WORK = KnownWorkStatus.IN_WORK


@dataclass(frozen=True)
class RouteYield:
    """A route in numbers of people; letters and minutes apart.

    Attributes:
        route: the route, or `NO_ROUTE`.
        counts: by the names of `COUNTED`. `found`: people whose first route it is;
            `also_by_others`: those of them whom another route found too; `letters`: with reminders;
            `replied`: those who said something, whatever; `eligible` and `consented`: also without
            a letter, `consented` with the randomised; `work_told`: repliers who told of work,
            `in_work` those of them in work; `minutes`: of staff, recorded for the route.
        per_100: of the people written to, how many replied, …, consented, with the exact interval.
        in_work: of the repliers who told of their work, how many are in work.
        found_at_all: people whom the route found, first or later.
        minutes_known: whether minutes are recorded; of all routes together, for each that anybody
            consented by.
    """

    route: str
    counts: Mapping[str, int]
    per_100: Mapping[str, Share]
    in_work: Share
    found_at_all: int
    minutes_known: bool

    @property
    def minutes_per_consent(self) -> float | None:
        """Minutes of staff for each person who consented; None for nobody, or minutes unknown."""
        minutes, consented = self.counts["minutes"], self.counts["consented"]
        return minutes / consented if self.minutes_known and consented else None


@dataclass(frozen=True)
class RouteComparison:
    """Every route that found somebody, was worked for, or led to a letter, and all together.

    Attributes:
        routes: one for each, in the order of the vocabulary.
        together: everybody.
        overlaps: (first route, other route) → people found by both, the first one first.
        level: of the intervals.
    """

    routes: Sequence[RouteYield]
    together: RouteYield
    overlaps: Mapping[tuple[str, str], int]
    level: float


def compare_routes(standing: Standing, *, level: float = 0.95) -> RouteComparison:
    """What each route has brought, as the ledger stands.

    Args:
        standing: of the ledger.
        level: of the intervals.
    """
    first = {person: found[0].route for person, found in standing.routes.items()}
    people: dict[str, list[str]] = {}
    for person in standing.persons:
        people.setdefault(str(first.get(person, NO_ROUTE)), []).append(person)
    minutes: Counter[str] = Counter()
    for spent in standing.staff_time:
        minutes[str(spent.route)] += spent.minutes
    at_all = Counter(
        str(route) for found in standing.routes.values() for route in {one.route for one in found}
    )
    named = [*map(str, Route), NO_ROUTE]
    routes = [
        _yield(name, people.get(name, []), minutes[name], at_all[name], standing, level)
        for name in named
        if people.get(name) or minutes[name] or at_all[name]
    ]
    everybody = [person for theirs in people.values() for person in theirs]
    together = _yield(
        "all routes", everybody, minutes.total(), len(standing.routes), standing, level
    )
    known = all(one.minutes_known for one in routes if one.counts["consented"])
    together = replace(together, minutes_known=known)
    return RouteComparison(routes, together, _overlaps(standing), level)


def _yield(
    name: str,
    people: Sequence[str],
    minutes: int,
    found_at_all: int,
    standing: Standing,
    level: float,
) -> RouteYield:
    counts: Counter[str] = Counter()
    of_invited: Counter[str] = Counter()
    for person in people:
        said = _said_of(person, standing)
        counts.update(said)
        if said["invited"]:
            of_invited.update({one: said[one] for one in PER_100})
    invited = counts["invited"]
    return RouteYield(
        name,
        {one: counts[one] for one in COUNTED} | {"minutes": minutes},
        {one: exact_share(of_invited[one], invited, level=level) for one in PER_100},
        exact_share(counts["in_work"], counts["work_told"], level=level),
        found_at_all,
        minutes > 0,
    )


def _said_of(person: str, standing: Standing) -> dict[str, int]:
    found = standing.routes.get(person, ())
    invite_id = standing.invite_ids.get(person, "")
    replies = standing.replies.get(invite_id, ())
    kinds = {one.reply for one in replies}
    told = [one.work_status for one in replies if one.work_status not in (None, _UNKNOWN)]
    stages = standing.reached.get(person, ())
    return {
        "found": int(bool(found)),
        "also_by_others": int(len({one.route for one in found}) > 1),
        "screened": int(person in standing.decisions),
        "invited": int(bool(invite_id)),
        "letters": len(standing.invitations.get(invite_id, ())),
        "undelivered": int(kinds == {ReplyKind.UNDELIVERED}),
        "replied": int(bool(kinds & _SAID)),
        "interested": int(ReplyKind.INTERESTED in kinds),
        "eligible": int(_is_eligible(stages)),
        "consented": int(any(one.stage in _CONSENTED for one in stages)),
        "work_told": int(bool(told)),
        "in_work": int(bool(told) and told[-1] is _IN_WORK),
    }


_UNKNOWN = KnownWorkStatus.UNKNOWN


def _is_eligible(stages: Sequence[Reached]) -> bool:
    """Whether the latest word on it is that the person is; who consented was found to be."""
    return bool(stages) and stages[-1].stage in _ELIGIBLE


def _overlaps(standing: Standing) -> dict[tuple[str, str], int]:
    counted: Counter[tuple[str, str]] = Counter()
    for found in standing.routes.values():
        first = found[0].route
        counted.update((str(first), str(one)) for one in {f.route for f in found} - {first})
    return {
        (str(one), str(other)): counted[str(one), str(other)]
        for one in Route
        for other in Route
        if counted[str(one), str(other)]
    }


def as_values(found: RouteComparison) -> dict[str, Any]:
    """The comparison as plain values, for JSON."""
    return {
        "class": "PRACTICE-ONLY",
        "level": found.level,
        "routes": [_values(one) for one in (*found.routes, found.together)],
        "overlaps": [
            {"first": first, "also": other, "people": people}
            for (first, other), people in found.overlaps.items()
        ],
    }


def _values(one: RouteYield) -> dict[str, Any]:
    return {
        "route": one.route,
        **one.counts,
        "found_at_all": one.found_at_all,
        "per_100_invited": {name: _share(share) for name, share in one.per_100.items()},
        "in_work_share": _share(one.in_work),
        "minutes_per_consent": one.minutes_per_consent,
    }


def _share(share: Share) -> dict[str, float | int | None]:
    def per_100(value: float | None) -> float | None:
        return None if value is None or not share.of else round(100 * value, 2)

    return {
        "count": share.count,
        "of": share.of,
        "per_100": per_100(share.value),
        "low": per_100(share.low),
        "high": per_100(share.high),
    }
