"""The profiles that there are, by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from instep_cohort.errors import UsageError
from instep_cohort.extracts.aurum import AURUM
from instep_cohort.extracts.profile import Profile
from instep_cohort.extracts.standard import STANDARD

_PROFILES = {profile.name: profile for profile in (AURUM, STANDARD)}

#: The description of each profile, by its name.
PROFILES: Mapping[str, str] = MappingProxyType(
    {name: profile.description for name, profile in _PROFILES.items()}
)


def find_profile(name: str) -> Profile:
    """The profile of that name.

    Raises:
        UsageError: there is none; the message has the nearest name.
    """
    if name in _PROFILES:
        return _PROFILES[name]
    near = difflib.get_close_matches(name.lower(), _PROFILES, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UsageError(f"no profile is called {name!r} (there are: {', '.join(_PROFILES)}){hint}")
