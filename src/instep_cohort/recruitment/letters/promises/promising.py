"""Whether sentences keep a promise, break it, or only half say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from instep_cohort.recruitment.letters.findings import Finding, Said, Severity
from instep_cohort.recruitment.letters.language.sentences import Sentence
from instep_cohort.recruitment.letters.language.wording import (
    clauses,
    is_denied,
    is_doubtful,
    is_excepted,
    is_hoped,
    is_of_who_says_yes,
    without_condition,
)
from instep_cohort.recruitment.letters.promises.promise import Promise
from instep_cohort.recruitment.letters.promises.promises import COMPILED, PROMISES


class Outcome(IntEnum):
    """What a sentence does to a promise, the weightiest last."""

    NOTHING = 0
    HALF = 1
    KEPT = 2
    BROKEN = 3


_DOES_IT_THEMSELVES = re.compile(
    r"\byou (?:can|may|could|might|must|should|will|(?:do not )?(?:have|need|want|wish) to|need not"
    r"|(?:are|feel) (?:free|welcome) to|(?:choose|decide|like) to)(?: (?!be\b"
    r"|been\b)\w+){0,2} $|\byou to $"
)

_AS_SAID_TO_THEM = ((re.compile(r"\bmy\b"), "your"), (re.compile(r"\bi\b"), "you"))


def outcome(promise: Promise, sentence: Sentence) -> Outcome:
    """What one sentence does to a promise; a question says nothing before it is answered."""
    words = sentence.words
    if sentence.is_question:
        return _answered(promise, words, sentence.answer)
    found = [Outcome.NOTHING]
    for clause in clauses(words):
        alone = without_condition(clause)
        found += _outcomes(promise, clause, alone)
    return max(found)


def _answered(promise: Promise, words: str, answer: str) -> Outcome:
    if not answer:
        return Outcome.NOTHING
    for mine, yours in _AS_SAID_TO_THEM:
        words = mine.sub(yours, words)
    asked = max(_outcomes(promise, words, words), default=Outcome.NOTHING)
    if answer == "yes" or asked in {Outcome.NOTHING, Outcome.HALF}:
        return asked
    return Outcome.KEPT if asked is Outcome.BROKEN else Outcome.BROKEN


def _outcomes(promise: Promise, clause: str, alone: str) -> Iterator[Outcome]:
    """Of the whole clause what is kept; of the clause without its conditions what is broken."""
    wordings = promise.wordings
    for kept, at in _places(promise, "keeps", clause):
        if is_denied(clause, at) and not kept.startswith("no"):
            yield Outcome.BROKEN if wordings.breaks else Outcome.NOTHING
        else:
            yield Outcome.HALF if is_doubtful(clause, at) else Outcome.KEPT
    for _, at in _places(promise, "harms", clause):
        if is_denied(clause, at):
            yield Outcome.HALF if is_doubtful(clause, at) else Outcome.KEPT
        elif is_hoped(clause):
            yield Outcome.HALF
    for _, at in _places(promise, "breaks", alone):
        if not is_denied(alone, at) and not re.search(wordings.not_after, alone[:at]):
            yield Outcome.BROKEN


def _places(promise: Promise, way: str, clause: str) -> Iterator[tuple[str, int]]:
    """Each word of these wordings that can be denied, and where it stands."""
    for pattern in COMPILED[promise.rule][way]:
        for found in pattern.finditer(clause):
            at = found.start("word")
            if promise.theirs_too or not _DOES_IT_THEMSELVES.search(clause[:at]):
                yield found["word"], at


def promise_findings(found: list[Sentence]) -> tuple[list[Said], list[Finding]]:
    """Where each promise is kept, and a finding for each that is broken or not kept."""
    said: list[Said] = []
    findings: list[Finding] = []
    for promise in PROMISES:
        outcomes = [(outcome(promise, sentence), sentence) for sentence in found]
        kept = [one for result, one in outcomes if result is Outcome.KEPT]
        broken = [one for result, one in outcomes if result is Outcome.BROKEN]
        if kept:
            plainest = min(kept, key=lambda one: one.is_question)
            said.append(Said(promise.rule, plainest.line, plainest.text))
        findings += [_broken(promise, one) for one in broken]
        findings += [_excepted(promise, one) for one in kept if is_excepted(one.words)]
        if kept and all(is_of_who_says_yes(one.words) for one in kept):
            findings.append(_of_who_says_yes(promise, kept[0]))
        if not kept and not broken:
            half = [one for result, one in outcomes if result is Outcome.HALF]
            findings.append(_half_said(promise, half[0]) if half else not_said(promise))
    return said, findings


def not_said(promise: Promise) -> Finding:
    """The finding that a letter does not say something at all."""
    found = f"the letter does not say {promise.asks}"
    return Finding(promise.rule, Severity.ERROR, found, "say it", promise.example)


def _broken(promise: Promise, sentence: Sentence) -> Finding:
    return _at(
        sentence,
        promise,
        Severity.ERROR,
        f"this says the opposite; the letter has to say {promise.asks}",
    )


def _half_said(promise: Promise, sentence: Sentence) -> Finding:
    found = f"this half says it; the letter has to say {promise.asks}"
    return _at(sentence, promise, Severity.ERROR, found)


def _excepted(promise: Promise, sentence: Sentence) -> Finding:
    found = f"this takes some of it back; the letter has to say {promise.asks}"
    return _at(sentence, promise, Severity.WARNING, found)


def _of_who_says_yes(promise: Promise, sentence: Sentence) -> Finding:
    found = (
        "this says it of those alone who take part, as if it were otherwise for those who do not; "
        f"the letter has to say {promise.asks}"
    )
    return _at(sentence, promise, Severity.WARNING, found)


def _at(sentence: Sentence, promise: Promise, severity: Severity, found: str) -> Finding:
    mend = "say it without a condition" if severity is Severity.WARNING else "say it plainly"
    place = "" if sentence.place == "body" else str(sentence.place)
    return Finding(
        promise.rule, severity, found, mend, promise.example, sentence.line, sentence.text, place
    )
