"""A copy of a file that holds its good records and nothing else; the bad ones go to quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from instep_cohort.extracts.lines import BLANK, Record, decoded
from instep_cohort.extracts.quarantine import BadRow, Quarantine
from instep_cohort.extracts.reading import Readable
from instep_cohort.extracts.survey import Survey, copy_of, create_bytes
from instep_cohort.extracts.sweeping import sweep


class Mended(NamedTuple):
    """A file that is read from a copy.

    Attributes:
        file: the file, read from the copy.
        blank_lines: how many lines hold nothing.
        returns: how many records had a carriage return in them that became a blank.
    """

    file: Readable
    blank_lines: int
    returns: int


def mend(file: Readable, survey: Survey, folder: Path, quarantine: Quarantine) -> Mended:
    """The file, written again as one that every reader takes alike.

    Sound records are copied many at a time as they are; the others one by one, as they are read.

    Args:
        file: a text file.
        survey: what it is.
        folder: where the copy is written.
        quarantine: where the records that cannot be read are set apart.
    """
    seen: Counter[str] = Counter()
    copy = copy_of(file.path, folder / f"mended-{file.number}.csv")
    with create_bytes(copy) as out:
        out.write(survey.delimiter.encode().join([b"x"] * len(survey.header)) + b"\n")
        quarantine.add(_bad_records(file, survey, out, seen))
    read = seen["good"] + seen["blank"] + seen["bad"]
    mended = file.mended_as(
        copy, records=seen["good"], read=read, has_breaks=seen["lines"] > seen["good"]
    )
    return Mended(mended, seen["blank"], seen["returns"])


def _bad_records(
    file: Readable, survey: Survey, out: IO[bytes], seen: Counter[str]
) -> Iterator[BadRow]:
    """The records that cannot be read; the good ones are written and counted on the way."""
    for _, part in sweep(file.file.path, survey):
        if not isinstance(part, Record):
            seen["good"] += part.number
            seen["lines"] += part.lines
            seen["returns"] += part.returned
            out.write(part.text())
        elif part.text is not None:
            seen["good"] += 1
            seen["lines"] += 1 + part.text.count(b"\n")
            seen["returns"] += part.mended
            out.write(part.text + b"\n")
        elif part.fault == BLANK:
            seen["blank"] += 1
        else:
            seen["bad"] += 1
            yield BadRow(file.name, part.line, "", part.fault, decoded(part.raw, survey))
