"""What a command says, in the format that was asked for, on the terminal or in a new file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import typer

from instep_cohort.cli.out_files import write_new, write_report
from instep_cohort.disclosure.artefacts import ArtefactClass


class Format(StrEnum):
    """How a result is written."""

    TEXT = "text"
    CSV = "csv"
    HTML = "html"
    JSON = "json"


class Result(Protocol):
    """What can be written in every format but text, for which each command has its own choices."""

    def as_csv(self) -> str:
        """The result as CSV."""
        ...

    def as_html(self) -> str:
        """The result as a page of HTML."""
        ...

    def as_dict(self) -> dict[str, object]:
        """The result for JSON."""
        ...


def give(
    result: Result,
    text: str,
    *,
    as_: Format | None,
    out: Path | None,
    artefact_class: ArtefactClass | None = None,
    columns: Sequence[str] = (),
) -> None:
    """Prints a result, or writes it to a new file.

    Args:
        result: what was found.
        text: the same as text.
        as_: the format; by the ending of the file's name if none, and text where that says nothing.
        out: the file; the terminal if none.
        artefact_class: of a result that counts patients; None where it is of codes alone.
        columns: of such a result.
    """
    match as_ or _by_ending(out):
        case Format.CSV:
            written = result.as_csv()
        case Format.HTML:
            written = result.as_html()
        case Format.JSON:
            written = as_json_text(result.as_dict()) + "\n"
        case _:
            written = text + "\n"
    if out:
        if artefact_class:
            out = write_report(out, written, artefact_class, columns)
        else:
            write_new(out, written)
        typer.echo(f"Written: {out}", err=True)
    else:
        typer.echo(written, nl=False)


def _by_ending(out: Path | None) -> Format:
    ending = out.suffix.casefold().removeprefix(".") if out else ""
    endings = {**{one.value: one for one in Format}, "htm": Format.HTML}
    return endings.get(ending, Format.TEXT)


def as_json_text(value: object) -> str:
    """A value as indented JSON, words as they are written."""
    return json.dumps(value, indent=2, ensure_ascii=False)
