"""`instep-cohort coming`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.options import (
    AllowStale,
    AsJson,
    Codelists,
    EngineName,
    NoOptOutList,
    OptOuts,
    OptOutsOn,
    Parameters,
    SearchDate,
    StorePath,
    Strict,
    StudyName,
)
from instep_cohort.cli.settings import settings
from instep_cohort.cli.words import progress, warn


def coming(
    study: StudyName,
    store: StorePath,
    on: SearchDate,
    days: Annotated[int, typer.Option(help="How many days to look ahead, 1 to 366.")] = 90,
    out: Annotated[
        Path | None,
        typer.Option(help="A CSV file with one row per person: for the practice only."),
    ] = None,
    opt_outs: OptOuts = None,
    opt_outs_on: OptOutsOn = None,
    no_opt_out_list: NoOptOutList = None,
    parameters: Parameters = None,
    codelists: Codelists = None,
    *,
    allow_stale: AllowStale = False,
    strict: Strict = False,
    engine: EngineName = "duckdb",
    as_json: AsJson = False,
) -> None:
    """Says who would become a candidate soon if nothing else were recorded: counts, or a file."""
    from instep_cohort.cohort.over_time.crossing import crossings
    from instep_cohort.cohort.private_files import write_private_csv
    from instep_cohort.extracts import open_store
    from instep_cohort.study import load_study

    found = crossings(
        load_study(study),
        open_store(store),
        on=iso_date(on, "--on"),
        horizon=days,
        opt_outs=opt_outs,
        opt_outs_on=iso_date(opt_outs_on, "--opt-outs-on") if opt_outs_on else None,
        no_opt_out_list=no_opt_out_list,
        parameters=settings(parameters),
        codelists=codelists,
        allow_stale=allow_stale,
        strict=strict,
        engine=engine,
        progress=progress(),
    )
    if out is not None:
        typer.echo(f"written: {write_private_csv(found.table, out)}", err=True)
    warn(found.warnings)
    if as_json:
        names = ("month", "left_out_at", "people")
        counts = [dict(zip(names, row, strict=True)) for row in found.counts()]
        typer.echo(json.dumps({"title": found.title, "crossings": counts}, indent=2))
        return
    typer.echo(repr(found))
