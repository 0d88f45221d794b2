"""The list of each practice against what the practice should have."""

from __future__ import annotations

from collections.abc import Mapping

from instep_cohort.errors import UsageError
from instep_cohort.quality.opened import Opened
from instep_cohort.quality.registrations import list_sizes
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Finding, Seen, Table, Unit

#: Below this share of what is expected, the wrong people were shared, or hardly any.
FAR_TOO_FEW = 0.1
#: Within this share of what is expected, a list is as expected.
CLOSE = 0.1


def look_at_lists(store: Opened, expected: int | Mapping[str, int] | None) -> Seen:
    """The list of each practice, and how it compares with what is expected.

    Args:
        store: the store.
        expected: how many patients each practice should have; one number where there is one
            practice; ``None`` where nobody knows.

    Raises:
        UsageError: one number for several practices, a practice that the store does not have, or a
            number below 1.
    """
    lists = list_sizes(store)
    wanted = expected_by_practice(expected, list(lists))
    findings = [_compared(practice, size, wanted.get(practice)) for practice, size in lists.items()]
    rows: list[tuple[str | int, ...]] = [
        (practice, size, wanted.get(practice, "not given")) for practice, size in lists.items()
    ]
    caption = "registered patients of each practice on the day of the extract"
    note = "Alive, registered as regular at this practice, no test patient."
    return Seen(
        findings, [Table("lists", caption, ("practice", "registered", "expected"), rows, note)]
    )


def expected_by_practice(
    expected: int | Mapping[str, int] | None, practices: list[str]
) -> dict[str, int]:
    """How many patients each practice should have, of those of which it is known."""
    if expected is None:
        return {}
    if isinstance(expected, int):
        if len(practices) > 1:
            raise UsageError(
                f"one expected list size is given for {len(practices)} practices: give each its "
                f"own, as PRACTICE=N ({', '.join(practices[:5])}{' …' * (len(practices) > 5)})"  # noqa: PLR2004
            )
        expected = dict.fromkeys(practices, expected)
    if unknown := sorted(set(expected) - set(practices)):
        raise UsageError(
            f"an expected list size is given for {', '.join(unknown)}, which the store does not "
            f"have; its practices are {', '.join(practices[:5])}{' …' * (len(practices) > 5)}"  # noqa: PLR2004
        )
    if small := sorted(name for name, number in expected.items() if number < 1):
        raise UsageError(f"the expected list size of {', '.join(small)} is below 1")
    return dict(expected)


def _compared(practice: str, size: int, wanted: int | None) -> Finding:
    if wanted is None:
        return finding("list-not-compared", size, unit=Unit.PATIENTS, practice=practice)
    if size < FAR_TOO_FEW * wanted:
        rule = "list-empty"
    elif abs(size - wanted) > CLOSE * wanted:
        rule = "list-differs"
    else:
        rule = "list-as-expected"
    return finding(rule, size, of=wanted, unit=Unit.PATIENTS, practice=practice)
