"""What was noticed while reading, as counts of rows."""

from __future__ import annotations

from collections import Counter

from instep_cohort.extracts.manifest import Finding
from instep_cohort.extracts.tables import TABLES


class Findings:
    """Counts by table and finding."""

    def __init__(self) -> None:
        self._rows: Counter[tuple[str, str]] = Counter()

    def add(self, table: str, finding: str, rows: int) -> None:
        """Counts more rows of a finding; none leaves no trace.

        Args:
            table: the table of the store whose rows these are.
            finding: what was noticed, in a few words.
            rows: how many rows.
        """
        if rows:
            self._rows[table, finding] += rows

    def note(self, table: str, finding: str, rows: int) -> None:
        """As `add`, and the finding is kept even where it is about no row."""
        self._rows[table, finding] += rows

    def rows(self, table: str, finding: str) -> int:
        """How many rows of a finding there are so far."""
        return self._rows.get((table, finding), 0)

    def listed(self) -> tuple[Finding, ...]:
        """Every finding, in the order of the store's tables and then by name."""
        order = list(TABLES)
        keys = sorted(self._rows, key=lambda key: (order.index(key[0]), key[1]))
        return tuple(Finding(table=t, finding=f, rows=self._rows[t, f]) for t, f in keys)
