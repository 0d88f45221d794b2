"""`instep-cohort plan-yield`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.options import AsJson
from instep_cohort.cli.words import warn
from instep_cohort.errors import UsageError


def plan_yield(
    participants: Annotated[int, typer.Option(help="How many are to take part.")],
    like: Annotated[
        list[str] | None,
        typer.Option(help="A published figure of another study, by name; may be repeated."),
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option(help="The practice's own figures: its ledger.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(help="A run folder: how many candidates a practice has.")
    ] = None,
    practice: Annotated[str | None, typer.Option(help="Of several in the run.")] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(help="NAME=LOW..HIGH, or NAME=LOW..LIKELIEST..HIGH; @ and why may follow."),
    ] = None,
    of: Annotated[
        str, typer.Option("--for", help="What to work out of letters,practices,months.")
    ] = "letters,practices,months",
    seed: Annotated[int, typer.Option(help="Of the simulation; the same seed, the same plan.")] = 1,
    draws: Annotated[int, typer.Option(help="How many.")] = 20_000,
    picture: Annotated[Path | None, typer.Option(help="An SVG file of the intervals.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Says how many letters, practices and months it takes, as intervals, every input with source.

    Nothing is guessed: what is not published for this study is the practice's own (--ledger,
    --run), taken from a named study (--like), or assumed (--assume). Of one input given twice,
    --assume stands before --ledger and --run, and these before --like. Whatever was given and is
    not in the plan is told.
    """
    from instep_cohort.recruitment.ledger import Ledger
    from instep_cohort.recruitment.planning import plan_tables
    from instep_cohort.recruitment.planning.inputs import read_assumption
    from instep_cohort.recruitment.planning.own_figures import candidates_of, own_inputs
    from instep_cohort.recruitment.planning.picturing import picture_of
    from instep_cohort.recruitment.planning.published import chosen
    from instep_cohort.recruitment.planning.simulating import QUANTITIES, choose
    from instep_cohort.recruitment.planning.simulating import plan_yield as plan
    from instep_cohort.recruitment.runs import open_practice_run

    wanted = [one.strip() for one in of.split(",")]
    if not wanted or not set(wanted) <= set(QUANTITIES):
        raise UsageError(f"--for {of}: give one or more of {','.join(QUANTITIES)}.")
    given = chosen(like or [])
    given += own_inputs(Ledger.open_any(ledger).standing) if ledger else []
    given += candidates_of(open_practice_run(run, practice)) if run else []
    assumed = [read_assumption(one) for one in assume or []]
    names = [one.name for one in assumed]
    if twice := sorted({one for one in names if names.count(one) > 1}):
        raise UsageError(f"--assume gives {', '.join(twice)} twice.")
    quantities = [one for one in QUANTITIES if one in wanted]
    inputs = choose([*given, *assumed], quantities)
    made = plan(participants, inputs, quantities, seed=seed, draws=draws)
    unused = [f"{one.name} ({one.kind})" for one in (*given, *assumed) if one not in inputs]
    if unused:
        warn([f"given, and not in this plan: {', '.join(unused)}."])
    if picture is not None:
        picture_of(made).save(picture)
    if as_json:
        typer.echo(json.dumps(plan_tables.as_values(made), indent=2, ensure_ascii=False))
        return
    typer.echo(plan_tables.as_text(made))
