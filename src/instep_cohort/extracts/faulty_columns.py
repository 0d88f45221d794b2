"""In which column of a row the reason lies for which it has no place in the store."""

from __future__ import annotations

import re
from collections.abc import Iterator

from instep_cohort.extracts.profile import Profile
from instep_cohort.extracts.quarantine import (
    NO_CODE,
    NO_PATIENT_ID,
    UNKNOWN_PATIENT,
    UNKNOWN_SYSTEM,
    UNREADABLE_END,
)

_TEXTS = re.compile(r"'[^']*'")

# What of a map's expressions a reason is about; a reason that is not here begins with its name.
_ABOUT = {
    NO_PATIENT_ID: "patient_id",
    UNKNOWN_PATIENT: "patient_id",
    NO_CODE: "code",
    UNKNOWN_SYSTEM: "system",
    UNREADABLE_END: "end",
    "no practice_id": "practice_id",
}


class FaultyColumns(dict[str, str]):
    """The columns of one table of a profile by reason: several joined by commas, "" for none.

    They are named as the profile names them: in lower case, whatever variant a file has.
    """

    def __init__(self, profile: Profile, source: str) -> None:
        """Takes the profile, and which of its tables it is."""
        super().__init__()
        self._profile = profile
        self._source = source

    def __missing__(self, reason: str) -> str:
        about = _ABOUT.get(reason, reason.partition(" ")[0])
        found = (self.named_in(text) for text in self._expressions(about))
        self[reason] = next((text for text in found if text), "")
        return self[reason]

    def named_in(self, expression: str) -> str:
        """The columns that an SQL expression of the table's map reads."""
        bare = _TEXTS.sub("", expression)
        columns = self._profile.table(self._source).columns
        return ", ".join(c for c in columns if re.search(rf"\b{re.escape(c)}\b", bare))

    def _expressions(self, about: str) -> Iterator[str]:
        profile = self._profile
        maps = [profile.patients, profile.registrations, *profile.records, *profile.dictionaries]
        for one in maps:
            if one is not None and one.source == self._source:
                given = getattr(one, "columns", {})
                yield str(given.get(about) or getattr(one, about, ""))
        if profile.practices is not None and profile.practices[0] == self._source:
            yield profile.practices[1]
