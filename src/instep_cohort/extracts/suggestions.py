"""What a damaged cell may have been, with the place where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from instep_cohort.extracts.faulty_columns import FaultyColumns
from instep_cohort.extracts.reading import Readable
from instep_cohort.extracts.sources import Sources

BATCH = 10_000


class Suggestion(NamedTuple):
    """What a cell may have been: ``suggested`` is empty where nobody can say it for certain.

    Two possible readings stand side by side, with ``or`` between them.
    """

    file: str
    line: int
    column: str
    found: str
    suggested: str
    why: str


class Cell(NamedTuple):
    """A cell: the record it is in, what of the map it is, its system, and its text."""

    record: int
    role: str
    system: str
    text: str


#: Of some cells those that are damaged, each with what is suggested for it and why.
Mending: TypeAlias = Callable[[list[Cell]], Iterable[tuple[Cell, str, str]]]


def cells(cursor: Any) -> Iterator[Cell]:
    """The rows of a DuckDB result with the columns of `Cell`, held in batches only."""
    while batch := cursor.fetchmany(BATCH):
        yield from (Cell(*row) for row in batch)


def placed(
    sources: Sources,
    file: Readable,
    expressions: Mapping[str, str],
    found: Iterator[Cell],
    mend: Mending,
) -> Iterator[Suggestion]:
    """The suggestions for cells of a file, each with its line and column.

    Args:
        sources: the extract.
        file: the file.
        expressions: for each role what it is made of, as the profile says.
        found: the cells, their records rising.
        mend: says which of them are damaged.
    """
    columns = FaultyColumns(sources.profile, file.file.table)
    for batch in _batches(found):
        mended = list(mend(batch))
        records = list(dict.fromkeys(cell.record for cell, _, _ in mended))
        lines = dict(zip(records, sources.lines_of(file.number, records), strict=True))
        for cell, suggested, why in mended:
            column = columns.named_in(expressions[cell.role])
            yield Suggestion(file.name, lines[cell.record], column, cell.text, suggested, why)


def _batches(found: Iterator[Cell]) -> Iterator[list[Cell]]:
    """The cells in batches, all cells of one record in the same."""
    by_record = (list(same) for _, same in groupby(found, key=itemgetter(0)))
    while batch := list(islice(by_record, BATCH)):
        yield list(chain.from_iterable(batch))
