"""`instep-cohort profiles`: list, show."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson

app = typer.Typer(
    help="The source systems whose extracts can be read.", invoke_without_command=True
)


@app.callback()
def _list_if_alone(context: typer.Context) -> None:
    """The source systems whose extracts can be read."""
    if context.invoked_subcommand is None:
        list_them()


@app.command("list")
def list_them(*, as_json: AsJson = False) -> None:
    """Lists every profile with what it reads."""
    from instep_cohort.extracts.profiles import all_profiles

    profiles = all_profiles()
    if as_json:
        rows = [
            {"profile": p.name, "version": p.version, "description": p.description}
            for p in profiles.values()
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    width = max(map(len, profiles))
    for profile in profiles.values():
        typer.echo(f"{profile.name:{width}}  {profile.description}")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="A profile, such as aurum.", metavar="NAME")],
    *,
    as_json: AsJson = False,
) -> None:
    """Shows what a profile reads: files, columns, dates, encoding, traps, what it cannot know."""
    from instep_cohort.extracts.describing import describe_profile, profile_as_dict
    from instep_cohort.extracts.profiles import find_profile

    profile = find_profile(name)
    if as_json:
        typer.echo(json.dumps(profile_as_dict(profile), indent=2, ensure_ascii=False))
    else:
        typer.echo(describe_profile(profile))
