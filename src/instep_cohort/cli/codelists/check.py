"""`instep-cohort codelists check`: everything that is wrong with lists, and a repaired copy."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instep_cohort.cli.codelists.output import as_json_text
from instep_cohort.cli.options import AsJson
from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from instep_cohort.codelists import Finding
    from instep_cohort.codelists.checks.copies import RepairedCopy
    from instep_cohort.terminology.systems import System

_MOST = 10  # of one kind in one file, unless all are asked for

Lists = Annotated[
    Path | None,
    typer.Argument(
        metavar="folder",
        help="A folder of codelists, one list, or a CSV file; the shipped lists if none.",
    ),
]
On = Annotated[str | None, typer.Option(help="The day to judge review dates by; today if none.")]
Terms = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FILE",
        help="A CSV dictionary of codes and terms, or a map of Read v2 to CTV3; may be repeated, "
        "and written SYSTEM=FILE.",
    ),
]
SystemName = Annotated[
    str | None,
    typer.Option("--system", help="The system of codes in downloaded files that do not say it."),
]
Fix = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR|FILE",
        help="Write a repaired copy there, and list each change; nothing is changed in place.",
    ),
]


def check(
    folder: Lists = None,
    on: On = None,
    terms: Terms = None,
    system: SystemName = None,
    fix: Fix = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Show every finding of a kind.")] = False,
    as_json: AsJson = False,
) -> None:
    """Says everything that is wrong with codelists; ends with 3 where there is an error.

    With --fix, what is said and what it ends with is about the repaired copy.
    """
    from instep_cohort.cli.dates import iso_date
    from instep_cohort.codelists import check as find
    from instep_cohort.codelists.checks.copies import repaired_copy
    from instep_cohort.codelists.checks.dictionary_files import read_dictionaries
    from instep_cohort.shipped_files import shipped

    path = folder or shipped("codelists")
    if not path.exists() and (shipped("codelists") / path).is_dir():
        here = shipped("codelists") / path
        raise UsageError(f"there is no {path} here; the shipped list of that name is {here}")
    day = iso_date(on, "--on") if on else date.today()
    dictionary = read_dictionaries(terms) if terms else None
    told = _system(system)
    if fix:
        copy = repaired_copy(path, fix, on=day, dictionary=dictionary, system=told)
        findings: Sequence[Finding] = copy.left
        _say_copy(copy, _shown(copy.left, every=every), as_json=as_json)
    else:
        findings = find(path, on=day, dictionary=dictionary, system=told)
        _say(findings, _shown(findings, every=every), as_json=as_json)
    if any(finding.severity == "error" for finding in findings):
        sys.exit(3)


def _system(name: str | None) -> System | None:
    from instep_cohort.codelists.column_names import system_named
    from instep_cohort.terminology.systems import System

    if name is None:
        return None
    if found := system_named(name):
        return found
    raise UsageError(f"--system {name}: there is no such system; one of {', '.join(System)}")


def _shown(findings: Sequence[Finding], *, every: bool) -> str:
    from instep_cohort.codelists.checks.showing import findings_text

    return findings_text(findings, most=None if every else _MOST)


def _say(findings: Sequence[Finding], text: str, *, as_json: bool) -> None:
    from instep_cohort.codelists.checks.showing import counted

    if as_json:
        typer.echo(as_json_text([finding.as_dict() for finding in findings]))
        return
    if text:
        typer.echo(text)
    fixable = sum(finding.mend is not None for finding in findings)
    more = f"; --fix DIR mends {fixable} of them in a copy" if fixable else ""
    typer.echo(f"{counted(findings)}{more}", err=True)


def _say_copy(copy: RepairedCopy, text: str, *, as_json: bool) -> None:
    from instep_cohort.codelists.checks.showing import changes_text, counted

    if as_json:
        said = {
            "copy": str(copy.target),
            "changes": [change._asdict() for change in copy.changes],
            "left": [finding.as_dict() for finding in copy.left],
        }
        typer.echo(as_json_text(said))
        return
    if copy.changes:
        typer.echo(f"Changed in {copy.target}:\n{changes_text(copy.changes)}")
    if text:
        typer.echo(f"\nLeft as it is, for a person to decide:\n{text}")
    if copy.unlocked:
        typer.echo(
            "The copy has no codelists.lock, since released files differ in it: release them as "
            "new versions.",
            err=True,
        )
    number = f"{len(copy.changes)} change{'' if len(copy.changes) == 1 else 's'}"
    typer.echo(f"{number}; left in the copy: {counted(copy.left)}", err=True)
