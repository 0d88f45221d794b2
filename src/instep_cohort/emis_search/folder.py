"""The folder of an import: codelists, studies, and the list of what is in neither."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import yaml

from instep_cohort.codelists import Library
from instep_cohort.codelists.formats.csv_tables import write_table
from instep_cohort.codelists.rows import COLUMNS
from instep_cohort.emis_search.findings import NotCarried
from instep_cohort.emis_search.importing import OPT_OUTS, Imported
from instep_cohort.emis_search.value_sets import DRAFT_VERSION, ValueSet
from instep_cohort.errors import UsageError
from instep_cohort.terminology.systems import System

CATEGORY = "listed"
NOT_CARRIED_COLUMNS = (
    *("search", "element", "line", "column", "text", "why", "effect", "part", "studies"),
)


def write_import(imported: Imported, out: Path | str, *, on: date) -> Path:
    """The folder, written beside its place and moved there, so that a fault leaves no half.

    It holds ``codelists/`` (a draft of each value set that has codes, and the opt-out list that
    is shipped), ``studies/`` (a file for each search), and ``not-understood.csv`` and ``.json``.

    Args:
        imported: what was read.
        out: a folder that is not there yet, or is empty.
        on: the day of the import, for the histories of the drafts.

    Raises:
        UsageError: there is something at that place already, or nothing can be written there.
    """
    out = Path(out).absolute()
    refuse_occupied(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        try:
            making = beside / out.name
            _write(imported, making, on)
            if out.exists():
                out.rmdir()
            making.rename(out)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from None
    return out


def refuse_occupied(out: Path) -> None:
    """Refuses a place at which there is something already.

    Raises:
        UsageError: it is a file, or a folder that is not empty.
    """
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists():
        raise UsageError(f"{out} is there already: name a folder that is new or empty")


def _write(imported: Imported, folder: Path, on: date) -> None:
    (folder / "codelists").mkdir(parents=True)
    for one in imported.lists:
        if one.codes:
            _write_list(imported, one, folder / "codelists" / one.id, on)
    shutil.copytree(Library().folder / OPT_OUTS, folder / "codelists" / OPT_OUTS)
    (folder / "studies").mkdir()
    for search in imported.searches:
        (folder / "studies" / search.file).write_text(search.text, "utf-8", newline="\n")
    rows = [_as_dict(one) for one in imported.not_carried]
    told = json.dumps(rows, indent=2, ensure_ascii=False)
    (folder / "not-understood.json").write_text(told + "\n", "utf-8", newline="\n")
    cells = [[_cell(row[key]) for key in NOT_CARRIED_COLUMNS] for row in rows]
    (folder / "not-understood.csv").write_bytes(write_table(NOT_CARRIED_COLUMNS, cells))


def _as_dict(one: NotCarried) -> dict[str, object]:
    return {key: getattr(one, key) for key in NOT_CARRIED_COLUMNS}


def _cell(value: object) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


def _write_list(imported: Imported, one: ValueSet, folder: Path, on: date) -> None:
    folder.mkdir()
    note = "EMIS drug code {}"
    rows = [
        (
            *(System.EMIS_CODE_ID, code.code, "exact", CATEGORY, code.term),
            note.format(code.legacy) if code.legacy else "",
        )
        for code in one.codes
    ]
    (folder / f"{DRAFT_VERSION}.csv").write_bytes(write_table(COLUMNS, rows))
    card = yaml.safe_dump(_card(imported, one, on), sort_keys=False, allow_unicode=True, width=100)
    (folder / "codelist.yaml").write_text(card, "utf-8", newline="\n")


def _card(imported: Imported, one: ValueSet, on: date) -> dict[str, object]:
    searches = imported.used_by[one.id]
    who = ", ".join(searches) or "made of several value sets of the file"
    return {
        "id": one.id,
        "title": one.title,
        "purpose": f"What the EMIS search means by its value set {one.title}; to be written by "
        "whoever reads it: one sentence.",
        "kind": one.kind,
        "categories": {CATEGORY: "the codes that the value set lists"},
        "method": f"The codes of a value set of EMIS Web searches ({who}), as they stand in "
        f"{imported.source}. The ids are EMIS code ids, whatever the export calls them; the terms "
        "are those of the export and were held against nothing.",
        "sources": [
            {
                "key": "emis",
                "title": f"EMIS Web search export {imported.source}",
                "where": f"file {imported.source}, sha256 {imported.sha256}",
                "licence": "not stated in the file: ask whoever wrote the searches",
            }
        ],
        "not_covered": [
            *one.lacks,
            "Records that are known by a Read or SNOMED CT code only: a search in EMIS names ids.",
        ],
        "notes": list(_notes(imported, one)),
        "review_by": on.isoformat(),
        "history": [
            {
                "version": DRAFT_VERSION,
                "date": on.isoformat(),
                "status": "draft",
                "changes": f"imported from {imported.source}",
            }
        ],
    }


def _notes(imported: Imported, one: ValueSet) -> Iterator[str]:
    if also := imported.also_called[one.id]:
        yield f"Value sets with the same codes are also called {', '.join(also)}."
    if any(code.legacy for code in one.codes):
        yield "An EMIS drug code in a note is an older key of the same product; it selects nothing."
