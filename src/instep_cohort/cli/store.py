"""`instep-cohort store`: merge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson, QualifyIds
from instep_cohort.cli.words import progress

app = typer.Typer(help="Stores that ingest wrote.", no_args_is_help=True)


@app.callback()
def _stores() -> None:
    """Stores that ingest wrote."""


@app.command("merge")
def merge(
    stores: Annotated[
        list[Path], typer.Argument(metavar="store", help="Two or more stores to put together.")
    ],
    out: Annotated[Path, typer.Option(help="The store to write; an earlier one is replaced.")],
    *,
    qualify_ids: QualifyIds = False,
    as_json: AsJson = False,
) -> None:
    """Makes one sorted store of several, each of other practices; they stay as they are."""
    from instep_cohort.extracts import open_store
    from instep_cohort.extracts.merging import merge_stores

    opened = [open_store(store) for store in stores]
    merged = merge_stores(opened, out=out, qualify_ids=qualify_ids, progress=progress())
    if as_json:
        typer.echo(json.dumps({"store": str(out), **merged.summary()}, indent=2))
    else:
        typer.echo(repr(merged))
