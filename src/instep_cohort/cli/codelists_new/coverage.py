"""`instep-cohort codelists coverage` and `search`: a list, or words, held against an extract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.codelists_compare import Format
from instep_cohort.cli.options import AsJson, Codelists, StorePath
from instep_cohort.cli.out_files import refuse_existing, write_new
from instep_cohort.errors import UsageError

InsidePractice = Annotated[
    bool,
    typer.Option("--inside-practice", help="Show 1 to 4 patients too; not to leave the practice."),
]


def coverage(
    name: Annotated[
        str,
        typer.Argument(help="A codelist: ID (its newest version) or ID@VERSION.", metavar="LIST"),
    ],
    store: StorePath,
    codelists: Codelists = None,
    year_from: Annotated[
        int | None, typer.Option(help="The first year to show; five before the extract if none.")
    ] = None,
    most: Annotated[
        int,
        typer.Option(
            min=0, help="How many codes that the list may lack; lines of a table in text."
        ),
    ] = 30,
    as_: Annotated[
        Format | None,
        typer.Option("--format", help="text, csv, html or json; by the ending of --out if none."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A new file to write to.")] = None,
    *,
    inside_practice: InsidePractice = False,
    as_json: AsJson = False,
) -> None:
    """Says what a codelist hits in an extract, what it does not hit, and what it may lack.

    Fewer than 5 patients are shown as <5, unless it is for the practice itself.
    """
    from instep_cohort.codelists import Library
    from instep_cohort.discovery import coverage as cover
    from instep_cohort.extracts import open_store

    if as_json and as_ not in (None, Format.JSON):
        raise UsageError(f"--json and --format {as_} exclude one another: give one of them.")
    if out:
        refuse_existing(out)
    library = Library(codelists)
    listed, _, version = name.partition("@")
    found = cover(
        library.get(listed, version) if version else library.latest(listed),
        open_store(store),
        inside_practice=inside_practice,
        year_from=year_from,
        most=most,
    )
    match Format.JSON if as_json else as_ or _by_ending(out):
        case Format.JSON:
            text = json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n"
        case Format.CSV:
            text = found.as_csv()
        case Format.HTML:
            text = found.as_html()
        case _:
            text = found.as_text(most=most) + "\n"
    if out:
        write_new(out, text)
    else:
        typer.echo(text, nl=False)


def _by_ending(out: Path | None) -> Format:
    """The format that the name of a file asks for."""
    ending = out.suffix.casefold().removeprefix(".") if out else ""
    return Format(ending) if ending in tuple(Format) else Format.TEXT


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
        typer.echo(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
    else:
        typer.echo(found.as_text(most=most))
