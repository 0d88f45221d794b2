"""A copy of a file that holds its good records and nothing else; the bad ones go to quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from instep_cohort.extracts.lines import BLANK, decoded, records
from instep_cohort.extracts.quarantine import BadRow, Quarantine
from instep_cohort.extracts.reading import Readable
from instep_cohort.extracts.survey import Survey, copy_of, create_bytes


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
    """The file, read record by record and written again as one that every reader takes alike.

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
    mended = file.mended_as(copy, records=seen["good"], read=read)
    return Mended(mended, seen["blank"], seen["returns"])


def _bad_records(
    file: Readable, survey: Survey, out: IO[bytes], seen: Counter[str]
) -> Iterator[BadRow]:
    """The records that cannot be read; the good ones are written and counted on the way."""
    for record in records(file.file.path, survey):
        if record.text is not None:
            seen["good"] += 1
            seen["returns"] += record.mended
            out.write(record.text + b"\n")
        elif record.fault == BLANK:
            seen["blank"] += 1
        else:
            seen["bad"] += 1
            yield BadRow(file.name, record.line, "", record.fault, decoded(record.raw, survey))
