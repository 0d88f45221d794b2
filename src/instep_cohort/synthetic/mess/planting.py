"""Faults that are put into an extract on purpose, each of which is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from instep_cohort.synthetic import neutral
from instep_cohort.synthetic.formats.layout import READ_ALL_THE_SAME, Role
from instep_cohort.synthetic.sheet_files import FileFaults, Place, SheetFiles, cells_of

if TYPE_CHECKING:
    from pathlib import Path

    from instep_cohort.synthetic.formats.facts import Facts
    from instep_cohort.synthetic.formats.layout import Format, Sheet
    from instep_cohort.synthetic.neutral import OddRow


@dataclass(frozen=True)
class Plant:
    """A row with a fault.

    Attributes:
        kind: what is wrong with it.
        becomes: what should become of it.
        row: the row as it would be without the fault.
        cells: texts for the cells that are at fault, by what their column is, or what makes such a
            text of the right one.
        damage: other bytes for the whole line, which is given with its end.
        later: such texts for the same row in a later delivery, if it comes again.
        later_becomes: what should become of that.
    """

    kind: str
    becomes: str
    row: OddRow
    cells: Mapping[Role, str | Callable[[str], str]] = field(default_factory=dict)
    damage: Callable[[bytes], bytes] | None = None
    later: Mapping[Role, str | Callable[[str], str]] = field(default_factory=dict)
    later_becomes: str = ""


class Planted(NamedTuple):
    """A fault as it is recorded; ``line`` is 0 where it is one of the whole file."""

    file: str
    line: int
    kind: str
    becomes: str


class Planter:
    """Puts faulty rows behind the good ones and remembers where."""

    def __init__(self, files: SheetFiles, layout: Format, facts: Facts) -> None:
        self.files = files
        self._layout = layout
        self._facts = facts
        self.planted: list[Planted] = []
        self.event_rows = 0
        self.issue_rows = 0

    def events(self, plants: Sequence[Plant], first: int) -> None:
        """Adds these events; ``first`` is the number of the first of them.

        A fault for which the format has no cell is left out.
        """
        rows = neutral.odd_events([plant.row for plant in plants], first)
        for number, plant in enumerate(plants):
            for name, table in self._layout.events(self._facts, rows.slice(number, 1)):
                self.event_rows += self._add(name, table, plant)

    def issues(self, plants: Sequence[Plant], first: int) -> None:
        """Adds these issues, as `events` does."""
        rows = neutral.odd_issues([plant.row for plant in plants], first)
        for number, plant in enumerate(plants):
            for name, table in self._layout.issues(self._facts, rows.slice(number, 1)):
                self.issue_rows += self._add(name, table, plant)

    def _add(self, name: str, table: Any, plant: Plant) -> int:
        sheet = self._layout.sheet(name)
        if not sheet.rows:
            self.files[name].add(table)
            return 0
        if not len(table) or not {*plant.cells, *plant.later} <= sheet.roles.keys():
            return 0
        cells = cells_of(table, sheet.columns)
        place = self.files[name].add_line(_with(cells, sheet, plant.cells), plant.damage)
        self._record(name, place, plant.kind, plant.becomes)
        if plant.later_becomes:
            self._add_later(name, _with(cells, sheet, plant.later), plant.kind, plant.later_becomes)
        return 1

    def _add_later(self, name: str, cells: list[str | None], kind: str, becomes: str) -> None:
        columns = self._layout.sheet(name).columns
        for column, text in self._layout.later_cells.items():
            cells[columns.index(column)] = text
        self._record(name, self.files.later(name).add_line(cells), kind, becomes)

    def person(
        self, name: str, table: Any, kind: str, becomes: str, cells: Mapping[str, str]
    ) -> None:
        """Adds the only row of a table about a person, with other texts for some columns."""
        place = self.files[name].add_line(self._person(name, table, cells))
        self._record(name, place, kind, becomes)

    def person_later(
        self, name: str, table: Any, kind: str, becomes: str, cells: Mapping[str, str]
    ) -> None:
        """Adds such a row to the later delivery."""
        self._add_later(name, self._person(name, table, cells), kind, becomes)

    def _person(self, name: str, table: Any, cells: Mapping[str, str]) -> list[str | None]:
        columns = self._layout.sheet(name).columns
        right = dict(zip(columns, cells_of(table, columns), strict=True))
        return list((right | dict(cells)).values())

    def whole_files(self, faults: Mapping[str, FileFaults]) -> None:
        """Records what is odd about whole files, once all of them are written."""
        for name, odd in faults.items():
            for path in self.files[name].paths:
                self.planted += [Planted(path, 0, kind, READ_ALL_THE_SAME) for kind in odd.kinds]

    def _record(self, name: str, place: Place, kind: str, becomes: str) -> None:
        fate = self._layout.fates.get((name, kind), becomes)
        self.planted.append(Planted(place.file, place.line, kind, fate))


def _with(
    cells: Sequence[str | None], sheet: Sheet, texts: Mapping[Role, str | Callable[[str], str]]
) -> list[str | None]:
    """The cells with other texts in the columns that have these roles."""
    changed = list(cells)
    for role, text in texts.items():
        column = sheet.columns.index(sheet.roles[role])
        changed[column] = text if isinstance(text, str) else text(changed[column] or "")
    return changed


def write_planted(folder: Path, planted: Sequence[Planted]) -> None:
    """Writes `mess.parquet`: file (its path in the extract), line, kind, becomes."""
    columns = zip(*planted, strict=True) if planted else ((), (), (), ())
    kinds = (pa.string(), pa.int64(), pa.string(), pa.string())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    pq.write_table(pa.table(arrays, names=list(Planted._fields)), folder / "mess.parquet")
