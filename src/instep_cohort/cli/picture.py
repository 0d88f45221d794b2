"""`instep-cohort picture`: a person's timeline, and a practice's fit notes by month."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instep_cohort.cli.options import Codelists, StorePath

if TYPE_CHECKING:
    from instep_cohort.cohort.pictures.drawing import Picture

app = typer.Typer(help="Pictures as SVG files, for the practice only.", no_args_is_help=True)

Out = Annotated[Path, typer.Option(help="The SVG file; PRACTICE-ONLY comes into its name.")]


@app.command("patient")
def patient(
    run: Annotated[Path, typer.Argument(help="The run folder that identify wrote.")],
    patient_id: Annotated[str, typer.Argument(metavar="PATIENT", help="The patient_id.")],
    out: Out,
    years: Annotated[float, typer.Option(help="How many years back the line begins.")] = 3,
) -> None:
    """Draws what the record says of one patient on a line of time up to the search date."""
    from instep_cohort.cohort import open_run
    from instep_cohort.cohort.pictures import timeline

    made = timeline(open_run(run).explain(patient_id), years=years)
    typer.echo(f"written: {_hand_over(made, out)}")


@app.command("fit-notes")
def fit_notes(
    store: StorePath,
    out: Out,
    codelists: Codelists = None,
    months: Annotated[int, typer.Option(help="How many months before the extract.")] = 36,
) -> None:
    """Draws a practice's fit notes by month, beside the published rate of England."""
    from instep_cohort.codelists import Library
    from instep_cohort.cohort.monthly_notes import monthly_notes
    from instep_cohort.extracts import open_store

    notes = Library(codelists).latest("fit-notes")
    found = monthly_notes(open_store(store), notes, months=months)
    typer.echo(f"written: {_hand_over(found.picture, out)}", err=True)
    typer.echo(repr(found))


def _hand_over(picture: Picture, out: Path) -> Path:
    """Writes a picture with its class in its name: small numbers, or a person, are in it."""
    from instep_cohort.disclosure.artefacts import ArtefactClass
    from instep_cohort.disclosure.handing_over import hand_over, put

    raw = picture.svg.encode()
    return hand_over(
        out, ArtefactClass.PRACTICE_ONLY, columns=(), write=lambda to: put(to, raw)
    ).path
