"""`instep-cohort ingest`."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.out_files import refuse_existing
from instep_cohort.cli.profiles import chosen_profile
from instep_cohort.cli.progress_bar import progress_bar
from instep_cohort.cli.words import warn
from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from instep_cohort.extracts import Store


def ingest(
    extract: Annotated[Path, typer.Argument(help="The folder or archive that was exported.")],
    profile: Annotated[
        str,
        typer.Option(
            help="How it is laid out, see `profiles`; auto for the one that fits. With --mapping, "
            "custom."
        ),
    ],
    extract_date: Annotated[str, typer.Option(help="The day it was taken, such as 2026-11-01.")],
    out: Annotated[Path, typer.Option(help="The store to write; an earlier one is replaced.")],
    mapping: Annotated[
        Path | None,
        typer.Option(help="With --profile custom: the file that says what each column is."),
    ] = None,
    repair: Annotated[
        Path | None,
        typer.Option(
            help="A new CSV file for what damaged cells may have been: about patients, so its name "
            "gets PRACTICE-ONLY. Nothing of it is applied."
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Reads an extract into a store: nothing lost, every row that cannot be read set apart."""
    from instep_cohort.extracts import detect
    from instep_cohort.extracts import ingest as read
    from instep_cohort.extracts.ingesting import AUTO

    if profile == AUTO and mapping is None:
        recognised = detect(extract)
        warn([str(recognised)])
        profile = recognised.profile.name
    chosen, taken = chosen_profile(profile, mapping), iso_date(extract_date, "--extract-date")
    with _suggestions(repair) as suggestions:
        with progress_bar() as (progress, bytes_read):
            store = read(
                extract,
                profile=chosen,
                extract_date=taken,
                out=out,
                progress=progress,
                bytes_read=bytes_read,
                repair=suggestions,
            )
        if repair and suggestions:
            _hand_over(suggestions, repair)
    warn(_doubts(store, taken))
    if as_json:
        typer.echo(json.dumps({"store": str(out), **store.summary()}, indent=2))
    else:
        typer.echo(repr(store))


def _doubts(store: Store, taken: date) -> Iterator[str]:
    """What speaks against the extract date that was given, and against a whole extract."""
    from instep_cohort.extracts.file_findings import CUT_OFF
    from instep_cohort.quality.extract_age import named_for_another_day
    from instep_cohort.quality.rows_read import files_not_read
    from instep_cohort.quality.values import Severity

    if taken > date.today():
        yield f"--extract-date {taken} lies in the future"
    for said in store.manifest.findings:
        if said.finding.endswith(CUT_OFF):
            yield f"{said.finding}; copy the file again"
    for one in files_not_read(store):
        if one.severity is not Severity.NOTE:
            yield f"{one.what} ({one.mend})"
    for one in named_for_another_day(store):
        yield f"--extract-date {taken} may be wrong: {one.what} ({one.mend})"


@contextmanager
def _suggestions(repair: Path | None) -> Iterator[Path | None]:
    """Where the suggestions stand until they are handed over; nowhere where none are wanted.

    Raises:
        UsageError: the file that they are to become cannot be written.
    """
    from instep_cohort.disclosure.artefacts import ArtefactClass
    from instep_cohort.disclosure.handing_over import stamped

    if repair is None:
        yield None
        return
    refuse_existing(stamped(repair, ArtefactClass.PRACTICE_ONLY))
    try:
        folder = tempfile.TemporaryDirectory(prefix=f".{repair.name}-", dir=repair.parent)
    except OSError as error:
        raise UsageError(f"{repair} cannot be written: {error.strerror}") from None
    with folder as beside:
        yield Path(beside) / "suggestions.csv"


def _hand_over(suggestions: Path, repair: Path) -> None:
    """Writes the file of suggestions under its class, with a note beside it, and says so."""
    from instep_cohort.disclosure.artefacts import ArtefactClass
    from instep_cohort.disclosure.handing_over import hand_over

    columns, rows = _counted(suggestions)
    with suggestions.open("rb") as written:
        handed = hand_over(
            repair,
            ArtefactClass.PRACTICE_ONLY,
            columns=columns,
            write=lambda file: shutil.copyfileobj(written, file),
            about={"damaged_cells": rows},
        )
    warn([f"{handed.path}: {rows:,} damaged cells; nothing was changed in the store."])


def _counted(path: Path) -> tuple[list[str], int]:
    """The header of a CSV file and how many rows it has."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        return next(rows), sum(1 for _ in rows)
