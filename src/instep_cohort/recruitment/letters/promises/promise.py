"""One thing that a letter has to say, as data."""

from __future__ import annotations

from typing import NamedTuple


class Wordings(NamedTuple):
    """The wordings of one promise.

    Attributes:
        keeps: those that say it, unless denied.
        harms: those that say it where they are denied.
        breaks: those that say the opposite, unless denied.
        not_after: words after which ``breaks`` is about something else.
    """

    keeps: tuple[str, ...]
    harms: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    not_after: str = r"(?!)"


class Promise(NamedTuple):
    """One thing that a letter has to say.

    Attributes:
        rule: its id.
        asks: what has to be said, to follow "the letter does not say ...".
        example: a sentence that says it.
        wordings: how it is said.
        kept_by: sentences that say it.
        not_kept_by: sentences that do not.
        broken_by: sentences that say the opposite.
        theirs_too: whether what patients do themselves counts as well.
    """

    rule: str
    asks: str
    example: str
    wordings: Wordings
    kept_by: tuple[str, ...]
    not_kept_by: tuple[str, ...]
    broken_by: tuple[str, ...]
    theirs_too: bool = True
