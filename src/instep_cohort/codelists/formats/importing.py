"""Importing a list: files of an exchange format become the working copy of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from instep_cohort.codelists.checks.list_checks import list_findings
from instep_cohort.codelists.checks.row_checks import ListFacts, row_findings, selector
from instep_cohort.codelists.drafting import put_folder, refuse_names, refuse_place
from instep_cohort.codelists.findings import Finding, Severity
from instep_cohort.codelists.formats.category_names import category_names, renamed
from instep_cohort.codelists.formats.csv_tables import formula_losses, write_table
from instep_cohort.codelists.formats.draft_card import Origin, draft_card
from instep_cohort.codelists.formats.exchange import (
    ExchangeFormat,
    Hints,
    Imported,
    SourceFile,
    noted,
)
from instep_cohort.codelists.formats.registry import detect, exchange_format
from instep_cohort.codelists.model import Kind, Match
from instep_cohort.codelists.rows import COLUMNS, Row, read_rows
from instep_cohort.codelists.versions import WORKING
from instep_cohort.errors import DefinitionError, Fault, UsageError
from instep_cohort.terminology.systems import MEDICINE_ONLY, System

MOST_BYTES = 200_000_000
NO_CATEGORY = "uncategorised"


class ImportedList(NamedTuple):
    """What an import made.

    Attributes:
        folder: the list's folder, with codelist.yaml and working.csv, as `new_codelist` makes it.
        format: the format that was read.
        why: why it was taken for that format; empty where it was told.
        rows: how many rows were written.
        findings: all that is wrong or was lost, by file and line.
    """

    folder: Path
    format: str
    why: str
    rows: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the rows can be released as they are: nothing was found but warnings."""
        return all(one.severity is not Severity.ERROR for one in self.findings)


def import_list(
    files: Sequence[Path | str],
    *,
    id: str,  # noqa: A002
    out: Path | str,
    on: date,
    format: str = "auto",  # noqa: A002
    systems: Sequence[str] = (),
    category: str | None = None,
    kind: Literal["clinical", "medicine"] | None = None,
    columns: Mapping[str, str] | None = None,
) -> ImportedList:
    """The list that files of one exchange format make, written as a new folder.

    Every row of the files stands in its working copy as it is, however wrong: what is wrong with it
    is found as `check` finds it, with its file and line, and has to be mended before a release.
    Only rows that say the same are written once, and text that a spreadsheet would run is marked;
    both are found too.

    Args:
        files: the files, all of one format, in the order in which their rows are read.
        id: the name of the list and of its folder.
        out: the folder of codelists in which that folder is made.
        on: the day on which the files were given.
        format: a key of ``FORMATS``, or auto.
        systems: the system of the codes where the files do not say it: one, or one for each file.
        category: the category of rows that have none.
        kind: of the list; judged by its codes where it is left out.
        columns: for CSV, columns of a codelist with the headers under which they stand.

    Raises:
        UsageError: a file that is not there or too big, an id or option value that cannot be, a
            list of that id that is there already, a format that is not known.
        DefinitionError: no row could be read, so nothing was written.
    """
    refuse_names(id, {})
    refuse_place(id, Path(out))
    sources = [_source(Path(path)) for path in files]
    read_as, why = _format(sources, format)
    read = _read(sources, read_as, systems, columns or {})
    findings = [one for imported in read for one in imported.findings]
    if not any(imported.rows for imported in read):
        raise DefinitionError([one.as_fault() for one in findings] or _empty(sources))
    names = category_names(row for imported in read for row in imported.rows)
    default = category or NO_CATEGORY
    lists = [_named(imported, names, default) for imported in read]
    kind = kind or _kind([row for rows in lists for row in rows])
    facts = ListFacts({*names.values(), default}, kind)
    for source, imported, rows in zip(sources, read, lists, strict=True):
        findings += renamed(imported.rows, names, source.name)
        findings += _judged(rows, facts, source.name)
    merged, doubled = _merged(list(zip(sources, lists, strict=True)))
    categories = _described(merged, read, names, default)
    data = write_table(COLUMNS, [row[1:] for row in merged])
    findings += [*doubled, *_list_findings(data, id, categories)]
    origin = Origin(sources, [one.about for one in read], read_as, on)
    card = draft_card(id, kind, categories, origin, findings)
    folder = put_folder(Path(out), id, card, data)
    ordered = sorted(findings, key=lambda one: (one.file, one.line or 0))
    return ImportedList(folder, read_as.name, why, len(merged), tuple(ordered))


