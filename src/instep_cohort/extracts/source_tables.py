"""What one table of an extract looks like as files: its columns, its layouts, its deliveries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

#: How a text file's bytes are read. Five bytes have no meaning in Windows-1252 (cp1252): each of
#: them becomes the control character of its number, and the rows that hold one are counted.
Encoding: TypeAlias = Literal["utf-8", "cp1252"]

#: What stands between two cells; ``auto``: a tab where the header line has one, else a comma.
#: With a tab, quotes are letters like any other.
Delimiter: TypeAlias = Literal["auto", ",", "\t", ";", "|"]

#: How a date is written: `2026-05-01`, `01/05/2026`, `01 May 2026`, `01-May-2026` (English names,
#: whatever their case), `20260501`. A time of day may stand behind each of them.
DateStyle: TypeAlias = Literal["iso", "dd/mm/yyyy", "dd mmm yyyy", "dd-mmm-yyyy", "yyyymmdd"]

#: One style, or several, the first of which whose shape a text has is the one it is read by.
DateStyles: TypeAlias = DateStyle | tuple[DateStyle, ...]

#: The column that holds what `SourceTable.delivered` finds in a file's name.
DELIVERY = "delivery"

_MOMENT = 14  # digits: year, month, day, hour, minute, second


@dataclass(frozen=True)
class Layout:
    """The columns of a file that has no header line.

    Attributes:
        columns: every column of the file in its order, lower case.
        shapes: for some of the columns a regular expression that their filled cells match (one in
            ten of the first fifty rows may not, for damage). Layouts with as many columns as
            another need them; a file whose rows do not match is refused, so that a column that
            moved is never read as its neighbour.
    """

    columns: tuple[str, ...]
    shapes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """How a table that comes as a whole delivery, and changes to it, is read as it stands now.

    Attributes:
        key: the columns by which a row is known again; a row without one of them replaces nothing.
        order: the column whose number rises from delivery to delivery. Of the rows of a key the
            last one counts; where two have the same number, the one further down. Empty: rows are
            never replaced, and ``deleted`` alone is looked at.
        deleted: an SQL condition over the columns: the row says that its key is gone.
        whole_may_delete: whether a first, whole delivery may hold deleted rows. Where it may not,
            an extract with more deletions of rows that it does not have than of rows that it has is
            refused: it is made of changes, and the whole that they belong to is not there.
    """

    key: tuple[str, ...]
    order: str = ""
    deleted: str = "false"
    whole_may_delete: bool = False


@dataclass(frozen=True)
class SourceTable:
    """One table of an extract, in one file or in many. Column names are lower case throughout.

    Attributes:
        name: what the maps call it.
        title: what people call it.
        needed: columns without which a file of it cannot be read.
        any_of: groups of columns of which one must be there.
        optional: columns that are read where they are there.
        ids: the columns that hold ids or codes, which a number with a decimal point would damage.
        absent_means: what an optional column holds throughout when a file does not have it.
        aliases: other spellings of a column in a header, each with the column's name: typos,
            names of other versions. The proper name wins where a file has both.
        unread: columns that the system writes too and that are not read. Where it is not empty, a
            file with any other column gets a finding that names it.
        layouts: for files without a header line: what their columns can be.
        skip_rows: how many lines stand before the header.
        encoding, delimiter, dates: where the table differs from its profile.
        snapshot: for a table of which rows may be replaced or deleted.
        delivered: where a file's delivery is told by its name alone: a regular expression whose
            groups are year, month, day, and hour, minute, second as far as the name has them. The
            last place of the name (relative to the extract) that it matches is the moment of the
            delivery, which the optional column ``delivery`` then holds as a number, for
            `Snapshot.order`. A file whose name has none belongs to the oldest delivery.
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
    aliases: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    layouts: tuple[Layout, ...] = ()
    skip_rows: int = 0
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    dates: DateStyles | None = None
    snapshot: Snapshot | None = None
    delivered: str = ""
    spared_by: tuple[str, tuple[str, ...]] = ("", ())
    required: bool = False
    without: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, needed ones first."""
        choices = tuple(column for group in self.any_of for column in group)
        return (*self.needed, *choices, *self.optional)

    def named(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The columns of a header by their proper names."""
        return tuple(
            self.aliases[name]
            if name in self.aliases and self.aliases[name] not in header
            else name
            for name in header
        )

    def delivery_of(self, name: str) -> str:
        """The moment of a file's delivery as fourteen digits; empty where its name has none."""
        found = tuple(re.finditer(self.delivered, name)) if self.delivered else ()
        if not found:
            return ""
        return "".join(part or "" for part in found[-1].groups()).ljust(_MOMENT, "0")

    def unknown(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """The columns of a file that nobody knows; none where `unread` is not declared."""
        known = {"", *self.columns, *self.unread, *self.aliases}
        return tuple(name for name in columns if name not in known) if self.unread else ()

    def cell(self, expression: str) -> str:
        """The column that an SQL expression is nothing but; empty for anything else."""
        name = expression.strip('"')
        return name if name in self.columns else ""
