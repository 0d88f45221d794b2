"""A letter as it is read: its lines, each with its place, and what was seen in the file beside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from instep_cohort.recruitment.letters.findings import Finding


class Place(StrEnum):
    """Where in the file a line stands; ``BODY`` is where most of a letter is."""

    BODY = "body"
    HEADER = "page header"
    FOOTER = "page footer"
    TEXT_BOX = "text box"
    NOTE = "footnote"
    TITLE = "title of the document"


ITEM_MARK = "• "
_ITEM = re.compile(r"\s*(?:[-*+•◦▪–]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+")


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        number: counted from 1: in a text file its line, in a DOCX its place among the lines that
            hold anything.
        text: as it stands, merge fields as ``«name»``.
        block: lines of one paragraph share it.
        place: where in the file it stands.
    """

    number: int
    text: str
    block: int
    place: Place = Place.BODY

    @property
    def is_item(self) -> bool:
        """Whether it begins an item of a list."""
        return bool(_ITEM.match(self.text))

    @property
    def without_mark(self) -> str:
        """Its text without the mark of a list."""
        mark = _ITEM.match(self.text)
        return self.text[mark.end() :] if mark else self.text


@dataclass(frozen=True)
class Letter:
    """A letter.

    Attributes:
        lines: those that hold anything, in the order in which they are read.
        hidden_fields: names of merge fields that steer the letter without being printed.
        noticed: what the file itself gave occasion to find, such as tracked changes.
    """

    lines: tuple[Line, ...]
    hidden_fields: tuple[str, ...] = ()
    noticed: tuple[Finding, ...] = ()
