"""`instep-cohort codelists compare`: two versions of a list, or two lists."""

from __future__ import annotations

from typing import Annotated

import typer

from instep_cohort.cli.codelists.options import AsFormat, NewFile
from instep_cohort.cli.codelists.output import give
from instep_cohort.cli.options import Codelists
from instep_cohort.cli.out_files import refuse_existing

_WHICH = "A list: ID (its newest version), ID@VERSION, ID@working, or a CSV file or folder."


def compare(
    left: Annotated[str, typer.Argument(help=_WHICH, metavar="A")],
    right: Annotated[str, typer.Argument(help="The one to compare with it.", metavar="B")],
    codelists: Codelists = None,
    as_: AsFormat = None,
    out: NewFile = None,
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
    give(found, found.as_text(everything=everything), as_=as_, out=out)
