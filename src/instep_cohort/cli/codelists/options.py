"""The options that several of these commands share, each with its one help text."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.codelists.output import Format


class KindName(StrEnum):
    """What a list is about."""

    CLINICAL = "clinical"
    MEDICINE = "medicine"


ListId = Annotated[str, typer.Argument(help="A codelist, such as opioids.", metavar="ID")]
ListName = Annotated[
    str, typer.Argument(help="A codelist: ID (its newest version) or ID@VERSION.", metavar="ID")
]
Version = Annotated[str | None, typer.Option(help="A version; the latest if none.")]
AsFormat = Annotated[
    Format | None,
    typer.Option("--format", help="text, csv, html or json; by the ending of --out if none."),
]
NewFile = Annotated[Path | None, typer.Option(help="A new file to write to.")]
InsidePractice = Annotated[
    bool,
    typer.Option("--inside-practice", help="Show 1 to 4 patients too; not to leave the practice."),
]
