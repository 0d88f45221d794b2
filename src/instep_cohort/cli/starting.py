"""Where the command line begins: in a process of its own, which leaves out what it can."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec

# `demo` and `ingest` work with NumPy, and Spark has needs of its own
_WITHOUT_NUMPY = ("identify", "explain")


class _Without:
    """Says that some packages are not there.

    No command needs pandas, but pyarrow imports it with the first array that it makes from a list,
    which costs 0.2 s and 60 MB, and NumPy with itself: 0.06 s and 10 MB. Only for a process of our
    own: in a notebook it would be a trap.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Takes the names of the packages."""
        self._names = names

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: object = None
    ) -> ModuleSpec | None:
        """Refuses these packages, and leaves every other module to the finders that follow."""
        if name in self._names:
            raise ModuleNotFoundError(f"{name} is left out of the command line", name=name)
        return None


def left_out(arguments: Sequence[str]) -> Sequence[str]:
    """The packages that the command with these arguments is run without."""
    command = next((word for word in arguments if not word.startswith("-")), "")
    if command in _WITHOUT_NUMPY and not any(word.startswith("--engine") for word in arguments):
        return ("pandas", "numpy")
    return ("pandas",)


def start() -> None:
    """Runs the command line in this process."""
    sys.meta_path.insert(0, _Without(left_out(sys.argv[1:])))
    # Arrow's own allocator keeps what it has freed: 30 MB at the peak of a search
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    gc.disable()  # a process of seconds, whose many small rows form no cycles
    from instep_cohort.cli.app import main

    try:
        main()
    finally:
        gc.freeze()  # else the interpreter goes through every object once more before it ends
