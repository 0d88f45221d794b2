"""The files of a batch: lists for the mailing house, and two lists that stay in the practice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.handing_over import HandedOver, hand_over, stamped
from instep_cohort.errors import UsageError
from instep_cohort.recruitment.inviting.drawing import Drawing, Letter, Order
from instep_cohort.recruitment.inviting.mail_files import FILES, MailList, mail_lists
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
        """What every note says, that of a file for the mailing house too."""
        return {
            "study": self.sources.run.study,
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
        UsageError: the folder cannot be made, or it holds files of a batch of that name, which is
            not in the ledger.
    """
    try:
        out.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {out} cannot be made ({error.strerror}).") from None
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


def write_files(out: Path, made: MadeFrom, letters: Sequence[Invited]) -> tuple[HandedOver, ...]:
    """The files of a batch as the ledger has it, in the folder ``out``.

    Args:
        out: the folder.
        made: what they tell of.
        letters: the letters to be sent.

    Raises:
        UsageError: another file stands in the place of one.
        SafetyRefusal: a list cannot be written as it has to be.
    """
    batch, sources = made.order.batch, made.sources
    written = [_removed(out, made), _invited(out, made, letters)]
    lists = mail_lists(letters, made.drawing.patients, sources.contacts, made.order.settings, batch)
    return (*written, *(_for_the_mailing_house(out, made, one) for one in lists))


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
        about={**made.about, "rows": len(rows), "made_from": made.drawing.inputs},
    )


def _bytes(content: bytes) -> Callable[[BinaryIO], None]:
    def write(out: BinaryIO) -> None:
        out.write(content)

    return write
