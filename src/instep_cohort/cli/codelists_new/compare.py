"""`instep-cohort codelists compare`: two versions of a list, or two lists."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import Codelists
from instep_cohort.cli.out_files import refuse_existing, write_new


class Format(StrEnum):
    """How a comparison is written."""

    TEXT = "text"
    CSV = "csv"
    HTML = "html"
    JSON = "json"


_WHICH = "A list: ID (its newest version), ID@VERSION, ID@working, or a CSV file or folder."


def compare(
    left: Annotated[str, typer.Argument(help=_WHICH, metavar="A")],
    right: Annotated[str, typer.Argument(help="The one to compare with it.", metavar="B")],
    codelists: Codelists = None,
    as_: Annotated[
        Format | None,
        typer.Option("--format", help="text, csv, html or json; by the ending of --out if none."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A new file to write to.")] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="In text, the rows that are the same too.")
    ] = False,
) -> None:
    """Says what two lists, or two versions of one, have in common and what not, row by row."""
    from instep_cohort.codelists import compare as hold

    if out:
        refuse_existing(out)
    found = hold(left, right, codelists=codelists)
    match as_ or _by_ending(out):
        case Format.CSV:
            text = found.as_csv()
        case Format.HTML:
            text = found.as_html()
        case Format.JSON:
            text = json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n"
        case _:
            text = found.as_text(everything=everything) + "\n"
    if out:
        write_new(out, text)
    else:
        typer.echo(text, nl=False)


def _by_ending(out: Path | None) -> Format:
    """The format that the name of a file asks for."""
    endings = {".csv": Format.CSV, ".html": Format.HTML, ".htm": Format.HTML, ".json": Format.JSON}
    return endings.get(out.suffix.casefold(), Format.TEXT) if out else Format.TEXT
