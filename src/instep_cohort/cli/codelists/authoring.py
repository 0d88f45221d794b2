"""`instep-cohort codelists new | release | review | lock`: writing a list and its versions."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instep_cohort.cli.codelists.options import KindName, ListId
from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.options import Codelists
from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from instep_cohort.codelists.releasing import Released

Reviewer = Annotated[
    str | None, typer.Option(help='The "NAME, ROLE" of whoever has read every line of it.')
]
ReviewedOn = Annotated[
    str | None, typer.Option(help="The day on which that was, such as 2026-11-20.")
]


class BumpName(StrEnum):
    """Which number of a version goes up."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


class StatusName(StrEnum):
    """What a version is."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"


class ReadStatusName(StrEnum):
    """What a version becomes that a clinician has read."""

    REVIEWED = "reviewed"
    PUBLISHED = "published"


def new(
    name: Annotated[
        str, typer.Argument(help="Its name: small letters, digits, hyphens.", metavar="ID")
    ],
    folder: Annotated[
        Path, typer.Option("--codelists", help="The folder of codelists to begin it in.")
    ],
    kind: Annotated[KindName, typer.Option(help="clinical or medicine.")],
    title: Annotated[str, typer.Option(help="A few words for people.")],
    purpose: Annotated[
        str, typer.Option(help="One sentence: the meaning that the list is written for.")
    ],
    category: Annotated[
        list[str] | None,
        typer.Option(help="A category and one line on it, NAME=TEXT; may be repeated."),
    ] = None,
) -> None:
    """Begins a codelist: its folder, with every field explained and nothing made up."""
    from instep_cohort.codelists.drafting import new_codelist

    home = new_codelist(
        name,
        folder,
        kind=kind.value,
        title=title,
        purpose=purpose,
        categories=_categories(category or ()),
    )
    there, lists = shlex.quote(str(home)), shlex.quote(str(folder))
    typer.echo(f"{home} was begun:")
    typer.echo("  codelist.yaml  what the list is for; fill in what is still empty")
    typer.echo("  working.csv    its rows, under the header that is there")
    typer.echo("What to do next:")
    typer.echo(
        f"  1. write both, and ask what is still wrong: instep-cohort codelists check {there}"
    )
    typer.echo("  2. make its first version, a draft until a clinician has read it:")
    typer.echo(f"     instep-cohort codelists release {name} --codelists {lists} \\")
    typer.echo('       --bump major --changes "First release."')


def _categories(given: Iterable[str]) -> dict[str, str]:
    categories: dict[str, str] = {}
    for pair in given:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f'--category {pair}: write NAME=TEXT, such as weak="weak opioids"')
        if name in categories:
            raise UsageError(f"--category {name} is given twice")
        categories[name] = text
    return categories


def release(
    name: ListId,
    changes: Annotated[
        str, typer.Option(help="What changed, in a sentence for those who use the list.")
    ] = "",
    bump: Annotated[
        BumpName | None,
        typer.Option(help="major, minor or patch; if none, says which is asked for and stops."),
    ] = None,
    on: Annotated[str | None, typer.Option(help="The day of the release; today if none.")] = None,
    status: Annotated[
        StatusName, typer.Option(help="draft; reviewed or published where a clinician has read it.")
    ] = StatusName.DRAFT,
    reviewer: Reviewer = None,
    reviewed_on: ReviewedOn = None,
    folder: Codelists = None,
) -> None:
    """Makes the next version of a list from ID/working.csv: its file, history and lock.

    Where anything is wrong, every file stays as it was.
    """
    from instep_cohort.codelists.releasing import release as make

    made = make(
        name,
        _writable(folder),
        bump=bump.value if bump else None,
        changes=changes,
        on=_day_gone_by(on, "--on") or date.today(),
        status=status.value,
        reviewer=reviewer,
        reviewed_on=_day_gone_by(reviewed_on, "--reviewed-on"),
    )
    for warning in made.warnings:
        typer.echo(str(warning), err=True)
    for line in _said(made, folder):
        typer.echo(line)


def _said(made: Released, folder: Path | None) -> Iterable[str]:
    total, before = made.comparison.summary[-1], made.comparison.left
    yield f"{made.id} {made.version} was released as {made.status}: {made.file}"
    if not before.id:
        yield f"It is the first version, with {total.right:,} rows."
        return
    yield (
        f"Rows since {before.name}: {total.only_right:,} added, {total.only_left:,} taken out, "
        f"{total.category:,} moved to another category, {total.match:,} with another match, "
        f"{total.term:,} with another term, {total.same:,} the same."
    )
    for reason in made.reasons:
        yield f"  {reason.bump}: {reason}"
    names = f"{before.id}@{before.name.split()[-1]} {made.id}@{made.version}"
    where = f" --codelists {shlex.quote(str(folder))}" if folder else ""
    yield f"Row by row: instep-cohort codelists compare {names}{where}"
    yield f"Studies that pin {before.name} go on with it until they ask for {made.version}."


def review(
    name: ListId,
    version: Annotated[str, typer.Option(help="The released version that was read.")],
    status: Annotated[ReadStatusName, typer.Option(help="reviewed or published.")],
    reviewer: Reviewer = None,
    reviewed_on: ReviewedOn = None,
    folder: Codelists = None,
) -> None:
    """Marks a released version as read by a named clinician; its rows stay as they are."""
    from instep_cohort.codelists.releasing import review as mark

    entry = mark(
        name,
        version,
        _writable(folder),
        status=status.value,
        reviewer=reviewer,
        reviewed_on=_day_gone_by(reviewed_on, "--reviewed-on"),
        on=date.today(),
    )
    read = f"read by {entry.reviewer} on {entry.reviewed_on}"
    typer.echo(f"{name} {version} is {entry.status}, {read}.")


def lock(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of codelists; the shipped ones if none.")
    ] = None,
    *,
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 3 where the lock is broken.")
    ] = False,
) -> None:
    """Locks versions that are not locked yet; refuses where a locked file was changed."""
    from instep_cohort.codelists import lock_findings
    from instep_cohort.codelists.releasing import lock_releases
    from instep_cohort.shipped_files import shipped

    if not only_check:
        added = lock_releases(_writable(folder))
        for file in added:
            typer.echo(f"locked {file}")
        if not added:
            typer.echo("Every version was locked already.")
        return
    place = folder or shipped("codelists")
    if not place.is_dir():
        raise UsageError(f"there is no folder of codelists at {place}")
    findings = lock_findings(place)
    for finding in findings:
        typer.echo(str(finding))
    if findings:
        sys.exit(3)
    typer.echo("Every version is what it was when it was released.")


def _writable(given: Path | None) -> Path:
    """The folder that was given, or that of a source checkout; never one of an installation."""
    from instep_cohort.shipped_files import shipped

    place = given or shipped("codelists")
    if given is None and place.parent.name == "shipped":
        raise UsageError(
            "the codelists of an installation are not changed, the next one would undo it: copy "
            f"{place} to a folder of your own and name it by --codelists"
        )
    return place


def _day_gone_by(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    day = iso_date(text, option)
    if day > date.today():
        raise UsageError(f"{option} {text}: that day has not come yet")
    return day
