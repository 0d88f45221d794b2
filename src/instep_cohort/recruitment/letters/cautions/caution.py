"""One thing that a letter had better not say, as data."""

from __future__ import annotations

from typing import NamedTuple


class Caution(NamedTuple):
    """One thing to warn at.

    Attributes:
        rule: its id.
        found: what is wrong with it, to follow the words quoted.
        mend: what to do instead.
        example: a sentence that would do.
        wordings: what is warned at.
        unless: wordings around it in which it is meant otherwise.
        in_questions: whether a question is warned at as well.
        warned_at: sentences that are warned at.
        left_alone: sentences that are not.
    """

    rule: str
    found: str
    mend: str
    example: str
    wordings: tuple[str, ...]
    unless: tuple[str, ...]
    in_questions: bool
    warned_at: tuple[str, ...]
    left_alone: tuple[str, ...]
