"""A mapping of a YAML file read key by key, with a fault for whatever is not as it should be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from instep_cohort.errors import Fault
from instep_cohort.study.nearest import nearest
from instep_cohort.study.origin import Origin
from instep_cohort.study.references import below
from instep_cohort.study.values import shown

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_A_DATE = "a date is YYYY-MM-DD, such as 2026-11-01"


@dataclass(frozen=True)
class Part:
    """One mapping, where it stands, and the faults found so far, which all parts of a file share.

    Every reader gives ``None`` for a key that is absent or wrong; what is wrong is a fault.
    """

    data: Mapping[str, object]
    where: str
    faults: list[Fault]
    origin: Origin

    def note(self, where: str, found: str, repair: str = "") -> None:
        """Notes that what stands at a path of the file is wrong."""
        self.faults.append(Fault(where, found, repair))

    def fault(self, key: str, found: str, repair: str = "") -> None:
        """Notes that the value of a key, or the whole where none is named, is wrong."""
        self.note(below(self.where, key) if key else self.where, found, repair)

    def only(self, keys: Collection[str]) -> None:
        """Notes every key that does not belong here."""
        for key in self.data:
            if key not in keys:
                self.fault(key, "there is no such key", nearest(key, keys))

    def needed(self, key: str, why: str) -> bool:
        """Whether the key is there; a fault where it is not."""
        if key not in self.data:
            self.fault("", f"{key} is missing", why)
        return key in self.data

    def text(self, key: str) -> str | None:
        """Text as it was written, a number too."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.origin.written.get(below(self.where, key), str(value))
        self.fault(key, f"{shown(value)} stands where text is meant")
        return None

    def choice(self, key: str, allowed: Collection[str]) -> str | None:
        """One of a few words."""
        value = self.text(key)
        if value is None or value in allowed:
            return value
        self.fault(key, f"{shown(value)} is not allowed here", nearest(value, allowed))
        return None

    def day(self, key: str) -> date | None:
        """A date known to the day."""
        value = self.text(key)
        if value is None:
            return None
        try:
            if _ISO_DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            self.fault(key, f"{shown(value)} is not a day of the calendar")
            return None
        self.fault(key, f"{shown(value)} is not a date", _A_DATE)
        return None

    def whole(self, key: str) -> int | None:
        """A whole number from 0 up."""
        value = self.data.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        self.fault(key, f"{shown(value)} is not a whole number from 0 up", "such as 46")
        return None

    def number(self, key: str) -> float | None:
        """A number."""
        value = self.data.get(key)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        self.fault(key, f"{shown(value)} is not a number", "such as 7 or 7.5, without quotes")
        return None

    def truth(self, key: str) -> bool:
        """True or false; false where it is not there."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            self.fault(key, f"{shown(value)} is not a yes or no", "write true or false")
        return value is True

    def items(self, key: str) -> Iterator[tuple[str, object]]:
        """Each item of a list with its path; nothing, and a fault, where there is no list."""
        value = self.data.get(key)
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield below(below(self.where, key), index), item
        elif value is not None:
            self.fault(key, f"{shown(value)} stands where a list is meant", f"{key}: [...]")

    def part(self, where: str, data: Mapping[str, object]) -> Part:
        """A mapping of the same file at another path."""
        return Part(data, where, self.faults, self.origin)
