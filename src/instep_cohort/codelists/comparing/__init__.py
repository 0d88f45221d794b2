"""Comparing two versions of a list, or two lists, row by row."""

from __future__ import annotations

from pathlib import Path

from instep_cohort.codelists.comparing.aligning import ComparedRow, Differs, Found, aligned
from instep_cohort.codelists.comparing.comparison import Comparison, SystemSummary
from instep_cohort.codelists.comparing.sides import Side, side
from instep_cohort.codelists.model import Codelist

__all__ = ["ComparedRow", "Comparison", "Differs", "Found", "Side", "SystemSummary", "compare"]


def compare(
    left: Codelist | Path | str,
    right: Codelist | Path | str,
    *,
    codelists: Path | str | None = None,
) -> Comparison:
    """What two lists, or two versions of one, have in common and what not.

    Args:
        left: a list, ``id``, ``id@version``, ``id@working``, or the path of a CSV file or folder.
        right: the other one.
        codelists: the folder that ids are looked up in; the shipped one if none.

    Raises:
        UsageError: there is no such file or folder.
        DefinitionError: there is no such list or version, or a file cannot be read.

    Example:
        >>> compare("opioids", "opioids").is_same
        True
    """
    one, other = side(left, codelists), side(right, codelists)
    return Comparison(one, other, aligned(one.selectors, other.selectors))
