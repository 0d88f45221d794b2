"""The formats in which a made-up practice can be written, one module each, by their profile."""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import TYPE_CHECKING

from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from instep_cohort.synthetic.formats.layout import Format

#: The profile and, in the same words as there, the module of this package that writes for it.
FORMATS = ("standard", "aurum", "custom", "emis", "gold", "systmone", "tpp", "vision")


def find_format(name: str) -> Format:
    """The format that the profile of that name reads.

    Raises:
        UsageError: no practice can be made up for it; the message has the nearest name.
    """
    if name not in FORMATS:
        near = difflib.get_close_matches(name.lower(), FORMATS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UsageError(
            f"no practice can be made up for a profile {name!r} (there are: "
            f"{', '.join(FORMATS)}){hint}"
        )
    # pyarrow takes its time to import, and most who import this package make nothing
    found: Format = import_module(f"{__name__}.{name}").FORMAT
    return found
