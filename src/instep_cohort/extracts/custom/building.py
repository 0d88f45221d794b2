"""A `Profile` made of a mapping."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from instep_cohort.errors import DefinitionError, ExtractError, Fault
from instep_cohort.extracts.custom.expressions import (
    cells,
    column_name,
    expression,
    expression_or_null,
    record_columns,
)
from instep_cohort.extracts.custom.model import (
    Columns,
    Events,
    File,
    Medicines,
    PatientColumns,
    RecordColumns,
    Source,
)
from instep_cohort.extracts.custom.model import Mapping as MappingFile
from instep_cohort.extracts.custom.reading import ReadMapping, read_mapping
from instep_cohort.extracts.profile import (
    Kind,
    PatientMap,
    Profile,
    RecordMap,
    RegistrationMap,
)
from instep_cohort.extracts.source_tables import Layout, SourceTable

_RECORDS: dict[str, Kind] = {"events": "clinical", "medicines": "medicine"}


def load_mapping(path: Path | str) -> Profile:
    """The profile that a mapping file describes, for ``ingest(…, profile=load_mapping(path))``.

    It is not among `PROFILES`, and `detect` does not know it.

    Args:
        path: a .yaml, .yml or .toml file; docs/how-to/read-another-export.md says what stands in
            it.

    Raises:
        UsageError: there is no such file.
        DefinitionError: it is wrong: every fault with its line, its key and the nearest name.
    """
    from instep_cohort.extracts.profile_checks import profile_faults

    read = read_mapping(path)
    if faults := list(_faults(read)):
        raise DefinitionError(faults)
    profile = _profile(read)
    if wrong := profile_faults(profile):
        raise DefinitionError([read.fault("", fault) for fault in wrong])
    return profile


def _sections(mapping: MappingFile) -> Iterator[tuple[str, File]]:
    """Every section that reads files, with the place where it stands."""
    yield "patients", mapping.patients
    if mapping.registrations is not None:
        yield "registrations", mapping.registrations
    for name in _RECORDS:
        for number, section in enumerate(getattr(mapping, name)):
            yield f"{name}[{number}]", section


def _faults(read: ReadMapping) -> Iterator[Fault]:
    """What is wrong between sections."""
    first: dict[tuple[str, ...], tuple[str, File]] = {}
    for where, section in _sections(read.mapping):
        other, before = first.setdefault(section.file, (where, section))
        if before is section:
            continue
        if before.form != section.form:
            found = f"the file is read in another way than by {other}"
            yield read.fault(where, found, "say the same of it in both")
        if other in ("patients", "registrations") and not _is_a_flag(section):
            found = f"the file of {other} can give events by a constant code only"
            yield read.fault(where, found, "write the records into a file of their own")
    for where, section in _sections(read.mapping):
        columns = section.columns  # type: ignore[attr-defined]
        if isinstance(columns, RecordColumns) and columns.date.none and not _is_a_flag(section):
            found = "only a constant code may go without a date"
            yield read.fault(f"{where}.columns.date", found)
        if isinstance(section, Events) and any(code.of == "name" for code in section.columns.code):
            found = "a clinical code is not matched by its name"
            yield read.fault(f"{where}.columns.code", found, "name is for medicines")
        if section.header:
            known = {column_name(name) for name in section.header}
            for name in _named(section):
                if column_name(name) not in known:
                    yield read.fault(where, f"header has no column {name}")


def _is_a_flag(section: File) -> bool:
    columns = getattr(section, "columns", None)
    return isinstance(columns, RecordColumns) and bool(columns.code[0].constant)


def _named(section: File) -> Iterator[str]:
    """The columns that a section names."""
    columns: Columns = section.columns  # type: ignore[attr-defined]
    for _, value in columns:
        for source in value if isinstance(value, tuple) else (value,):
            if isinstance(source, Source):
                yield from filter(None, [source.column])
                if (system := getattr(source, "system", None)) is not None:
                    yield system.column
    yield from getattr(section, "only", {})
    for rule in section.leave_out.values():
        yield from rule


def _ids(section: File) -> Iterator[str]:
    """Those of them that hold ids or codes."""
    columns: Columns = section.columns  # type: ignore[attr-defined]
    sources = [getattr(columns, name, None) for name in ("patient_id", "practice_id")]
    for source in (*sources, *getattr(columns, "code", ())):
        if isinstance(source, Source) and source.column:
            yield source.column


def _profile(read: ReadMapping) -> Profile:
    mapping = read.mapping
    names = _table_names(mapping)
    registrations = mapping.registrations
    return Profile(
        name=f"custom/{mapping.mapping}",
        version=f"{mapping.version} {read.sha256[:12]}",
        description=mapping.title,
        dates=mapping.dates,
        missing=mapping.missing,
        tables=tuple(_tables(mapping, names)),
        recognise=_Recogniser(names),
        patients=_patients(mapping),
        registrations=None
        if registrations is None
        else RegistrationMap(
            source=names[registrations.file],
            patient_id=expression(registrations.columns.patient_id),
            start=expression(registrations.columns.start),
            end=expression_or_null(registrations.columns.end),
            kind=expression(registrations.columns.kind),
            practice_id=expression_or_null(registrations.columns.practice_id),
            skips={why: cells(rule) for why, rule in registrations.leave_out.items()},
        ),
        records=tuple(
            _records(section, kind, names)
            for name, kind in _RECORDS.items()
            for section in getattr(mapping, name)
        ),
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
        markers=mapping.markers,
        automatic=False,
        cannot_know=tuple(_cannot_know(mapping)),
    )


def _table_names(mapping: MappingFile) -> dict[tuple[str, ...], str]:
    """A name for each table, by its files."""
    names: dict[tuple[str, ...], str] = {}
    for where, section in _sections(mapping):
        section_name = where.split("[")[0]
        number = sum(name.startswith(section_name) for name in names.values())
        name = f"{section_name}_{number + 1}" if number else section_name
        names.setdefault(section.file, name)
    return names


def _tables(mapping: MappingFile, names: Mapping[tuple[str, ...], str]) -> Iterator[SourceTable]:
    for file, name in names.items():
        users = [section for _, section in _sections(mapping) if section.file == file]
        first = users[0]
        columns = dict.fromkeys(column_name(c) for section in users for c in _named(section))
        ids = dict.fromkeys(column_name(c) for section in users for c in _ids(section))
        yield SourceTable(
            name=name,
            title=f"{name} ({', '.join(file)})",
            needed=tuple(columns),
            ids=tuple(ids),
            # A name that the readers use themselves has another here.
            aliases={
                raw: name for name in columns if (raw := name.removeprefix("column ")) != name
            },
            layouts=(Layout(tuple(map(column_name, first.header))),) if first.header else (),
            skip_rows=first.skip_rows,
            encoding=first.encoding,
            delimiter=first.delimiter,
            dates=first.dates,
            required=not name.startswith("medicines"),
            without=f"no {', '.join(file)} in the extract",
        )


class _Recogniser:
    """The table of each file, by the patterns of the mapping."""

    def __init__(self, names: Mapping[tuple[str, ...], str]) -> None:
        self._names = names

    def __call__(self, files: Sequence[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for file in files:
            tables = [t for patterns, t in self._names.items() if _fits(file, patterns)]
            if len(tables) > 1:
                raise ExtractError(
                    f"{file}: the mapping reads it as {' and as '.join(tables)}; make the names "
                    "after file: narrower"
                )
            if tables:
                found[file] = tables[0]
        return found


def _fits(file: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(file.lower(), pattern.lower()) for pattern in patterns)


def _patients(mapping: MappingFile) -> PatientMap:
    section, own = mapping.patients, mapping.patients.columns
    dates = section.dates or mapping.dates
    return PatientMap(
        source="patients",
        patient_id=expression(own.patient_id),
        practice_id=expression(own.practice_id),
        sex=expression(own.sex),
        birth=_birth(own),
        birth_precision=expression_or_null(own.birth_precision),
        birth_dates=dates if own.birth is not None else "iso",
        deaths=tuple(expression(source) for source in own.death),
        start=expression_or_null(own.registration_start),
        end=expression_or_null(own.registration_end),
        registration_kind=expression_or_null(own.registration_kind),
        is_test=expression_or_null(own.is_test),
        is_confidential=expression_or_null(own.is_confidential),
        remarks=dict.fromkeys(_said_by_the_mapping(own), "true"),
        skips={why: cells(rule) for why, rule in section.leave_out.items()},
        copies_count_once=True,
    )


def _birth(own: PatientColumns) -> str:
    if own.birth is not None:
        return expression(own.birth)
    year = expression_or_null(own.birth_year)
    if own.birth_month is None:
        return year
    month = f"TRY_CAST({expression(own.birth_month)} AS INTEGER)"
    two_digits = f"lpad(CAST({month} AS VARCHAR), 2, '0')"
    return (
        f"CASE WHEN {month} BETWEEN 1 AND 12 THEN ({year}) || '-' || {two_digits} ELSE {year} END"
    )


def _said_by_the_mapping(own: PatientColumns) -> Iterator[str]:
    """Findings about what the extract does not say itself."""
    if own.death[0].none:
        yield "the mapping has no date of death: nobody is known to have died"
    for name in ("sex", "birth", "registration_start", "registration_end", "registration_kind"):
        source = getattr(own, name)
        if source is not None and source.constant:
            yield f"{name} is {source.constant} by the mapping, not by the extract"


def _cannot_know(mapping: MappingFile) -> Iterator[str]:
    own = mapping.patients.columns
    if own.death[0].none:
        yield "Who has died: the mapping names no date of death."
    if own.registration_start is not None and own.registration_start.none:
        yield "Who is registered: every study ends with nobody at its step `registered`."
    if not mapping.medicines:
        yield "Medicines: the mapping names no file of them."


def _records(
    section: Events | Medicines, kind: Kind, names: Mapping[tuple[str, ...], str]
) -> RecordMap:
    return RecordMap(
        source=names[section.file],
        kind=kind,
        columns=record_columns(section.columns),
        where=cells(section.only) if section.only else "",
        skips={why: cells(rule) for why, rule in section.leave_out.items()},
    )
