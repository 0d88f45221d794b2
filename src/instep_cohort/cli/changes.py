"""`instep-cohort changes`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson
from instep_cohort.cli.words import warn


def changes(
    before: Annotated[Path, typer.Argument(help="The run folder of the earlier search.")],
    after: Annotated[Path, typer.Argument(help="The run folder of the later search.")],
    out: Annotated[
        Path | None,
        typer.Option(help="A CSV file with one row per person: for the practice only."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Says who is new, still there or no longer there, and why: as counts, in a file as people."""
    from instep_cohort.cohort import open_run
    from instep_cohort.cohort.over_time import changes as compare
    from instep_cohort.cohort.private_files import write_private_csv

    found = compare(open_run(before), open_run(after))
    if out is not None:
        typer.echo(f"written: {write_private_csv(found.table, out)}", err=True)
    warn(found.warnings)
    if as_json:
        counts = [count._asdict() for count in found.counts()]
        typer.echo(json.dumps({"title": found.title, "changes": counts}, indent=2))
        return
    typer.echo(repr(found))
