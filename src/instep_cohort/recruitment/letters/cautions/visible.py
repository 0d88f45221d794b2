"""What other people may read: through the window of the envelope, or over a shoulder.

A letter in an envelope with a window shows its address block, and what slips into the window: the
lines above the greeting, the greeting, a subject line under it and the first words after. Page
headers and footers and the document's title are seen too. There, nothing may hint at health or
work: whoever sees the envelope would learn it. How far a letter slips is this project's guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from instep_cohort.recruitment.letters.findings import Finding, Severity
from instep_cohort.recruitment.letters.language.merge_fields import without_fields
from instep_cohort.recruitment.letters.language.placeholders import without_placeholders
from instep_cohort.recruitment.letters.language.wording import normal_with_brackets
from instep_cohort.recruitment.letters.letter import Line, Place

_GREETING = re.compile(r"\s*(?:dear|hello|hi|good (?:morning|afternoon))\b", re.I)
_ALWAYS_SEEN = {Place.HEADER, Place.FOOTER, Place.TITLE}
_AFTER_GREETING = 2
_FEWEST_WORDS = 4
_SLIPS_IN = 100

_HEALTH = re.compile(
    r"\b(?:pains?|painful|painkillers?|diagnos\w+|illness(?:es)?|disease|disab\w+|sick(?:ness)?"
    r"|medicines?|medication|tablets?|prescri\w+|opioids?|opiates?|morphine|codeine|tramadol"
    r"|gabapentin\w*|pregabalin|arthritis|fibromyalgia|sciatica|back ?ache|backache|rheumat\w+"
    r"|depress\w+|anxi\w+|mental health|injur(?:y|ies|ed)|symptoms?|(?:health|medical|long-term"
    r"|chronic) conditions?|chronic|fit[ -]notes?|sick[ -]notes?|med3|treatments?|physio\w*"
    r"|cancer)\b"
)
_WORK = re.compile(
    r"\b(?:unemploy\w+|jobless|jobs?|work|worker|working|employment|employed|benefits?|dwp"
    r"|job ?cent(?:re|er)|universal credit|careers?|unfit|off sick|return to work)\b"
)


def visible_lines(lines: Iterable[Line]) -> Iterator[tuple[Line, str]]:
    """The lines that may be seen from outside, with the part of each that may be."""
    held = list(lines)
    body = [line for line in held if line.place not in _ALWAYS_SEEN and line.place != Place.NOTE]
    greeting = next((n for n, line in enumerate(body) if _GREETING.match(line.text)), None)
    after = 0 if greeting is None else greeting + 1
    until = _first_words(body) if greeting is None else after + _AFTER_GREETING
    seen = {id(line): line.text for line in body[:after]}
    seen |= {id(line): line.text[:_SLIPS_IN] for line in body[after:until]}
    seen |= {id(line): line.text for line in held if line.place in _ALWAYS_SEEN}
    for line in held:
        if id(line) in seen:
            yield line, seen[id(line)]


def _first_words(body: list[Line]) -> int:
    """How many lines come until two of them have said something beside merge fields."""
    said = [n for n, line in enumerate(body, 1) if len(_plain(line).split()) >= _FEWEST_WORDS]
    return said[_AFTER_GREETING - 1] if len(said) >= _AFTER_GREETING else len(body)


def _plain(line: Line) -> str:
    return without_placeholders(without_fields(line.text))


def visible_findings(lines: Iterable[Line]) -> Iterator[Finding]:
    """A warning at each line that may be seen and hints at somebody's health or work."""
    for line, part in visible_lines(lines):
        words = normal_with_brackets(part)
        for rule, pattern, about in (
            ("visible-health", _HEALTH, "health"),
            ("visible-work", _WORK, "work"),
        ):
            if said := pattern.search(words):
                yield Finding(
                    rule,
                    Severity.WARNING,
                    f"“{said[0]}” may be read from outside, and tells of somebody's {about}",
                    "say it further down, after the greeting and the first lines",
                    "An invitation from your GP practice",
                    line.number,
                    line.text,
                    "" if line.place is Place.BODY else str(line.place),
                )
