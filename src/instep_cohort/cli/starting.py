"""Where the command line begins: in a process of its own, which leaves out what it can."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec


class _WithoutPandas:
    """Says that pandas is not there.

    No command needs it, but pyarrow imports it with the first array that it makes from a list,
    which costs 0.2 s and 60 MB. Only for a process of our own: in a notebook it would be a trap.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: object = None
    ) -> ModuleSpec | None:
        """Refuses pandas, and leaves every other module to the finders that follow."""
        if name == "pandas":
            raise ModuleNotFoundError("pandas is left out of the command line", name=name)
        return None


def start() -> None:
    """Runs the command line in this process."""
    sys.meta_path.insert(0, _WithoutPandas())
    from instep_cohort.cli.app import main

    main()
