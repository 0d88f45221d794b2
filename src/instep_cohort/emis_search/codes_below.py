"""A table of the user's that says which EMIS codes stand below which."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from instep_cohort.errors import DefinitionError, Fault, UsageError
from instep_cohort.terminology.code_faults import fault
from instep_cohort.terminology.hierarchies import Hierarchy
from instep_cohort.terminology.systems import System

_HEADER = ["child", "parent"]


@dataclass(frozen=True)
class CodesBelow:
    """Which codes stand below which, and of which codes this is known at all."""

    hierarchy: Hierarchy
    known: frozenset[str]

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """The table of (child, parent) pairs of EMIS code ids."""
        pairs = list(pairs)
        return cls(Hierarchy.from_pairs(pairs), frozenset(code for pair in pairs for code in pair))

    def below(self, code: str) -> frozenset[str]:
        """Every code below this one, and the code itself."""
        return self.hierarchy.descendants(code)


def read_codes_below(path: Path) -> CodesBelow:
    """The table of a CSV file with the columns child and parent, both EMIS code ids.

    Raises:
        UsageError: the file is not there.
        DefinitionError: it is not such a table; every wrong row is told with its line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DefinitionError(Fault("", "the file is not UTF-8", file=path.name)) from None
    rows = csv.reader(text.splitlines())
    if next(rows, None) != _HEADER:
        repair = "write child,parent on the first line"
        raise DefinitionError(Fault("", "the columns are not those", repair, path.name, 1))
    pairs, faults = [], []
    for row in rows:
        wrong = _row_fault(row)
        if wrong:
            faults.append(Fault("", wrong, "", path.name, rows.line_num))
        elif row:
            pairs.append((row[0], row[1]))
    if faults:
        raise DefinitionError(faults)
    return CodesBelow.from_pairs(pairs)


def _row_fault(row: list[str]) -> str:
    if len(row) not in (0, len(_HEADER)):
        return f"the row has {len(row)} cells, the header {len(_HEADER)}"
    wrong = [found for code in row if (found := fault(System.EMIS_CODE_ID, code))]
    return str(wrong[0]) if wrong else ""
