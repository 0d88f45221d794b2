"""Candidates who are coming anyway: to whom somebody could speak instead of writing a letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.exclusions_alone import LookedAt
from instep_cohort.cohort.practice_list import REMOVING, PracticeList
from instep_cohort.cohort.safety import STALE_EXTRACT_DAYS, STALE_LIST_DAYS
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Ledger, Standing
from instep_cohort.recruitment.routes.appointments import Appointment, Appointments
from instep_cohort.recruitment.routes.nominations import nominated
from instep_cohort.recruitment.routes.refusals import refusals
from instep_cohort.recruitment.runs import PracticeRun
from instep_cohort.recruitment.vocabulary import Decision, Tier

COLUMNS = (
    *("date", "time", "clinician", "site", "patient_id", "age", "sex", "tier"),
    *("decision", "cautions", "reason", "later_appointments"),
)
# the first that holds says why a person is not on the list; the last is being on it
BARS = (
    "has asked not to be contacted for research",
    "left out now: opt-out, exclusion, age, died or left",
    "was invited already",
    "screened: do not invite",
    "tier X, in work: held back until screened",
    "has no appointment in these days",
    "named by somebody, not looked up again: give --store",
)
ON_THE_LIST = "on the list"


class Coming(NamedTuple):
    """A person with their first appointment of the period, and how many come after it."""

    appointment: Appointment
    person: Mapping[str, Any]
    decision: str
    later: int

    @property
    def cells(self) -> tuple[object, ...]:
        """The row, in the order of `COLUMNS`."""
        when, person = self.appointment, self.person
        clock = f"{when.at:%H:%M}" if when.at else ""
        known = [person.get(name) for name in ("patient_id", "age", "sex", "tier")]
        return (
            *(when.day.isoformat(), clock, when.clinician, when.site),
            *("" if one is None else one for one in known),
            *(self.decision, person.get("cautions") or "", person.get("reason") or ""),
            self.later,
        )


@dataclass(frozen=True, repr=False)
class Opportunities:
    """Who is coming, in order of time, and how many are not on the list, by reason.

    Attributes:
        coming: one for each person on the list. It is about patients: for the practice only.
        counts: everybody who was looked at, by what keeps them off the list, `ON_THE_LIST` last.
        first, last: the days looked at, both included.
        strangers: appointments in these days of people who are no candidates.
        unknown: those of them of people whom the search has not seen at all.
    """

    coming: Sequence[Coming] = field(repr=False)
    counts: Mapping[str, int]
    first: date
    last: date
    strangers: int
    unknown: int


def opportunities(
    run: PracticeRun,
    ledger: Ledger,
    key: Key,
    appointments: Appointments,
    *,
    first: date,
    last: date,
    practice_list: PracticeList,
    looked: LookedAt | None = None,
) -> Opportunities:
    """The candidates and the nominated with an appointment in these days who may be spoken to.

    Nobody is on it who has asked not to hear of research (the practice's list, the ledger with
    the replies in it; coded dissents have been left out by the run), was invited already, or was
    screened with "do not invite". Tier X is held back unless a screener has decided otherwise. A
    run says nothing of coded dissents of the nominated, so that they are on it only where they
    were looked at again.

    Args:
        run: whose candidates.
        ledger: of the practice and study.
        key: that of the ledger.
        appointments: who comes when.
        first: the first day of the period.
        last: its last day, included.
        practice_list: the practice's own opt-outs as they are now.
        looked: what `exclusions.look_at` says of `people_of` on an extract of now; may be left out.

    Raises:
        UsageError: the last day is before the first.
        SafetyRefusal: the key is not that of the ledger, or no row of the list names anybody.
    """
    if last < first:
        raise UsageError(f"--to {last} is before --from {first}.")
    if looked is None:
        _refuse_list_of_nobody(run, practice_list)
    people = people_of(run, ledger.standing, key)
    tokens = key.known(people)
    listed = {who for _, who, kind in practice_list.rows if kind in REMOVING}
    within = [one for one in appointments.coming if first <= one.day <= last]
    by_person: dict[str, list[Appointment]] = {}
    for one in sorted(within, key=_moment):
        by_person.setdefault(one.patient_id, []).append(one)
    override = bool(run.cohort.manifest["answered_for"].get("type_1_overridden_by"))
    searched = frozenset(run.patient_ids)
    place = _Place(ledger.standing, tokens, listed, by_person, override, searched, looked)
    counts: Counter[str] = Counter()
    coming = []
    for patient, person in people.items():
        bar = _bar(patient, person, place)
        counts[bar or ON_THE_LIST] += 1
        if bar is None:
            theirs = by_person[patient]
            said = _decision(patient, place)
            coming.append(Coming(theirs[0], person, said or "not screened", len(theirs) - 1))
    coming.sort(key=lambda one: (*_moment(one.appointment), one.person["patient_id"]))
    ordered = {name: counts[name] for name in (*BARS, ON_THE_LIST)}
    strangers = [one.patient_id for one in within if one.patient_id not in people]
    seen = _seen_by_the_search(run, strangers)
    unknown = sum(one not in seen for one in strangers)
    return Opportunities(coming, ordered, first, last, len(strangers), unknown)


def people_of(run: PracticeRun, standing: Standing, key: Key) -> dict[str, dict[str, Any]]:
    """The run's candidates, then the nominated whom it does not have, by patient id.

    Raises:
        SafetyRefusal: the key is not that of the ledger.
    """
    people = {row["patient_id"]: row for row in run.candidates.to_pylist()}
    named = nominated(standing)
    for token, patient in key.patients(named).items():
        one = named[token]
        known = {"patient_id": patient, "tier": str(one.first.tier or Tier.D)}
        people.setdefault(patient, known | {"reason": one.why_found})
    return people


def _seen_by_the_search(run: PracticeRun, patient_ids: Collection[str]) -> set[str]:
    """Which of these ids the run has a row for, candidate or not."""
    facts = run.cohort.to_arrow("facts")["patient_id"]
    asked = pa.array(sorted(set(patient_ids)), pa.string())
    return set(facts.filter(pc.is_in(facts, value_set=asked)).to_pylist())


def _refuse_list_of_nobody(run: PracticeRun, practice_list: PracticeList) -> None:
    """A list none of whose ids is known may have lost its leading zeros, and so everybody."""
    listed = [who for _, who, _ in practice_list.rows]
    if listed and not _seen_by_the_search(run, listed):
        raise SafetyRefusal(
            f"None of the {len(listed)} rows of the opt-out list names anybody whom the run has "
            "seen: check that its ids are those of the extract, leading zeros too. If they are, "
            "give --store, so that the whole extract is looked at."
        )


def refuse_stale(
    run: PracticeRun, *, on: date, list_drawn_up: date | None, allow_stale: bool
) -> None:
    """Nothing, where run and opt-out list are new enough to speak to people by.

    Args:
        run: the run.
        on: the last day of the period: people are approached until then.
        list_drawn_up: the day of the opt-out list; None where somebody answers that there is none.
        allow_stale: whether an old extract or list is accepted.

    Raises:
        SafetyRefusal: extract or list are too old on that day.
        UsageError: the list is said to be of a later day.
    """
    manifest = run.cohort.manifest
    if list_drawn_up and list_drawn_up > on:
        raise UsageError(f"--opt-outs-on {list_drawn_up} is after the last day, {on}.")
    if allow_stale:
        return
    if manifest["answered_for"].get("allow_stale"):
        raise SafetyRefusal(
            "This run was made with --allow-stale, so nobody is approached by it: identify again "
            "on a new extract."
        )
    extract = date.fromisoformat(manifest["store"]["extract_date"])
    if (age := (on - extract).days) > STALE_EXTRACT_DAYS:
        raise SafetyRefusal(
            f"The run's extract of {extract} is {age} days old on {on}; more than "
            f"{STALE_EXTRACT_DAYS} is too old to approach people by. Take a new extract and "
            "identify again, or give --allow-stale if nobody will be approached from this list."
        )
    if list_drawn_up and (age := (on - list_drawn_up).days) > STALE_LIST_DAYS:
        raise SafetyRefusal(
            f"The opt-out list of {list_drawn_up} is {age} days old on {on}; more than "
            f"{STALE_LIST_DAYS} is too old. Give a new one."
        )


class _Place(NamedTuple):
    standing: Standing
    tokens: Mapping[str, str]
    listed: set[str]
    by_person: Mapping[str, Sequence[Appointment]]
    type_1_overridden: bool
    searched: frozenset[str]
    looked: LookedAt | None


def _moment(one: Appointment) -> tuple[date, time, str]:
    return one.day, one.at or time.min, one.clinician


def _decision(patient: str, place: _Place) -> Decision | None:
    token = place.tokens.get(patient)
    made = place.standing.decision(token) if token else None
    return made.decision if made else None


def _bar(patient: str, person: Mapping[str, Any], place: _Place) -> str | None:
    """Why the person is not on the list, one of `BARS`; None for whom nothing bars."""
    token = place.tokens.get(patient)
    decision = _decision(patient, place)
    refused = refusals(place.standing, token, type_1_overridden=place.type_1_overridden)
    in_work = Tier.X in (person.get("tier"), _tier_now(patient, place))
    holds = (
        patient in place.listed or bool(refused),
        # nobody left out has "" there; who is not in the extract is not in it
        bool(place.looked and place.looked.left_out_at.get(patient) != ""),
        token in place.standing.invite_ids,
        decision is Decision.DO_NOT_INVITE,
        in_work and decision is None,
        patient not in place.by_person,
        not place.looked and patient not in place.searched,
    )
    return next((bar for bar, bars in zip(BARS, holds, strict=True) if bars), None)


def _tier_now(patient: str, place: _Place) -> str | None:
    row = place.looked.rows.get(patient) if place.looked else None
    return row.get("tier") if row else None
