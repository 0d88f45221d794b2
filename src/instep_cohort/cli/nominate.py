"""`instep-cohort nominate`: the form by which colleagues name people, and its import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.options import (
    AllowStale,
    AsJson,
    Codelists,
    EngineName,
    NoOptOutList,
    OptOuts,
    OptOutsOn,
)
from instep_cohort.cli.words import progress, warn
from instep_cohort.errors import SafetyRefusal, UsageError

if TYPE_CHECKING:
    from instep_cohort.recruitment.routes.nominations import Nominations

app = typer.Typer(
    help="People whom a GP, a pain service, a poster or anybody else brings, not the code search.",
    no_args_is_help=True,
)


@app.command("form")
def form(
    out: Annotated[Path, typer.Option(help="A .xlsx (drop-downs, legend) or a .csv file.")],
) -> None:
    """Writes an empty form: local patient number, route, named by, named on."""
    from instep_cohort.recruitment.routes.nomination_forms import write_form

    typer.echo(f"written: {write_form(out).path}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A form that was filled in: .xlsx or .csv.")],
    ledger: Annotated[Path, typer.Option(help="The ledger of the practice and study.")],
    key: Annotated[Path, typer.Option(help="The key of that ledger.")],
    store: Annotated[Path, typer.Option(help="The store with the practice's latest extract.")],
    run: Annotated[Path, typer.Option(help="The run folder: whose study, whose candidates.")],
    on: Annotated[str, typer.Option(help="The day of the import, such as 2026-11-24.")],
    by: Annotated[str, typer.Option(help='The "name, role" of whoever imports it.')],
    practice: Annotated[str | None, typer.Option(help="Of several in the run.")] = None,
    opt_outs: OptOuts = None,
    opt_outs_on: OptOutsOn = None,
    no_opt_out_list: NoOptOutList = None,
    codelists: Codelists = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A .csv or .parquet of those accepted, for the screener."),
    ] = None,
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Record it; without this nothing is written.")
    ] = False,
    allow_stale: AllowStale = False,
    engine: EngineName = "duckdb",
    as_json: AsJson = False,
) -> None:
    """Holds a form against opt-outs and exclusions, and records who may be screened.

    Whoever is named goes through what the code search puts everybody through: population, exclude
    lines, coded opt-outs, the practice's list, and the ledger. Include lines need not be met. Lines
    of the form are named in what is printed, patients never.
    """
    from datetime import UTC, datetime

    from instep_cohort.cohort.safety import OptOutAnswers
    from instep_cohort.extracts import open_store
    from instep_cohort.recruitment.key_file import Key
    from instep_cohort.recruitment.ledger import Ledger
    from instep_cohort.recruitment.routes.exclusions import look_at
    from instep_cohort.recruitment.routes.nominated_rows import (
        hand_over_rows,
        nominated_rows,
        refuse_taken_rows,
    )
    from instep_cohort.recruitment.routes.nomination_forms import read_form
    from instep_cohort.recruitment.routes.nominations import judge, record
    from instep_cohort.recruitment.runs import open_practice_run

    if out is not None and not apply:
        raise UsageError("--out goes with --apply: a screener gets those who are in the ledger.")
    if allow_stale and apply:
        raise SafetyRefusal(
            "Nobody is recorded from an extract or opt-out list that is too old to write letters "
            "by: take a new one, or leave out --apply to look only."
        )
    day = iso_date(on, "--on")
    drawn_up = iso_date(opt_outs_on, "--opt-outs-on") if opt_outs_on else None
    answers = OptOutAnswers(opt_outs, drawn_up, no_opt_out_list)
    came = read_form(file)
    ran = open_practice_run(run, practice)
    book = Ledger.open(ledger, practice=ran.practice, study=ran.study)
    keys = Key.open(key, practice=ran.practice, study=ran.study)
    keys.covers(book.standing.persons)
    looked = look_at(
        ran,
        open_store(store),
        [one.patient_id for one in came.nominations],
        on=day,
        answers=answers,
        codelists=codelists,
        allow_stale=allow_stale,
        engine=engine,
        progress=progress(),
    )
    found = judge(came, ran, looked, book, keys, on=day)
    rows = nominated_rows(found, looked) if out is not None else None
    if out is not None and rows is not None:
        refuse_taken_rows(rows, out)
    receipt = None
    if apply:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        receipt = record(found, came, ran, book, keys, who=by, at=now)
    written = None
    if out is not None and rows is not None:
        about = {
            "study": ran.study,
            "practice": ran.practice,
            "run": ran.sha256,
            "form_sha256": came.sha256,
            "ledger_head": book.head,
        }
        written = hand_over_rows(rows, out, about)
    warn(looked.warnings)
    typer.echo(
        _as_json(found, applied=apply, head=book.head)
        if as_json
        else _as_text(found, dict(looked.texts), applied=apply)
    )
    if written and not as_json:
        typer.echo(f"for the screener: {written.path}")
    if receipt and not as_json:
        typer.echo(f"head: {receipt.head}")


def _as_json(found: Nominations, *, applied: bool, head: str) -> str:
    lines = [
        {**one._asdict(), "outcome": _outcome(str(one.outcome), applied=applied)}
        for one in found.judged
    ]
    said = {"applied": applied, "ledger_head": head, "lines": lines}
    return json.dumps(said, indent=2, ensure_ascii=False)


def _as_text(found: Nominations, texts: dict[str, str], *, applied: bool) -> str:
    from instep_cohort.small_tables import text_table

    rows = [
        (
            str(one.line),
            str(one.route),
            _outcome(str(one.outcome), applied=applied),
            "; ".join(filter(None, (one.why, *one.notes))),
        )
        for one in found.judged
    ]
    table = text_table("", ("line", "route", "what becomes of it", "why, and what to know"), rows)
    steps = sorted({one.why for one in found.judged} & texts.keys())
    legend = [f"{step} asks for: {texts[step]}" for step in steps]
    counts = ", ".join(
        f"{count} {_outcome(name, applied=applied)}" for name, count in found.counts().items()
    )
    said = f"{len(found.judged)} lines: {counts or 'nobody is named'}"
    if not applied:
        said += "\nNothing was recorded. If this is right, give the same command with --apply."
    return "\n".join(["PRACTICE-ONLY", table, *(["", *legend] if legend else []), "", said])


def _outcome(outcome: str, *, applied: bool) -> str:
    return "recorded" if applied and outcome == "to record" else outcome
