"""`instep-cohort codelists`: its commands, one module for each group of them."""

from __future__ import annotations

import typer

from instep_cohort.cli.codelists import (
    authoring,
    check,
    compare,
    coverage,
    crosswalk,
    emis,
    exchange,
    search,
    showing,
)

app = typer.Typer(
    help="The codelists: what is there, what is in it, what is wrong with it.",
    no_args_is_help=True,
)

app.command("list")(showing.list_them)
app.command("show")(showing.show)
app.command("check")(check.check)
app.command("new")(authoring.new)
app.command("release")(authoring.release)
app.command("review")(authoring.review)
app.command("lock")(authoring.lock)
app.command("compare")(compare.compare)
app.command("crosswalk")(crosswalk.crosswalk)
app.command("import")(exchange.import_codelist)
app.command("import-emis")(emis.import_emis)
app.command("export")(exchange.export_codelist)
app.command("formats")(exchange.formats)
app.command("coverage")(coverage.coverage)
app.command("search")(search.search)
