"""`instep-cohort identify`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.settings import settings
from instep_cohort.cli.words import progress, warn


def identify(
    study: Annotated[str, typer.Argument(help="A study file, or a shipped study such as instep.")],
    store: Annotated[Path, typer.Argument(help="The store that ingest wrote.")],
    on: Annotated[str, typer.Option(help="The search date, such as 2026-11-01.")],
    out: Annotated[Path, typer.Option(help="The run folder to write; an earlier run is replaced.")],
    opt_outs: Annotated[
        Path | None,
        typer.Option(help="The practice's own opt-out list: a CSV patient_id,kind,recorded_on."),
    ] = None,
    opt_outs_on: Annotated[
        str | None, typer.Option(help="The day on which that list was drawn up.")
    ] = None,
    no_opt_out_list: Annotated[
        str | None,
        typer.Option(help='The "name, role" of whoever answers that there is no such list.'),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--set", help="A parameter of the study, NAME=VALUE; may be repeated."),
    ] = None,
    codelists: Annotated[
        Path | None, typer.Option(help="A folder of codelists instead of the shipped ones.")
    ] = None,
    *,
    allow_stale: Annotated[
        bool, typer.Option("--allow-stale", help="Accept an extract too old to write letters by.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail where a codelist matches nothing.")
    ] = False,
    engine: Annotated[str, typer.Option(help="duckdb, polars or spark.")] = "duckdb",
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Finds the candidates of a study and writes them with their evidence to a run folder."""
    from instep_cohort.cohort import identify as find
    from instep_cohort.cohort.result import attrition_lines, tier_lines
    from instep_cohort.cohort.run_folder import refuse_foreign
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
    typer.echo("\n".join(["", *tier_lines(cohort.tiers)]))
    typer.echo(f"\n{len(cohort):,} candidates: {out / 'candidates.xlsx'}")
