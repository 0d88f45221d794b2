"""Values by name: `--set NAME=VALUE` for a study, `--opt-outs STORE=FILE` for several stores."""

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


def by_store(
    given: Sequence[str] | None, stores: Sequence[str], option: str
) -> str | dict[str, str] | None:
    """The one value of an option, or its values by the name of the store before the ``=``.

    Args:
        given: what stands behind the option, each time that it is given.
        stores: the names of several stores; none where there is one store.
        option: what it is called.

    Raises:
        UsageError: it is given for one store twice, or more than once without a store.
    """
    if not given:
        return None
    found: dict[str, str] = {}
    whole: list[str] = []
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or name not in stores:
            whole.append(text)
        elif name in found:
            raise UsageError(f"{option} is given twice for {name}: give it once for each store.")
        else:
            found[name] = value
    if whole and (found or len(whole) > 1):
        each = f" or once for each store, as STORE=… of {', '.join(stores)}" if stores else ""
        raise UsageError(f"{option} is given {len(given)} times: give it once{each}.")
    return found or whole[0]
