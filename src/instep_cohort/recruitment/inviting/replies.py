"""What came back: replies and stages, read from a file, each line taken or said to be wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, TypeVar

from instep_cohort.cohort.handed_in import Line, read_handed_in
from instep_cohort.errors import UsageError
from instep_cohort.recruitment.inviting.mail_files import seed_id
from instep_cohort.recruitment.inviting.other_invitations import as_day
from instep_cohort.recruitment.ledger import Ledger, OptedOut, Reached, Receipt, Replied, Standing
from instep_cohort.recruitment.tokens import read_invite_id
from instep_cohort.recruitment.vocabulary import (
    OPT_OUT_OF_REPLY,
    Channel,
    KnownWorkStatus,
    ReplyKind,
    Stage,
)

REPLY_COLUMNS = ("invite_id", "reply", "received_on")
STAGE_COLUMNS = ("invite_id", "stage", "reached_on")
_OPTIONAL: Mapping[str, Sequence[str]] = {"channel": (), "work_status": (), "practice": ()}
_Word = TypeVar("_Word", bound=StrEnum)
Incoming = Replied | Reached | OptedOut


class Refused(NamedTuple):
    """A line that is not taken, or not as it stands: where, and why."""

    line: int
    why: str


@dataclass(frozen=True, repr=False)
class Import:
    """A file of replies or stages, looked through.

    Attributes:
        path: the file.
        new: what is to be recorded, in the order of the lines.
        refused: the lines that are wrong.
        known: how many lines the ledger has already.
        seed_rows: how many lines are of the study's own row: the mailing has arrived.
        sha256: of the file.
    """

    path: Path
    new: Sequence[Incoming] = field(repr=False)
    refused: Sequence[Refused]
    known: int
    seed_rows: int
    sha256: str

    def counts(self) -> dict[str, int]:
        """How many of each are to be recorded."""
        found: dict[str, int] = {}
        for one in self.new:
            word = _said(one)
            found[word] = found.get(word, 0) + 1
        return dict(sorted(found.items()))

    def record(self, ledger: Ledger, *, who: str, at: str) -> Receipt | None:
        """Writes what is new into the ledger; None where nothing is.

        A file that is imported again, after a kill too, changes nothing.

        Raises:
            SafetyRefusal: the ledger cannot be written, or says otherwise by now.
        """
        if not self.new:
            return None
        bodies = "\n".join(one.model_dump_json() for one in self.new)
        key = hashlib.sha256(f"{self.sha256}\n{bodies}".encode()).hexdigest()
        return ledger.append(list(self.new), who=who, at=at, batch_key=f"import:{key}")


def _said(one: Incoming) -> str:
    match one:
        case Replied():
            return str(one.reply).replace("_", " ")
        case Reached():
            return str(one.stage).replace("_", " ")
        case OptedOut():
            return "opt-out of a line that is otherwise wrong"


def read_replies(path: Path, ledger: Ledger, *, today: date) -> Import:
    """The replies in a CSV file: invite_id, reply, received_on, and channel, work_status, practice.

    A refusal counts whatever else is wrong in its line, if only the id is one of ours: such a line
    is listed, and the opt-out is recorded without a date.

    Args:
        path: the file; columns that are not named here are passed by and never kept.
        ledger: of this practice and study.
        today: no reply is received later.

    Raises:
        UsageError: the file cannot be read or lacks a column.
    """
    return _read(path, ledger, "file of replies", REPLY_COLUMNS, _Replies(ledger, today))


def read_stages(path: Path, ledger: Ledger, *, today: date) -> Import:
    """How far people came, from a CSV file: invite_id, stage, reached_on.

    Args:
        path: the file.
        ledger: of this practice and study.
        today: no stage is reached later.

    Raises:
        UsageError: the file cannot be read or lacks a column.
    """
    return _read(path, ledger, "file of stages", STAGE_COLUMNS, _Stages(ledger, today))


class _WrongLine(Exception):
    """Why a line is not taken; what is to be recorded of it all the same, if anything is."""

    def __init__(self, why: str, instead: OptedOut | None = None) -> None:
        super().__init__(why)
        self.instead = instead


def _read(
    path: Path, ledger: Ledger, what: str, columns: Sequence[str], reader: _Replies | _Stages
) -> Import:
    handed_in = read_handed_in(path, what, columns, needed=1, other_names=_OPTIONAL)
    new: dict[str, Incoming] = {}
    refused: list[Refused] = []
    known, seed_rows = 0, 0
    seeds = {seed_id(batch) for batch in ledger.standing.batches}
    for line in handed_in.rows:
        if line.cells["invite_id"].upper() in seeds:
            seed_rows += 1
            continue
        try:
            entry: Incoming | None = reader.entry(line)
        except _WrongLine as wrong:
            refused.append(Refused(line.number, str(wrong)))
            entry = wrong.instead
        if entry is None:
            continue
        body = entry.model_dump_json()
        if reader.is_known(entry):
            known += 1
        elif body in new:
            refused.append(Refused(line.number, "the same stands higher up already"))
        else:
            new[body] = entry
    return Import(path, list(new.values()), refused, known, seed_rows, handed_in.sha256)


class _Invitation(NamedTuple):
    person: str
    invite_id: str
    mailed_on: date


def _invitation(standing: Standing, practice: str, line: Line) -> _Invitation:
    said = line.cells["invite_id"]
    if line.cells.get("practice", practice) not in ("", practice):
        raise _WrongLine("it is of another practice, by its column practice")
    try:
        invite_id = read_invite_id(said)
    except UsageError:
        raise _WrongLine(
            "the invite_id is none: a character is mistyped or missing, its check says"
        ) from None
    letters = standing.invitations.get(invite_id)
    if not letters:
        raise _WrongLine("no letter of this practice went out under this invite_id")
    return _Invitation(letters[0].person, invite_id, letters[0].mailing_on)


def _day(text: str, invitation: _Invitation, today: date, name: str) -> date:
    try:
        day = as_day(text)
    except ValueError:
        raise _WrongLine(f"{name} is no date; write it as 2026-11-01") from None
    if day < invitation.mailed_on:
        raise _WrongLine(f"{name} is before the mailing date {invitation.mailed_on}")
    if day > today:
        raise _WrongLine(f"{name} is later than today")
    return day


def _word(kinds: type[_Word], text: str, name: str) -> _Word:
    plain = "_".join(text.lower().replace("-", " ").split())
    try:
        return kinds(plain)
    except ValueError:
        # it may be a person's own words, so it is not repeated
        raise _WrongLine(f"{name} is none of {', '.join(kinds)}") from None


def _word_or_none(kinds: type[_Word], text: str, name: str) -> _Word | None:
    return _word(kinds, text, name) if text else None


class _Replies:
    """Reads lines as replies."""

    def __init__(self, ledger: Ledger, today: date) -> None:
        self.standing, self.today = ledger.standing, today
        self.practice = ledger.identity.practice

    def is_known(self, entry: Incoming) -> bool:
        if isinstance(entry, OptedOut):
            return (entry.opt_out, None) in self.standing.opt_outs(entry.person)
        assert isinstance(entry, Replied)  # noqa: S101
        return entry in self.standing.replies.get(entry.invite_id, ())

    def entry(self, line: Line) -> Replied:
        invitation = _invitation(self.standing, self.practice, line)
        reply = _word(ReplyKind, line.cells["reply"], "reply")
        try:
            return Replied(
                person=invitation.person,
                invite_id=invitation.invite_id,
                reply=reply,
                received_on=_day(line.cells["received_on"], invitation, self.today, "received_on"),
                channel=_word_or_none(Channel, line.cells.get("channel", ""), "channel"),
                work_status=_word_or_none(
                    KnownWorkStatus, line.cells.get("work_status", ""), "work_status"
                ),
            )
        except _WrongLine as wrong:
            refusal = _refusal(invitation, reply)
            why = f"{wrong}; the refusal in it counts all the same" if refusal else str(wrong)
            raise _WrongLine(why, refusal) from None


def _refusal(invitation: _Invitation, reply: ReplyKind) -> OptedOut | None:
    kind = OPT_OUT_OF_REPLY.get(reply)
    if kind is None:
        return None
    return OptedOut(person=invitation.person, opt_out=kind, source="reply, its line in doubt")


class _Stages:
    """Reads lines as stages."""

    def __init__(self, ledger: Ledger, today: date) -> None:
        self.standing, self.today = ledger.standing, today
        self.practice = ledger.identity.practice

    def is_known(self, entry: Incoming) -> bool:
        return entry in self.standing.reached.get(getattr(entry, "person", ""), ())

    def entry(self, line: Line) -> Reached:
        invitation = _invitation(self.standing, self.practice, line)
        stage = _word(Stage, line.cells["stage"], "stage")
        day = _day(line.cells["reached_on"], invitation, self.today, "reached_on")
        return Reached(person=invitation.person, stage=stage, reached_on=day)
