"""The faults of one extract, as many as its level of mess asks for and its format can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.synthetic.mess.odd_files import odd_files
from instep_cohort.synthetic.mess.odd_rows import odd_events, odd_issues
from instep_cohort.synthetic.mess.unreadable import broken_lines, last_line, torn_texts
from instep_cohort.synthetic.mess.untidy import untidy_events, untidy_issues

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from instep_cohort.synthetic.formats.layout import Format
    from instep_cohort.synthetic.mess.planting import Plant
    from instep_cohort.synthetic.register import Register
    from instep_cohort.synthetic.sheet_files import FileFaults

UNTIDY, ODD, BROKEN = 1, 2, 3


class Mess(NamedTuple):
    """The faults of one extract: of rows, of whole files by their sheet, and whether of people."""

    events: Sequence[Plant]
    issues: Sequence[Plant]
    files: Mapping[str, FileFaults]
    people: bool


def mess_of(level: int, register: Register, seed: int, layout: Format) -> Mess:
    """The faults of that level."""
    events: list[Plant] = []
    issues: list[Plant] = []
    if level >= UNTIDY:
        events += untidy_events(register, seed, layout)
        issues += untidy_issues(register, seed)
    if level >= ODD:
        events += odd_events(register, seed, layout)
        issues += odd_issues(register, seed, layout)
    if level >= BROKEN:
        events += [*torn_texts(register, seed, layout), *broken_lines(register, seed, layout)]
        issues += last_line(register, seed)
    files = odd_files(layout) if level >= BROKEN else {}
    return Mess(events, issues, files, people=level >= ODD)
