"""`instep-cohort codelists import`, `export` and `formats`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instep_cohort.cli.codelists.options import KindName, ListName, Version
from instep_cohort.cli.codelists.output import as_json_text
from instep_cohort.cli.options import AsJson, Codelists
from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from instep_cohort.codelists import Finding

_SHOWN = 5


def import_codelist(
    files: Annotated[list[Path], typer.Argument(help="The files of one list.", metavar="FILE...")],
    name: Annotated[str, typer.Option("--id", help="The list's id, such as chronic-pain.")],
    out: Annotated[Path, typer.Option(help="The folder of codelists to put it in.")],
    format_: Annotated[
        str, typer.Option("--format", help="A format (see `codelists formats`), or auto.")
    ] = "auto",
    system: Annotated[
        list[str] | None,
        typer.Option(help="The system of the codes, where a file does not say: once, or per file."),
    ] = None,
    category: Annotated[
        str | None, typer.Option(help="The category of rows that have none.")
    ] = None,
    kind: Annotated[
        KindName | None, typer.Option(help="What the list is about; judged by its codes if none.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Where a column stands in a CSV: code=READCODE; may be repeated."),
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="The day the files were given; today if none.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Begins a list with the rows of files from elsewhere; ends with 3 where they need mending."""
    from instep_cohort.cli.dates import iso_date
    from instep_cohort.codelists.formats import import_list

    made = import_list(
        files,
        id=name,
        out=out,
        on=iso_date(on, "--on") if on else date.today(),
        format=format_,
        systems=system or (),
        category=category,
        kind=kind.value if kind else None,
        columns=_columns(column or ()),
    )
    if as_json:
        result = {
            **made._asdict(),
            "folder": str(made.folder),
            "findings": [one.as_dict() for one in made.findings],
        }
        typer.echo(as_json_text(result))
    else:
        _say(made.findings, grave="error", light="warning")
        because = f", since {made.why}" if made.why else ""
        typer.echo(f"Read as {made.format}{because}.", err=True)
        rows = "1 row" if made.rows == 1 else f"{made.rows:,} rows"
        typer.echo(f"{rows} in {made.folder / 'working.csv'}.", err=True)
        if not made.is_sound:
            typer.echo("They are as they came: mend what is named above first.", err=True)
        typer.echo(f"Then fill in {made.folder / 'codelist.yaml'}, and release it.", err=True)
    if not made.is_sound:
        sys.exit(3)


def export_codelist(
    name: ListName,
    format_: Annotated[str, typer.Option("--format", help="A format (see `codelists formats`).")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    folder: Codelists = None,
    version: Version = None,
    *,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that is there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Writes a list in another format, and says what that format does not hold."""
    from instep_cohort.codelists import Library
    from instep_cohort.codelists.formats import export_list

    library = Library(folder)
    codelist = library.get(name, version) if version else library.named(name)
    made = export_list(codelist, format=format_, out=out, overwrite=overwrite)
    if as_json:
        result = {
            "files": [str(path) for path in made.files],
            "losses": [one.as_dict() for one in made.losses],
        }
        typer.echo(as_json_text(result))
        return
    _say(made.losses, grave="changes the meaning", light="is lost")
    for path in made.files:
        typer.echo(f"Written: {path}", err=True)


def formats(*, as_json: AsJson = False) -> None:
    """Lists the exchange formats: what each one holds, and what it cannot."""
    from instep_cohort.codelists.formats import FORMATS

    rows = [
        {
            "name": one.name,
            "title": one.title,
            "import": one.read is not None,
            "export": one.write is not None,
            "holds": one.holds,
            "lacks": one.lacks,
        }
        for one in FORMATS.values()
    ]
    if as_json:
        typer.echo(as_json_text(rows))
        return
    for one in FORMATS.values():
        able = {"import": one.read, "export": one.write}
        ways = " and ".join(way for way, function in able.items() if function)
        typer.echo(f"{one.name}: {one.title} ({ways})")
        typer.echo(f"  holds: {one.holds}")
        typer.echo(f"  lacks: {one.lacks}")


def _columns(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, header = pair.partition("=")
        if not equals or not name.strip() or not header.strip():
            raise UsageError(f"--column {pair}: write COLUMN=HEADER, such as code=READCODE")
        found[name.strip()] = header.strip()
    return found


def _say(findings: Sequence[Finding], *, grave: str, light: str) -> None:
    """Says what was found, the first few of each kind under what the kind means; errors first."""
    from instep_cohort.codelists import RULES
    from instep_cohort.codelists.formats import EXCHANGE_RULES

    kinds: dict[str, list[Finding]] = {}
    for one in findings:
        kinds.setdefault(one.code, []).append(one)
    for code, found in sorted(kinds.items(), key=lambda pair: (pair[1][0].severity, pair[0])):
        rule = EXCHANGE_RULES.get(code) or RULES[code]
        word = grave if rule.severity == "error" else light
        typer.echo(f"{word}: {rule.meaning} [{code}, {len(found)}]")
        for one in found[:_SHOWN]:
            typer.echo(f"  {one.as_fault()}")
        if len(found) > _SHOWN:
            typer.echo(f"  … and {len(found) - _SHOWN} more, all with --json")
