"""What a batch is made from, each of it opened and refused where it is missing, old or foreign."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from instep_cohort.cohort.handed_in import read_handed_in
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.cohort.searching_again import SearchedAgain
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.extracts import Store, open_store
from instep_cohort.recruitment.contacts import Contacts, read_contacts
from instep_cohort.recruitment.inviting.other_invitations import (
    OtherInvitations,
    read_other_invitations,
)
from instep_cohort.recruitment.inviting.settings import InvitationSettings
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Ledger
from instep_cohort.recruitment.runs import PracticeRun, open_practice_run
from instep_cohort.recruitment.tokens import read_invite_id
from instep_cohort.recruitment.vocabulary import OptOutEffect, OptOutKind, effect

PRACTICE_LIST = "practice-list"  # what the practice's own list is called among opt-out lists
_WARN_AFTER = 3


class InviteIds(NamedTuple):
    """Invitation ids that the study team made beforehand, in their order, and the file's sha256."""

    ids: tuple[str, ...]
    sha256: str

    def unused(self, taken: Collection[str], count: int) -> list[str]:
        """So many of them that no letter has had yet.

        Raises:
            UsageError: there are not so many.
        """
        left = [one for one in self.ids if one not in taken]
        if len(left) < count:
            raise UsageError(
                f"{count} new invitation ids are needed, and {len(left)} of the {len(self.ids)} in "
                "the file are left: ask the study team for more. Nothing was recorded."
            )
        return left[:count]


@dataclass(frozen=True, repr=False)
class Sources:
    """What a batch is made from. It shows nobody.

    Attributes:
        run: the search whose study is asked again.
        ledger, key: of the practice and study.
        store: the fresh extract.
        contacts: names and addresses.
        others: invitations to other studies; None where there is no cooling-off.
        invite_ids: ids made beforehand; None where they are drawn.
    """

    run: PracticeRun
    ledger: Ledger
    key: Key
    store: Store
    contacts: Contacts
    others: OtherInvitations | None
    invite_ids: InviteIds | None

    @property
    def hashes(self) -> Mapping[str, str | None]:
        """The sha256 of each of them, by name."""
        return {
            "run": self.run.sha256,
            "store": self.store.sha256,
            "contacts": self.contacts.sha256,
            "other_invitations": self.others.sha256 if self.others else None,
            "invite_ids": self.invite_ids.sha256 if self.invite_ids else None,
        }


def open_sources(
    *,
    run: Path,
    ledger: Path,
    key: Path,
    store: Path | None,
    contacts: Path | None,
    other_invitations: Path | None = None,
    invite_ids: Path | None = None,
    practice: str | None = None,
) -> Sources:
    """Everything that a batch is made from, opened; ledger and key must be of run's practice.

    Raises:
        UsageError: a file that is named is not there, or cannot be read.
        SafetyRefusal: the extract or the contacts are not named at all; a ledger or key is damaged,
            or of another practice or study.
        ExtractError: run or store cannot be read.
    """
    if store is None:
        raise SafetyRefusal(
            "Nobody is written to without a fresh extract in which everything is checked again: "
            "give the store that ingest wrote of it with --store."
        )
    if contacts is None:
        raise SafetyRefusal(
            "Nobody can be written to without names and addresses: give the practice's own export "
            "of them with --contacts."
        )
    opened = open_practice_run(run, practice)
    whose = {"practice": opened.practice, "study": opened.study}
    return Sources(
        run=opened,
        ledger=Ledger.open(ledger, **whose),
        key=Key.open(key, **whose),
        store=open_store(store),
        contacts=read_contacts(contacts),
        others=read_other_invitations(other_invitations) if other_invitations else None,
        invite_ids=read_invite_ids(invite_ids) if invite_ids else None,
    )


def read_invite_ids(path: Path) -> InviteIds:
    """The ids in a CSV file with a column invite_id, in their order.

    Raises:
        UsageError: the file cannot be read, or a line holds no id, a mistyped one, or one that
            stands higher up already.
    """
    handed_in = read_handed_in(path, "file of invitation ids", ("invite_id",), needed=1)
    found: dict[str, None] = {}
    for line in handed_in.rows:
        try:
            one = read_invite_id(line.cells["invite_id"])
        except UsageError as error:
            raise UsageError(f"{path}:{line.number}: {error}") from None
        if one in found:
            raise UsageError(f"{path}:{line.number}: the same id stands higher up already.")
        found[one] = None
    return InviteIds(tuple(found), handed_in.sha256)


