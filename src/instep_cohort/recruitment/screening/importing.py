"""Decisions into the ledger: first what it would be, then, if wanted, all of it at once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Decided, Found, Ledger, Receipt, Standing
from instep_cohort.recruitment.runs import PracticeRun
from instep_cohort.recruitment.screening.answers import Answer, Limits
from instep_cohort.recruitment.screening.merging import Opinion, Outcome, outcomes
from instep_cohort.recruitment.screening.reading import Returned, read_returned
from instep_cohort.recruitment.screening.screeners import check_screeners
from instep_cohort.recruitment.screening.verifying import Row, Verified, verified
from instep_cohort.recruitment.vocabulary import (
    ALWAYS_REMOVES,
    Decision,
    KnownWorkStatus,
    Route,
    Tier,
)


class Import(NamedTuple):
    """What an import would record; nothing of it is recorded yet.

    Attributes:
        files: by file name, how many people it holds, and how many of them are decided.
        people: everybody on the lists.
        undecided: who has no decision in any of the files.
        keep_earlier: of those, who keeps a decision that the ledger has.
        outcomes: for each decided person, what was said and what is recorded.
        barred: decided "invite", while the ledger bars writing to them for good.
        in_work: decided "invite" by somebody who knows them to be in work.
        newly_found: how many are recorded as found by the search.
        not_read: columns of the files that are none of the list's.
        entries: what the ledger gets, in this order.
        batch_key: under which.
        head: the ledger's, as it was when this was worked out.
        recorded_at: when the very same files were imported before; None: they were not.
    """

    files: Mapping[str, tuple[int, int]]
    people: int
    undecided: int
    keep_earlier: int
    outcomes: Sequence[Outcome]
    barred: int
    in_work: int
    newly_found: int
    not_read: int
    entries: Sequence[Found | Decided]
    batch_key: str
    head: str
    recorded_at: str | None

    @property
    def disagreements(self) -> list[Outcome]:
        """The people on whom screeners disagree."""
        return [one for one in self.outcomes if one.disagree]

    @property
    def answers(self) -> list[Answer]:
        """The decision of each decided person that will stand."""
        return [one.after for one in self.outcomes if one.after is not None]

    @property
    def changes(self) -> Counter[tuple[Decision, Decision]]:
        """How many earlier decisions give way, by what they were and what they become."""
        return Counter(
            (one.before.decision, one.after.decision)
            for one in self.outcomes
            if one.is_changed and one.before and one.after
        )


def prepare_import(
    paths: Sequence[Path],
    run: PracticeRun,
    ledger: Ledger,
    key: Key,
    *,
    today: date,
    more_screeners: Sequence[str] = (),
) -> Import:
    """What importing these filled-in lists would record.

    Args:
        paths: the list of one screener, or the lists of several, of the same run.
        run: the run that they were made from.
        ledger: of the practice and study.
        key: likewise.
        today: no decision is dated later.
        more_screeners: who may decide beside those whom a list names.

    Raises:
        UsageError: a file cannot be read or is no list, or is named twice.
        SafetyRefusal: a list is not as it was exported, or a decision is incomplete or unknown:
            everything that is wrong with all of them, by row and column.
    """
    check_screeners(more_screeners)
    lists = [read_returned(path) for path in paths]
    if len({one.sha256 for one in lists}) < len(lists):
        raise UsageError("The same file is named twice; name each screener's own.")
    if len({one.name for one in lists}) < len(lists):
        raise UsageError("Two of the files have the same name; rename one of them.")
    standing = ledger.standing
    key.covers(standing.persons)
    searched = set(key.known(run.patient_ids).values())
    people = searched | standing.routes.keys()  # the nominated are in the ledger alone
    checked = {
        one.name: verified(one, run, people, _limits(one, run, today, more_screeners))
        for one in lists
    }
    _refuse_faults(checked)
    rows = {name: one.rows for name, one in checked.items()}
    found = outcomes(rows, standing)
    tiers = {row.token: row.tier for of_file in rows.values() for row in of_file}
    by_search = {person: tier for person, tier in tiers.items() if person in searched}
    newly = _newly_found(by_search, run, standing)
    undecided = tiers.keys() - {one.person for one in found}
    batch_key = _batch_key(lists)
    invited = [one for one in found if one.after and one.after.decision is Decision.INVITE]
    return Import(
        files={name: _counted(of_file) for name, of_file in rows.items()},
        people=len(tiers),
        undecided=len(undecided),
        keep_earlier=sum(standing.decision(person) is not None for person in undecided),
        outcomes=found,
        barred=sum(_barred(standing, one.person) for one in invited),
        in_work=sum(_is_in_work(one.after) for one in invited),
        newly_found=len(newly),
        not_read=sum(one.not_read for one in checked.values()),
        entries=[*newly, *_decided(found, run)],
        batch_key=batch_key,
        head=ledger.head,
        recorded_at=_recorded_at(ledger, batch_key),
    )


def record(prepared: Import, ledger: Ledger, *, who: str, at: str) -> Receipt | None:
    """The ledger's receipt, once all of it is on the disk; None where there is nothing new.

    Raises:
        SafetyRefusal: the ledger refused it: nothing was recorded.
    """
    if prepared.recorded_at is not None or not prepared.entries:
        return None
    ledger.refresh()
    if ledger.head != prepared.head:
        raise SafetyRefusal(
            "Nothing was recorded: the ledger has grown since this was worked out. Run it again."
        )
    return ledger.append(prepared.entries, who=who, at=at, batch_key=prepared.batch_key)


def _limits(
    returned: Returned, run: PracticeRun, today: date, more_screeners: Sequence[str]
) -> Limits:
    return Limits((*returned.identity.names, *more_screeners), run.search_date, today)


def _refuse_faults(checked: Mapping[str, Verified]) -> None:
    faults = [str(fault) for one in checked.values() for fault in one.faults]
    if faults:
        raise SafetyRefusal("Nothing was imported:\n" + "\n".join(f"  {one}" for one in faults))


def _counted(rows: Sequence[Row]) -> tuple[int, int]:
    return len(rows), sum(row.answer is not None for row in rows)


def _newly_found(tiers: Mapping[str, str], run: PracticeRun, standing: Standing) -> list[Found]:
    return [
        Found(
            person=person,
            route=Route.CODE_SEARCH,
            found_on=run.search_date,
            run=run.sha256,
            tier=Tier(tier) if tier else None,
        )
        for person, tier in tiers.items()
        if not any(one.run == run.sha256 for one in standing.routes.get(person, ()))
    ]


def _decided(found: Sequence[Outcome], run: PracticeRun) -> list[Decided]:
    return [_entry(one.person, said, run) for one in found for said in one.to_record]


def _entry(person: str, said: Opinion, run: PracticeRun) -> Decided:
    answer = said.answer
    return Decided(
        person=person,
        decision=answer.decision,
        screened_by=answer.screened_by,
        screened_on=answer.screened_on,
        reason=answer.reason,
        knows_work_status=answer.knows_work_status,
        run=run.sha256,
    )


def _barred(standing: Standing, person: str) -> bool:
    return any(kind in ALWAYS_REMOVES for kind, _ in standing.opt_outs(person))


def _is_in_work(answer: Answer | None) -> bool:
    return answer is not None and answer.knows_work_status is KnownWorkStatus.IN_WORK


def _batch_key(lists: Sequence[Returned]) -> str:
    """The files themselves, in whatever order they are named: a repeated import records nothing."""
    joined = " ".join(sorted(one.sha256 for one in lists))
    return f"screen:{hashlib.sha256(joined.encode('ascii')).hexdigest()}"


def _recorded_at(ledger: Ledger, batch_key: str) -> str | None:
    return next((one.at for one in ledger.entries() if one.batch_key == batch_key), None)
