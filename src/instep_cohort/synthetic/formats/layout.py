"""What the format of a system is: its files, its columns, and what they cannot hold.

A format is data and a few functions without effects; files, streaming and planted faults are the
business of `instep_cohort.synthetic.files`. It shares nothing with the readers in `extracts`: each
states its own columns, so that one is a test of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from instep_cohort.synthetic.formats.facts import Facts

# What should become of a planted fault.
STORED = "stored"
UNDATED = "stored undated"
VALUELESS = "stored without its value"
UNREGISTERED = "stored without the registration"
COUNTED = "stored, counted as impossible"
UNMAPPED = "stored, its code unmapped"
MENDED = "stored, mended"
SKIPPED = "skipped"
QUARANTINED = "quarantined"
READ_ALL_THE_SAME = "read all the same"

#: What a column is, whatever the system calls it; faults are planted by these.
Role = Literal["patient", "day", "precision", "code", "value", "quantity", "text", "row", "deleted"]

#: The name of a sheet, and rows for it: the columns of the sheet, in any order.
Written = Iterator[tuple[str, Any]]


@dataclass(frozen=True)
class Sheet:
    """One table of a format, written to one file or to numbered parts.

    Attributes:
        name: what the system calls the table.
        file: the file's name in the folder of the extract; ``{on}`` in it is the day of the
            extract as eight digits, ``{on-}`` with hyphens.
        columns: every column in the order of the file.
        part: the name of a numbered part, such as ``Observation_{:03d}.txt``; its folder may be
            another than that of ``file``. Empty for a table that never comes in parts.
        rows: what it holds a part of; the file is divided where there are too many of them.
        later: the file's name in a later delivery of changes, where the system has such; a table
            that every delivery must have is in it, if only with its header.
        roles: which column is what, for planting faults.
        typos: other spellings of column names that were seen in real files, by the usual one.
    """

    name: str
    file: str
    columns: tuple[str, ...]
    part: str
    rows: Literal["", "events", "issues"] = ""
    later: str = ""
    roles: Mapping[Role, str] = field(default_factory=dict)
    typos: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dialect:
    """How the rows of every file of a format are written.

    ``quoting``: ``all`` quotes every cell, ``texts`` every text that is there, ``none`` nothing.
    ``lead`` stands before the header, as the lines that a report begins with.
    """

    delimiter: str = ","
    quoting: Literal["all", "texts", "none"] = "texts"
    header: bool = True
    encoding: str = "utf-8"
    line_end: str = "\n"
    lead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Holds:
    """What a format can say of a person; where it cannot, the known answer may be another.

    Attributes:
        birth: down to what a birth is written at best.
        is_test: whether a test patient is marked as one.
        is_confidential: whether a confidential patient is marked as one.
        read_of_products: whether a product has its Read v2 or CTV3 code, which alone tells codeine
            tablets for the bowel from those for pain.
    """

    birth: Literal["day", "month", "year"] = "day"
    is_test: bool = True
    is_confidential: bool = True
    read_of_products: bool = True


class OddCode(NamedTuple):
    """What stands in the cell of a code in real files of a system, and is none of its codes.

    ``of`` says in which rows, ``becomes`` is a word of this module.
    """

    kind: str
    becomes: str
    code: str
    of: Literal["events", "issues"]


@dataclass(frozen=True)
class OddPerson:
    """Somebody who is not quite right, of whom nothing else is recorded.

    Attributes:
        kind: what is wrong.
        becomes: what should become of their rows, a word of this module.
        cells: by sheet, other texts for columns of their row.
        more: further rows of a sheet, after theirs: the same with other texts for some columns.
        later: by sheet, such texts for the same row in a later delivery, which becomes the same.
    """

    kind: str
    becomes: str
    cells: Mapping[str, Mapping[str, str]]
    more: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    later: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Format:
    """The format of one system. The functions have no effects and know nothing of files.

    Attributes:
        name: the profile that reads it.
        description: one line.
        sheets: every table that it may write.
        dialect: how rows are written.
        holds: what decides the known answers.
        cannot_hold: what of a made-up practice gets lost, a sentence each.
        ids: patient ids as the store of the profile will have them, for the numbers of some people
            and the numbers of their practices. The number 0 is nobody on the register.
        register: everything that is written once: people, registrations, practices, dictionaries.
        events: the rows for a table of neutral events (`instep_cohort.synthetic.neutral`). Each row
            of it gives one row of one sheet; a sheet may get no row.
        issues: the same for neutral issues.
        day: a day of the calendar, which need not exist, as a cell of this format.
        another_day: the same in a form that this format never has.
        many_parts: whether the files are always numbered.
        packs: how a messy extract packs the files of issues.
        unknown_code: a code or product that its dictionaries do not have.
        odd_codes: what else may stand in the place of a code.
        markers: days that stand for none.
        no_day: the cells of a row that is said to be of no day.
        taken_back: the cells of a row that is deleted or cancelled: in a later delivery, where the
            system has such.
        later_cells: by column, the cells of every row of a later delivery.
        odd_people: what can be wrong with a person in this format alone.
        beside: further files of the folder, by name, each with its text.
        fates: what becomes of a fault in this format, where it is not what becomes of it in most;
            by the name of the sheet and the kind of the fault.
    """

    name: str
    description: str
    sheets: tuple[Sheet, ...]
    dialect: Dialect
    holds: Holds
    cannot_hold: tuple[str, ...]
    ids: Callable[[Sequence[int], Sequence[int]], list[str]]
    register: Callable[[Facts], Written]
    events: Callable[[Facts, Any], Written]
    issues: Callable[[Facts, Any], Written]
    day: Callable[[Day], str]
    another_day: Callable[[Day], str]
    many_parts: bool = False
    packs: Literal["", "gz", "zip"] = ""
    unknown_code: str = ""
    odd_codes: tuple[OddCode, ...] = ()
    markers: tuple[str, ...] = ()
    no_day: Mapping[Role, str] = field(default_factory=dict)
    taken_back: Mapping[Role, str] = field(default_factory=dict)
    later_cells: Mapping[str, str] = field(default_factory=dict)
    odd_people: tuple[OddPerson, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    fates: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def sheet(self, name: str) -> Sheet:
        """The table of that name."""
        return next(sheet for sheet in self.sheets if sheet.name == name)


class Day(NamedTuple):
    """A day as three numbers; 30 February is one too."""

    year: int
    month: int
    day: int

    def iso(self) -> str:
        """The day as 2026-05-01."""
        return f"{self.year}-{self.month:02d}-{self.day:02d}"

    def day_first(self) -> str:
        """The day as 01/05/2026."""
        return f"{self.day:02d}/{self.month:02d}/{self.year}"
