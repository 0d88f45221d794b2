"""`instep-cohort codelists`: list, show, check."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson, Codelists
from instep_cohort.errors import DefinitionError

app = typer.Typer(help="The codelists: what is there, what is in it, what is wrong with it.")


@app.command("list")
def list_them(
    folder: Codelists = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Lists every codelist with its latest version, status and size."""
    from instep_cohort.codelists import Library

    library = Library(folder)
    rows, wrong = [], []
    for name in library.ids():
        try:
            one = library.latest(name)
        except DefinitionError as error:
            wrong.append(error)
            continue
        rows.append((one.id, one.version, str(one.status), len(one.selectors), one.title))
    if as_json:
        names = ("id", "version", "status", "selectors", "title")
        typer.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2))
    else:
        width = max((len(row[0]) for row in rows), default=0)
        for name, version, status, size, title in rows:
            typer.echo(f"{name:{width}}  {version:7} {status:9} {size:5} selectors  {title}")
    if wrong:
        raise DefinitionError([fault for error in wrong for fault in error.faults])


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="A codelist, such as opioids.", metavar="ID")],
    folder: Codelists = None,
    version: Annotated[str | None, typer.Option(help="A version; the latest if none.")] = None,
) -> None:
    """Shows a codelist: its purpose, how it was made, and every selector with its term."""
    from instep_cohort.codelists import Library, describe

    library = Library(folder)
    typer.echo(describe(library.get(name, version) if version else library.latest(name)))


@app.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of codelists; the shipped ones if none.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="The day to judge review dates by; today if none.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Says everything that is wrong with the codelists; ends with 3 where there is an error."""
    from instep_cohort.cli.dates import iso_date
    from instep_cohort.codelists import check as find
    from instep_cohort.shipped_files import shipped

    day = iso_date(on, "--on") if on else date.today()
    findings = find(folder or shipped("codelists"), on=day)
    if as_json:
        typer.echo(json.dumps([finding.as_dict() for finding in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(str(finding))
        errors = sum(finding.severity == "error" for finding in findings)
        typer.echo(f"{errors} errors, {len(findings) - errors} warnings", err=True)
    if any(finding.severity == "error" for finding in findings):
        sys.exit(3)
