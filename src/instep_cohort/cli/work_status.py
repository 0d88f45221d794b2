"""`instep-cohort work-status`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson
from instep_cohort.cli.words import warn


def work_status(
    run: Annotated[Path, typer.Argument(help="The run folder whose candidates were asked.")],
    answers: Annotated[
        Path,
        typer.Option(help='A CSV patient_id,answer with "in work" or "not in work".'),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Says how many of each tier turned out to be in work, so that the next letters can be decided.

    Prints counts, never a person.
    """
    from instep_cohort.cohort import open_run
    from instep_cohort.cohort.answers import work_answers

    found = work_answers(open_run(run), answers)
    warn(found.warnings)
    if as_json:
        shares = [{**one._asdict(), "share": one.share} for one in found.shares]
        typer.echo(json.dumps(shares, indent=2))
        return
    typer.echo(repr(found))
