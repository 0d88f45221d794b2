"""The options that several commands share, each with its one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StudyName = Annotated[str, typer.Argument(help="A study file, or a shipped study such as instep.")]
StorePath = Annotated[Path, typer.Argument(help="The store that ingest wrote.")]
SearchDate = Annotated[str, typer.Option(help="The search date, such as 2026-11-01.")]
OptOuts = Annotated[
    Path | None,
    typer.Option(help="The practice's own opt-out list: a CSV patient_id,kind,recorded_on."),
]
OptOutsOn = Annotated[str | None, typer.Option(help="The day on which that list was drawn up.")]
NoOptOutList = Annotated[
    str | None,
    typer.Option(help='The "name, role" of whoever answers that there is no such list.'),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--set", help="A parameter of the study, NAME=VALUE; may be repeated."),
]
Codelists = Annotated[
    Path | None,
    typer.Option("--codelists", help="A folder of codelists instead of the shipped ones."),
]
AllowStale = Annotated[
    bool, typer.Option("--allow-stale", help="Accept an extract too old to write letters by.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Fail where a codelist matches nothing.")]
EngineName = Annotated[str, typer.Option(help="duckdb, polars or spark.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
QualifyIds = Annotated[
    bool,
    typer.Option("--qualify-ids", help="Of several stores: write each patient_id as PRACTICE/ID."),
]
