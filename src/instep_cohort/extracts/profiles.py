"""The profiles that there are, by name: ours, and those of other packages.

Another package adds one by an entry point of the group ``instep_cohort.profiles``, whose name is
that of the profile and which names a `Profile`.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from instep_cohort.errors import DefinitionError, Fault, UsageError
from instep_cohort.extracts.profile import Profile
from instep_cohort.extracts.systems.aurum import AURUM
from instep_cohort.extracts.systems.emis import EMIS
from instep_cohort.extracts.systems.gold import GOLD
from instep_cohort.extracts.systems.standard import STANDARD
from instep_cohort.extracts.systems.systmone import SYSTMONE
from instep_cohort.extracts.systems.tpp import TPP
from instep_cohort.extracts.systems.vision import VISION

ENTRY_POINTS = "instep_cohort.profiles"

#: In place of a profile's name: the one that a mapping file describes (`custom.load_mapping`).
CUSTOM = "custom"
CUSTOM_DESCRIPTION = (
    "any other export, such as a report in CSV: a mapping file (--mapping FILE) says which file "
    "and which column is what"
)

#: One line for each system that is built in.
_BUILT_IN = (
    AURUM,
    EMIS,
    GOLD,
    STANDARD,
    SYSTMONE,
    TPP,
    VISION,
)
_PROFILES = {profile.name: profile for profile in _BUILT_IN}

#: The description of each profile that is built in, by its name.
PROFILES: Mapping[str, str] = MappingProxyType(
    {name: profile.description for name, profile in _PROFILES.items()}
)


def find_profile(name: str) -> Profile:
    """The profile of that name; those that are built in come first.

    Raises:
        UsageError: there is none; the message has the nearest name.
        DefinitionError: another package has it, and it is wrong.
    """
    if name in _PROFILES:
        return _PROFILES[name]
    others = _others()
    if name in others:
        return _loaded(others[name])
    if name == CUSTOM:
        raise UsageError(
            "custom is what a mapping file says: give it with --mapping FILE, in Python as "
            "profile=load_mapping(FILE)"
        )
    known = [*_PROFILES, *others]
    near = difflib.get_close_matches(name.lower(), known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UsageError(f"no profile is called {name!r} (there are: {', '.join(known)}){hint}")


def all_profiles() -> Mapping[str, Profile]:
    """Every profile by its name, ours first.

    Raises:
        DefinitionError: one that another package adds is wrong.
    """
    return _PROFILES | {name: _loaded(point) for name, point in _others().items()}


def _others() -> dict[str, EntryPoint]:
    found = sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name)
    return {point.name: point for point in found if point.name not in _PROFILES}


def _loaded(point: EntryPoint) -> Profile:
    from instep_cohort.extracts.profile_checks import profile_faults

    where = f"entry point {point.name} ({point.value})"
    try:
        profile = point.load()
    except Exception as error:  # whatever another package's code may raise on import
        found = f"cannot be loaded: {type(error).__name__}: {error}"
        raise DefinitionError(Fault(where, found)) from error
    if not isinstance(profile, Profile):
        raise DefinitionError(Fault(where, f"a {type(profile).__name__}, not a Profile"))
    if profile.name != point.name:
        raise DefinitionError(Fault(where, f"the profile calls itself {profile.name!r}"))
    if faults := profile_faults(profile):
        raise DefinitionError([Fault(where, fault) for fault in faults])
    return profile
