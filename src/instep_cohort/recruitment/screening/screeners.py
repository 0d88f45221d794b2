"""Who may decide, by name and role."""

from __future__ import annotations

from collections.abc import Sequence

from instep_cohort.errors import UsageError
from instep_cohort.recruitment.screening.cells import clean
from instep_cohort.recruitment.screening.identity_of_list import BETWEEN
from instep_cohort.small_tables import FORMULA_STARTS

_LONGEST = 200  # as a ledger takes names


def check_screeners(names: Sequence[str]) -> None:
    """Nothing, where each of them is a name that a drop-down can offer and a ledger keep.

    Raises:
        UsageError: one is empty, too long, not one plain line, or named twice.
    """
    for name in names:
        odd = clean(name) != name or BETWEEN.strip() in name or name[:1] in f"{FORMULA_STARTS}'"
        if odd or len(name) > _LONGEST:
            raise UsageError(
                'A --screener is one line of plain text, such as "Dr A. Khan, GP", of at most '
                f"{_LONGEST} characters."
            )
    if len({name.casefold() for name in names}) < len(names):
        raise UsageError("A --screener is named twice.")
