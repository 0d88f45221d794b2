"""What may stand in a mapping file, as pydantic models."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from instep_cohort.extracts.profile import SYSTEMS
from instep_cohort.extracts.source_tables import DateStyle, Delimiter, Encoding

#: In the place of a column: the extract does not have it.
NONE = "none"

_DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


def _no_system(word: str) -> str:
    near = difflib.get_close_matches(word.lower(), SYSTEMS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(SYSTEMS)}"
    return f"{word} is no code system; {hint}"


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _delimiter(value: object) -> object:
    return _DELIMITERS.get(value, value) if isinstance(value, str) else value


Text: TypeAlias = Annotated[str, Field(min_length=1)]
Texts: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(_listed), Field(min_length=1)]
Dates: TypeAlias = Annotated[tuple[DateStyle, ...], BeforeValidator(_listed), Field(min_length=1)]
NamedDelimiter: TypeAlias = Annotated[Delimiter, BeforeValidator(_delimiter)]


class Part(BaseModel):
    """One mapping of the file; a key that it does not have is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Part):
    """Where something comes from: a column, or the same text on every row.

    Attributes:
        column: the column, as the header writes it; its case does not matter.
        constant: what stands for every row.
        values: what a cell means that is exactly one of the keys; other cells mean themselves.
        remove: a text that is taken out of each cell, such as the dots of a BNF code.
        none: that the extract does not have it.
    """

    column: str = ""
    constant: str = ""
    values: dict[str, str] = Field(default_factory=dict)
    remove: str = ""
    none: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"none": True} if value == NONE else {"column": value}
        return value

    @model_validator(mode="after")
    def _is_one_thing(self) -> Source:
        if sum((bool(self.column.strip()), bool(self.constant), self.none)) != 1:
            raise ValueError("say either column or constant")
        if not self.column and (self.values or self.remove):
            raise ValueError("values and remove go with column")
        return self


class System(Part):
    """The system of each row's code, where a column says it."""

    column: Text
    values: dict[str, str] = Field(min_length=1)

    @model_validator(mode="after")
    def _are_systems(self) -> System:
        for word in self.values.values():
            if word not in SYSTEMS:
                raise ValueError(_no_system(word))
        return self


class Code(Source):
    """A column of codes with the system that they are written in."""

    system: System | None = None
    of: str = ""

    @model_validator(mode="before")
    @classmethod
    def _named_system(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("system"), str):
            return {**value, "system": None, "of": value["system"]}
        return value

    @model_validator(mode="after")
    def _has_a_system(self) -> Code:
        if self.none:
            raise ValueError("rows without a code cannot be read")
        if self.of and self.of not in SYSTEMS:
            raise ValueError(_no_system(self.of))
        if not self.of and self.system is None:
            raise ValueError(f"say its system, one of {', '.join(SYSTEMS)}: it is never guessed")
        return self


Sources: TypeAlias = Annotated[tuple[Source, ...], BeforeValidator(_listed), Field(min_length=1)]
Codes: TypeAlias = Annotated[tuple[Code, ...], BeforeValidator(_listed), Field(min_length=1)]
#: Columns, each with the cells that a row is chosen or left out by.
Cells: TypeAlias = Annotated[dict[Text, Texts], Field(min_length=1)]


class Columns(Part):
    """What the columns of a file are; some of them may be said to be `none`."""

    may_lack: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _lacks_only_what_it_may(self) -> Columns:
        for name, value in self:
            if isinstance(value, Source) and value.none and name not in self.may_lack:
                raise ValueError(f"{name} cannot be none")
        return self


class PatientColumns(Columns):
    """What a row of the patients' file holds."""

    may_lack = ("registration_start",)

    patient_id: Source
    practice_id: Source
    sex: Source
    birth: Source | None = None
    birth_year: Source | None = None
    birth_month: Source | None = None
    birth_precision: Source | None = None
    death: Sources
    registration_start: Source | None = None
    registration_end: Source | None = None
    registration_kind: Source | None = None
    is_test: Source | None = None
    is_confidential: Source | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> PatientColumns:
        if (self.birth is None) == (self.birth_year is None):
            raise ValueError("say either birth, or birth_year with or without birth_month")
        if self.birth is not None and self.birth_month is not None:
            raise ValueError("birth_month goes with birth_year, not with birth")
        if len(self.death) > 1 and any(source.none for source in self.death):
            raise ValueError("death is either none or columns")
        return self


