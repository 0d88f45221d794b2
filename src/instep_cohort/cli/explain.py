"""`instep-cohort explain`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson


def explain(
    run: Annotated[Path, typer.Argument(help="The run folder that identify wrote.")],
    patient: Annotated[
        str,
        typer.Argument(help="The patient_id; put -- before one that begins with a hyphen."),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Says why a patient is on the list, or at which step they were left out, with the evidence.

    What it prints is about a patient: for the practice only.
    """
    from instep_cohort.cohort import open_run

    explanation = open_run(run).explain(patient)
    encoding = sys.stdout.encoding or "ascii"
    if as_json:
        plain = not _can_say("é✓", encoding)
        typer.echo(json.dumps(explanation.as_dict(), indent=2, ensure_ascii=plain))
        return
    text = explanation.as_text(plain=not _can_say("✓✗", encoding))
    typer.echo(text.encode(encoding, "replace").decode(encoding))


def _can_say(signs: str, encoding: str) -> bool:
    try:
        signs.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
