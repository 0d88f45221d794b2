"""What a source system's extract looks like: its tables and columns as data.

A profile says which files hold which table, which columns are needed, and, as SQL expressions over
those columns, what each column of the store is made of. The readers know no column of their own.
Every cell is text; a cell without anything in it, or with a word that means "missing", is null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from instep_cohort.extracts.source_tables import DateStyles, Delimiter, Encoding, SourceTable

Kind: TypeAlias = Literal["clinical", "medicine"]

#: The systems that a code may be declared in; anything else in a system column is quarantined.
SYSTEMS = (
    "read_v2",
    "ctv3",
    "snomed_ct",
    "dmd",
    "bnf",
    "emis_code_id",
    "gemscript",
    "local",
    "name",
)


@dataclass(frozen=True)
class Join:
    """Columns of another table that stand beside each row of a map's source.

    Attributes:
        source: the other table. It may also be read as records or as a dictionary.
        on: SQL expressions over the columns of the map's source, each with one over the columns of
            ``source`` that must be equal to it.
        columns: what the map's expressions may then use: a name, and an SQL expression over the
            columns of ``source``. Null where the key is not there. Of several rows with one key
            the first text in order stands, and those that differ are counted as a finding.
    """

    source: str
    on: Mapping[str, str]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class PatientMap:
    """What a patient is made of; every text is an SQL expression over the source's columns.

    Attributes:
        source: the table's name.
        patient_id, practice_id: the ids, as text.
        sex: ``F``, ``M``, ``I``, ``U``, or whatever stands there instead.
        birth: a date, month or year, written as `birth_dates` says.
        birth_precision: ``day``, ``month`` or ``year``: what of ``birth`` may be believed.
        birth_dates: the styles of ``birth``.
        deaths: dates of death, each of which is taken to be one.
        start, end, registration_kind: the registration that the row carries.
        is_test, is_confidential: ``true``/``false``, ``1``/``0``, ``y``/``n``, null for false.
        remarks: findings, each with the condition of the rows that it counts.
        skips: reasons to leave a row out, each with the condition of its rows. What the extract
            holds about such a person is left out too, and counted as such.
        joins: tables that stand beside the rows.
        copies_count_once: whether a row that agrees with an earlier one in everything that is read
            is skipped, and not refused as a second row of one patient.
    """

    source: str
    patient_id: str
    practice_id: str
    sex: str
    birth: str
    deaths: tuple[str, ...]
    start: str
    end: str
    registration_kind: str
    birth_precision: str = "NULL"
    birth_dates: DateStyles = "iso"
    is_test: str = "NULL"
    is_confidential: str = "NULL"
    remarks: Mapping[str, str] = field(default_factory=dict)
    skips: Mapping[str, str] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    copies_count_once: bool = False


@dataclass(frozen=True)
class RegistrationMap:
    """A table of registrations; where an extract has it, what the patient rows say is not read.

    ``kind`` is ``regular``, ``temporary`` or anything else; ``skips`` and ``joins`` as in
    `PatientMap`: registrations elsewhere are left out by their reason. ``names_practice``: a
    patient whose own row names no practice belongs to that of a registration; see
    `registrations.read_registrations` for which.
    """

    source: str
    patient_id: str
    start: str
    end: str
    kind: str
    practice_id: str = "NULL"
    skips: Mapping[str, str] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    names_practice: bool = False


@dataclass(frozen=True)
class RecordMap:
    """What an event or a medicine issue is made of.

    Attributes:
        source: the table's name. Several maps may read one table, the table of patients too (for
            an opt-out that is a flag): each row counts as stored once, however many records it
            becomes, and a row of which none does is skipped or quarantined once.
        kind: clinical events or medicine issues.
        columns: SQL expressions for ``patient_id``, ``system``, ``code``; for ``date``, without
            which every record is undated; for ``date_precision`` (``day``, ``month``, ``year``;
            ``none`` or any other word makes the record undated whatever its date; null leaves it
            to the date); for those of ``value``, ``unit``, ``quantity``, ``days``, ``course`` that
            there are; and for what the row itself says beside its code: ``term``, ``read_v2``,
            ``ctv3``, ``snomed_concept``, ``dmd``, ``bnf``, ``substance``, which then holds for the
            code on every row. A row with a code in two systems is one event: one of them is
            ``code``, the other stands beside it.
        where: an SQL condition: the rows that this map is about. Rows that no map of their table
            is about are skipped.
        skips: reasons to leave a row out, each with the condition of its rows; the first holds.
        joins: tables that stand beside the rows.
    """

    source: str
    kind: Kind
    columns: Mapping[str, str]
    where: str = ""
    skips: Mapping[str, str] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True)
class DictionaryMap:
    """What the extract's own dictionary says of a code: ``columns`` as in the store's ``codes``.

    ``checks`` turns a finding into the condition of the dictionary rows that it counts; ``skips``
    a reason into the condition of rows that are left out.
    """

    source: str
    kind: Kind
    columns: Mapping[str, str]
    checks: Mapping[str, str] = field(default_factory=dict)
    skips: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """One source system.

    Attributes:
        name, version, description: for people and for `store.json`.
        dates: how the extract writes a date.
        missing: words that mean "missing", besides the empty text.
        tables: the tables that are read.
        recognise: the table of each file, by the files' names relative to the extract; files that
            are not in its answer are not used. Raises `ExtractError` where names contradict.
        encoding: how its text files are encoded. A file that is plainly in the other encoding is
            read as that, with a finding.
        delimiter: what stands between two cells.
        markers: days that stand for something else than themselves, as ISO dates, each with what
            it means in a few words. Such a date is missing, and is counted by its name. In a date
            of death and in the end of a registration only a marker after the extract date means
            "none"; an earlier one means that somebody died, or left, on a day that nobody knows.
        practices: the column that lists the practices, with its table, where there is one.
        automatic: whether `recognising` may choose it.
        traps: what a reader of the system's extracts should know, a sentence each.
        cannot_know: what the extract does not hold, a sentence each.
    """

    name: str
    version: str
    description: str
    dates: DateStyles
    missing: tuple[str, ...]
    tables: tuple[SourceTable, ...]
    recognise: Callable[[Sequence[str]], Mapping[str, str]]
    patients: PatientMap
    records: tuple[RecordMap, ...]
    registrations: RegistrationMap | None = None
    dictionaries: tuple[DictionaryMap, ...] = ()
    encoding: Encoding = "utf-8"
    delimiter: Delimiter = "auto"
    markers: Mapping[str, str] = field(default_factory=dict)
    practices: tuple[str, str] | None = None
    automatic: bool = True
    traps: tuple[str, ...] = ()
    cannot_know: tuple[str, ...] = ()

    def table(self, name: str) -> SourceTable:
        """The table of that name."""
        return next(table for table in self.tables if table.name == name)

    def dates_of(self, source: str) -> DateStyles:
        """How a table writes its dates."""
        return self.table(source).dates or self.dates

    def records_of(self, source: str) -> tuple[RecordMap, ...]:
        """The maps that read records from a table."""
        return tuple(record for record in self.records if record.source == source)

    def store_table(self, source: str) -> str:
        """The table of the store that a table of the profile goes into, or its first map does."""
        if source == self.patients.source:
            return "patients"
        if self.registrations is not None and source == self.registrations.source:
            return "registrations"
        for record in self.records:
            if source in (record.source, *(join.source for join in record.joins)):
                return "events" if record.kind == "clinical" else "medicines"
        return "codes" if source in {d.source for d in self.dictionaries} else "patients"
