"""`instep-cohort ledger`: makes a ledger, verifies it, and counts what is in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson
from instep_cohort.errors import SafetyRefusal

app = typer.Typer(
    help="The ledger of a practice and study: who was found, screened, written to and has replied.",
    no_args_is_help=True,
)

LedgerFile = Annotated[Path, typer.Argument(metavar="FILE", help="The ledger file.")]


@app.command("create")
def create(
    path: LedgerFile,
    practice: Annotated[str, typer.Option(help="The practice that it is of.")],
    study: Annotated[str, typer.Option(help="The study that it is for.")],
    by: Annotated[str, typer.Option(help='The "name, role" of whoever makes it.')],
) -> None:
    """Makes an empty ledger for one practice and one study, readable by its owner alone."""
    from instep_cohort.recruitment.ledger import Ledger

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = Ledger.create(path, practice=practice, study=study, who=by, at=now)
    typer.echo(f"written: {path}\nhead: {made.head}")


@app.command("verify")
def verify(
    path: LedgerFile,
    head: Annotated[
        str | None,
        typer.Option(help="A head that stands in a manifest or a mail file: the latest one."),
    ] = None,
    practice: Annotated[str | None, typer.Option(help="The practice that it must be of.")] = None,
    study: Annotated[str | None, typer.Option(help="The study that it must be for.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Says whether anything in a ledger was changed, is missing, or, with --head, was cut off."""
    from instep_cohort.recruitment.ledger import verify as verified

    found = verified(path, practice=practice, study=study, expected_head=head)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "practice": found.practice,
                    "study": found.study,
                    "entries": found.entries,
                    "head": found.head,
                    "faults": found.faults,
                },
                indent=2,
            )
        )
    if found.faults:
        raise SafetyRefusal(
            f"{path} cannot be believed:\n"
            + "\n".join(f"  {fault}" for fault in found.faults)
            + "\nKeep the file as it is, and go on from the latest copy that verifies."
        )
    if as_json:
        return
    typer.echo(f"{path}: {found.entries:,} entries, nothing changed and nothing missing")
    typer.echo(f"practice {found.practice}, study {found.study}\nhead: {found.head}")
    if head is None:
        typer.echo(
            "Whether rows were cut off its end only an earlier head can say: --head, with the "
            "latest one from a manifest or a mail file.",
            err=True,
        )


@app.command("show")
def show(path: LedgerFile, *, as_json: AsJson = False) -> None:
    """Counts what is in a ledger: for the practice only, small numbers are not hidden."""
    from instep_cohort.recruitment.ledger import summary_of

    found = summary_of(path)
    typer.echo(json.dumps(found.counts(), indent=2) if as_json else repr(found))


@app.command("head")
def show_head(path: LedgerFile) -> None:
    """Prints the head of a ledger that verifies, and nothing else."""
    from instep_cohort.recruitment.ledger import verify as verified

    found = verified(path)
    if found.faults:
        raise SafetyRefusal(f"{path} cannot be believed; see: instep-cohort ledger verify {path}")
    typer.echo(found.head)
