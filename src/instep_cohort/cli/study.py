"""`instep-cohort study`: check, show, schema, diff; try and test are in `study_runs`."""

from __future__ import annotations

import json
import sys
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from instep_cohort.cli import study_runs
from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.options import AsJson, Codelists, Parameters, StudyName
from instep_cohort.cli.settings import settings

app = typer.Typer(
    help="Studies: what is wrong with one, what it says, what it finds in made-up patients.",
    no_args_is_help=True,
)


class Format(StrEnum):
    """How a study is shown."""

    TEXT = "text"
    MARKDOWN = "markdown"


@app.command("check")
def check(
    study: StudyName,
    codelists: Codelists = None,
    on: Annotated[
        str | None,
        typer.Option(help="The search date to judge by; today and four years of days if none."),
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Says everything that is wrong with a study; ends with 3 where there is an error."""
    from instep_cohort.cohort.study_checks import check_study, coming_days

    days = [iso_date(on, "--on")] if on else coming_days(date.today())
    found = check_study(study, days=days, codelists=codelists)
    if as_json:
        typer.echo(json.dumps([one.as_dict() for one in found], indent=2, ensure_ascii=False))
    else:
        for one in found:
            typer.echo(str(one))
        kinds = ("error", "warning", "note")
        counts = [f"{sum(one.severity == kind for one in found)} {kind}s" for kind in kinds]
        typer.echo(", ".join(counts), err=True)
    severities = {one.severity for one in found}
    if "error" in severities or (strict and "warning" in severities):
        sys.exit(3)


@app.command("show")
def show(
    study: StudyName,
    on: Annotated[str | None, typer.Option(help="The search date; today if none.")] = None,
    parameters: Parameters = None,
    as_: Annotated[Format, typer.Option("--format", help="text or markdown.")] = Format.TEXT,
) -> None:
    """Shows in plain English what a study asks on a search date."""
    from instep_cohort.study import load_study
    from instep_cohort.study.outline import outline

    day = iso_date(on, "--on") if on else date.today()
    page = outline(load_study(study), day, overrides=settings(parameters))
    typer.echo(page.as_text() if as_ is Format.TEXT else page.as_markdown())


@app.command("schema")
def schema() -> None:
    """Prints the JSON Schema of study files, by which editors complete and check them."""
    from instep_cohort.study.json_schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="A study file, or a shipped study.", metavar="A")],
    new: Annotated[str, typer.Argument(help="The one to compare with it.", metavar="B")],
    *,
    as_json: AsJson = False,
) -> None:
    """Says what changed in meaning from one study to another; a new layout changes nothing."""
    from instep_cohort.study import load_study
    from instep_cohort.study.differences import differences

    before, after = load_study(old), load_study(new)
    changes = differences(before, after)
    if as_json:
        result = {
            "a": {"study": before.study, "version": before.version},
            "b": {"study": after.study, "version": after.version},
            "changes": [change._asdict() for change in changes],
        }
        typer.echo(json.dumps(result, indent=2, ensure_ascii=False))
        return
    for change in changes:
        typer.echo(str(change))
    names = f"{before.study} {before.version} → {after.study} {after.version}"
    number = f"{len(changes) or 'no'} change{'' if len(changes) == 1 else 's'}"
    typer.echo(f"{names}: {number} in meaning", err=True)


app.command("test")(study_runs.on_made_patients)
app.command("try")(study_runs.over_thresholds)
