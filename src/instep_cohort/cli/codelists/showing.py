"""`instep-cohort codelists list` and `show`: what is there, and what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.codelists.options import ListName, Version
from instep_cohort.cli.codelists.output import as_json_text
from instep_cohort.cli.options import AsJson, Codelists
from instep_cohort.errors import DefinitionError


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
        if not library.versions(name):
            rows.append((name, "", "not released", 0, "being written, no study can use it yet"))
            continue
        try:
            one = library.latest(name)
        except DefinitionError as error:
            wrong.append(error)
            continue
        rows.append((one.id, one.version, str(one.status), len(one.selectors), one.title))
    if as_json:
        names = ("id", "version", "status", "selectors", "title")
        typer.echo(as_json_text([dict(zip(names, row, strict=True)) for row in rows]))
    else:
        width = max((len(row[0]) for row in rows), default=0)
        for name, version, status, size, title in rows:
            typer.echo(f"{name:{width}}  {version:7} {status:9} {size:5} selectors  {title}")
    if not rows and not wrong:
        typer.echo(_none_in(library.folder), err=True)
    if wrong:
        raise DefinitionError([fault for error in wrong for fault in error.faults])


def _none_in(folder: Path) -> str:
    if (folder / "codelist.yaml").is_file():
        return f"{folder} is one codelist: name the folder that it is in"
    return f"There is no codelist in {folder}: each has a folder with a codelist.yaml."


def show(
    name: ListName,
    folder: Codelists = None,
    version: Version = None,
    *,
    selectors: Annotated[
        bool,
        typer.Option(
            "--selectors/--summary", help="Every row with its term, or only what the list says."
        ),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Shows a codelist: its purpose, how it was made, and every selector with its term."""
    from instep_cohort.codelists import Library
    from instep_cohort.codelists.describing import as_dict, describe

    library = Library(folder)
    one = library.get(name, version) if version else library.named(name)
    if as_json:
        said = as_dict(one, selectors=selectors)
        typer.echo(as_json_text(said))
    else:
        typer.echo(describe(one, selectors=selectors))
