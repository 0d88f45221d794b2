"""`instep-cohort study try` and `study test`: a study run for what it says of itself."""

from __future__ import annotations

import json
import sys
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
from instep_cohort.errors import UsageError


def over_thresholds(
    study: StudyName,
    store: StorePath,
    on: SearchDate,
    vary: Annotated[
        list[str],
        typer.Option(
            help="A parameter and values to try: issues=2..4 or issue_window=90d,182d,1y; "
            "may be repeated."
        ),
    ],
    opt_outs: OptOuts = None,
    opt_outs_on: OptOutsOn = None,
    no_opt_out_list: NoOptOutList = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--set", help="Another parameter, the same in all settings: NAME=VALUE."),
    ] = None,
    codelists: Codelists = None,
    *,
    allow_stale: AllowStale = False,
    strict: Strict = False,
    engine: EngineName = "duckdb",
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
) -> None:
    """Counts the candidates of a study under many thresholds, in one pass over the store."""
    from instep_cohort.cohort.trying import try_study
    from instep_cohort.extracts import open_store
    from instep_cohort.study import load_study
    from instep_cohort.study.variations import variations

    if as_json and as_csv:
        raise UsageError("--json and --csv exclude one another: give one of them.")
    grid = try_study(
        load_study(study),
        open_store(store),
        on=iso_date(on, "--on"),
        vary=variations(vary),
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
    warn(grid.warnings)
    warn(grid.faults())
    if as_json:
        typer.echo(json.dumps(grid.as_dict(), indent=2, ensure_ascii=False))
    else:
        typer.echo(grid.as_csv() if as_csv else grid.as_text(), nl=not as_csv)


def on_made_patients(
    study: StudyName,
    tests: Annotated[
        Path | None,
        typer.Argument(
            help="A file of made-up patients; tests/STUDY.yaml beside the study if none."
        ),
    ] = None,
    parameters: Parameters = None,
    codelists: Codelists = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Runs a study on made-up patients; ends with 3 where it says otherwise than is expected."""
    from instep_cohort.cohort.study_tests import run_study_tests
    from instep_cohort.study import load_study
    from instep_cohort.study.made_patients import file_of_tests, load_study_tests

    loaded = load_study(study)
    verdicts = run_study_tests(
        loaded,
        load_study_tests(tests or file_of_tests(loaded)),
        parameters=settings(parameters),
        codelists=codelists,
    )
    met = sum(verdict.is_met for verdict in verdicts)
    if as_json:
        typer.echo(json.dumps([v._asdict() for v in verdicts], indent=2, ensure_ascii=False))
    else:
        for verdict in verdicts:
            typer.echo(str(verdict))
        typer.echo(f"{met} of {len(verdicts)} patients as expected", err=True)
    if met < len(verdicts):
        sys.exit(3)
