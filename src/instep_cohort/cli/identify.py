"""`instep-cohort identify`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.options import (
    AllowStale,
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


def identify(
    study: StudyName,
    store: StorePath,
    on: SearchDate,
    out: Annotated[Path, typer.Option(help="The run folder to write; an earlier run is replaced.")],
    opt_outs: OptOuts = None,
    opt_outs_on: OptOutsOn = None,
    no_opt_out_list: NoOptOutList = None,
    parameters: Parameters = None,
    codelists: Codelists = None,
    previous: Annotated[
        Path | None,
        typer.Option(help="The run folder of an earlier search: says who is new since then."),
    ] = None,
    *,
    allow_stale: AllowStale = False,
    strict: Strict = False,
    engine: EngineName = "duckdb",
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Finds the candidates of a study and writes them with their evidence to a run folder."""
    from instep_cohort.cohort import identify as find
    from instep_cohort.cohort import open_run
    from instep_cohort.cohort.result import attrition_lines
    from instep_cohort.cohort.run_folder import refuse_foreign
    from instep_cohort.cohort.tier_table import tier_lines
    from instep_cohort.extracts import open_store
    from instep_cohort.study import load_study

    refuse_foreign(out)
    cohort = find(
        load_study(study),
        open_store(store),
        on=iso_date(on, "--on"),
        opt_outs=opt_outs,
        opt_outs_on=iso_date(opt_outs_on, "--opt-outs-on") if opt_outs_on else None,
        no_opt_out_list=no_opt_out_list,
        parameters=settings(parameters),
        codelists=codelists,
        allow_stale=allow_stale,
        strict=strict,
        previous=open_run(previous) if previous else None,
        engine=engine,
        progress=progress(),
    )
    cohort.save(out)
    warn(cohort.warnings)
    attrition = cohort.to_arrow("attrition")
    if as_json:
        result = {
            "run": str(out),
            "candidates": len(cohort),
            "tiers": dict(cohort.tiers),
            "attrition": attrition.to_pylist(),
            "warnings": list(cohort.warnings),
        }
        typer.echo(json.dumps(result, indent=2, ensure_ascii=False))
        return
    typer.echo("\n".join(attrition_lines(attrition)))
    typer.echo("\n".join(["", *tier_lines(cohort.to_arrow("tiers"))]))
    typer.echo(f"\n{len(cohort):,} candidates: {out / 'candidates.xlsx'}")
