"""What damaged cells may have been: suggestions for people to judge, none of which is applied.

Codes that a spreadsheet took for numbers, lost dots and zeros, stray signs; ids of patients that
nobody has, where the damage leaves one patient whose they can be; dates that are a spreadsheet's
numbers or are written in another order. A cell that is beyond repair has a row without a
suggestion, which says so.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from instep_cohort.errors import UsageError
from instep_cohort.extracts.date_suggestions import date_suggestions
from instep_cohort.extracts.profile import DictionaryMap, RecordMap
from instep_cohort.extracts.quarantine import UNKNOWN_PATIENT
from instep_cohort.extracts.reading import Readable
from instep_cohort.extracts.record_rows import SKIPPED, left_out, may_leave_out
from instep_cohort.extracts.snapshots import RECORD, rows
from instep_cohort.extracts.sources import Sources
from instep_cohort.extracts.sql import identifier, literal
from instep_cohort.extracts.staging import joined
from instep_cohort.extracts.suggestions import BATCH, Cell, Suggestion, cells, placed
from instep_cohort.small_tables import harmless
from instep_cohort.terminology.code_faults import fault
from instep_cohort.terminology.spreadsheet_numbers import digits_left, is_number
from instep_cohort.terminology.systems import System

PATIENT = "patient_id"

# The system of what a row or a dictionary says beside a code.
_SAID = {
    "read_v2": System.READ_V2,
    "ctv3": System.CTV3,
    "snomed_concept": System.SNOMED_CT,
    "dmd": System.DMD,
    "bnf": System.BNF,
}
# Damage done on the way, as opposed to a code that somebody chose badly.
_DAMAGE = frozenset(
    {
        *("spreadsheet-number", "missing-dots", "lost-zero", "rounded-id"),
        *("spaces", "invisible", "stray-sign", "wrong-case"),
    }
)
_AS_NUMBER = "an id as a spreadsheet writes a number"
_ZEROS = "nobody has this id, and one patient has it but for zeros in front"
_ROUNDED = "an id that a spreadsheet has rounded: it cannot be repaired, take the extract again"


def refuse_suggestions(path: Path) -> None:
    """Nothing, where suggestions may be written to a path.

    Raises:
        UsageError: something is there already, or there is no such folder.
    """
    if path.exists():
        raise UsageError(f"{path} is there already: move it, or name another file for --repair")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path}: there is no such folder; make it, or name another file")


def write_suggestions(sources: Sources, path: Path, extract_date: date) -> int:
    """How many suggestions were written to a new CSV file with the columns of `Suggestion`.

    It is about patients, so only its owner can read it; no cell of it runs as a formula.

    Args:
        sources: the extract, of which everything has been read.
        path: the file.
        extract_date: the day the extract was taken.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    refuse_suggestions(path)
    written = 0
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.absolute().parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
                write = csv.writer(out, lineterminator="\n").writerow
                write(Suggestion._fields)
                for row in _suggestions(sources, extract_date):
                    write([harmless(cell) if isinstance(cell, str) else cell for cell in row])
                    written += 1
            Path(name).rename(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    return written


def _suggestions(sources: Sources, extract_date: date) -> Iterator[Suggestion]:
    profile = sources.profile
    people = profile.patients
    like_a_number = "regexp_matches(patient_id, '[.eE]')"
    yield from _of_people(
        sources, people.source, "patient_source", people.patient_id, like_a_number
    )
    given = profile.registrations
    if given is not None and sources.of(given.source):
        stranger = _is_nobody(sources, "t.patient_id")
        yield from _of_people(
            sources, given.source, "registration_source", given.patient_id, stranger
        )
    for dictionary in profile.dictionaries:
        if sources.of(dictionary.source):
            yield from _of_dictionary(sources, dictionary)
    for number, record in enumerate(profile.records):
        for file in sources.of(record.source):
            yield from _of_records(sources, number, record, file)
    yield from date_suggestions(sources, extract_date)


def _of_people(
    sources: Sources, source: str, staged: str, expression: str, suspected: str
) -> Iterator[Suggestion]:
    """Suggestions for ids in a staged table, of those rows for which the condition holds."""
    for file in sources.of(source):
        suspects = sources.connection.cursor().execute(
            f"SELECT record, {literal(PATIENT)}, '', patient_id FROM {staged} t "
            f"WHERE file = {file.number} AND left_out IS NULL AND patient_id IS NOT NULL "
            f"AND {suspected} ORDER BY record"
        )
        yield from _judged(sources, file, {PATIENT: expression}, cells(suspects))


def _of_dictionary(sources: Sources, dictionary: DictionaryMap) -> Iterator[Suggestion]:
    given, table = dictionary.columns, f"{dictionary.source}_{dictionary.kind}_rows"
    every = " UNION ALL ".join(
        f"SELECT file, record, {literal(name)} AS role, {_system(name)} AS system, {name} AS text "
        f"FROM {table} WHERE left_out IS NULL"
        for name in _coded(given)
    )
    if not _note_damaged(sources, f"SELECT DISTINCT system, text FROM ({every})"):
        return
    for file in sources.of(dictionary.source):
        damaged = sources.connection.cursor().execute(
            f"SELECT record, role, system, text FROM ({every}) SEMI JOIN damaged "
            f"USING (system, text) WHERE file = {file.number} ORDER BY record, role"
        )
        yield from _judged(sources, file, given, cells(damaged))


def _of_records(
    sources: Sources, number: int, record: RecordMap, file: Readable
) -> Iterator[Suggestion]:
    given, coded = record.columns, _coded(record.columns)
    tallied = " UNION ".join(
        f"SELECT {_system(name)} AS system, {name} AS text FROM tally WHERE map = {number} "
        f"AND (status IS NULL OR NOT starts_with(status, {literal(SKIPPED)}))"
        for name in coded
    )
    found = _note_damaged(sources, tallied)
    if not found and UNKNOWN_PATIENT not in sources.quarantine.counts(file.name):
        return
    taken = joined(sources, rows(sources, record.source, [file], numbered=True), record.joins)
    skipped = left_out(sources, record) if may_leave_out(sources, record) else "NULL"
    names = dict.fromkeys((PATIENT, "system", *coded))
    fields = ", ".join(f"{given[name]} AS {identifier(name)}" for name in names)
    sources.connection.execute(
        f"CREATE OR REPLACE VIEW counting AS SELECT {RECORD} AS record, {fields} "
        f"FROM ({taken}) WHERE ({skipped}) IS NULL"
    )
    every = " UNION ALL ".join(
        f"SELECT record, {literal(name)} AS role, {_system(name)} AS system, {name} AS text "
        "FROM counting"
        for name in coded
    )
    found_cells = sources.connection.cursor().execute(
        f"SELECT record, role, system, text FROM ({every}) SEMI JOIN damaged USING (system, text) "
        f"UNION ALL SELECT record, {literal(PATIENT)}, '', patient_id FROM counting t "
        f"WHERE patient_id IS NOT NULL AND {_is_nobody(sources, 't.patient_id')} ORDER BY 1, 2"
    )
    yield from _judged(sources, file, given, cells(found_cells))


def _coded(given: Mapping[str, str]) -> tuple[str, ...]:
    """The columns of a map that hold codes."""
    return ("code", *(name for name in _SAID if name in given))


def _system(role: str) -> str:
    """The system of a cell, as an SQL expression."""
    return literal(_SAID[role]) if role in _SAID else "system"


def _is_nobody(sources: Sources, column: str) -> str:
    """An SQL condition: no patient has this id, nor anybody who was left out."""
    known = f"NOT EXISTS (FROM patients p WHERE p.patient_id = {column})"
    if not sources.has_left_out:
        return known
    return f"{known} AND NOT EXISTS (FROM people_left_out o WHERE o.patient_id = {column})"


def _note_damaged(sources: Sources, pairs: str) -> bool:
    """Whether any text is damaged; makes ``damaged``, the pairs of system and text that are.

    Args:
        sources: the extract.
        pairs: the query for the pairs.
    """
    connection = sources.connection
    every = connection.execute(pairs).fetchall()
    found = [(system, text) for system, text in every if system and text and _mend(system, text)]
    connection.execute("CREATE OR REPLACE TABLE damaged (system VARCHAR, text VARCHAR)")
    for start in range(0, len(found), BATCH):
        some = found[start : start + BATCH]
        values = ", ".join(f"({literal(system)}, {literal(text)})" for system, text in some)
        connection.execute(f"INSERT INTO damaged VALUES {values}")
    return bool(found)


def _mend(system: str, text: str) -> tuple[str, str] | None:
    """What is suggested for a code, and why; ``None`` where it is not damaged."""
    if system not in tuple(System):
        return None
    found = fault(System(system), text)
    if found is None or found.name not in _DAMAGE:
        return None
    return found.mended or "", str(found)


def _judged(
    sources: Sources, file: Readable, expressions: Mapping[str, str], found: Iterator[Cell]
) -> Iterator[Suggestion]:
    """The suggestions for codes and ids of a file whose records rise."""
    return placed(sources, file, expressions, found, lambda batch: _mended(sources, batch))


def _mended(sources: Sources, batch: list[Cell]) -> Iterator[tuple[Cell, str, str]]:
    whose = _whose(sources, {cell.text for cell in batch if cell.role == PATIENT})
    for cell in batch:
        found = (
            _mend_id(cell.text, whose) if cell.role == PATIENT else _mend(cell.system, cell.text)
        )
        if found is not None:
            yield (cell, *found)


def _mend_id(text: str, whose: Mapping[str, list[str]]) -> tuple[str, str] | None:
    """What is suggested for the id of a patient, and why."""
    bare = text.strip()
    if is_number(bare):
        digits = digits_left(bare)
        if digits is None:
            return "", _ROUNDED
        people = [who for who in whose.get(digits.lstrip("0"), []) if who != text]
        return (people[0] if len(people) == 1 else digits), _AS_NUMBER
    people = [who for who in whose.get(bare.lstrip("0"), []) if who != text]
    return (people[0], _ZEROS) if bare.isdigit() and len(people) == 1 else None


def _whose(sources: Sources, ids: Iterable[str]) -> dict[str, list[str]]:
    """The ids of the patients that these may be, by themselves without zeros in front."""
    bare = {(digits_left(one.strip()) or one.strip()).lstrip("0") for one in ids}
    if not bare:
        return {}
    wanted = ", ".join(f"({literal(one)})" for one in sorted(bare))
    found = sources.connection.execute(
        "SELECT ltrim(patient_id, '0') AS bare, patient_id FROM patients "
        f"SEMI JOIN (VALUES {wanted}) v(bare) ON ltrim(patient_id, '0') = v.bare ORDER BY ALL"
    ).fetchall()
    return {one: [who for _, who in same] for one, same in groupby(found, key=itemgetter(0))}
