"""`instep-cohort codelists crosswalk`: the Read v2 side of a list held against its CTV3 side."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.codelists.options import ListName
from instep_cohort.cli.codelists.output import as_json_text
from instep_cohort.cli.options import AsJson, Codelists
from instep_cohort.cli.out_files import refuse_existing, write_new

Map = Annotated[Path, typer.Option("--map", help="A CSV map from Read v2 codes to CTV3 codes.")]
Terms = Annotated[
    list[Path] | None,
    typer.Option(
        "--terms", help="A CSV dictionary of codes and terms, to show terms by; may be repeated."
    ),
]
Out = Annotated[Path | None, typer.Option(help="A CSV file to write every row to.")]
Column = Annotated[str, typer.Option(help="What the map calls this column.")]
TermCode = Annotated[
    str | None,
    typer.Option(help="The same, of the term codes; term_code, or none where there is none."),
]


def crosswalk(
    name: ListName,
    map_: Map,
    codelists: Codelists = None,
    terms: Terms = None,
    read_v2_column: Column = "read_v2",
    ctv3_column: Column = "ctv3",
    term_code_column: TermCode = None,
    out: Out = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Holds a list's Read v2 side against its CTV3 side; ends with 3 where a row is not settled.

    A difference is settled by a decision under `crosswalk` in codelist.yaml.
    """
    from instep_cohort.codelists import Library
    from instep_cohort.codelists.checks.dictionary_files import read_dictionaries
    from instep_cohort.codelists.crosswalking import crosswalk as hold
    from instep_cohort.terminology.code_maps import MapColumns, read_code_map

    if out:
        refuse_existing(out)
    mapping = read_code_map(map_, MapColumns(read_v2_column, ctv3_column, term_code_column))
    dictionary = read_dictionaries(terms) if terms else None
    found = hold(Library(codelists).named(name), mapping, dictionary)
    if out:
        write_new(out, found.as_csv())
    if as_json:
        typer.echo(as_json_text(found.as_dict()))
    else:
        typer.echo(found.describe())
        counts = f"{len(found.unsettled)} rows not settled, {len(found.stale)} stale decisions"
        typer.echo(counts, err=True)
    if not found.is_settled:
        sys.exit(3)
