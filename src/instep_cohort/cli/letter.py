"""`instep-cohort letter`: a letter to start from, and the check of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson
from instep_cohort.cli.out_files import refuse_existing, write_new
from instep_cohort.errors import DefinitionError, UsageError

app = typer.Typer(
    help="The letter that invites people: a template, and a check of what it says.",
    no_args_is_help=True,
)


@app.command("new")
def new(
    out: Annotated[Path, typer.Option("--out", help="The file to write: .docx for Word, or .txt.")],
) -> None:
    """Writes a letter to start from, with the mail file's merge fields and places to fill in."""
    kind = out.suffix.lower()
    if kind not in {".docx", ".txt"}:
        raise UsageError(f"{out.name}: name a file that ends in .docx or .txt")
    refuse_existing(out)
    if kind == ".docx":
        from instep_cohort.recruitment.letters.template.word_template import template_document

        write_new(out, template_document())
    else:
        from instep_cohort.recruitment.letters.template.template import template_text

        write_new(out, template_text())
    typer.echo(
        f"written: {out}\n"
        "Fill in what stands in square brackets as your ethics committee agreed it, then run:\n"
        f"instep-cohort letter check {out} --strict"
    )


@app.command("check")
def check(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The letter: .txt, .md or .docx.")],
    reading_age: Annotated[
        int | None,
        typer.Option(
            min=5,
            max=25,
            help="Warn where the letter asks for a higher reading age, in years; 11 if not given.",
        ),
    ] = None,
    *,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Fail at warnings and unfilled places too: before it is sent."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Checks that a letter says what it has to, and warns at what it had better not say.

    Ends with 0 where no error was found, else with 3; with --strict, with 3 at a warning or at a
    place left to fill in, too.
    """
    from instep_cohort.recruitment.letters import check_letter
    from instep_cohort.recruitment.letters.cautions.reading_age import DEFAULT_READING_AGE
    from instep_cohort.recruitment.letters.showing import as_text, as_values

    found = check_letter(path, reading_age_limit=reading_age or DEFAULT_READING_AGE)
    if as_json:
        typer.echo(json.dumps(as_values(found), indent=2, ensure_ascii=False))
    else:
        typer.echo(as_text(found))
    unfinished = strict and (found.warnings or found.placeholders)
    if found.errors or unfinished:
        typer.echo(f"{path.name} is not to be sent as it is", err=True)
        raise typer.Exit(DefinitionError.exit_code)
