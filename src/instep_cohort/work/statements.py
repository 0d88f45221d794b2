"""What fit notes say, each kind kept apart (RULES.md §7).

"May be fit" often means a job to go back to. It is shown in columns of its own, with the adjustment
that the code names, and changes nobody's tier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.terminology.meanings import LENGTHS, NOT_CERTIFIED

if TYPE_CHECKING:
    from datetime import date

    from instep_cohort.work.fit_notes import FitNoteRules, NoteRow


class Statements(NamedTuple):
    """What the rows in the flag's window say.

    Attributes:
        may_be_fit_notes: dates on which a note says "may be fit", whatever else it says.
        may_be_fit_last: the last of them.
        may_be_fit_terms: the terms of that date, which name the adjustment where the code does.
        not_counted: rows that certify nothing, by what they are: `2 duplicate; 1 negated`.
    """

    may_be_fit_notes: int
    may_be_fit_last: date | None
    may_be_fit_terms: str
    not_counted: str


def statements_of(rows: Sequence[NoteRow], rules: FitNoteRules) -> Statements:
    """The statements of one patient, from rows dated on or before the search date."""
    in_window = [row for row in rows if rules.first is None or row.issued >= rules.first]
    fit_rows = [row for row in in_window if "may_be_fit" in row.categories]
    last = max((row.issued for row in fit_rows), default=None)
    terms = dict.fromkeys(row.term for row in fit_rows if row.issued == last and row.term)
    return Statements(
        may_be_fit_notes=len({row.issued for row in fit_rows}),
        may_be_fit_last=last,
        may_be_fit_terms="; ".join(terms),
        not_counted=_not_counted(in_window, rules),
    )


def _not_counted(rows: Sequence[NoteRow], rules: FitNoteRules) -> str:
    silent = [row for row in rows if not rules.certified_by(row.categories)]
    said = Counter(name for row in silent for name in row.categories if name not in LENGTHS)
    return "; ".join(f"{said[name]} {name}" for name in NOT_CERTIFIED if said[name])
