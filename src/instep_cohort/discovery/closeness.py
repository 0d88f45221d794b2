"""How close a term stands to the terms of a codelist, by the words that they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import sqrt
from typing import NamedTuple

from instep_cohort.discovery.dictionary import WordWeights
from instep_cohort.discovery.term_words import MENTIONS

Words = frozenset[str]

_STRAY, _TERMS_FOR_A_STRAY = 0.4, 200


class Near(NamedTuple):
    """The term of a list that is nearest to another.

    Attributes:
        closeness: from 0, nothing in common, to 1, the same words.
        term: the list's term.
        shared: the words that both have, the most telling first.
        mention: a word of the other term that makes a mention of the state; "" where none does.
    """

    closeness: float
    term: str
    shared: tuple[str, ...]
    mention: str = ""


class ListTerms:
    """The terms of a codelist, laid out by their words.

    A word weighs by how rare it is in the extract, and by how far it belongs to the list.
    """

    def __init__(
        self,
        terms: Mapping[Words, str],
        others: Iterable[Words],
        weights: WordWeights,
        *,
        products: bool = False,
    ) -> None:
        """Takes each term's words with the term, and the words of all names outside the list."""
        self._products = products
        self._weights = weights
        self._texts = list(terms.values())
        self._words = list(terms)
        self._norms = [self._norm(words) for words in self._words]
        self._terms_by_word: dict[str, list[int]] = {}
        for n, words in enumerate(self._words):
            for word in words:
                self._terms_by_word.setdefault(word, []).append(n)
        names = list(others)
        outside = Counter(word for words in names for word in words)
        self._belonging = {
            word: _belonging(len(places), len(terms), outside[word], len(names))
            for word, places in self._terms_by_word.items()
        }

    def nearest(self, words: Words) -> Near | None:
        """The term that is nearest to these words; ``None`` where no word is shared."""
        shared: dict[int, float] = {}
        own: dict[int, float] = {}  # of that, what belongs to the list
        for word in words & self._belonging.keys():
            weight = self._weights[word] ** 2
            belongs = weight * self._belonging[word]
            for n in self._terms_by_word[word]:
                shared[n] = shared.get(n, 0.0) + weight
                own[n] = own.get(n, 0.0) + belongs
        if not shared:
            return None
        norm = self._norm(words)
        closeness = {
            n: self._closeness(both / (norm * self._norms[n]), own[n] / both)
            for n, both in shared.items()
        }
        best = max(closeness, key=lambda n: (closeness[n], -n))
        common = sorted(words & self._words[best], key=lambda word: (-self._weights[word], word))
        mention = min(words & MENTIONS - self._words[best], default="")
        return Near(closeness[best], self._texts[best], tuple(common), mention)

    def _closeness(self, alike: float, belonging: float) -> float:
        """How close two terms are that are so much alike, and whose common words so much belong.

        A term that is nearly the same needs no common word that speaks for the list, one with a
        single word in common does. Products need it always: dose and form were left out of their
        names, so that the same words are not yet the same thing.
        """
        alike = min(1.0, alike)
        closeness: float = alike * belonging ** (1 if self._products else 1 - alike**2)
        return closeness

    def _norm(self, words: Words) -> float:
        return sqrt(sum(self._weights[word] ** 2 for word in words))


def _belonging(inside: int, terms: int, outside: int, names: int) -> float:
    """How far a word belongs to a list, from near 0 to 1.

    It does where it is commoner in the list's terms than in the names outside the list, and where
    it is not one stray word of a long list: *vitamin* stands in one of a thousand terms of chronic
    pain.
    """
    within, without = inside / terms, outside / max(names, 1)
    steady = inside / (inside + _STRAY + terms / _TERMS_FOR_A_STRAY)
    return within / (within + without) * sqrt(steady)


def names_of(texts: Iterable[tuple[str, Words]]) -> dict[Words, str]:
    """The texts by their words, the first of those that have the same; none without a word."""
    found: dict[Words, str] = {}
    for text, words in texts:
        if words:
            found.setdefault(words, text)
    return found


def nearest_of(names: Iterable[Words], terms: ListTerms) -> Near | None:
    """The term of the list that is nearest to any of these names."""
    found = [near for name in names if (near := terms.nearest(name))]
    return max(found, key=lambda near: near.closeness, default=None)
