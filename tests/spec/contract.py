"""The contract of the study language, sentence by sentence, where it lies beside the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from spec.clauses import Section

CONTRACT = Path(__file__).parents[3] / "shared" / "RULES.md"
_CODE = re.compile(r"```.*?```", re.DOTALL)
_TABLE_HEAD = re.compile(r"^\|.+\|\n\|[-|]+\|$", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.;:])\s+(?=[^)])|\n+")


def sections_of(text: str) -> Mapping[int, str]:
    """The text of each section by its number; of example files only the comments."""
    parts = re.split(r"^## (\d+)\..*$", text, flags=re.MULTILINE)
    return {
        int(number): _TABLE_HEAD.sub("", _CODE.sub(lambda block: _comments(block[0]), body))
        for number, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def _comments(block: str) -> str:
    return "\n".join(re.findall(r"# (.+)", block))


def unheard(text: str, section: Section) -> Iterator[str]:
    """Yields each sentence of a section's text in which no clause of the section is found."""
    heard = [place for words in _all_words(section) for place in _places(text, words)]
    start = 0
    for end in [*(found.start() for found in _SENTENCE_END.finditer(text)), len(text)]:
        sentence = text[start:end].strip(" \n|-")
        if sentence and not any(begin < end and start < stop for begin, stop in heard):
            yield sentence
        start = end


def unsaid(text: str, section: Section) -> Iterator[str]:
    """Yields each of the clauses' words that the section's text does not have."""
    for words in _all_words(section):
        if words not in text:
            yield words


def _all_words(section: Section) -> Sequence[str]:
    return [words for clause in section.clauses for words in clause.words]


def _places(text: str, words: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(re.escape(words), text):
        yield found.start(), found.end()
