"""Whom to ask, and how never to be written to again: what needs a contact or one action to count.

Asking and stopping are looked for in a sentence together with the one that follows it, since a
heading or a question often comes first: "Would you rather get no more letters? Call ...".
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from instep_cohort.recruitment.letters.findings import Finding, Said, Severity
from instep_cohort.recruitment.letters.language.merge_fields import column_of, fields_in
from instep_cohort.recruitment.letters.language.sentences import Sentence
from instep_cohort.recruitment.letters.language.wording import is_denied


class Need(NamedTuple):
    """One of the two: its id, what is missing, a sentence that says it, sentences for the tests."""

    rule: str
    asks: str
    example: str
    kept_by: tuple[str, ...]
    not_kept_by: tuple[str, ...]


ASKING = Need(
    rule="whom-to-ask",
    asks="whom to ask, with a name, a telephone number or an e-mail address",
    example="If you have any questions, call [name] on [telephone number].",
    kept_by=(
        "If you have any questions, call us on 0118 496 0123.",
        "If you have questions, please e-mail study@example.org.",
        "Would you like to know more? Speak to Dr Ahmed at the practice.",
        "Questions? Ask [name of the contact].",
        "If you want to talk about this, please ask «Custom 4 GP name».",
        "Who can I ask? Jane Hill, telephone +44 118 496 0123.",
    ),
    not_kept_by=(
        "If you have any questions, just ask.",
        "Please do not call 0118 496 0123 with questions.",
        "Call 0118 496 0123.",
        "Do you have any questions?",
    ),
)
STOPPING = Need(
    rule="opt-out",
    asks="how, in one step, never to be written to about this again",
    example=("If you do not want us to write to you about this again, call [telephone number]."),
    kept_by=(
        "If you do not want us to write to you about this again, call 0118 496 0123.",
        "To get no more letters like this, text STOP to 07700 900123.",
        "You can opt out of these letters by phoning 0118 496 0123 or by e-mailing a@example.org.",
        "Tell us if you never want to be written to about this again.",
        "Would you rather not hear from us again? Tick the box and send back the slip.",
        "☐ Please do not write to me about research again.",
        "If you would like no more letters about research, just tell the reception team.",
        "Want us to stop writing? Reply STOP to this letter.",
    ),
    not_kept_by=(
        "If you do not want to take part, tick the box.",
        "We will not write to you again.",
        "If you do not hear from us again, call 0118 496 0123.",
        "You can opt out.",
        "To opt out, fill in the form, sign it and bring it to the practice.",
        "To stop these letters, write to us and then call 0118 496 0123.",
        "We will write to you again.",
    ),
)

_QUESTION = re.compile(
    r"\bquestions?\b|\b(?:know|find out|hear|learn) more\b|\bmore information\b|\bunclear\b"
    r"|\bnot sure\b|\bunsure\b|\b(?:talk|speak|chat)(?:ing)? (?:to|it|with|about)\b|\bworr(?:y"
    r"|ied)\b"
    r"|\bconcern(?:s|ed)?\b|\benquir\w+|\bwho(?:m)? (?:can|do|should|could) (?:i|you) (?:ask|call"
    r"|contact)\b|\bwhom? to ask\b|\bto ask\b"
)
_DETAILS = (
    re.compile(r"(?<!\d)(?:\+44|\(?0)[\d() -]{8,14}\d(?!\d)"),
    re.compile(r"[\w.+-]+@[\w-]+\.\w"),
    re.compile(r"\[[^\]]*\b(?:tele)?(?:phone|number|e-?mail|name|contact|whom?)\b[^\]]*\]", re.I),
    re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Professor|Sister|Nurse)\.? [A-Z]\w+"),
)
_REACH = r"(?:call|phone|ring|text|e-?mail|contact|write|reply|ask)"
_CONTACT_LINES = 4
_CONTACT_FIELDS = {"Custom 4 GP name"}

_STOP = re.compile(
    r"\b(?P<stop>(?:not|never|no longer|rather not|stop|without|no more"
    r"|no further)\b[^.?!;:]{0,40}?"
    r"\b(?:write|writing|written|contact\w*|letters?|hear\w*|invit\w+|send\w*|sent|messages?|texts?"
    r"|approach\w*)\b(?:[^.?!;:,]{0,40}?\b(?:again|any ?more|in (?:the )?future|ever"
    r"|like this)\b)?)"
    r"|\b(?P<out>opt(?:ing)? out|(?:take|remove) (?:you|me|your name|my name)\b.{0,20}\b(?:off"
    r"|from)|off (?:our|the|this) list)\b"
)
_FOR_GOOD = re.compile(
    r"\b(?:again|any ?more|no more|no further|no longer|future|ever|never|stop|like this"
    r"|these letters|opt(?:ing)? out|take|remove|off|list)\b"
)
_SAYS_WE_WILL_NOT = re.compile(r"\bwe (?:will|shall|would|do|have|can) $")
_NO_WAY = re.compile(r"\b(?:can not|no way to|not possible to|unable to) $")
_NOT_HEARING = re.compile(r"\bif you (?:do not|have not|never) hear")
_ASKED_FIRST = re.compile(r"\b(?:if|to|would you|do you|want|should you)\b")

# One thing to do each; what comes of itself with another (saying so on the telephone) is none.
_STEPS = {
    "telephone": r"\b(?:call|phon|ring|dial)\w*|\bspeak\w* to\b|\btalk\w* to\b|\btelephon\w+",
    "text": r"\btext\w*",
    "e-mail": r"\be-?mail\w*",
    "slip": (
        r"\btick\w*|\bcross\w*|\breturn\w*|\bsend\w*|\bpost\w*|☐|\bbox\b|\bslip\b|\bfill\w* in\b"
        r"|\bcomplet\w+|\brepl(?:y|ying)\b"
    ),
    "letter": r"\bwrit(?:e|ing) (?:to|a)\b",
    "signature": r"\bsign\w*",
    "visit": r"\b(?:visit|come|bring|attend)\w*|\bappointment\b",
    "web": r"\b(?:scan|click|log in|register|go to|sign in)\w*|\bweb ?(?:site|page)\b",
}
_STEP = {kind: re.compile(pattern) for kind, pattern in _STEPS.items()}
_TO_TICK = re.compile(r"\W*(?:☐|\[ ?\])")
_SAYING = re.compile(r"\b(?:tell(?:ing)?|let\w* us know|say(?:ing)? so|contact\w*|ask\w*)\b")


def need_findings(found: list[Sentence]) -> tuple[list[Said], list[Finding]]:
    """Where the two needs are met, and a finding for each that is not."""
    said: list[Said] = []
    findings: list[Finding] = []
    asked = next((one for n, one in enumerate(found) if _says_whom(one, found[n + 1 :])), None)
    if asked:
        said.append(Said(ASKING.rule, asked.line, asked.text))
    else:
        findings.append(_missing(ASKING))
    ways = [(s, steps) for s, after in _with_next(found) if (steps := _steps(s, after))]
    easy = next((s for s, steps in ways if steps == 1), None)
    if easy:
        said.append(Said(STOPPING.rule, easy.line, easy.text))
    elif ways:
        findings.append(_too_long(*ways[0]))
    else:
        findings.append(_missing(STOPPING))
    return said, findings


def _with_next(found: list[Sentence]) -> Iterator[tuple[Sentence, Sentence | None]]:
    return itertools.zip_longest(found, found[1:])


def _says_whom(sentence: Sentence, after: list[Sentence]) -> bool:
    if not _QUESTION.search(sentence.words):
        return False
    leads_in = sentence.text.rstrip().endswith(":")
    held = [sentence, *after[: _CONTACT_LINES if leads_in else 1]]
    return any(_has_details(one.text) and not _calls_off(one.words) for one in held)


def _has_details(text: str) -> bool:
    named = any(column_of(name) in _CONTACT_FIELDS for name in fields_in(text))
    return named or any(pattern.search(text) for pattern in _DETAILS)


def _calls_off(words: str) -> bool:
    return any(is_denied(words, found.start()) for found in re.finditer(rf"\b{_REACH}\b", words))


def _steps(sentence: Sentence, after: Sentence | None) -> int:
    """How many things are to be done to stop all letters; 0 where no way to it is shown."""
    words = sentence.words
    wish = next((w for w in _STOP.finditer(words) if _is_wish(words, w)), None)
    if wish is None:
        return 0
    rest = f"{words[: wish.start()]} ; {words[wish.end() :]}"
    here = _least_steps(f"☐ {rest}" if _TO_TICK.match(sentence.lines[0].text) else rest)
    looks_on = after is not None and (sentence.is_question or _is_heading(sentence))
    return here or (_least_steps(after.words) if after is not None and looks_on else 0)


def _is_heading(sentence: Sentence) -> bool:
    asks = bool(_ASKED_FIRST.search(sentence.words))
    return asks and not sentence.text.rstrip().endswith((".", "!"))


def _is_wish(words: str, wish: re.Match[str]) -> bool:
    before = words[: wish.start()]
    if wish[0].startswith("not ") and before.endswith(" can "):
        return False
    ours = _SAYS_WE_WILL_NOT.search(before) or _NO_WAY.search(before)
    return bool(_FOR_GOOD.search(wish[0]) and not ours and not _NOT_HEARING.search(words))


def _least_steps(words: str) -> int:
    ways = [_count(way) for way in re.split(r"\bor\b", words)]
    return min((steps for steps in ways if steps), default=0)


def _count(way: str) -> int:
    kinds = sum(
        any(not is_denied(way, found.start()) for found in pattern.finditer(way))
        for pattern in _STEP.values()
    )
    return kinds or int(bool(_SAYING.search(way)))


def _missing(need: Need) -> Finding:
    found = f"the letter does not say {need.asks}"
    return Finding(need.rule, Severity.ERROR, found, "say it", need.example)


def _too_long(sentence: Sentence, steps: int) -> Finding:
    return Finding(
        STOPPING.rule,
        Severity.ERROR,
        f"this asks for {steps} things to be done to get no more letters",
        "one step is enough",
        STOPPING.example,
        sentence.line,
        sentence.text,
    )
