"""`instep-cohort key`: makes the file that says which token is which patient."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="The key of a practice and study: which token is which patient, for the practice alone.",
    no_args_is_help=True,
)


@app.command("create")
def create(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The key file.")],
    practice: Annotated[str, typer.Option(help="The practice that it is of.")],
    study: Annotated[str, typer.Option(help="The study that it is for.")],
) -> None:
    """Makes an empty key, readable by its owner alone: keep it apart from lists and ledger."""
    from instep_cohort.recruitment.key_file import Key

    made = Key.create(path, practice=practice, study=study)
    typer.echo(f"written: {made.path}")


@app.callback()
def _group() -> None:
    """One command now, and its name all the same."""
