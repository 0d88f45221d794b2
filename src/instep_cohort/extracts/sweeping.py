"""All records of a text file in order: the sound ones in runs, the doubtful ones one by one.

It comes to what reading record by record does, and many times as fast where most are sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from instep_cohort.extracts.chunks import Chunk, Run
from instep_cohort.extracts.lines import LONGEST_LINE, Record, read_record
from instep_cohort.extracts.survey import Survey, open_bytes
from instep_cohort.extracts.windows import Window

#: Bytes that are read at once; with the places of what matters in them some 15 MB are held.
CHUNK = 1 << 20


def sweep(path: Path, survey: Survey, size: int = CHUNK) -> Iterator[tuple[int, Run | Record]]:
    """Every record of the file behind its header, each run or record with its first line.

    Args:
        path: the file.
        survey: what it is.
        size: how many bytes are read at once.
    """
    with open_bytes(path) as source:
        window = Window(source, size)
        for _ in range(survey.lead):
            window.keep()
            window.take()
        yield from _sweep(window, survey)


def _sweep(window: Window, survey: Survey) -> Iterator[tuple[int, Run | Record]]:
    window.keep()
    window.grow()
    chunk = Chunk(window.data, survey)
    while window.left or not window.is_ended:
        if chunk.data is not window.data:
            chunk = Chunk(window.data, survey)
        run = sound_run(chunk, window.place)
        if run is None:  # no record ends here
            if not window.is_ended and window.left <= LONGEST_LINE:
                window.keep()
                window.grow()
            else:
                yield from _exactly(window, survey)
        elif run.number:
            line = window.line
            window.pass_over(run.end, run.lines)
            yield line, run
        else:
            yield from _exactly(window, survey)


def sound_run(chunk: Chunk, place: int) -> Run | None:
    """The sound records from a place on, where one begins, as far as they stand side by side.

    There may be none; ``None`` where no record that begins there ends in the chunk.
    """
    records = chunk.records(place)
    first = int(records.ends.searchsorted(place, side="right"))
    if first == len(records.ends):
        return None
    following = int(records.doubtful.searchsorted(first))
    has_more = following < len(records.doubtful)
    last = int(records.doubtful[following]) if has_more else len(records.ends)
    return Run(chunk, records, first, last, place)


def _exactly(window: Window, survey: Survey) -> Iterator[tuple[int, Record]]:
    """The next record, and any that lines which it gave back make."""
    window.keep()
    while (line := window.take()) is not None:
        record = read_record(line, window, survey)
        yield record.line, record
        if not window.has_waiting:
            return
        window.keep()


def find_records(path: Path, survey: Survey, wanted: Iterable[int]) -> Iterator[Record]:
    """The good records with these numbers, which rise and count good records only, from 1."""
    parts, before = sweep(path, survey), 0
    line, part = 0, None
    for number in wanted:
        while part is None or number > before + _good(part):
            before += 0 if part is None else _good(part)
            line, part = next(parts)
        yield part.record(number - before - 1, line) if isinstance(part, Run) else part


def count_if_plain(path: Path, survey: Survey) -> int | None:
    """How many records the file has, where an ordinary reader takes each for what it is.

    ``None`` where it would not: a record is bad or blank, or has a line end of another kind, or is
    only understood by the exact reader and yet reaches over several lines.
    """
    if not _is_closed(path, survey):
        return None
    records, is_sound = 0, True
    for _, part in sweep(path, survey):
        if isinstance(part, Run):
            if part.returned or not part.have_line_end:
                return None
        elif part.text is None or part.mended:
            return None
        else:
            is_sound = False
        records += _good(part)
    each_is_a_line = survey.same_line_ends and records == survey.lines - survey.lead
    return records if is_sound or each_is_a_line else None


def _is_closed(path: Path, survey: Survey) -> bool:
    """Whether no quote is left open in the header, which to an ordinary reader is a record too."""
    with open_bytes(path) as source:
        lead = [source.readline(LONGEST_LINE) for _ in range(survey.lead)]
    return sum(line.count(b'"') for line in lead) % 2 == 0


def _good(part: Run | Record) -> int:
    """How many good records they are."""
    return part.number if isinstance(part, Run) else int(part.text is not None)
