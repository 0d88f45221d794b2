"""Two folders that change places in one step, where the system can do that."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_AT_THE_WORKING_FOLDER = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2), Linux 3.15, glibc 2.28


def exchange(one: Path, other: Path) -> bool:
    """Whether two paths on one file system changed places; if not, both are as they were.

    Nobody sees a moment at which one of them is not there. Systems other than Linux, and some
    network file systems, cannot do it.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here = _AT_THE_WORKING_FOLDER
    paths = (os.fsencode(one.absolute()), os.fsencode(other.absolute()))
    return bool(rename(here, paths[0], here, paths[1], _EXCHANGE) == 0)
