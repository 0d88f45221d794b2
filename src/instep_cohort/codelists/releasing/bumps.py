"""Which number of a version a change of rows asks for, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from instep_cohort.codelists.comparing.aligning import ComparedRow, Differs
from instep_cohort.codelists.model import Match, Selector
from instep_cohort.codelists.reach import ends_here
from instep_cohort.codelists.versions import version_key


class Bump(StrEnum):
    """Which number of a version goes up; the later ones begin again at 0."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"

    @property
    def size(self) -> int:
        """0 for patch, 1 for minor, 2 for major."""
        return list(Bump).index(self)


class Reason(NamedTuple):
    """Why a change asks for a bump: the bump, one sentence, and the rows that it is about."""

    bump: Bump
    text: str
    rows: tuple[ComparedRow, ...]

    def __str__(self) -> str:
        """The sentence with the first codes that it is about."""
        shown = ", ".join(f"{row.system} {row.code}" for row in self.rows[:3])
        more = f" and {len(self.rows) - 3:,} more" if len(self.rows) > 3 else ""  # noqa: PLR2004
        return f"{self.text}: {shown}{more}"


def next_version(version: str | None, bump: Bump) -> str:
    """The version after this one; the first of a list is 1.0.0.

    Example:
        >>> next_version("1.4.2", Bump.MINOR), next_version(None, Bump.MAJOR)
        ('1.5.0', '1.0.0')
    """
    major, minor, patch = version_key(version) if version else (0, 0, 0)
    match bump:
        case Bump.MAJOR:
            return f"{major + 1}.0.0"
        case Bump.MINOR:
            return f"{major}.{minor + 1}.0"
        case Bump.PATCH:
            return f"{major}.{minor}.{patch + 1}"


def reasons(rows: Sequence[ComparedRow]) -> list[Reason]:
    """Why the change from the rows of the left to those of the right asks for what, gravest first.

    Major is whatever can make a study find less, or something else: a code taken out, a category
    moved, an exclusion added or widened. Minor is whatever can only make it find more. Words are a
    patch, and so is a row that other rows of the same category cover, for it changes nothing.
    """
    found: dict[tuple[Bump, str], list[ComparedRow]] = {}
    for row in rows:
        for bump, text in _asked(row):
            found.setdefault((bump, text), []).append(row)
    told = [Reason(bump, text, tuple(about)) for (bump, text), about in found.items()]
    return sorted(told, key=lambda reason: -reason.bump.size)


def _asked(row: ComparedRow) -> Iterator[tuple[Bump, str]]:
    if row.left and row.right:
        yield from _asked_by_both(row, row.left, row.right)
    elif row.covered:
        yield Bump.PATCH, "rows that change nothing, since other rows cover them"
    elif row.left:
        if row.left.match.excludes:
            yield Bump.MINOR, "exclusions taken out, so the list meets more"
        else:
            yield Bump.MAJOR, "codes taken out"
    elif row.right and row.right.match.excludes:
        yield Bump.MAJOR, "exclusions added, so the list meets less"
    else:
        yield Bump.MINOR, "codes added"


def _asked_by_both(row: ComparedRow, left: Selector, right: Selector) -> Iterator[tuple[Bump, str]]:
    if Differs.MATCH in row.differs:
        yield _asked_by_match(left, right)
    if Differs.CATEGORY in row.differs:
        yield Bump.MAJOR, "codes moved to another category"
    if {Differs.TERM, Differs.NOTE, Differs.SPELLING} & {*row.differs}:
        yield Bump.PATCH, "other terms, notes or spellings"


def _asked_by_match(left: Selector, right: Selector) -> tuple[Bump, str]:
    if left.match.excludes != right.match.excludes:
        if right.match.excludes:
            return Bump.MAJOR, "codes that were taken in and are excluded now"
        return Bump.MINOR, "codes that were excluded and are taken in now"
    if ends_here(left) and ends_here(right):
        return Bump.PATCH, "another match that meets the same, since nothing stands below"
    widened = right.match in (Match.DESCENDANTS, Match.EXCLUDE_DESCENDANTS)
    if widened == right.match.excludes:
        return Bump.MAJOR, "a match by which the list meets less"
    return Bump.MINOR, "a match by which the list meets more"