class RegistrationColumns(Columns):
    """What a row of a file of registrations holds."""

    patient_id: Source
    start: Source
    kind: Source
    end: Source | None = None
    practice_id: Source | None = None


class RecordColumns(Columns):
    """What a row of a file of events or issues holds."""

    may_lack = ("date",)

    patient_id: Source
    date: Source
    code: Codes
    date_precision: Source | None = None
    term: Source | None = None

    @model_validator(mode="after")
    def _systems_differ(self) -> RecordColumns:
        named = [code.of for code in self.code if code.of]
        for system in named:
            if named.count(system) > 1:
                raise ValueError(f"code has two columns of {system}")
        if any(code.constant for code in self.code) and len(self.code) > 1:
            raise ValueError("a constant code stands alone")
        return self


class EventColumns(RecordColumns):
    """What a row of a file of events holds."""

    value: Source | None = None
    unit: Source | None = None


class MedicineColumns(RecordColumns):
    """What a row of a file of medicine issues holds."""

    quantity: Source | None = None
    days: Source | None = None
    course: Source | None = None
    substance: Source | None = None


class File(Part):
    """Which files hold something, and how they are written where that differs from the rest.

    Attributes:
        file: names relative to the extract, ``*`` and ``?`` for any; their case does not matter.
        skip_rows: how many lines stand before the header.
        header: every column in its order, for files without a header line.
        encoding, delimiter, dates: as in `Mapping`.
        leave_out: reasons to leave a row out, each with the cells by which it is known.
    """

    file: Texts
    skip_rows: Annotated[int, Field(ge=0)] = 0
    header: tuple[Text, ...] = ()
    encoding: Encoding | None = None
    delimiter: NamedDelimiter | None = None
    dates: Dates | None = None
    leave_out: dict[Text, Cells] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_one_header(self) -> File:
        if self.header and self.skip_rows:
            raise ValueError("header is for files without a header line; skip_rows goes before one")
        return self

    @property
    def form(self) -> tuple[object, ...]:
        """What two sections that read one file must say alike."""
        return (self.skip_rows, self.header, self.encoding, self.delimiter, self.dates)


class Patients(File):
    """The file with one row for each patient."""

    columns: PatientColumns


class Registrations(File):
    """A file of registrations, which then holds all of them."""

    columns: RegistrationColumns


class Events(File):
    """A file of clinical events; ``only`` names the cells of the rows that are read."""

    columns: EventColumns
    only: dict[Text, Texts] = Field(default_factory=dict)


class Medicines(File):
    """A file of medicine issues; ``only`` as in `Events`."""

    columns: MedicineColumns
    only: dict[Text, Texts] = Field(default_factory=dict)


class Mapping(Part):
    """A mapping file: what is where in an extract.

    Attributes:
        mapping: its name.
        version: of the mapping, for the manifest.
        title: what it reads, in a line.
        dates: how dates are written, one style or several.
        encoding, delimiter, missing, markers: as in `Profile`.
        patients, registrations, events, medicines: the files.
    """

    mapping: Annotated[str, Field(pattern="^[a-z][a-z0-9-]*$")]
    version: Text
    title: Text
    dates: Dates
    encoding: Encoding = "utf-8"
    delimiter: NamedDelimiter = "auto"
    missing: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    markers: dict[Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")], Text] = Field(
        default_factory=dict
    )
    patients: Patients
    registrations: Registrations | None = None
    events: Annotated[tuple[Events, ...], BeforeValidator(_listed), Field(min_length=1)]
    medicines: Annotated[tuple[Medicines, ...], BeforeValidator(_listed)] = ()

    @model_validator(mode="after")
    def _says_who_is_registered(self) -> Mapping:
        own = self.patients.columns
        said = (own.registration_start, own.registration_end, own.registration_kind)
        if self.registrations is not None and any(source is not None for source in said):
            raise ValueError(
                "registrations holds every registration, so patients.columns has no registration_…"
            )
        if self.registrations is None:
            if own.registration_start is None:
                raise ValueError(
                    "nothing says who is registered: give patients.columns.registration_start "
                    "(none where the extract does not have it) or a section registrations"
                )
            if not own.registration_start.none and own.registration_kind is None:
                raise ValueError(
                    "patients.columns.registration_kind is missing: a column, or {constant: "
                    "regular} where the report was of regular patients only"
                )
        return self


#: The sections of a mapping that read files.
Section: TypeAlias = Literal["patients", "registrations", "events", "medicines"]
