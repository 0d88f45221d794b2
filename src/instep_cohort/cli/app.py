"""`instep-cohort`: its commands, and how it ends when something is wrong."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli import (
    changes,
    codelists,
    coming,
    counts,
    demo,
    explain,
    identify,
    ingest,
    invite,
    key,
    ledger,
    letter,
    nominate,
    opportunistic,
    picture,
    plan_yield,
    profiles,
    quality,
    routes,
    screen,
    store,
    study,
    synthesise,
    work_status,
)
from instep_cohort.errors import InstepError

app = typer.Typer(
    help="Find people to invite to a trial in general-practice records: an extract and a study go "
    "in, a candidate list with the evidence for each person comes out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("ingest")(ingest.ingest)
app.command("quality")(quality.quality)
app.command("identify")(identify.identify)
app.command("explain")(explain.explain)
app.command("changes")(changes.changes)
app.command("coming")(coming.coming)
app.command("counts")(counts.counts)
app.command("work-status")(work_status.work_status)
app.command("demo")(demo.demo)
app.command("synthesise")(synthesise.synthesise)
app.add_typer(profiles.app, name="profiles")
app.add_typer(codelists.app, name="codelists")
app.add_typer(study.app, name="study")
app.add_typer(store.app, name="store")
app.add_typer(picture.app, name="picture")
app.add_typer(ledger.app, name="ledger")
app.add_typer(key.app, name="key")
app.command("plan-yield")(plan_yield.plan_yield)
app.add_typer(screen.app, name="screen")
app.add_typer(invite.app, name="invite")
app.add_typer(letter.app, name="letter")
app.add_typer(routes.app, name="routes")
app.command("opportunistic")(opportunistic.opportunistic)
app.add_typer(nominate.app, name="nominate")


def _show_version(*, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"instep-cohort {version('instep-cohort')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda asked: _show_version(asked=asked),
            is_eager=True,
            help="Show the version and stop.",
        ),
    ] = False,
) -> None:
    """Options of the command line itself."""


def main() -> None:
    """Runs the command line; a refusal is one message on stderr and its exit code."""
    try:
        app()
    except InstepError as error:
        typer.echo(f"{_kind(error)}: {error}", err=True)
        sys.exit(error.exit_code)
    except Exception as error:
        typer.echo(_unexpected(error), err=True)
        sys.exit(1)


def _kind(error: InstepError) -> str:
    kinds = {2: "Wrong use", 3: "Wrong definition", 4: "Refused for safety", 5: "Bad extract"}
    return kinds.get(error.exit_code, "Error")


def _unexpected(error: Exception) -> str:
    """Where an unexpected fault happened; never its message, which may quote a patient's record."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames]
    head = (
        f"Unexpected fault ({type(error).__name__}). Its message is withheld, since it could quote "
        "a record. Please report these lines; they hold no patient data:"
    )
    return "\n".join([head, *places[-8:]])
