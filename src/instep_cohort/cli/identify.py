"""`instep-cohort identify`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.options import (
    AllowStale,
    Codelists,
    EngineName,
    Parameters,
    QualifyIds,
    SearchDate,
    Strict,
    StudyName,
)
from instep_cohort.cli.settings import by_store, settings
from instep_cohort.cli.words import progress, warn


def identify(
    study: StudyName,
    stores: Annotated[
        list[Path],
        typer.Argument(
            metavar="store", help="The store that ingest wrote; or several, searched together."
        ),
    ],
    on: SearchDate,
    out: Annotated[Path, typer.Option(help="The run folder to write; an earlier run is replaced.")],
    opt_outs: Annotated[
        list[str] | None,
        typer.Option(
            help="The practice's own opt-out list: a CSV patient_id,kind,recorded_on. Of several "
            "stores: one for all, or STORE=FILE for each."
        ),
    ] = None,
    opt_outs_on: Annotated[
        list[str] | None,
        typer.Option(help="The day on which that list was drawn up; or STORE=DATE for each."),
    ] = None,
    no_opt_out_list: Annotated[
        list[str] | None,
        typer.Option(
            help='The "name, role" of whoever answers that there is no such list. Of several '
            'stores: STORE="name, role" for each.'
        ),
    ] = None,
    parameters: Parameters = None,
    codelists: Codelists = None,
    previous: Annotated[
        Path | None,
        typer.Option(help="The run folder of an earlier search: says who is new since then."),
    ] = None,
    *,
    allow_stale: AllowStale = False,
    strict: Strict = False,
    qualify_ids: QualifyIds = False,
    engine: EngineName = "duckdb",
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Finds the candidates of a study and writes them with their evidence to a run folder.

    Several stores are searched side by side. Each of them needs an answer about opt-outs, by the
    name of its folder: --opt-outs A81001=FILE --opt-outs-on A81001=2026-11-01.
    """
    from instep_cohort.cohort import identify as find
    from instep_cohort.cohort import open_run
    from instep_cohort.cohort.result import attrition_lines
    from instep_cohort.cohort.run_folder import refuse_foreign
    from instep_cohort.cohort.showing import left_in_each
    from instep_cohort.cohort.tier_table import tier_lines
    from instep_cohort.extracts import open_store
    from instep_cohort.extracts.side_by_side import named_stores
    from instep_cohort.small_tables import text_table
    from instep_cohort.study import load_study

    refuse_foreign(out)
    opened = [open_store(store) for store in stores]
    names = list(named_stores(opened)) if len(opened) > 1 else []
    days = by_store(opt_outs_on, names, "--opt-outs-on")
    cohort = find(
        load_study(study),
        opened,
        on=iso_date(on, "--on"),
        opt_outs=by_store(opt_outs, names, "--opt-outs"),
        opt_outs_on=_dates(days),
        no_opt_out_list=by_store(no_opt_out_list, names, "--no-opt-out-list"),
        parameters=settings(parameters),
        codelists=codelists,
        allow_stale=allow_stale,
        strict=strict,
        previous=open_run(previous) if previous else None,
        engine=engine,
        progress=progress(),
        qualify_ids=qualify_ids,
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
            **({"stores": cohort.manifest["stores"]} if names else {}),
            "warnings": list(cohort.warnings),
        }
        typer.echo(json.dumps(result, indent=2, ensure_ascii=False))
        return
    typer.echo("\n".join(attrition_lines(attrition)))
    if names:
        caption = "\nhow many people each step left in each store"
        typer.echo(text_table(caption, *left_in_each(cohort.manifest)))
    typer.echo("\n".join(["", *tier_lines(cohort.to_arrow("tiers"))]))
    typer.echo(f"\n{len(cohort):,} candidates: {out / 'candidates.xlsx'}")


def _dates(days: str | Mapping[str, str] | None) -> date | dict[str, date] | None:
    if days is None or isinstance(days, str):
        return iso_date(days, "--opt-outs-on") if days else None
    return {name: iso_date(day, "--opt-outs-on") for name, day in days.items()}
