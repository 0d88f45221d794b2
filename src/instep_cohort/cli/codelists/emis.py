"""`instep-cohort codelists import-emis`: searches of EMIS Web as codelists and studies."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instep_cohort.cli.options import AsJson
from instep_cohort.cli.words import warn

if TYPE_CHECKING:
    from instep_cohort.emis_search import Imported, ImportedSearch


def import_emis(
    file: Annotated[Path, typer.Argument(help="The XML file that EMIS Web exported.")],
    out: Annotated[Path, typer.Option(help="The folder to write; a new or an empty one.")],
    codes_below: Annotated[
        Path | None,
        typer.Option(
            "--hierarchy",
            help="A CSV child,parent of EMIS code ids, for value sets that include children.",
        ),
    ] = None,
    *,
    same_date: Annotated[
        bool,
        typer.Option("--same-date", help="Read the two dates of EMIS both as the search date."),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 3 where a search is not complete.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Makes draft codelists and studies of the searches in an EMIS Web export.

    Whatever a study cannot say is listed, and the study that lacks it refuses to run.
    """
    from instep_cohort.emis_search import read_codes_below, read_searches, write_import
    from instep_cohort.emis_search.folder import refuse_occupied

    refuse_occupied(out)
    table = read_codes_below(codes_below) if codes_below else None
    imported = read_searches(file, codes_below=table, one_date=same_date)
    write_import(imported, out, on=date.today())
    warn(imported.warnings)
    if as_json:
        typer.echo(json.dumps(_as_dict(imported, out), indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(_lines(imported, out)))
    if strict and not all(search.is_complete for search in imported.searches):
        sys.exit(3)


def _lines(imported: Imported, out: Path) -> list[str]:
    written = [one for one in imported.lists if one.codes]
    what = "codelist" if len(written) == 1 else "codelists"
    lines = [f"{len(written)} {what} in {out / 'codelists'}", ""]
    for search in imported.searches:
        lines.append(f"{_state(search):12}  {search.name}: {out / 'studies' / search.file}")
        lines += [f"{'':14}lacks {one.part}: {one.why}" for one in search.missing]
    kinds = [str(one.effect) for one in imported.not_carried]
    counts = [
        f"{kinds.count('missing')} things without which a study is not complete",
        f"{kinds.count('narrower')} that make one find fewer people",
        f"{kinds.count('note')} notes",
    ]
    return [*lines, "", f"{', '.join(counts)}: {out / 'not-understood.csv'}"]


def _state(search: ImportedSearch) -> str:
    return "complete" if search.is_complete else "NOT COMPLETE"


def _as_dict(imported: Imported, out: Path) -> dict[str, object]:
    return {
        "out": str(out),
        "source": imported.source,
        "sha256": imported.sha256,
        "warnings": list(imported.warnings),
        "searches": [
            {
                "name": search.name,
                "study": f"studies/{search.file}",
                "complete": search.is_complete,
                "codelists": list(search.lists),
                "missing": [one.part for one in search.missing],
            }
            for search in imported.searches
        ],
        "codelists": [
            {
                "id": one.id,
                "kind": one.kind,
                "codes": len(one.codes),
                "whole": one.is_whole,
                "lacks": list(one.lacks),
            }
            for one in imported.lists
        ],
        "not_understood": [
            {
                "search": one.search,
                "element": one.element,
                "line": one.line,
                "column": one.column,
                "text": one.text,
                "why": one.why,
                "effect": str(one.effect),
                "part": one.part,
                "studies": one.studies,
            }
            for one in imported.not_carried
        ],
    }
