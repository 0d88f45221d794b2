"""OpenCodelists CSV: one coding system in a file, a column of codes, often terms and categories.

Sources, read in stored copies of public repositories:

- Headers of old lists and the order in which they are looked for, per coding system: the class
  attributes ``csv_headers`` and ``CodelistVersion._old_style_codes`` of
  opensafely-core/opencodelists (``coding_systems/ctv3``, ``coding_systems/dmd``,
  ``codelists/models.py``). New lists always have ``code,term``; downloads of dm+d lists put
  ``code,term`` first, repeat the code under its old header, and keep the other columns.
- Further pairs of headers in use (``id,name``; ``ctv3id,readterm`` …):
  ``REF_LKUP`` of SwanseaUniversityMedical/concept-library, which reads these downloads.
- "Each codelist must use exactly one of these systems", and the names ``BNFCode``, ``CTV3Code``,
  ``DMDCode``, ``Read2Code``: docs.opensafely.org/codelist-creation. The same page has the column of
  subcategories, called classification or type by its authors.
"""

from __future__ import annotations

from collections.abc import Mapping

from instep_cohort.codelists.column_names import OTHER_NAMES
from instep_cohort.codelists.formats.csv_tables import (
    Table,
    find_columns,
    formula_losses,
    read_table,
    table_rows,
    write_table,
)
from instep_cohort.codelists.formats.exchange import (
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
from instep_cohort.codelists.model import Codelist, Selector
from instep_cohort.terminology.systems import System

SYSTEMS = (System.BNF, System.CTV3, System.DMD, System.READ_V2, System.SNOMED_CT)

# Headers that name a system; a dm+d list often has a column bnf_code beside its own.
_TELLING: Mapping[str, System] = {
    "ctv3id": System.CTV3,
    "ctv3code": System.CTV3,
    "snomedct_id": System.SNOMED_CT,
    "snomedcode": System.SNOMED_CT,
    "dmd_id": System.DMD,
    "dmd": System.DMD,
    "dmdcode": System.DMD,
    "read2code": System.READ_V2,
    "bnfcode": System.BNF,
}
_FOREIGN = ("icd10", "icd10code", "icd_code", "icd", "opcs4")
_NAMES = {
    "code": ("code", *_TELLING, "snomed_id", "id"),
    "term": OTHER_NAMES["term"],
    "category": ("category", "classification"),
}


def looks_like(source: SourceFile) -> str:
    """Why a CSV file seems to come from OpenCodelists; empty where it does not."""
    table = read_table(source)
    if table.place(["system", "coding_system", "match"]) is not None:
        return ""
    for header, system in _TELLING.items():
        if table.place([header]) is not None:
            return f"its column {header} names codes of {system} as OpenCodelists does"
    pairs = (("code", "term"), ("id", "name"), ("id", "term"))
    for code, term in pairs:
        if table.place([code]) is not None and table.place([term]) is not None:
            return f"it has the columns {code} and {term}, and none that names a system"
    return ""


def read(source: SourceFile, hints: Hints) -> Imported:
    """The codes of a file from OpenCodelists; cells of other columns go into the note."""
    table = read_table(source)
    columns, findings = find_columns(table, _NAMES, hints, source.name)
    system = _system(table)
    if not (system or hints.system):
        foreign = next((name for name in _FOREIGN if table.place([name]) is not None), "")
        findings.append(
            noted(
                "file-shape",
                f"the column {foreign} holds codes that no codelist here can speak"
                if foreign
                else "the file does not say of which system its codes are",
                "" if foreign else f"say it: --system, one of {', '.join(SYSTEMS)}",
                file=source.name,
                line=1,
            )
        )
    elif system and hints.system and system != hints.system:
        findings.append(
            noted(
                "file-shape",
                f"the header names codes of {system}, and --system is {hints.system}",
                f"--system {system}, or another file",
                file=source.name,
                line=1,
            )
        )
    if columns is None or findings:
        return Imported((), (*table.findings, *findings))
    rows = table_rows(table, columns, hints.system or str(system))
    return Imported(tuple(rows), table.findings)


def _system(table: Table) -> System | None:
    return next(
        (system for name, system in _TELLING.items() if table.place([name]) is not None), None
    )


def write(codelist: Codelist) -> Exported:
    """A list as ``code,term,category``, one file for each of its systems.

    Where it has several, each file's name ends with its system: the file itself has no place for
    it. Nothing of the hierarchy, the exclusions and the notes is held.
    """
    kept, losses = flat(codelist, SYSTEMS, "OpenCodelists")
    file = list_file(codelist)
    systems = [one for one in SYSTEMS if any(selector.system is one for selector in kept)]
    several = len(systems) > 1
    files = [
        ExportedFile(f"-{system}" if several else "", _file(kept, system)) for system in systems
    ]
    findings = list(losses)
    if several:
        text = f"an OpenCodelists file holds one system: one file each for {', '.join(systems)}"
        findings.append(
            noted("several-files", text, "import them with --system, once for each", file=file)
        )
    elif systems:
        text = f"the file does not say that its codes are {systems[0]}"
        findings.append(
            noted("detail-lost", text, f"import it with --system {systems[0]}", file=file)
        )
    noted_lines = [one.line for one in kept if one.note]
    if noted_lines:
        text = f"the notes of {len(noted_lines)} rows are not written: OpenCodelists has none"
        findings.append(noted("detail-lost", text, file=file, line=noted_lines[0] or None))
    findings += formula_losses(((one.line, (one.code, one.term)) for one in kept), file)
    return Exported(tuple(files), (*findings, *unsaid(codelist, said=frozenset())))


def _file(selectors: tuple[Selector, ...], system: System) -> bytes:
    rows = ((one.code, one.term, one.category or "") for one in selectors if one.system is system)
    return write_table(("code", "term", "category"), rows)
