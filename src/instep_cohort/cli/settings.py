"""`--set NAME=VALUE`: the parameters of a study for one run."""

from __future__ import annotations

from collections.abc import Sequence

from instep_cohort.errors import UsageError


def settings(pairs: Sequence[str] | None) -> dict[str, str]:
    """The values of `--set`, by name.

    Raises:
        UsageError: one of them is not NAME=VALUE.
    """
    found: dict[str, str] = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {pair}: write NAME=VALUE, such as --set issues=4.")
        found[name.strip()] = value.strip()
    return found
