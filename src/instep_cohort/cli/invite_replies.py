"""`instep-cohort invite reply import` and `stage import`: what comes back, into the ledger."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instep_cohort.cli.options import AsJson
from instep_cohort.small_tables import text_table

if TYPE_CHECKING:
    from instep_cohort.recruitment.inviting.replies import Import
    from instep_cohort.recruitment.ledger import Ledger

reply = typer.Typer(help="What people answered.", no_args_is_help=True)
stage = typer.Typer(help="How far people came, as the study team reports it.", no_args_is_help=True)

LedgerFile = Annotated[Path, typer.Option("--ledger", help="The ledger of practice and study.")]
By = Annotated[str, typer.Option(help='The "name, role" of whoever imports it.')]
Apply = Annotated[bool, typer.Option("--apply", help="Record it; without it nothing is written.")]


@reply.callback()
def _reply() -> None:
    """What people answered."""


@stage.callback()
def _stage() -> None:
    """How far people came, as the study team reports it."""


@reply.command("import")
def import_replies(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A CSV invite_id,reply,received_on; also channel, work_status, practice.",
        ),
    ],
    ledger: LedgerFile,
    by: By,
    *,
    apply: Apply = False,
    as_json: AsJson = False,
) -> None:
    """Reads replies: interested, declined, do_not_write, undelivered. A dry run without --apply.

    Whoever declines is not written to again from the moment that it is recorded.
    """
    from instep_cohort.recruitment.inviting.replies import read_replies
    from instep_cohort.recruitment.ledger import Ledger

    book = Ledger.open_any(ledger)
    found = read_replies(path, book, today=datetime.now(UTC).date())
    _tell(found, book, by, apply=apply, as_json=as_json)


@stage.command("import")
def import_stages(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A CSV invite_id,stage,reached_on; also practice."),
    ],
    ledger: LedgerFile,
    by: By,
    *,
    apply: Apply = False,
    as_json: AsJson = False,
) -> None:
    """Reads stages: eligible, not_eligible, consented, randomised. A dry run without --apply."""
    from instep_cohort.recruitment.inviting.replies import read_stages
    from instep_cohort.recruitment.ledger import Ledger

    book = Ledger.open_any(ledger)
    found = read_stages(path, book, today=datetime.now(UTC).date())
    _tell(found, book, by, apply=apply, as_json=as_json)


def _tell(found: Import, book: Ledger, by: str, *, apply: bool, as_json: bool) -> None:
    """Records what is new where that is asked for; ends with 2 where a line is wrong."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if apply:
        found.record(book, who=by, at=now)
    if as_json:
        told = {
            "applied": apply,
            "new": found.counts(),
            "known": found.known,
            "seed_rows": found.seed_rows,
            "refused": [one._asdict() for one in found.refused],
            "ledger_head": book.head,
        }
        typer.echo(json.dumps(told, indent=2))
    else:
        typer.echo(_words(found, apply=apply))
    for one in found.refused:
        typer.echo(f"{found.path}:{one.line}: {one.why}", err=True)
    if found.refused:
        lines = "1 line is" if len(found.refused) == 1 else f"{len(found.refused)} lines are"
        typer.echo(f"{lines} not taken as it stands: mend, and import the file again.", err=True)
        sys.exit(2)


def _words(found: Import, *, apply: bool) -> str:
    caption = "recorded" if apply else "would be recorded (a dry run: --apply records it)"
    if found.new:
        said = text_table(caption, ("what", "people"), list(found.counts().items()))
    else:
        said = "nothing new"
    if found.known:
        said += f"\n{found.known} lines stand in the ledger already"
    if found.seed_rows:
        said += f"\n{found.seed_rows} of the study's own seed row: that mailing has arrived"
    return said
