"""The screening list itself: one row per candidate, in the order of letters."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from instep_cohort.errors import UsageError
from instep_cohort.recruitment.contacts import Contacts
from instep_cohort.recruitment.inviting.other_invitations import OtherInvitations
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Ledger, Standing
from instep_cohort.recruitment.runs import PracticeRun
from instep_cohort.recruitment.screening import person_lines
from instep_cohort.recruitment.screening.cells import clean, plain, row_check
from instep_cohort.recruitment.screening.columns import (
    NUMBER,
    TOKEN,
    Column,
    locked_columns,
)
from instep_cohort.recruitment.screening.evidence_lines import EvidenceLines, evidence_lines
from instep_cohort.recruitment.screening.identity_of_list import BETWEEN, ListIdentity
from instep_cohort.recruitment.screening.screeners import check_screeners
from instep_cohort.recruitment.screening.why_found import why_found
from instep_cohort.recruitment.vocabulary import ALWAYS_REMOVES, OptOutKind

_ORDER = {"A": 0, "B": 1, "C": 2, "D": 3, "": 4, "X": 5}
_WHY_LEFT_OUT = {
    OptOutKind.RESEARCH: "opted out of being asked for research",
    OptOutKind.THIS_STUDY: "declined this study",
    OptOutKind.DO_NOT_WRITE: "asked never to be written to",
}


class ScreeningList(NamedTuple):
    """The list as every format writes it.

    Attributes:
        identity: which list it is.
        columns: the locked columns that it has.
        rows: their cells as text, one row per person, in the order of the list.
        checks: what is written beside each row (`cells.row_check`).
        left_out: why people are not on it, and how many; each is counted once.
        hidden: rows of evidence whose codes tell who somebody is.
        without_contact: people who are not in the contacts file; 0 without one.
        tiers: how many people each tier has on the list.
        title: the study's title.
    """

    identity: ListIdentity
    columns: tuple[Column, ...]
    rows: list[list[str]]
    checks: list[str]
    left_out: Mapping[str, int]
    hidden: int
    without_contact: int
    tiers: Mapping[str, int]
    title: str


def screening_list(
    run: PracticeRun,
    ledger: Ledger,
    key: Key,
    *,
    screeners: Sequence[str],
    seed: int | None = None,
    identity: Sequence[str] = (),
    contacts: Contacts | None = None,
    others: OtherInvitations | None = None,
) -> ScreeningList:
    """Everybody of the run whom the practice may still want to invite, none cut off.

    Left out, and counted, are those whom the ledger bars for good, whatever the legal basis: who
    opted out of research, declined this study, or asked never to be written to.

    Args:
        run: of one practice; with the nominated behind its candidates, where there are any.
        ledger: of that practice and study.
        key: likewise; new candidates are given their tokens.
        screeners: who may decide.
        seed: for the order within a tier; None takes one from the run, so that it is declared too.
        identity: columns that show who somebody is, of `columns.IDENTITY`.
        contacts: names, addresses and channels; needed for most of those columns.
        others: to which other studies people were invited.

    Raises:
        UsageError: no screener, or one without a proper name; names are asked for without contacts.
        SafetyRefusal: the key does not cover the ledger.
    """
    if not screeners:
        raise UsageError('Name who may decide: --screener "Dr A. Khan, GP"; it may be repeated.')
    check_screeners(screeners)
    if contacts is None and set(identity) - {"local_patient_no"}:
        raise UsageError("--identity with names or NHS numbers needs the file that has --contacts.")
    tokens = key.tokens_for(run.patient_ids)
    standing = ledger.standing
    key.covers(standing.persons)
    seed = int(run.sha256[:8], 16) if seed is None else seed
    people = _people(run, tokens, standing, seed)
    which = ListIdentity(
        study=run.study,
        practice=run.practice,
        search_date=run.search_date.isoformat(),
        run=run.sha256,
        ledger_head=ledger.head,
        seed=str(seed),
        identity=",".join(identity),
        contacts_sha256=contacts.sha256 if contacts else "",
        others_sha256=others.sha256 if others else "",
        screeners=BETWEEN.join(screeners),
        rows=str(len(people)),
    )
    patients = [person["patient_id"] for person in people]
    evidence = run.cohort.to_arrow("evidence")
    lines = evidence_lines(evidence, run.cohort.manifest, patients)
    known = _Known(which.short, tokens, standing, lines, why_found(run, people), contacts, others)
    columns = locked_columns(identity)
    names = [column.name for column in columns]
    shown = (known.cells(number, person) for number, person in enumerate(people, 1))
    rows = [[clean(cells[name]) for name in names] for cells in shown]
    list_sha256 = which.sha256
    tiers = Counter(person.get("tier") or "" for person in people)
    return ScreeningList(
        identity=which,
        columns=columns,
        rows=rows,
        checks=[row_check(list_sha256, list(map(plain, row))) for row in rows],
        left_out=Counter(filter(None, (_left_out(standing, one) for one in tokens.values()))),
        hidden=lines.hidden,
        without_contact=len(set(patients) - contacts.by_patient.keys()) if contacts else 0,
        tiers={tier: tiers[tier] for tier in _ORDER if tiers[tier]},
        title=str(run.cohort.manifest["study"].get("title", "")),
    )


class _Known(NamedTuple):
    """All that is known of the people of a list."""

    short: str
    tokens: Mapping[str, str]
    standing: Standing
    lines: EvidenceLines
    why: Mapping[str, str]
    contacts: Contacts | None
    others: OtherInvitations | None

    def cells(self, number: int, person: Mapping[str, Any]) -> dict[str, str]:
        """The locked cells of somebody, by column, the identity columns that nobody asked for too.

        Args:
            number: their place in the list.
            person: their row of the run's candidates.
        """
        patient = person["patient_id"]
        token, standing = self.tokens[patient], self.standing
        contact = self.contacts.by_patient.get(patient) if self.contacts else None
        return {
            TOKEN: token,
            NUMBER: str(number),
            "local_patient_no": patient,
            "age": "" if person["age"] is None else str(person["age"]),
            "sex": person["sex"] or "",
            "tier": person.get("tier") or "",
            "why_found": self.why[patient],
            "pain_evidence": self.lines.pain.get(patient, ""),
            "medicine_evidence": self.lines.medicine.get(patient, ""),
            "fit_note": person_lines.fit_note(person),
            "work_evidence": person_lines.work_evidence(person),
            "work_status": person.get("work_status") or "",
            "cautions": person_lines.cautions(person, standing.opt_outs(token)),
            "other_study": self._other_study(patient),
            "last_invited": person_lines.last_invited(standing, token),
            "contact_channels_available": person_lines.channels(
                contact, standing, token, asked=self.contacts is not None
            ),
            "sensitive_note_no": f"{self.short}-{number}",
            "decided_before": person_lines.decided_before(standing.decision(token)),
            **person_lines.identity(contact),
        }

    def _other_study(self, patient: str) -> str:
        invited = self.others.by_patient.get(patient, ()) if self.others else ()
        said = [f"{one.study}, invited {one.invited_on}" for one in invited]
        return "; ".join([*said, *filter(None, [self.lines.trials.get(patient)])])


def _people(
    run: PracticeRun, tokens: Mapping[str, str], standing: Standing, seed: int
) -> list[dict[str, Any]]:
    """Whoever is not left out, in the order of the list."""
    people = [
        person
        for person in run.candidates.to_pylist()
        if not _left_out(standing, tokens[person["patient_id"]])
    ]
    people.sort(key=lambda person: _place(person, tokens[person["patient_id"]], seed))
    return people


def _left_out(standing: Standing, token: str) -> str:
    kinds = {kind for kind, _ in standing.opt_outs(token)} & ALWAYS_REMOVES
    return next((_WHY_LEFT_OUT[kind] for kind in sorted(kinds)), "")


def _place(person: Mapping[str, Any], token: str, seed: int) -> tuple[int, str]:
    """By tier, then by a hash of seed and token: whoever comes in later moves nobody else."""
    drawn = hashlib.sha256(f"{seed} {token}".encode()).hexdigest()
    return _ORDER[person.get("tier") or ""], drawn
