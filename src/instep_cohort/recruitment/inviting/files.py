"""The files of a batch: lists for the mailing house, and two lists that stay in the practice."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.handing_over import HandedOver, hand_over, note_beside, stamped
from instep_cohort.errors import UsageError
from instep_cohort.recruitment.inviting.drawing import Drawing, Letter
from instep_cohort.recruitment.inviting.mail_files import FILES, MailList, mail_lists
from instep_cohort.recruitment.inviting.orders import Order
from instep_cohort.recruitment.inviting.sources import Sources
from instep_cohort.recruitment.ledger import Invited
from instep_cohort.small_tables import csv_table

INVITED_COLUMNS = ("patient_id", "invite_id", "channel", "letter", "mailing_on", "tier", "look_at")
REMOVED_COLUMNS = ("patient_id", "reason_code", "why")


@dataclass(frozen=True)
class MadeFrom:
    """What the files of a batch tell of; `head` is the ledger's."""

    order: Order
    sources: Sources = field(repr=False)
    drawing: Drawing = field(repr=False)
    head: str

    @property
    def about(self) -> dict[str, object]:
        """What every note says, that of a file for the mailing house too.

        The name of the study is not in it: it can be a clinical word.
        """
        return {
            "practice": self.sources.run.practice,
            "batch": self.order.batch,
            "mailing_on": self.order.mailing_on.isoformat(),
            "run": self.sources.run.sha256,
            "settings_sha256": self.drawing.sha256,
            "ledger_head": self.head,
        }


def make_room(out: Path, batch: str, *, begun: bool) -> None:
    """Makes the folder for the batch's files (mode 700), before anything is recorded.

    Raises:
        UsageError: the folder cannot be made or written to, or it holds files of a batch of that
            name, which is not in the ledger.
    """
    try:
        out.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {out} cannot be made ({error.strerror}).") from None
    try:
        tempfile.TemporaryFile(dir=out).close()
    except OSError as error:
        raise UsageError(
            f"The folder {out} cannot be written to ({error.strerror}). Nothing was recorded."
        ) from None
    if begun:
        _clear_away(out, batch)
    there = [path for path in _paths(out, batch) if path.exists()]
    if there and not begun:
        raise UsageError(
            f"{there[0]} is there already, and the ledger has no batch {batch}: give another "
            "folder with --out."
        )


def _clear_away(out: Path, batch: str) -> None:
    """Takes out the hidden halves of files that a kill has left: they hold names and addresses."""
    for path in _paths(out, batch):
        for half in (*out.glob(f".{path.name}-*"), *out.glob(f".{path.name}.json-*")):
            half.unlink(missing_ok=True)


def _paths(out: Path, batch: str) -> list[Path]:
    mail = [
        stamped(out / f"{batch}-{word}.csv", ArtefactClass.PROCESSOR_MAIL)
        for word, _ in FILES.values()
    ]
    own = [
        stamped(out / f"{batch}-{word}.csv", ArtefactClass.PRACTICE_ONLY)
        for word in ("invited", "removed")
    ]
    return [*mail, *own]


def write_files(
    out: Path, made: MadeFrom, letters: Sequence[Invited], *, mailing: bool = True
) -> tuple[HandedOver, ...]:
    """The files of a batch as the ledger has it, in the folder ``out``.

    Args:
        out: the folder.
        made: what they tell of.
        letters: the letters to be sent.
        mailing: whether the lists for the mailing house are among them.

    Raises:
        UsageError: another file stands in the place of one.
        SafetyRefusal: a list cannot be written as it has to be.
    """
    written = [_removed(out, made), _invited(out, made, letters)]
    if not mailing:
        return tuple(written)
    lists = _mail_lists(made.order, made.sources, made.drawing, letters)
    return (*written, *(_for_the_mailing_house(out, made, one) for one in lists))


def made_otherwise(out: Path, batch: str, inputs: Mapping[str, object]) -> list[str]:
    """By what a batch differs from its earlier files, as far as the note beside them can say.

    Args:
        out: the folder of the earlier files, if they are there.
        batch: its name.
        inputs: what it would be made from now.
    """
    note = note_beside(stamped(out / f"{batch}-invited.csv", ArtefactClass.PRACTICE_ONLY))
    try:
        before = json.loads(note.read_text(encoding="utf-8"))["made_from"]
        then = {**before, **before["sha256"], **before["settings"]}
    except (OSError, ValueError, KeyError, TypeError):
        return []
    plain = json.loads(json.dumps(inputs, default=str))
    now = {**plain, **plain["sha256"], **plain["settings"]}
    return sorted(
        name
        for name in (then.keys() | now.keys()) - {"sha256", "settings"}
        if then.get(name) != now.get(name)
    )


def rehearse(order: Order, sources: Sources, drawing: Drawing, letters: Sequence[Invited]) -> None:
    """Makes the mailing house's lists and writes none, before anything is recorded.

    Raises:
        SafetyRefusal: a list cannot be written as it has to be.
    """
    for one in _mail_lists(order, sources, drawing, letters):
        one.as_csv()


def _mail_lists(
    order: Order, sources: Sources, drawing: Drawing, letters: Sequence[Invited]
) -> list[MailList]:
    return mail_lists(letters, drawing.patients, sources.contacts, order.settings, order.batch)


def _for_the_mailing_house(out: Path, made: MadeFrom, one: MailList) -> HandedOver:
    return hand_over(
        out / f"{made.order.batch}-{one.word}.csv",
        ArtefactClass.PROCESSOR_MAIL,
        columns=one.columns,
        write=_bytes(one.as_csv()),
        about={**made.about, "rows": len(one.rows), "seed_rows": 1},
    )


def _removed(out: Path, made: MadeFrom) -> HandedOver:
    rows = [
        (who, str(bar.reason or ""), bar.what) for who, bar in sorted(made.drawing.removed.items())
    ]
    return _practice_only(out / f"{made.order.batch}-removed.csv", made, REMOVED_COLUMNS, rows)


def _invited(out: Path, made: MadeFrom, letters: Sequence[Invited]) -> HandedOver:
    notes = {one.token: _look_at(one) for one in made.drawing.letters}
    rows = [
        (
            made.drawing.patients[one.person],
            one.invite_id,
            str(one.channel),
            one.letter,
            one.mailing_on.isoformat(),
            str(one.tier or ""),
            notes.get(one.person, ""),
        )
        for one in letters
    ]
    rows.sort()
    return _practice_only(out / f"{made.order.batch}-invited.csv", made, INVITED_COLUMNS, rows)


def _look_at(letter: Letter) -> str:
    said = [f"no longer meets {line}" for line in letter.no_longer_met]
    return "; ".join([*said, *(["has a national opt-out"] if letter.national else [])])


def _practice_only(
    path: Path, made: MadeFrom, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> HandedOver:
    return hand_over(
        path,
        ArtefactClass.PRACTICE_ONLY,
        columns=columns,
        write=_bytes(csv_table(columns, rows).encode()),
        about={
            "study": made.sources.run.study,
            **made.about,
            "rows": len(rows),
            "made_from": made.drawing.inputs,
        },
    )


def _bytes(content: bytes) -> Callable[[BinaryIO], None]:
    def write(out: BinaryIO) -> None:
        out.write(content)

    return write
