"""`instep-cohort profiles`: list, show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instep_cohort.cli.options import AsJson
from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from instep_cohort.extracts.profile import Profile

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
    from instep_cohort.extracts.profiles import CUSTOM, CUSTOM_DESCRIPTION, all_profiles

    rows = [
        {"profile": p.name, "version": p.version, "description": p.description}
        for p in all_profiles().values()
    ]
    rows.append({"profile": CUSTOM, "version": "", "description": CUSTOM_DESCRIPTION})
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    width = max(len(row["profile"]) for row in rows)
    for row in rows:
        typer.echo(f"{row['profile']:{width}}  {row['description']}")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="A profile, such as aurum.", metavar="NAME")],
    mapping: Annotated[
        Path | None, typer.Option(help="With custom: the mapping file, which is checked by this.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Shows what a profile reads: files, columns, dates, encoding, traps, what it cannot know."""
    from instep_cohort.extracts.describing import describe_profile, profile_as_dict

    profile = chosen_profile(name, mapping)
    if as_json:
        typer.echo(json.dumps(profile_as_dict(profile), indent=2, ensure_ascii=False))
    else:
        typer.echo(describe_profile(profile))


def chosen_profile(name: str, mapping: Path | None) -> Profile:
    """The profile of that name, or the one that a mapping file describes.

    Raises:
        UsageError: no such profile, or a mapping with another profile than custom.
        DefinitionError: the mapping is wrong.
    """
    from instep_cohort.extracts import load_mapping
    from instep_cohort.extracts.profiles import CUSTOM, find_profile

    if mapping is None:
        return find_profile(name)
    if name != CUSTOM:
        raise UsageError(f"--mapping goes with the profile custom, not with {name}")
    return load_mapping(mapping)
