"""Where a study was written, so that a fault found at any time can name its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from instep_cohort.errors import Fault


@dataclass(frozen=True)
class Origin:
    """A file, its text, and the line of every YAML path in it; two studies differ by content only.

    ``written`` holds the text of values that YAML reads as another (``1.10`` is the number 1.1).
    """

    file: str = field(default="", compare=False)
    text: str = field(default="", compare=False, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    written: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def line(self, where: str) -> int | None:
        """The line of a path, or of the nearest path above it."""
        while where and where not in self.lines:
            where = where[: max(where.rfind("."), where.rfind("["), 0)]
        return self.lines.get(where)

    def placed(self, faults: Iterable[Fault]) -> list[Fault]:
        """The faults with file and line, in the order of the file."""
        found = [
            replace(fault, file=self.file, line=fault.line or self.line(fault.where))
            for fault in faults
        ]
        return sorted(found, key=lambda fault: fault.line or 0)
