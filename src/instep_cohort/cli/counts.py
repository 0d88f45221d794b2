"""`instep-cohort counts`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson


class FileFormat(StrEnum):
    """How the counts are written."""

    CSV = "csv"
    JSON = "json"
    HTML = "html"


def counts(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The run folder of the search.")],
    ledger: Annotated[Path, typer.Option(help="The ledger of this practice and study.")],
    out: Annotated[
        Path, typer.Option(help="The file to write; RELEASABLE-COUNTS comes into its name.")
    ],
    by: Annotated[str, typer.Option(help='The "name, role" of whoever lets the counts leave.')],
    threshold: Annotated[
        int, typer.Option(help="Counts below it, but not 0, are hidden; it may only be raised.")
    ] = 5,
    round_to: Annotated[
        int, typer.Option(help="Round what is shown to a multiple of this; 1 for no rounding.")
    ] = 1,
    tables: Annotated[
        str | None,
        typer.Option(help="Of stages,attrition,routes,tiers,reasons: those wanted; else all."),
    ] = None,
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="How it is written.")
    ] = FileFormat.CSV,
    practice: Annotated[
        str | None, typer.Option(help="Which practice, where the run is of several.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Writes the counts that may leave the practice: small ones hidden, and safely so.

    Nothing about any person is in the file. A count below the threshold is hidden, and so is every
    other one by which it could be worked out: by subtraction, from another table, or from an
    earlier release, all of which the ledger remembers.
    """
    from instep_cohort.recruitment.counting import release_counts
    from instep_cohort.recruitment.counting.layout import asked_tables
    from instep_cohort.recruitment.ledger import Ledger
    from instep_cohort.recruitment.runs import open_practice_run

    asked = asked_tables(tables)
    of = open_practice_run(run, practice)
    made = release_counts(
        of,
        Ledger.open(ledger, practice=of.practice, study=of.study),
        out,
        who=by,
        at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        file_format=file_format.value,
        tables=asked,
        threshold=threshold,
        rounding=round_to,
    )
    if as_json:
        said = {
            "release": made.release,
            "file": str(made.file.path),
            "artefact_class": str(made.file.artefact_class),
            "sha256": made.file.sha256,
            "ledger_head": made.head,
            "released_before": made.again,
            "not_shown": made.sheet.not_shown(),
        }
        typer.echo(json.dumps(said, indent=2))
        return
    typer.echo(repr(made))
    typer.echo(f"written: {made.file.path}", err=True)
    if made.again:
        typer.echo(
            f"The same counts left before, as {made.release}; nothing new was recorded.", err=True
        )
