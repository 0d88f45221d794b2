"""`instep-cohort opportunistic`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.options import AllowStale, AsJson, Codelists, NoOptOutList
from instep_cohort.cli.words import progress, warn


def opportunistic(
    run: Annotated[Path, typer.Argument(help="The run folder whose candidates they are.")],
    ledger: Annotated[Path, typer.Option(help="The ledger of the practice and study.")],
    key: Annotated[Path, typer.Option(help="The key of that ledger.")],
    appointments: Annotated[
        Path,
        typer.Option(
            help="A CSV with patient_id and starts_at (or date, time); clinician, site, status."
        ),
    ],
    first: Annotated[str, typer.Option("--from", help="The first day, such as 2026-11-30.")],
    last: Annotated[str, typer.Option("--to", help="The last day.")],
    opt_outs: Annotated[
        Path | None,
        typer.Option(help="The practice's own opt-out list as it is now: patient_id,kind,…"),
    ] = None,
    opt_outs_on: Annotated[
        str | None, typer.Option(help="The day on which that list was drawn up.")
    ] = None,
    no_opt_out_list: NoOptOutList = None,
    store: Annotated[
        Path | None,
        typer.Option(
            help="The practice's latest extract: everybody is looked up in it again, and people "
            "whom somebody has named are on the list only then."
        ),
    ] = None,
    codelists: Codelists = None,
    practice: Annotated[str | None, typer.Option(help="Of several in the run.")] = None,
    out: Annotated[Path | None, typer.Option(help="A CSV file, for the practice only.")] = None,
    page: Annotated[
        Path | None, typer.Option("--print", help="An HTML page to print, for the practice only.")
    ] = None,
    *,
    allow_stale: AllowStale = False,
    as_json: AsJson = False,
) -> None:
    """Lists the candidates who come for an appointment anyway, in order of time.

    Nobody is on it who has asked not to hear of research, was invited already, or was screened with
    "do not invite"; with --store, nobody who has died, left or opted out since either. Prints
    counts; people stand in the files. Who is interested comes back by the form:
    instep-cohort nominate, route opportunistic.
    """
    from instep_cohort.cohort.practice_list import EMPTY, read_practice_list
    from instep_cohort.cohort.safety import OptOutAnswers
    from instep_cohort.extracts import open_store
    from instep_cohort.recruitment.key_file import Key
    from instep_cohort.recruitment.ledger import Ledger
    from instep_cohort.recruitment.routes import opportunistic as routes
    from instep_cohort.recruitment.routes.appointments import read_appointments
    from instep_cohort.recruitment.routes.exclusions import (
        look_at,
        refuse_qualified,
        refuse_unanswered,
    )
    from instep_cohort.recruitment.routes.opportunistic_lists import hand_over_csv, hand_over_page
    from instep_cohort.recruitment.runs import open_practice_run

    days = iso_date(first, "--from"), iso_date(last, "--to")
    drawn_up = iso_date(opt_outs_on, "--opt-outs-on") if opt_outs_on else None
    answers = OptOutAnswers(opt_outs, drawn_up, no_opt_out_list)
    refuse_unanswered(answers)
    ran = open_practice_run(run, practice)
    refuse_qualified(ran)
    routes.refuse_stale(ran, on=days[1], list_drawn_up=answers.drawn_up, allow_stale=allow_stale)
    book = Ledger.open(ledger, practice=ran.practice, study=ran.study)
    keys = Key.open(key, practice=ran.practice, study=ran.study)
    keys.covers(book.standing.persons)
    read = read_appointments(appointments)
    looked = None
    if store is not None:
        looked = look_at(
            ran,
            open_store(store),
            routes.people_of(ran, book.standing, keys),
            on=days[0],
            answers=answers,
            codelists=codelists,
            allow_stale=allow_stale,
            progress=progress(),
        )
        warn(looked.warnings)
    found = routes.opportunities(
        ran,
        book,
        keys,
        read,
        first=days[0],
        last=days[1],
        practice_list=read_practice_list(answers.file) if answers.file else EMPTY,
        looked=looked,
    )
    about = {
        "study": ran.study,
        "practice": ran.practice,
        "run": ran.sha256,
        "ledger_head": book.head,
        "appointments_sha256": read.sha256,
        "no_opt_out_list": answers.nobody_listed,
    }
    written = [hand_over_csv(found, out, about)] if out else []
    if page:
        title = f"{ran.study}: candidates who are coming"
        written.append(hand_over_page(found, page, title, about))
    files = [str(one.path) for one in written]
    if as_json:
        said = {"counts": found.counts, "of_others": found.strangers, "files": files}
        typer.echo(json.dumps({"class": "PRACTICE-ONLY", **said}, indent=2))
        return
    if not read.coming:
        warn(["the appointments file has no rows."])
    elif found.unknown and found.unknown == found.strangers and not found.coming:
        told = (
            f"none of the {found.unknown:,} appointments in these days is of anybody whom the "
            "search has seen: check that the ids are those of the extract, leading zeros too."
        )
        warn([told])
    typer.echo(_as_text(found.counts, read.cancelled, found.strangers))
    for file in files:
        typer.echo(f"written: {file}")


def _as_text(counts: Mapping[str, int], cancelled: int, strangers: int) -> str:
    from instep_cohort.small_tables import text_table

    rows = list(counts.items())
    whole = sum(count for _, count in rows)
    table = text_table("PRACTICE-ONLY", ("candidates and nominated people", "count"), [*rows])
    return (
        f"{table}\n{whole:,} people looked at; appointments of others in these days: "
        f"{strangers:,}; cancelled: {cancelled:,}"
    )
