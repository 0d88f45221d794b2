"""The words of a search: each with what else it may be called, and what a name must not hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from instep_cohort.discovery.synonyms import SYNONYMS
from instep_cohort.discovery.term_words import stem, stems
from instep_cohort.errors import UsageError
from instep_cohort.terminology.words import folded

_WORD = re.compile(r"\*?[^\W_]+\*?")
_FEWEST_LETTERS = 3  # beside a *


class Pattern(NamedTuple):
    """A word, the beginning of one (`neuralg*`) or its end (`*algia`), as `stem` gives it."""

    text: str

    def meets(self, word: str) -> bool:
        """Whether a word of a term is it."""
        text = self.text
        begins, ends = text.endswith("*"), text.startswith("*")
        if begins and ends:
            return text[1:-1] in word
        if begins:
            return word.startswith(text[:-1])
        return word.endswith(text[1:]) if ends else word == text


class Wanted(NamedTuple):
    """One word that was asked for, and what was searched beside it."""

    asked: Pattern
    others: tuple[Pattern, ...] = ()


class Alternative(NamedTuple):
    """Words that must all stand in one name, each as itself or as one of its synonyms."""

    wanted: tuple[Wanted, ...]


def wanted(words: str, synonyms: Mapping[str, Sequence[str]] = SYNONYMS) -> Alternative:
    """The words of a search with their synonyms; each word once.

    Raises:
        UsageError: there is no word, or too few letters beside a `*`.
    """
    asked = list(dict.fromkeys(patterns(words)))
    return Alternative(
        tuple(Wanted(one, tuple(map(Pattern, synonyms.get(one.text, ())))) for one in asked)
    )


def patterns(words: str) -> list[Pattern]:
    """The words of a text as patterns.

    Raises:
        UsageError: there is no word, or too few letters beside a `*`.
    """
    found = _WORD.findall(folded(words))
    for word in found:
        if "*" in word and len(word.strip("*")) < _FEWEST_LETTERS:
            raise UsageError(
                f"{word!r} would find nearly everything: write {_FEWEST_LETTERS} letters or more "
                "beside the *."
            )
    if not found:
        raise UsageError(f"there is no word in {words!r}: write words such as 'back pain'.")
    return [Pattern(_spelt(word)) for word in found]


def _spelt(word: str) -> str:
    """The pattern in the spelling of `stem`; only a word that may end is made singular."""
    if word.endswith("*"):
        # the part of a word is no word: its spelling is made one, its end is left
        return f"{'*' * word.startswith('*')}{stems(word.strip('*') + 'x')[0][:-1]}*"
    return f"*{stem(word[1:])}" if word.startswith("*") else stem(word)


class Vocabulary:
    """Every word of an extract's names, for finding the ones that a pattern means."""

    def __init__(self, names: Iterable[Collection[str]]) -> None:
        """Takes the words of each name."""
        self._words = {word for name in names for word in name}
        self._met: dict[Pattern, frozenset[str]] = {}

    def meant(self, pattern: Pattern) -> frozenset[str]:
        """The words that the pattern meets."""
        if pattern not in self._met:
            if "*" in pattern.text:
                found = frozenset(filter(pattern.meets, self._words))
            else:
                found = frozenset({pattern.text} & self._words)
            self._met[pattern] = found
        return self._met[pattern]
