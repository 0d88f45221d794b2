"""`instep-cohort store`: merge, quarantine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson, QualifyIds
from instep_cohort.cli.words import progress
from instep_cohort.small_tables import text_table

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


@app.command("quarantine")
def quarantine(
    store: Annotated[Path, typer.Argument(metavar="store", help="The store that ingest wrote.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="A new CSV file for the rows as they stand, with file, line, column and reason: "
            "about patients, for the practice only."
        ),
    ] = None,
) -> None:
    """Counts the rows of an extract that could not be read, by file, column and reason."""
    from pyarrow import csv as pa_csv

    from instep_cohort.cohort.spreadsheet_text import harmless
    from instep_cohort.disclosure.artefacts import ArtefactClass
    from instep_cohort.disclosure.handing_over import hand_over
    from instep_cohort.extracts import open_store

    rows = open_store(store).quarantined()
    counted = rows.group_by(["file", "column", "reason"], use_threads=False).aggregate(
        [([], "count_all")]
    )
    lines = [
        (one["file"], one["column"] or "", one["reason"], one["count_all"])
        for one in counted.to_pylist()
    ]
    columns = ("file", "column", "reason", "rows")
    if not lines:
        typer.echo("Every row could be read.")
    else:
        typer.echo(
            text_table(f"rows that could not be read: {len(rows):,}", columns, sorted(lines))
        )
    if out:
        handed = hand_over(
            out,
            ArtefactClass.PRACTICE_ONLY,
            columns=rows.column_names,
            write=lambda file: pa_csv.write_csv(harmless(rows), file),
        )
        typer.echo(f"written: {handed.path}")
