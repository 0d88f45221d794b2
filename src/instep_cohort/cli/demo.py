"""`instep-cohort demo`: the whole way on a made-up practice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from instep_cohort.cli.words import warn

_ON = date(2026, 11, 1)
_SHOWN = 5


def demo(
    out: Annotated[Path, typer.Option(help="The folder to work in.")] = Path("demo"),
    patients: Annotated[int, typer.Option(help="How many patients to make up.", min=200)] = 10_000,
    seed: Annotated[int, typer.Option(help="Another seed makes another practice.")] = 1,
) -> None:
    """Makes up a practice, reads its extract, and finds the candidates of the study instep."""
    from instep_cohort.cohort import identify
    from instep_cohort.cohort.result import attrition_lines
    from instep_cohort.cohort.tier_table import tier_lines
    from instep_cohort.extracts import ingest
    from instep_cohort.study import load_study
    from instep_cohort.synthetic import make_practice
    from instep_cohort.synthetic.contacts import make_contacts

    extract = out / "extract"
    typer.echo(f"Making up a practice of {patients:,} patients in {extract}")
    summary = make_practice(extract, patients=patients, seed=seed, extract_date=_ON)
    typer.echo(summary.as_text())
    contacts = make_contacts(extract / "patients.csv", out / "contacts.csv", seed=seed)
    typer.echo(f"\nNames and addresses, nobody's: {contacts}")
    store = ingest(extract, profile="standard", extract_date=_ON, out=out / "store")
    typer.echo(f"\n{store!r}\n")
    cohort = identify(
        load_study("instep"), store, on=_ON, opt_outs=extract / "opt-outs.csv", opt_outs_on=_ON
    )
    run = cohort.save(out / "run")
    typer.echo("\n".join(attrition_lines(cohort.to_arrow("attrition"))))
    typer.echo("\n".join(["", *tier_lines(cohort.to_arrow("tiers"))]))
    typer.echo(f"\nThe first of {len(cohort):,} candidates (all made up):")
    for row in cohort.to_arrow().slice(0, _SHOWN).to_pylist():
        who = f"{row['patient_id']}  {row['sex']} {row['age']}  tier {row['tier']}"
        typer.echo(f"  {who}  {row['reason']}")
    warn(cohort.warnings)
    typer.echo(f"\nThe list: {run / 'candidates.xlsx'}")
