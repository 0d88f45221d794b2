"""`instep-cohort synthesise`: a made-up practice in the files of one system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.words import progress


def synthesise(
    profile: Annotated[
        str,
        typer.Option(
            help="Whose files to write: standard, aurum, custom, emis, gold, systmone, tpp or "
            "vision. Each is read by the profile of that name, see `profiles`."
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="The folder to write; one that was made up here is replaced.")
    ],
    patients: Annotated[
        int, typer.Option(help="How many patients to make up, 200 or more.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(help="Another seed makes another practice.")] = 1,
    mess: Annotated[
        int,
        typer.Option(
            help="Faults to plant. 0: none. 1: what any practice has, such as undated rows, values "
            "that are no number, copies. 2: damaged ids and codes, rows after the extract or taken "
            "back, odd people as well. 3: odd headers, packed files, parts and unreadable lines as "
            "well. mess.parquet records each."
        ),
    ] = 0,
    extract_date: Annotated[
        str, typer.Option(help="The day on which it was taken, so to say.")
    ] = "2026-11-01",
    work_recording: Annotated[
        float | None,
        typer.Option(
            help="Of adults, the share whose work is written down, 0 to 1; left out, as published."
        ),
    ] = None,
) -> None:
    """Makes up a practice with known answers, in the files of the system that you name."""
    from instep_cohort.synthetic import make_practice

    more = {} if work_recording is None else {"work_recording": work_recording}
    summary = make_practice(
        out,
        patients=patients,
        seed=seed,
        extract_date=iso_date(extract_date, "--extract-date"),
        profile=profile,
        mess=mess,
        progress=progress(),
        **more,
    )
    typer.echo(summary.as_text())
    typer.echo(f"\nWhat the {profile} format cannot hold of it:")
    for lost in summary.cannot_hold:
        typer.echo(f"  - {lost}")
    typer.echo(f"\nIn {out}, beside the extract:")
    typer.echo("  opt-outs.csv   the practice's own opt-out list")
    typer.echo("  truth.parquet  who is to be found by the study instep, and who is not, and why")
    typer.echo("  mess.parquet   what is wrong in the files, line by line")
    typer.echo(f"\nRead it with:\n\n  {_reading(out, profile, extract_date)}")


def _reading(out: Path, profile: str, extract_date: str) -> str:
    """The command that reads it."""
    how = f"custom --mapping {out / 'mapping.yaml'}" if profile == "custom" else "auto"
    return f"instep-cohort ingest {out} --profile {how} --extract-date {extract_date} --out STORE"
