"""Wordings: a text in one plain form, its clauses, and whether a word in it is denied.

No grammar is parsed. A word counts as denied where *not*, *no* or their kin stand directly before
it, with at most some small words between, or where nothing and nobody is its subject. What only
may be so, or should be, is neither denied nor said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from instep_cohort.recruitment.letters.language.merge_fields import without_fields
from instep_cohort.recruitment.letters.language.placeholders import without_placeholders

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "—": "–"})
_SHORT = (
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bshan't\b"), "shall not"),
    (re.compile(r"\b(?:can't|cannot)\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (
        re.compile(r"\b(do|does|did|is|are|will|would|should|can|could|has|have|need)nt\b"),
        r"\1 not",
    ),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}"), ""),
    (re.compile(r"\s+"), " "),
)


def normal(text: str) -> str:
    """The text in lower case, short forms written out, fields as ``«»``, placeholders ``[]``."""
    return normal_with_brackets(without_placeholders(without_fields(text, "«»"), "[]"))


def normal_with_brackets(text: str) -> str:
    """The same, with what stands in fields and placeholders kept."""
    held = text.translate(_QUOTES).lower()
    for pattern, instead in _SHORT:
        held = pattern.sub(instead, held)
    return held.strip()


_NEW_CLAUSE = re.compile(
    r"\s*(?:;|–|:|\s-\s|,?\s\b(?:but|although|though|however|whereas|while)\b"
    r"|,?\s\band\b(?=\s(?:it|this|that|we|you|they|he|she|nobody|no one|nothing|your \w+|our \w+"
    r"|the \w+(?: \w+)?)\s(?:will|would|can|may|might|could|should|do|does|is|are|has|have)\b)"
    r"|,?\s\band\b(?=\s(?:will|would|can|may|might|could|should|do|does|it|this)\s)"
    r"|,\s(?=(?:we(?! (?:think|hope|believe|expect|trust|assume)\b)|it|this|that|you|they"
    r"|your \w+) ))"
)
_CONDITION_FIRST = re.compile(
    r"^\W*(?:and |so |even )?(?:if|when|whether|should you|in case|whatever|whichever)\b[^,]*,"
)
_CONDITION_LAST = re.compile(r"\b(?:if|when|whether|should you|in case|whatever)\b.*$")


def clauses(words: str) -> Iterator[str]:
    """The clauses of a sentence in its plain form, each without a condition that leads it in."""
    for clause in _NEW_CLAUSE.split(_CONDITION_FIRST.sub("", words)):
        if clause and clause.strip():
            yield _CONDITION_FIRST.sub("", clause).strip()


def without_condition(clause: str) -> str:
    """The clause without the *if* and *when* that follow; whole where it begins with one."""
    if _CONDITION_LAST.match(clause):
        return clause
    return _CONDITION_LAST.sub("", clause).strip(" ,.")


_SMALL = (
    r"(?:be|been|being|have|has|had|get|make|makes|made|cause|lead to|result in|mean|in any way"
    r"|at all"
    r"|ever|even|also|either|otherwise|then|try to|want to|going to|to|of|any|a|an|the|slightest"
    r"|kind|sort|(?!only\b)\w+ly)"
)
_BEFORE = re.compile(
    rf"(?:\b(?:not|never|no|nor|without|neither|no longer)\b(?:\W+{_SMALL}){{0,6}}\W+)$"
)
_NO_SUBJECT = re.compile(
    r"(?:^|[,.]\s|\bthat )\W*(?:and |so |in short )?(?:neither|nothing|none|nobody|no one|no-one"
    r"|not one|no part|no \w+)\b[^,;.]{0,80}$"
)
_IN_NO_WAY = re.compile(r"\b(?:in no way|under no circumstances|at no (?:time|point))\b")
_MEANS_NOT = re.compile(r"\bnot (?:mean|imply|feel)\b[^,;]{0,60}$")
_DOUBT = re.compile(
    r"\b(?:(?:may|might|could|should|ought to)(?: well)?(?: not)?(?:\W+(?:be|have|make|\w+ly|any"
    r"|a|an)){0,4}\W+)$"
)
_DOUBTING = re.compile(
    r"\b(?:probably|hopefully|usually|normally|generally|mostly|perhaps|maybe|unlikely"
    r"|not (?:likely|expected|meant|intended) to|in most cases"
    r"|(?:we|i)(?: do not)? (?:hope|think|believe|expect|trust)"
    r"|can not (?:promise|guarantee|say|be sure|tell)|do not know|not (?:true|the case|certain"
    r"|sure)"
    r"|(?:nobody|no one|no-one) (?:knows|can (?:say|promise|be sure|tell (?:you|whether|if)))"
    r"|no (?:guarantee|promise)|not (?:promise|guarantee|assume)|(?:wrong|untrue) (?:to|that))\b"
)
_EXCEPTED = re.compile(
    r"\b(?:unless|except|apart from when|without (?:your|asking|telling you|letting you know)"
    r"|only (?:if|that|your)|until|at first|for now|for the time being|at the moment"
    r"|at this stage|to begin with|so far|according to|voluntary for (?:people|those|patients"
    r"|any(?:one|body))"
    r"|provided (?:that|you)"
    r"|(?:as|so) long as (?!you (?:like|want|wish|need))"
    r"|for (?:at least |the (?:first|next) )?\w+ (?:weeks?|months?|years?))\b"
)


def is_denied(clause: str, at: int) -> bool:
    """Whether what stands at this place of the clause is denied."""
    before = clause[:at]
    return bool(
        _BEFORE.search(before)
        or _MEANS_NOT.search(before)
        or _IN_NO_WAY.search(clause)
        or _NO_SUBJECT.search(before)
    )


def is_hoped(clause: str) -> bool:
    """Whether the clause only hopes or thinks: *unlikely*, *we expect*, *usually*."""
    return bool(_DOUBTING.search(clause))


def is_doubtful(clause: str, at: int) -> bool:
    """Whether what stands there is only hoped, or only may or should be so."""
    return is_hoped(clause) or bool(_DOUBT.search(clause[:at]))


_OF_WHO_SAYS_YES = re.compile(
    r"(?<!even )\b(?:if|when|once) you (?:do |also |choose to |decide to |agree to )?(?:take part"
    r"|join|reply|agree|say yes|accept|come|sign)\b(?! or (?:not|say no))"
)


def is_of_who_says_yes(words: str) -> bool:
    """Whether the sentence holds on condition of taking part, and leaves open what else happens."""
    return bool(_OF_WHO_SAYS_YES.search(words))


def is_excepted(words: str) -> bool:
    """Whether the sentence takes something back with *unless* or *except*."""
    return bool(_EXCEPTED.search(words))
