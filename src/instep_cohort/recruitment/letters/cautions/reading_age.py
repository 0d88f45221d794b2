"""The reading age of a letter: how long its words and sentences are, in years of school.

It is the harder of two indices that count characters, words and sentences, and no syllables: the
Automated Readability Index (Senter and Smith 1967, AMRL-TR-66-220) and that of Coleman and Liau
(J Appl Psychol 1975;60:283). Their grades are school years; a child in grade 1 is about six, so the
age is the grade and five. It says nothing of whether the words are kind or known.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from typing import NamedTuple

from instep_cohort.recruitment.letters.findings import Finding, Severity
from instep_cohort.recruitment.letters.language.merge_fields import without_fields
from instep_cohort.recruitment.letters.language.placeholders import without_placeholders
from instep_cohort.recruitment.letters.language.sentences import Sentence
from instep_cohort.recruitment.letters.letter import Place

# "We aim for a reading age of 9 to 11 years old"; where that is not easy, 11 to 14: the content
# guide of the NHS digital service manual (nhsuk/nhsuk-service-manual-community-backlog#258).
DEFAULT_READING_AGE = 11
_GRADE_TO_AGE = 5
_FEWEST_WORDS = 4
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NO_PROSE = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|\+?\d[\d() -]{6,}\d")
_SHOWN = 3
_FEWEST_TO_SHOW = 8


class Measured(NamedTuple):
    """A sentence with words of its own, and its own reading age in years."""

    sentence: Sentence
    words: tuple[str, ...]
    age: float


def prose(found: Iterable[Sentence]) -> list[Measured]:
    """The sentences of the letter's body of four words or more, without what is merged in."""
    held = []
    for sentence in found:
        words = _words(sentence.text)
        if sentence.place in {Place.BODY, Place.TEXT_BOX} and len(words) >= _FEWEST_WORDS:
            held.append(Measured(sentence, words, _age([words])))
    return held


def reading_age(measured: Iterable[Measured]) -> float | None:
    """The reading age of these sentences together, in years; ``None`` where there are none."""
    held = [one.words for one in measured]
    return _age(held) if held else None


def _words(text: str) -> tuple[str, ...]:
    plain = _NO_PROSE.sub(" ", without_placeholders(without_fields(text)))
    return tuple(word.replace("’", "'") for word in _WORD.findall(plain))


def _age(texts: list[tuple[str, ...]]) -> float:
    grades = _counting()([" ".join(words) for words in texts], lang="en")["readability grades"]
    return float(max(grades["ARI"], grades["Coleman-Liau"])) + _GRADE_TO_AGE


def _counting() -> Callable[..., dict[str, dict[str, float]]]:
    # Its Dutch word list has a backslash that Python 3.12 warns at where nothing is compiled yet.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        from readability import getmeasures
    measures: Callable[..., dict[str, dict[str, float]]] = getmeasures
    return measures


def age_findings(measured: list[Measured], limit: int) -> list[Finding]:
    """A warning at the hardest sentences, where the letter as a whole is above the limit.

    ``limit`` is in years. At most three sentences are shown, the hardest first.
    """
    age = reading_age(measured)
    if age is None or round(age, 1) <= limit:
        return []
    judged = [one for one in measured if len(one.words) >= _FEWEST_TO_SHOW and one.age > limit]
    hardest = sorted(judged or measured, key=lambda one: -one.age)[:_SHOWN]
    return [
        Finding(
            "reading-age",
            Severity.WARNING,
            f"the letter asks for a reading age of {age:.0f} where {limit} is the level, and this "
            f"sentence of {len(one.words)} words is among the hardest",
            "cut it in two, or use shorter words",
            "You can say yes or no. It is up to you.",
            one.sentence.line,
            one.sentence.text,
        )
        for one in hardest
    ]
