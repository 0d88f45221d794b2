"""Warns at what a letter had better not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from instep_cohort.recruitment.letters.cautions.caution import Caution
from instep_cohort.recruitment.letters.cautions.cautions import CAUTIONS, COMPILED
from instep_cohort.recruitment.letters.findings import Finding, Severity
from instep_cohort.recruitment.letters.language.sentences import Sentence
from instep_cohort.recruitment.letters.language.wording import normal_with_brackets


def caution_findings(found: Iterable[Sentence]) -> Iterator[Finding]:
    """A finding for each caution and sentence that goes against it."""
    for sentence in found:
        for caution in CAUTIONS:
            if words := words_against(caution, sentence):
                yield Finding(
                    caution.rule,
                    Severity.WARNING,
                    f"“{_as_written(words, sentence.text)}”: {caution.found}",
                    caution.mend,
                    caution.example,
                    sentence.line_of(words),
                    sentence.text,
                    "" if sentence.place == "body" else str(sentence.place),
                )


def _as_written(words: str, text: str) -> str:
    at = text.lower().find(words)
    return words if at < 0 else text[at : at + len(words)]


def words_against(caution: Caution, sentence: Sentence) -> str:
    """The first words of a sentence that go against a caution; empty where none do."""
    if sentence.is_question and not caution.in_questions:
        return ""
    wordings, unless = COMPILED[caution.rule]
    words = normal_with_brackets(sentence.text)
    meant_otherwise = [found.span() for pattern in unless for found in pattern.finditer(words)]
    for pattern in wordings:
        for found in pattern.finditer(words):
            if not any(
                start <= found.start() and found.end() <= end for start, end in meant_otherwise
            ):
                return found[0]
    return ""
