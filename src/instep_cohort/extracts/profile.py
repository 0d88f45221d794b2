"""What a source system's extract looks like: its tables and columns as data.

A profile says which files hold which table, which columns are needed, and, as SQL expressions over
those columns, what each column of the store is made of. The readers know no column of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

DateStyle: TypeAlias = Literal["iso", "dd/mm/yyyy"]
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
class SourceTable:
    """One table of an extract, in one file or in many.

    Attributes:
        name: what the maps below call it.
        title: what people call it.
        needed: columns without which a file of it cannot be read.
        any_of: groups of columns of which one must be there.
        optional: columns that are read where they are there.
        ids: the columns that hold ids or codes, which a number with a decimal point would damage.
        absent_means: what an optional column holds throughout when a file does not have it.
        spared_by: another table, and the needed columns that are not read when that table is there.
        required: whether an extract without it is refused.
        without: the finding for an extract that does not have it; empty for none.
    """

    name: str
    title: str
    needed: tuple[str, ...]
    any_of: tuple[tuple[str, ...], ...] = ()
    optional: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    absent_means: Mapping[str, str] = field(default_factory=dict)
    spared_by: tuple[str, tuple[str, ...]] = ("", ())
    required: bool = False
    without: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, needed ones first."""
        choices = tuple(column for group in self.any_of for column in group)
        return (*self.needed, *choices, *self.optional)


@dataclass(frozen=True)
class PatientMap:
    """What a patient is made of; every text is an SQL expression over the source's columns.

    Attributes:
        source: the table's name.
        patient_id, practice_id: the ids, as text.
        sex: ``F``, ``M``, ``I``, ``U``, or whatever stands there instead.
        birth: an ISO date, month or year.
        birth_precision: ``day``, ``month`` or ``year``: what of ``birth`` may be believed.
        deaths: dates of death, each of which is taken to be one.
        start, end, registration_kind: the registration that the row carries.
        is_test, is_confidential: ``true``/``false``, ``1``/``0``, ``y``/``n``, null for false.
        remarks: findings, each with the condition of the rows that it counts.
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
    is_test: str = "NULL"
    is_confidential: str = "NULL"
    remarks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RegistrationMap:
    """A table of registrations; where an extract has it, what the patient rows say is not read."""

    source: str
    patient_id: str
    start: str
    end: str
    kind: str
    practice_id: str = "NULL"


@dataclass(frozen=True)
class RecordMap:
    """What an event or a medicine issue is made of.

    ``columns`` gives SQL expressions for ``patient_id``, ``date``, ``system``, ``code``; for those
    of ``value``, ``unit``, ``quantity``, ``days``, ``course`` that the extract has; and for what
    of ``term``, ``dmd``, ``bnf``, ``substance`` stands on the row itself.
    """

    source: str
    kind: Kind
    columns: Mapping[str, str]


@dataclass(frozen=True)
class DictionaryMap:
    """What the extract's own dictionary says of a code: ``columns`` as in the store's ``codes``.

    ``checks`` turns a finding into the condition of the dictionary rows that it counts.
    """

    source: str
    kind: Kind
    columns: Mapping[str, str]
    checks: Mapping[str, str] = field(default_factory=dict)


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
        practices: the column that lists the practices, with its table, where there is one.
    """

    name: str
    version: str
    description: str
    dates: DateStyle
    missing: tuple[str, ...]
    tables: tuple[SourceTable, ...]
    recognise: Callable[[Sequence[str]], Mapping[str, str]]
    patients: PatientMap
    records: tuple[RecordMap, ...]
    registrations: RegistrationMap | None = None
    dictionaries: tuple[DictionaryMap, ...] = ()
    practices: tuple[str, str] | None = None

    def table(self, name: str) -> SourceTable:
        """The table of that name."""
        return next(table for table in self.tables if table.name == name)

    def store_table(self, source: str) -> str:
        """The table of the store that a table of the profile goes into."""
        kinds = {record.source: record.kind for record in self.records}
        if source in kinds:
            return "events" if kinds[source] == "clinical" else "medicines"
        if self.registrations is not None and source == self.registrations.source:
            return "registrations"
        return "codes" if source in {d.source for d in self.dictionaries} else "patients"
