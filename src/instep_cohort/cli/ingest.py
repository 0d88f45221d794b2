"""`instep-cohort ingest`."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.profiles import chosen_profile
from instep_cohort.cli.progress_bar import progress_bar
from instep_cohort.cli.words import warn


def ingest(
    extract: Annotated[Path, typer.Argument(help="The folder or archive that was exported.")],
    profile: Annotated[
        str,
        typer.Option(
            help="How it is laid out, see `profiles`; auto for the one that fits. With --mapping, "
            "custom."
        ),
    ],
    extract_date: Annotated[str, typer.Option(help="The day it was taken, such as 2026-11-01.")],
    out: Annotated[Path, typer.Option(help="The store to write; an earlier one is replaced.")],
    mapping: Annotated[
        Path | None,
        typer.Option(help="With --profile custom: the file that says what each column is."),
    ] = None,
    repair: Annotated[
        Path | None,
        typer.Option(
            help="A new CSV file for what damaged cells may have been: about patients, for the "
            "practice only. Nothing of it is applied."
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Reads an extract into a store: nothing lost, every row that cannot be read set apart."""
    from instep_cohort.extracts import detect
    from instep_cohort.extracts import ingest as read
    from instep_cohort.extracts.ingesting import AUTO

    if profile == AUTO and mapping is None:
        recognised = detect(extract)
        warn([str(recognised)])
        profile = recognised.profile.name
    chosen, taken = chosen_profile(profile, mapping), iso_date(extract_date, "--extract-date")
    with progress_bar() as (progress, bytes_read):
        store = read(
            extract,
            profile=chosen,
            extract_date=taken,
            out=out,
            progress=progress,
            bytes_read=bytes_read,
            repair=repair,
        )
    if repair:
        warn([f"{repair}: {_rows(repair):,} damaged cells; nothing was changed in the store."])
    if as_json:
        typer.echo(json.dumps({"store": str(out), **store.summary()}, indent=2))
    else:
        typer.echo(repr(store))


def _rows(path: Path) -> int:
    """The rows of a CSV file behind its header."""
    with path.open(encoding="utf-8", newline="") as lines:
        return sum(1 for _ in csv.reader(lines)) - 1
