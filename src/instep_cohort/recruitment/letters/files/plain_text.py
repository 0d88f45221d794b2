"""Plain text and Markdown, read into the lines of a letter."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from instep_cohort.errors import DefinitionError, Fault
from instep_cohort.recruitment.letters.letter import Letter, Line

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]\[]+)\]\(([^()\s]*)\)")
_HEADING = re.compile(r"\s*#{1,6}\s+|\s*>\s?")
_RULER = re.compile(r"\s*(?:[-=*_]\s*){3,}\s*")
_ONLY_FIELDS = re.compile(r"(?:\s|[,.]|«[^«»]*»|<<[^<>]*>>|\[[^\]\[]*\])*")
_SAVE = "save the letter as plain text in UTF-8"


def read_text(data: bytes, file: str, *, markdown: bool) -> Letter:
    """The letter in a text file; in Markdown, comments are left out and marks taken away.

    Raises:
        DefinitionError: it is not text in UTF-8 (or UTF-16 with its mark).
    """
    text = _decoded(data, file).replace("\r\n", "\n").replace("\r", "\n")
    if markdown:
        text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
        text = _LINK.sub(lambda link: f"{link[1]} {link[2]}", text)
    return Letter(tuple(_lines(text, markdown=markdown)))


def _decoded(data: bytes, file: str) -> str:
    utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"there is a character that is not {'UTF-16' if utf_16 else 'UTF-8'}"
        raise DefinitionError(Fault("", found, _SAVE, file, line)) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DefinitionError(Fault("", "the file is no text", _SAVE, file, line))
    return text


def _lines(text: str, *, markdown: bool) -> Iterator[Line]:
    """Lines that hold anything; a blank line, a list item or a line of fields ends a paragraph."""
    block = 0
    closed = True
    for number, raw in enumerate(text.split("\n"), 1):
        heading = markdown and bool(_HEADING.match(raw))
        shown = _HEADING.sub("", raw, count=1) if heading else raw
        if not shown.strip() or _RULER.fullmatch(shown):
            closed = True
            continue
        alone = heading or bool(_ONLY_FIELDS.fullmatch(shown))
        line = Line(number, shown.strip(), block)
        if closed or alone or line.is_item:
            block += 1
        yield Line(number, line.text, block)
        closed = alone
