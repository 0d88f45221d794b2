"""A letter's sentences: each with its line, the words that lead in to it, and an answer to it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from instep_cohort.recruitment.letters.language.wording import normal, normal_with_brackets
from instep_cohort.recruitment.letters.letter import Line, Place

_END = re.compile(r"""(?<=[.?!])["'”’)\]]*\s+(?=["'“‘(\[«<£•]*[A-Z0-9«<\[☐£])""")
_NO_END = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Miss|Mx|Prof|St|Tel|Ext|e\.g|i\.e|Rd|Ave)\.$")
_MOST = 2_000


@dataclass(frozen=True)
class Sentence:
    """One sentence.

    Attributes:
        text: its own words, as they stand.
        lines: the lines on which it stands.
        place: where in the file.
        lead: what leads in to it, where it is an item of a list after a colon.
        answer: ``yes`` or ``no`` where it is a question that the next sentence answers so.
    """

    text: str
    lines: tuple[Line, ...]
    place: Place
    lead: str = ""
    answer: str = ""

    @property
    def line(self) -> int:
        """The number of the line on which it begins."""
        return self.lines[0].number

    def line_of(self, words: str) -> int:
        """The number of the line on which these of its words stand, in their plain form."""
        return next(
            (line.number for line in self.lines if words in normal_with_brackets(line.text)),
            self.line,
        )

    @property
    def is_question(self) -> bool:
        """Whether it asks something."""
        return self.text.rstrip("\"'”’) ").endswith("?")

    @property
    def words(self) -> str:
        """Its words and those that lead in to it, in the form in which wordings are looked for."""
        return normal(f"{self.lead} {self.text}" if self.lead else self.text)


def sentences(lines: Iterable[Line]) -> list[Sentence]:
    """The sentences of some lines, in order; the items of a list take the words before them.

    The title of a document is not printed, and says nothing.
    """
    found: list[Sentence] = []
    lead = ""
    printed = (line for line in lines if line.place is not Place.TITLE)
    for _, group in itertools.groupby(printed, key=lambda line: (line.place, line.block)):
        block = list(group)
        item = block[0].is_item
        if not item:
            lead = ""
        made = list(_of_block(block))
        found += [replace(one, lead=lead) for one in made]
        if not item and made and made[-1].text.rstrip().endswith((":", "…", "...")):
            lead = made[-1].text.rstrip(" :….")
    return _answered(found)


def _of_block(block: list[Line]) -> Iterator[Sentence]:
    starts: list[tuple[int, Line]] = []
    text = ""
    for line in block:
        text += " " if text else ""
        starts.append((len(text), line))
        text += line.without_mark if line is block[0] else line.text
    for start, end in _spans(text):
        first = sum(at <= start for at, _ in starts) - 1
        held = [line for at, line in starts[first:] if at < end]
        yield Sentence(text[start:end].strip(), tuple(held), held[0].place)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in _END.finditer(text):
        if not _NO_END.search(text, max(0, end.start() - 8), end.start()):
            yield from _cut(start, end.end())
            start = end.end()
    yield from _cut(start, len(text))


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span, in pieces where it is longer than any sentence."""
    for at in range(start, end, _MOST):
        yield at, min(at + _MOST, end)


_ANSWER = re.compile(r"\W*(yes|no)\s*(?:[,.;:!–—-]|$|\s(?:you|it|this|we|they|not)\b)", re.I)


def _answered(found: list[Sentence]) -> list[Sentence]:
    held = list(found)
    for at, (asked, reply) in enumerate(itertools.pairwise(found)):
        said = _ANSWER.match(reply.text)
        if asked.is_question and said and asked.place is reply.place:
            held[at] = replace(asked, answer=said[1].lower())
    return held
