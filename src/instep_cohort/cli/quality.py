"""`instep-cohort quality`."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.options import AsJson, StorePath
from instep_cohort.cli.out_files import refuse_existing, write_report
from instep_cohort.errors import UsageError


class MaxSeverity(StrEnum):
    """The gravest finding that a pipeline takes."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


def quality(
    store: StorePath,
    expected_list_size: Annotated[
        list[str] | None,
        typer.Option(
            help="How many patients the practice should have: N, or PRACTICE=N for each, with "
            "commas between; may be repeated."
        ),
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="The day on which the extract's age is judged.")
    ] = None,
    max_severity: Annotated[
        MaxSeverity | None,
        typer.Option(help="End with 5 where a finding is graver than note, warning or error."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="A new HTML file to write too.")] = None,
    *,
    masked: Annotated[
        bool, typer.Option("--masked", help="Hide small numbers: it may then leave the practice.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Says what a store holds and what is odd about it: counts, nothing about any patient.

    It is for the practice only, since small numbers are shown, unless --masked is given.
    """
    from instep_cohort.disclosure.artefacts import ArtefactClass
    from instep_cohort.disclosure.handing_over import stamped
    from instep_cohort.extracts import open_store
    from instep_cohort.quality import quality as look
    from instep_cohort.quality.as_html import HEADER

    if html:
        refuse_existing(
            stamped(
                html, ArtefactClass.RELEASABLE_COUNTS if masked else ArtefactClass.PRACTICE_ONLY
            )
        )
    found = look(
        open_store(store),
        expected_list_size=_list_sizes(expected_list_size),
        on=iso_date(on, "--on") if on else None,
        masked=masked,
    )
    if html:
        columns = {name for table in found.tables for name in table.columns}
        # a code is named there, nobody else
        columns = {"code name" if name == "name" else name for name in columns}
        written = write_report(html, found.as_page(), found.artefact, [*HEADER, *sorted(columns)])
        typer.echo(f"written: {written}", err=True)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
    else:
        typer.echo(found.as_text())
    above = found.above(max_severity) if max_severity else []
    if above:
        are = "finding is" if len(above) == 1 else "findings are"
        typer.echo(f"{len(above):,} {are} graver than {max_severity}", err=True)
        sys.exit(5)


def _list_sizes(given: list[str] | None) -> int | dict[str, int] | None:
    """The expected sizes: one number, or numbers by practice.

    Raises:
        UsageError: something else stands there.
    """
    if not given:
        return None
    parts = [part.strip() for text in given for part in text.split(",")]
    if len(parts) == 1 and "=" not in parts[0]:
        return _whole_number(parts[0])
    sizes = {}
    for part in parts:
        practice, equals, number = part.rpartition("=")
        if not equals or not practice:
            raise UsageError(
                f"--expected-list-size {part}: of several, each is written PRACTICE=N, such as "
                "A81001=9500"
            )
        sizes[practice] = _whole_number(number)
    return sizes


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise UsageError(f"--expected-list-size {text}: not a whole number of patients")
    return int(text)