def refuse_unsafe(
    sources: Sources, settings: InvitationSettings, answers: OptOutAnswers, mailing_on: date
) -> None:
    """Nothing, where the extract and the answers are good enough to write to people by.

    Raises:
        SafetyRefusal: the settings are of another study; the extract is too old, of after the
            mailing date, or older than the search's; nobody has answered for opt-outs, or the list
            is too old; there is a cooling-off without a file of other invitations.
    """
    if settings.study != sources.run.study:
        raise SafetyRefusal(
            f"The protocol file is of the study {settings.study}, the run of {sources.run.study}."
        )
    _refuse_old_extract(sources, settings, mailing_on)
    _refuse_no_answer(settings, answers, mailing_on)
    if settings.cooling_off_days and sources.others is None:
        raise SafetyRefusal(
            f"After an invitation to another study {settings.cooling_off_days} days have to pass, "
            "and no file says who was invited when: give it with --other-invitations (a CSV: "
            "patient_id,study,invited_on; it may have no rows)."
        )


def _refuse_old_extract(sources: Sources, settings: InvitationSettings, mailing_on: date) -> None:
    extract, limit = sources.store.extract_date, settings.max_extract_age_days
    age = (mailing_on - extract).days
    if age < 0:
        raise SafetyRefusal(f"The extract is of {extract}, after the mailing date {mailing_on}.")
    if age > limit:
        raise SafetyRefusal(
            f"The extract of {extract} is {age} days old on the mailing date {mailing_on}; more "
            f"than {limit} is too old. Take a new extract and ingest it."
        )
    searched = sources.run.cohort.manifest.get("store", {}).get("extract_date")
    if searched is not None and extract < date.fromisoformat(searched):
        raise SafetyRefusal(
            f"The extract of {extract} is older than the one that was searched ({searched}): it "
            "cannot say what has happened since. Give a newer one with --store."
        )


def _refuse_no_answer(
    settings: InvitationSettings, answers: OptOutAnswers, mailing_on: date
) -> None:
    if answers.file is None and answers.nobody_listed is None:
        raise SafetyRefusal(
            "Nobody has said who asked the practice not to be written to. Give its list with "
            "--opt-outs FILE --opt-outs-on DATE (a CSV: patient_id,kind,recorded_on; it may have "
            'no rows), or --no-opt-out-list "name, role" of whoever answers that there is none.'
        )
    if answers.drawn_up is None:
        return
    age, limit = (mailing_on - answers.drawn_up).days, settings.max_opt_out_list_age_days
    if age < 0:
        raise SafetyRefusal(
            f"The opt-out list is of {answers.drawn_up}, after the mailing date {mailing_on}."
        )
    if age > limit:
        raise SafetyRefusal(
            f"The practice's opt-out list of {answers.drawn_up} is {age} days old on the mailing "
            f"date {mailing_on}; more than {limit} is too old. Ask the practice for a new one."
        )


def refuse_without_national(
    settings: InvitationSettings, answers: OptOutAnswers, national_by: str | None
) -> None:
    """Nothing, where national opt-outs are known or are no bar.

    They are held centrally and stand in no GP code. Where the legal basis demands them, a list with
    them is needed, and somebody who answers that it is whole.

    Raises:
        SafetyRefusal: they are demanded, and not known.
    """
    if effect(OptOutKind.NATIONAL, settings.legal_basis) is OptOutEffect.SHOWN:
        return
    if answers.file is None or not (national_by and national_by.strip()):
        raise SafetyRefusal(
            f"Under {settings.legal_basis} national data opt-outs must be applied, and no GP "
            "record holds them. Give a list that has them (kind national) with --opt-outs, and "
            'with --national-opt-outs-by "name, role" who answers that it was checked against the '
            "national service."
        )


def refuse_unlike(
    again: SearchedAgain, practice: str, asked: int, acknowledged: Collection[str]
) -> None:
    """Nothing, where the fresh extract is of this practice, and its opt-out lists meet it.

    Raises:
        SafetyRefusal: the extract is of another practice; none of the people is in it; or an
            opt-out list matched no row, and nobody has acknowledged it by its name.
    """
    if practice not in again.practices:
        there = sorted(again.practices)
        some = ", ".join(there[:_WARN_AFTER]) + (" …" if len(there) > _WARN_AFTER else "")
        raise SafetyRefusal(f"The extract is of practice {some or 'none'}, not of {practice}.")
    if asked and not again.people:
        raise SafetyRefusal(
            "None of the people in the ledger is in this extract: its patient ids are others than "
            "those of the search."
        )
    silent = [*again.lists_without_rows]
    if again.practice_list.rows and not again.listed_in_extract:
        silent.append(PRACTICE_LIST)
    left = [name for name in silent if name not in acknowledged]
    if left:
        asked_for = " ".join(f"--acknowledge-unmatched {name}" for name in left)
        raise SafetyRefusal(
            f"No row of this extract is matched by the opt-out list {', '.join(left)}: either "
            "nobody has opted out, or the codes or ids are others than the extract's. Look into "
            f"it; if it is right so, say so by name: {asked_for}"
        )
