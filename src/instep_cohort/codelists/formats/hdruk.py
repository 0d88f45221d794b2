"""The CSV of the HDR UK Phenotype Library (the Concept Library of Swansea University).

Sources, read in stored copies of public repositories:

- The columns of an export and the form of ``code_attributes`` (a JSON array of one object):
  ``export_phenotype_codes_as_csv`` in the views of SwanseaUniversityMedical/concept-library. The
  ids there are the library's own, such as C123 and PH25, and are given by nobody else.
- The names of the coding systems: ``R/constants.R`` of
  SwanseaUniversityMedical/ConceptLibraryClient ("Read codes v2", "Read codes v3", "CTV3 codes",
  "SNOMED CT codes", "BNF codes"); which of the two CTV3 names its importer uses: ``REF_C_SYS`` of
  the same library (ctv3 is system 6, "Read codes v3"). Several users of its API report two spaces
  in "SNOMED  CT codes", so spaces are read as one. It has a dm+d system (23), whose name could not
  be verified: it is read under its usual names and never written.
- Files for upload have the columns ``Code`` and ``Description``, one file for each terminology:
  BHFDSC/documentation, codelist_formatting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.formats.csv_tables import (
    Table,
    formula_losses,
    read_table,
    write_table,
)
from instep_cohort.codelists.formats.exchange import (
    About,
    Exported,
    ExportedFile,
    Hints,
    Imported,
    SourceFile,
    list_file,
    noted,
    unsaid,
)
from instep_cohort.codelists.formats.flat import flat
from instep_cohort.codelists.formats.json_documents import objects, read_json, text_of
from instep_cohort.codelists.model import Codelist, Match, Selector
from instep_cohort.codelists.rows import Row
from instep_cohort.terminology.systems import System

HEADER = (
    *("code", "description", "coding_system"),
    *("concept_id", "concept_version_id", "concept_name"),
    *("phenotype_id", "phenotype_version_id", "phenotype_name"),
    "code_attributes",
)
_WRITTEN: Mapping[System, str] = {
    System.READ_V2: "Read codes v2",
    System.CTV3: "Read codes v3",
    System.SNOMED_CT: "SNOMED CT codes",
    System.BNF: "BNF codes",
}
_READ: Mapping[str, System] = {
    **{name.casefold(): system for system, name in _WRITTEN.items()},
    "ctv3 codes": System.CTV3,
    "dm+d codes": System.DMD,
    "dm+d": System.DMD,
}


def looks_like(source: SourceFile) -> str:
    """Why a CSV file seems to come from the Phenotype Library; empty where it does not."""
    table = read_table(source)
    for header in ("phenotype_id", "concept_version_id", "phenotype_name"):
        if table.place([header]) is not None and table.place(["code"]) is not None:
            return f"its column {header} is one of the HDR UK Phenotype Library"
    return ""


def read(source: SourceFile, hints: Hints) -> Imported:
    """The codes of a phenotype: a concept's name is the category, its attributes the note.

    A coding system that no codelist can speak keeps its name, so that the check of the rows finds
    it with its line.
    """
    table = read_table(source)
    cells = _Cells(table, hints)
    findings = list(table.findings)
    if table.place([cells.named("code")]) is None:
        text = "there is no column code"
        findings.append(noted("file-shape", text, f"{','.join(HEADER)}", file=source.name, line=1))
        return Imported((), tuple(findings))
    if table.place([cells.named("system")]) is None and hints.system is None:
        text = "no column says of which system the codes are"
        repair = f"say it: --system, one of {', '.join(_WRITTEN)}, dmd"
        findings.append(noted("file-shape", text, repair, file=source.name, line=1))
        return Imported((), tuple(findings))
    rows = []
    for line, row in table.rows:
        made = _row(line, row, cells, source.name, findings, hints.system)
        if made:
            rows.append(made)
    return Imported(tuple(rows), tuple(findings), _about(table, cells))


class _Cells:
    """The cells of a row by the name of their column, empty where there is none."""

    _OURS: Mapping[str, str] = {
        "system": "coding_system",
        "category": "concept_name",
        "term": "description",
    }

    def __init__(self, table: Table, hints: Hints) -> None:
        self._table = table
        self._hints = hints

    def named(self, column: str) -> str:
        """The header under which a column of ours stands here."""
        return self._hints.columns.get(column, self._OURS.get(column, column))

    def get(self, row: list[str], column: str) -> str:
        place = self._table.place([self.named(column)])
        return "" if place is None else row[place]


def _row(
    line: int,
    row: list[str],
    cells: _Cells,
    file: str,
    findings: list[Finding],
    system: str | None,
) -> Row | None:
    code, term = cells.get(row, "code"), cells.get(row, "term")
    category = cells.get(row, "category")
    if not code and not term:
        # the library writes such a row for a concept that holds nothing
        text = f"the concept {category!r} holds no code"
        findings.append(noted("detail-lost", text, file=file, line=line))
        return None
    label = " ".join(cells.get(row, "system").split())
    known = _READ.get(label.casefold())
    match, note = _attributes(cells.get(row, "code_attributes"))
    named = str(known) if known else label or system or ""
    return Row(line, named, code, match, category, term, note)


def _attributes(cell: str) -> tuple[str, str]:
    """The match and the note that the attributes of a code say; anything else goes to the note."""
    value = read_json(cell).value if cell.strip() else None
    listed = objects(value)
    if not listed:
        return Match.EXACT, cell.strip()
    pairs = {key: text_of(found) for one in listed for key, found in one.items()}
    match = Match.DESCENDANTS if pairs.get("match") == Match.DESCENDANTS else Match.EXACT
    others = [
        f"{key}: {found}"
        for key, found in pairs.items()
        if found and key != "note" and not (key == "match" and found == match)
    ]
    return match, "; ".join(filter(None, [pairs.get("note", ""), *others]))


def _about(table: Table, cells: _Cells) -> About:
    def seen(column: str) -> list[str]:
        found = (cells.get(row, column).strip() for _, row in table.rows)
        return [one for one in dict.fromkeys(found) if one]

    def versioned(kind: str) -> str:
        pairs = dict.fromkeys(
            (cells.get(row, f"{kind}_id").strip(), cells.get(row, f"{kind}_version_id").strip())
            for _, row in table.rows
        )
        shown = [f"{one} version {version}" if version else one for one, version in pairs if one]
        return f"{kind} {', '.join(shown)}" if shown else ""

    where = "; ".join(filter(None, [versioned("phenotype"), versioned("concept")]))
    names = seen("phenotype_name")
    return About(title=names[0] if len(names) == 1 else "", where=where)


def write(codelist: Codelist) -> Exported:
    """A list as the library exports one, each category a concept without the library's ids.

    ``descendants`` and notes stand in ``code_attributes``, which the library carries and does not
    interpret: whoever reads the codes alone takes a code without what stands below it.
    """
    kept, losses = flat(codelist, tuple(_WRITTEN), "the HDR UK Phenotype Library")
    file = list_file(codelist)
    rows = [_written(one, codelist.title) for one in kept]
    findings = [*losses, *formula_losses(zip((s.line for s in kept), rows, strict=True), file)]
    text = "the ids of phenotype and concepts are empty: only the library gives them"
    findings.append(noted("detail-lost", text, file=file))
    return Exported(
        (ExportedFile("", write_table(HEADER, rows)),) if rows else (),
        (*findings, *unsaid(codelist, said=frozenset({"title"}))),
    )


def _written(selector: Selector, title: str) -> tuple[str, ...]:
    attributes = {}
    if selector.match.goes_down:
        attributes["match"] = str(selector.match)
    if selector.note:
        attributes["note"] = selector.note
    ids = ("", "", selector.category or "", "", "", title)
    shown = json.dumps([attributes], ensure_ascii=False) if attributes else ""
    system = _WRITTEN[selector.system]
    return (selector.code, selector.term, system, *ids, shown)
