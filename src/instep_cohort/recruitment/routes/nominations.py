"""Nominations met with a study's exclusions and with the ledger: who is recorded, who is not, why.

Whoever is named goes through what the code search puts everybody through, the include lines apart
(`exclusions`). Lines of the form are named, patients never.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from instep_cohort.cohort.exclusions_alone import LookedAt
from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Found, Ledger, Receipt, Standing
from instep_cohort.recruitment.routes.nomination_forms import Form, Nomination
from instep_cohort.recruitment.routes.refusals import refusals
from instep_cohort.recruitment.runs import PracticeRun
from instep_cohort.recruitment.vocabulary import Route, Tier


class Outcome(StrEnum):
    """What becomes of a line of the form."""

    RECORD = "to record"
    RECORDED = "recorded"
    THERE_ALREADY = "in the ledger already"
    REPEATED = "repeated"
    UNKNOWN = "unknown"
    LEFT_OUT = "left out"


class Judged(NamedTuple):
    """A line of the form, what becomes of it, and why; never whom it names.

    Attributes:
        line: of the form.
        route: by which the person was named.
        outcome: what becomes of it.
        why: the step or the opt-out that leaves them out; for a repeated line, the first one.
        notes: what the screener should know: include lines not met, letters sent already …
    """

    line: int
    route: Route
    outcome: Outcome
    why: str
    notes: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Nominations:
    """A form as it was judged. Shows itself by line, never by person.

    Attributes:
        judged: one for each line of the form, in its order.
        accepted: the nominations that are to be recorded.
        passed: these and those that are in the ledger already: whom the screener gets to see.
        tiers: patient id → the tier of each of them.
        found_by_search: those to be recorded whom the run had found before they were named, with
            the run's tier: the search is then their first route.
    """

    judged: Sequence[Judged]
    accepted: Sequence[Nomination] = field(repr=False)
    passed: Sequence[Nomination] = field(repr=False)
    tiers: Mapping[str, Tier] = field(repr=False)
    found_by_search: Mapping[str, Tier | None] = field(repr=False)

    def counts(self) -> dict[str, int]:
        """How many lines of the form came to what."""
        counted = Counter(str(one.outcome) for one in self.judged)
        return {str(outcome): counted[outcome] for outcome in Outcome if counted[outcome]}


def judge(
    form: Form, run: PracticeRun, looked: LookedAt, ledger: Ledger, key: Key, *, on: date
) -> Nominations:
    """What becomes of each line of a form; nothing is recorded and nobody is given a token.

    Args:
        form: the form that came back.
        run: the run whose study it is for.
        looked: what `exclusions.look_at` says of its people.
        ledger: of the practice and study.
        key: that of the ledger.
        on: the day of the import; nobody can have been named after it.
    """
    search_tiers = _search_tiers(run)
    tokens = key.known(one.patient_id for one in form.nominations)
    place = _Place(looked, ledger.standing, tokens, search_tiers, on)
    judged: list[Judged] = []
    passed: dict[Outcome, list[Nomination]] = {Outcome.RECORD: [], Outcome.THERE_ALREADY: []}
    first: dict[tuple[str, Route], int] = {}
    for one in form.nominations:
        again = first.get((one.patient_id, one.route))
        if again is not None:
            said = Judged(one.line, one.route, Outcome.REPEATED, f"stands in line {again}", ())
        else:
            said = _judged(one, place)
        judged.append(said)
        if said.outcome in passed:
            passed[said.outcome].append(one)
            # a line that was left out, such as for a mistyped day, does not stand for the next one
            first[one.patient_id, one.route] = one.line
    accepted = passed[Outcome.RECORD]
    everybody = [*passed[Outcome.THERE_ALREADY], *accepted]
    tiers = {one.patient_id: _tier(one.patient_id, place) for one in everybody}
    return Nominations(judged, accepted, everybody, tiers, _found_before(accepted, run, place))


def record(
    nominations: Nominations,
    form: Form,
    run: PracticeRun,
    ledger: Ledger,
    key: Key,
    *,
    who: str,
    at: str,
) -> Receipt | None:
    """The receipt of the accepted nominations in the ledger; None where there are none.

    The first route of a person stays the first, each later one is kept behind it. The same form
    recorded twice writes nothing the second time.

    Args:
        nominations: what `judge` gave.
        form: the form.
        run: the run whose study it is for.
        ledger: of the practice and study.
        key: that of the ledger; who has no token yet is given one.
        who: who records it, by name and role.
        at: when, in UTC.
    """
    if not nominations.accepted:
        return None
    tokens = key.tokens_for(one.patient_id for one in nominations.accepted)
    entries = [
        Found(
            person=tokens[patient],
            route=Route.CODE_SEARCH,
            found_on=run.search_date,
            run=run.sha256,
            tier=tier,
        )
        for patient, tier in nominations.found_by_search.items()
    ]
    entries += [
        Found(
            person=tokens[one.patient_id],
            route=one.route,
            found_on=one.named_on,
            tier=nominations.tiers[one.patient_id],
            named_by=one.named_by,
        )
        for one in nominations.accepted
    ]
    content = "".join(entry.model_dump_json() for entry in entries)
    # of a form that is imported again after a newer extract, only what is new is a batch
    part = hashlib.sha256(content.encode()).hexdigest()[:16]
    return ledger.append(entries, who=who, at=at, batch_key=f"nominations:{form.sha256}:{part}")


class Nominated(NamedTuple):
    """Somebody whom no code search has found: how they came.

    Attributes:
        token: the person.
        first: their first route, with who named them and when.
        later: every finding after it.
    """

    token: str
    first: Found
    later: tuple[Found, ...]

    @property
    def why_found(self) -> str:
        """One line for a screener: by which ways and when, without who named them."""
        ways = [f"{one.route.replace('_', ' ')} ({one.found_on})" for one in self.all]
        return f"Named: {', '.join(ways)}."

    @property
    def all(self) -> tuple[Found, ...]:
        """Every finding, the first one first."""
        return (self.first, *self.later)


def nominated(standing: Standing) -> dict[str, Nominated]:
    """Token → how they came, of everybody whom no code search has found, in ledger order.

    These are the people whom a run folder does not have and a screening workbook needs beside its
    candidates. Opt-outs are not looked at here: whoever writes to somebody looks again.
    """
    return {
        token: Nominated(token, found[0], tuple(found[1:]))
        for token, found in standing.routes.items()
        if all(one.route is not Route.CODE_SEARCH for one in found)
    }


class _Place(NamedTuple):
    looked: LookedAt
    standing: Standing
    tokens: Mapping[str, str]
    search_tiers: Mapping[str, Tier | None]
    on: date

    def findings(self, patient_id: str) -> Sequence[Found]:
        token = self.tokens.get(patient_id)
        return self.standing.routes.get(token, ()) if token else ()


def _search_tiers(run: PracticeRun) -> dict[str, Tier | None]:
    tiers: list[str | None] = (
        run.candidates["tier"].to_pylist()
        if "tier" in run.candidates.column_names
        else [None] * run.candidates.num_rows
    )
    return {
        one: Tier(tier) if tier else None for one, tier in zip(run.patient_ids, tiers, strict=True)
    }


def _judged(one: Nomination, place: _Place) -> Judged:
    def said(outcome: Outcome, why: str = "", notes: tuple[str, ...] = ()) -> Judged:
        return Judged(one.line, one.route, outcome, why, notes)

    if one.named_on > place.on:
        return said(Outcome.LEFT_OUT, f"named after {place.on}, the day of the import")
    step = place.looked.left_out_at.get(one.patient_id)
    if step is None:
        return said(Outcome.UNKNOWN, "no patient of this practice in this extract")
    if step:
        return said(Outcome.LEFT_OUT, step)
    refused = refusals(
        place.standing,
        place.tokens.get(one.patient_id),
        type_1_overridden=place.looked.type_1_overridden,
    )
    if refused:
        return said(Outcome.LEFT_OUT, f"ledger: {', '.join(refused)}")
    notes = _notes(one.patient_id, place)
    if _is_there(one, place):
        return said(Outcome.THERE_ALREADY, "", notes)
    return said(Outcome.RECORD, "", notes)


def _is_there(one: Nomination, place: _Place) -> bool:
    return any(
        (there.route, there.found_on, there.named_by) == (one.route, one.named_on, one.named_by)
        for there in place.findings(one.patient_id)
    )


def _notes(patient_id: str, place: _Place) -> tuple[str, ...]:
    notes = [f"not met: {name}" for name in place.looked.not_met[patient_id]]
    row = place.looked.rows[patient_id]
    if row["cautions"]:
        notes.append(f"cautions: {row['cautions']}")
    if patient_id in place.search_tiers:
        notes.append("a candidate of the run already")
    if _tier(patient_id, place) is Tier.X:
        notes.append("tier X: a fresh code says in work; held back until the practice releases it")
    token = place.tokens.get(patient_id)
    if token and place.standing.decision(token):
        notes.append("screened already")
    if token and token in place.standing.invite_ids:
        notes.append("invited already")
    return tuple(notes)


def _tier(patient_id: str, place: _Place) -> Tier:
    """The run's tier of a candidate; X for whom a fresh code says in work; D for all others."""
    searched = place.search_tiers.get(patient_id)
    if searched:
        return searched
    row = place.looked.rows.get(patient_id)
    if row is None:  # judged before: only people with a row are asked for
        raise SafetyRefusal("A nomination without its person's exclusions cannot be recorded.")
    return Tier.X if row.get("tier") == Tier.X else Tier.D


def _found_before(
    accepted: Sequence[Nomination], run: PracticeRun, place: _Place
) -> dict[str, Tier | None]:
    """The candidates of the run whom the ledger does not have as such: the search came first."""
    found = {}
    for one in accepted:
        known = any(there.route is Route.CODE_SEARCH for there in place.findings(one.patient_id))
        if one.patient_id in place.search_tiers and not known and run.search_date <= one.named_on:
            found[one.patient_id] = place.search_tiers[one.patient_id]
    return found
