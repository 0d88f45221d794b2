"""`instep-cohort codelists search`: words looked for in an extract's own dictionary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.codelists.options import InsidePractice
from instep_cohort.cli.codelists.output import as_json_text
from instep_cohort.cli.options import AsJson, StorePath
from instep_cohort.cli.out_files import refuse_existing, write_new


def search(
    words: Annotated[str, typer.Argument(help="Words that a term must hold, such as 'back pain'.")],
    store: StorePath,
    also: Annotated[
        list[str] | None, typer.Option(help="Other words that would do; may be repeated.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Words none of which a term may hold; may be repeated."),
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="Give codes of this system, such as snomed_ct.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="clinical or medicine; both if none.")] = None,
    most: Annotated[int, typer.Option(min=0, help="How many codes to print.")] = 50,
    file: Annotated[
        Path | None, typer.Option("--csv", help="A new file to write rows for a codelist to.")
    ] = None,
    *,
    no_synonyms: Annotated[
        bool, typer.Option("--no-synonyms", help="Search the words as they are written only.")
    ] = False,
    inside_practice: InsidePractice = False,
    as_json: AsJson = False,
) -> None:
    """Finds codes by words in an extract's own dictionary, as candidates for a codelist.

    A * stands for the rest of a word: 'neuralg*'. Fewer than 5 patients are shown as <5.
    """
    from instep_cohort.discovery import search as look_for
    from instep_cohort.extracts import open_store

    if file:
        refuse_existing(file)
    found = look_for(
        open_store(store),
        words,
        also=also or (),
        without=without or (),
        system=system,
        kind=kind,
        synonyms=not no_synonyms,
        inside_practice=inside_practice,
    )
    if file:
        write_new(file, found.as_csv())
    if as_json:
        typer.echo(as_json_text(found.as_dict()))
    else:
        typer.echo(found.as_text(most=most))
