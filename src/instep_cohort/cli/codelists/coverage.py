"""`instep-cohort codelists coverage`: a list held against an extract."""

from __future__ import annotations

from typing import Annotated

import typer

from instep_cohort.cli.codelists.options import AsFormat, InsidePractice, ListName, NewFile
from instep_cohort.cli.codelists.output import Format, give
from instep_cohort.cli.options import AsJson, Codelists, StorePath
from instep_cohort.cli.out_files import refuse_existing
from instep_cohort.errors import UsageError


def coverage(
    name: ListName,
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
    as_: AsFormat = None,
    out: NewFile = None,
    *,
    inside_practice: InsidePractice = False,
    as_json: AsJson = False,
) -> None:
    """Says what a codelist hits in an extract, what it does not hit, and what it may lack.

    Fewer than 5 patients are shown as <5, unless it is for the practice itself.
    """
    from instep_cohort.codelists import Library
    from instep_cohort.disclosure.artefacts import ArtefactClass
    from instep_cohort.disclosure.handing_over import stamped
    from instep_cohort.discovery import coverage as cover
    from instep_cohort.discovery.as_values import COVERAGE_COLUMNS
    from instep_cohort.extracts import open_store

    if as_json and as_ not in (None, Format.JSON):
        raise UsageError(f"--json and --format {as_} exclude one another: give one of them.")
    if out:
        inside = ArtefactClass.PRACTICE_ONLY if inside_practice else ArtefactClass.RELEASABLE_COUNTS
        refuse_existing(stamped(out, inside))
    found = cover(
        Library(codelists).named(name),
        open_store(store),
        inside_practice=inside_practice,
        year_from=year_from,
        most=most,
    )
    chosen = Format.JSON if as_json else as_
    give(
        found,
        found.as_text(most=most),
        as_=chosen,
        out=out,
        artefact_class=found.artefact_class,
        columns=COVERAGE_COLUMNS,
    )