def _read(
    sources: Sequence[SourceFile],
    read_as: ExchangeFormat,
    systems: Sequence[str],
    columns: Mapping[str, str],
) -> list[Imported]:
    """What each of the files says, read as that format."""
    if read_as.read is None:
        raise UsageError(f"{read_as.name} can be written and not read")
    if wrong := sorted(columns.keys() - set(COLUMNS)):
        raise UsageError(f"--column {wrong[0]}: a codelist has {', '.join(COLUMNS)}")
    told = _systems(systems, len(sources))
    return [
        read_as.read(source, Hints(system, columns))
        for source, system in zip(sources, told, strict=True)
    ]


def _described(
    rows: Sequence[Row], read: Sequence[Imported], names: Mapping[str, str], default: str
) -> dict[str, str]:
    """Each category that rows have, with the line that the source has on it, or its own name."""
    used = {row.category for row in rows}
    said = {text: line for one in read for text, line in one.about.categories.items() if line}
    described = {
        name: said.get(text) or f"as the source says: {text}"
        for text, name in names.items()
        if name in used
    }
    if default in used:
        described.setdefault(default, "")
    return described


def _source(path: Path) -> SourceFile:
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    if path.stat().st_size > MOST_BYTES:
        raise UsageError(f"{path} is bigger than {MOST_BYTES // 1_000_000} MB: this is no codelist")
    return SourceFile(path.name, path.read_bytes())


def _format(sources: Sequence[SourceFile], name: str) -> tuple[ExchangeFormat, str]:
    if not sources:
        raise UsageError("there is no file to import")
    if name != "auto":
        return exchange_format(name), ""
    detected = [detect(source) for source in sources]
    for source, other in zip(sources, detected, strict=True):
        if other.format.name != detected[0].format.name:
            raise UsageError(
                f"{sources[0].name} looks like {detected[0].format.name} and {source.name} like "
                f"{other.format.name}: import them one by one, or say --format"
            )
    return detected[0].format, detected[0].why


def _systems(systems: Sequence[str], files: int) -> list[str | None]:
    for name in systems:
        if name not in set(System):
            raise UsageError(f"there is no system {name!r}: {', '.join(System)}")
    if not systems:
        return [None] * files
    if len(systems) == 1:
        return [systems[0]] * files
    if len(systems) != files:
        raise UsageError(f"--system is given {len(systems)} times for {files} files")
    return list(systems)


def _empty(sources: Sequence[SourceFile]) -> list[Fault]:
    return [
        noted("file-shape", "there is no row in the file", file=source.name).as_fault()
        for source in sources
    ]


def _named(imported: Imported, names: Mapping[str, str], default: str) -> list[Row]:
    """The rows of a file with categories that a codelist allows; exclusions have none."""
    excluding = {Match.EXCLUDE.value, Match.EXCLUDE_DESCENDANTS.value}
    return [
        row._replace(
            category=names.get(row.category, "" if row.match.strip() in excluding else default)
        )
        for row in imported.rows
    ]


def _kind(rows: Sequence[Row]) -> Kind:
    """Medicine where a medicine's system is spoken, or most Read codes begin as drugs do."""
    if any(row.system in set(MEDICINE_ONLY) for row in rows):
        return "medicine"
    read = [row for row in rows if row.system in (System.READ_V2, System.CTV3)]
    drugs = sum(row.code[:1].islower() for row in read)
    return "medicine" if drugs * 2 > len(read) else "clinical"


def _judged(rows: Sequence[Row], facts: ListFacts, file: str) -> Iterator[Finding]:
    for row in rows:
        yield from row_findings(row, selector(row), facts, file)
    yield from formula_losses(((row.line, row[1:]) for row in rows), file)


def _merged(
    lists: Sequence[tuple[SourceFile, Sequence[Row]]],
) -> tuple[list[Row], list[Finding]]:
    """The rows of all files in the order of a codelist, those that say the same once."""
    first: dict[tuple[str, ...], tuple[str, Row]] = {}
    findings = []
    for source, rows in lists:
        for row in rows:
            key = (row.system, row.match, row.category, row.code)
            file, seen = first.setdefault(key, (source.name, row))
            if seen is not row:
                differs = (row.term, row.note) != (seen.term, seen.note)
                text = f"{row.system} {row.code!r} stands here again (first in {file}:{seen.line})"
                findings.append(
                    noted(
                        "row-merged",
                        text + (", with another term or note" if differs else ""),
                        "the first is written",
                        file=source.name,
                        line=row.line,
                    )
                )
    return [row for _, (_, row) in sorted(first.items())], findings


def _list_findings(
    data: bytes, id_of_list: str, categories: Mapping[str, str]
) -> Iterator[Finding]:
    """Yields what is wrong between the rows as they were written, with the lines there."""
    file = f"{id_of_list}/{WORKING}.csv"
    made = [one for row in read_rows(data, file).rows if (one := selector(row))]
    if made:
        yield from list_findings(made, tuple(categories), file)
