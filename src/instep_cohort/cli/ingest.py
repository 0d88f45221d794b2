"""`instep-cohort ingest`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.words import progress, warn


def ingest(
    extract: Annotated[Path, typer.Argument(help="The folder or archive that was exported.")],
    profile: Annotated[
        str,
        typer.Option(help="How it is laid out, see `profiles`; auto for the one that fits."),
    ],
    extract_date: Annotated[str, typer.Option(help="The day it was taken, such as 2026-11-01.")],
    out: Annotated[Path, typer.Option(help="The store to write; an earlier one is replaced.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Reads an extract into a store: nothing lost, every row that cannot be read set apart."""
    from instep_cohort.extracts import detect
    from instep_cohort.extracts import ingest as read
    from instep_cohort.extracts.ingesting import AUTO

    if profile == AUTO:
        recognised = detect(extract)
        warn([str(recognised)])
        profile = recognised.profile.name
    store = read(
        extract,
        profile=profile,
        extract_date=iso_date(extract_date, "--extract-date"),
        out=out,
        progress=progress(),
    )
    if as_json:
        typer.echo(json.dumps({"store": str(out), **store.summary()}, indent=2))
    else:
        typer.echo(repr(store))
