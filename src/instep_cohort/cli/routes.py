"""`instep-cohort routes`: what each way of finding people has brought, and the time it took."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer
from typer.core import TyperGroup

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.options import AsJson
from instep_cohort.cli.words import warn
from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from instep_cohort.recruitment.ledger import Standing


class _ComparesByDefault(TyperGroup):
    """`routes RUN` and `routes --ledger L` compare; other commands go by their name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the default command before arguments that begin with none."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["compare", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_ComparesByDefault,
    help="Compares the ways by which people are found: routes [RUN] --ledger FILE.",
    no_args_is_help=True,
)

LedgerFile = Annotated[Path, typer.Option(help="The ledger of the practice and study.")]


@app.command("compare")
def compare(
    ledger: LedgerFile,
    run: Annotated[
        Path | None, typer.Argument(help="A run folder, whose ledger it must be.")
    ] = None,
    practice: Annotated[str | None, typer.Option(help="Of several in the run.")] = None,
    level: Annotated[float, typer.Option(help="Of the intervals, such as 0.95.")] = 0.95,
    out: Annotated[Path | None, typer.Option(help="A CSV file, for the practice only.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Found, screened, invited, replied, eligible, consented and staff minutes by route.

    For the practice only: small numbers are not hidden. What may leave is made by: counts.
    """
    from instep_cohort.disclosure.artefacts import ArtefactClass
    from instep_cohort.disclosure.handing_over import hand_over
    from instep_cohort.recruitment.ledger import Ledger
    from instep_cohort.recruitment.routes.yield_tables import CSV_COLUMNS, as_csv, as_text
    from instep_cohort.recruitment.routes.yields import as_values, compare_routes
    from instep_cohort.recruitment.runs import open_practice_run

    if not 0 < level < 1:
        raise UsageError(f"--level {level:g}: give a level between 0 and 1, such as 0.95.")
    if run is None:
        book = Ledger.open_any(ledger)
    else:
        ran = open_practice_run(run, practice)
        book = Ledger.open(ledger, practice=ran.practice, study=ran.study)
        _tell_of_unrecorded(ran.candidates.num_rows, book.standing)
    found = compare_routes(book.standing, level=level)
    whose = {"practice": book.identity.practice, "study": book.identity.study}
    written = None
    if out is not None:
        text = as_csv(found)
        written = hand_over(
            out,
            ArtefactClass.PRACTICE_ONLY,
            columns=CSV_COLUMNS,
            write=lambda file: _write(file, text),
            about={**whose, "ledger_head": book.head},
        )
    if as_json:
        typer.echo(json.dumps({**whose, "ledger_head": book.head, **as_values(found)}, indent=2))
        return
    typer.echo(as_text(found, f"routes of practice {whose['practice']}, {whose['study']}"))
    if written:
        typer.echo(f"\nwritten: {written.path}")


def _tell_of_unrecorded(candidates: int, standing: Standing) -> None:
    from instep_cohort.recruitment.vocabulary import Route

    ways = {one.route for found in standing.routes.values() for one in found}
    if candidates and Route.CODE_SEARCH not in ways:
        told = f"none of the {candidates:,} candidates of the run is in the ledger yet"
        warn([f"{told}: screen import records them."])


@app.command("staff-time")
def staff_time(
    ledger: LedgerFile,
    route: Annotated[str, typer.Option(help="For which route, such as hand_search.")],
    minutes: Annotated[int, typer.Option(help="How many minutes.", min=1)],
    task: Annotated[str, typer.Option(help="What for: screening, a call, putting up a poster.")],
    on: Annotated[str, typer.Option(help="On which day.")],
    by: Annotated[str, typer.Option(help='The "name, role" of whoever records it.')],
) -> None:
    """Records minutes of staff spent for a route, so that routes can be compared by them."""
    from instep_cohort.recruitment.ledger import Ledger
    from instep_cohort.recruitment.routes.time_spent import record_time

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    book = Ledger.open_any(ledger)
    day = iso_date(on, "--on")
    receipt = record_time(book, route=route, minutes=minutes, task=task, on=day, who=by, at=now)
    if not receipt.written:
        typer.echo("This is in the ledger already: the same minutes, day, task and person.")
    typer.echo(f"head: {receipt.head}")


def _write(file: BinaryIO, text: str) -> None:
    file.write(text.encode())
