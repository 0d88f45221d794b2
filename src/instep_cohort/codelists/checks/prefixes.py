"""What a prefix takes in: how many codes of a dictionary, and which of them look out of place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from instep_cohort.codelists.findings import Finding, finding
from instep_cohort.codelists.model import Selector
from instep_cohort.codelists.reach import stem
from instep_cohort.terminology import read_codes
from instep_cohort.terminology.dictionaries import Dictionary
from instep_cohort.terminology.systems import Lineage, System, lineage
from instep_cohort.terminology.words import folded

# A prefix of more codes is not read in one sitting. Of the 247 prefixes in the lists of this
# repository, one in twelve takes in 50 codes or more of the compiled Read v2 terms.
FAR = 50
# Of a word, the part that names of one thing share: arthritis, arthropathy and osteoarthritis.
KIN_LETTERS = 5
LEAST_LETTERS = 3
_SHOWN = 5

_WORD = re.compile(r"[^\W\d_]+")

# Words that say nothing of what a code is about: grammar, classification, and forms of medicines.
_EMPTY_WORDS = frozenset(
    _WORD.findall(
        "and the for with without due use used not from into other unspecified specified nos nec "
        "elsewhere classified type types disease diseases disorder disorders syndrome condition "
        "conditions state states related allied given treat tablets tablet capsules capsule caps "
        "oral solution suspension injection sachets liquid syrup powder product products modified "
        "release preparation preparations compound soluble dispersible effervescent"
    )
)


class Reach(NamedTuple):
    """What a prefix takes in.

    Attributes:
        codes: the dictionary's codes at or below it, without those that the list excludes.
        odd: those of them whose terms share no word with the prefix or the list, sorted.
    """

    codes: tuple[str, ...]
    odd: tuple[str, ...]


def prefix_findings(
    selectors: Sequence[Selector], dictionary: Dictionary, list_words: Iterable[str], file: str
) -> Iterator[Finding]:
    """Yields the prefixes of a list that take in many codes, or odd ones.

    Args:
        selectors: the rows of one version.
        dictionary: the codes and terms that prefixes are held against.
        list_words: texts that say what the list is about: title, names of categories, medicines.
        file: the file's name in the findings.
    """
    about = _words_of(list_words)
    codes = {
        system: sorted(known)
        for system, known in dictionary.terms.items()
        if lineage(system) is Lineage.PREFIX
    }
    excluded = _Excluded(selectors)
    for selector in selectors:
        if selector.match.goes_down and selector.system in codes:
            found = reach(selector, codes[selector.system], dictionary, about, excluded)
            yield from _said(selector, found, dictionary, file)


def reach(
    selector: Selector,
    codes: Sequence[str],
    dictionary: Dictionary,
    about: frozenset[str],
    excluded: _Excluded,
) -> Reach:
    """What a selector takes in of the sorted codes of its system."""
    own = stem(selector)
    run = takewhile(lambda code: code.startswith(own), islice(codes, bisect_left(codes, own), None))
    taken = [
        code for code in run if selector.match.excludes or not excluded.holds(selector.system, code)
    ]
    kin = about | _words_of([selector.term])
    odd = [
        code
        for code in taken
        if code != selector.code and _is_odd(dictionary.terms_of(selector.system, code), kin)
    ]
    return Reach(tuple(taken), tuple(odd))


class _Excluded:
    """The codes that a list leaves out by its own rows."""

    def __init__(self, selectors: Sequence[Selector]) -> None:
        rows = [one for one in selectors if one.match.excludes]
        self._codes = {(one.system, one.code) for one in rows}
        self._stems: Mapping[System, tuple[str, ...]] = {
            system: tuple(stem(one) for one in rows if one.system is system and one.match.goes_down)
            for system in {one.system for one in rows}
        }

    def holds(self, system: System, code: str) -> bool:
        return (system, code) in self._codes or code.startswith(self._stems.get(system, ()))


def _is_odd(terms: Sequence[str], kin: frozenset[str]) -> bool:
    """Whether no term shares a word; a code without a term says nothing."""
    said = [words for term in terms if (words := _words(term))]
    return bool(said) and not any(_are_kin(one, kin) for one in said)


def _words(term: str) -> frozenset[str]:
    found = _WORD.findall(folded(term))
    return frozenset(one for one in found if len(one) >= LEAST_LETTERS) - _EMPTY_WORDS


def _words_of(texts: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*map(_words, texts))


def _are_kin(left: frozenset[str], right: frozenset[str]) -> bool:
    if left & right:
        return True
    return any(_begins_in(one, other) or _begins_in(other, one) for one in left for other in right)


def _begins_in(one: str, other: str) -> bool:
    return len(one) >= KIN_LETTERS and one[:KIN_LETTERS] in other


def _said(selector: Selector, found: Reach, dictionary: Dictionary, file: str) -> Iterator[Finding]:
    verb = "leaves out" if selector.match.excludes else "takes in"
    head = f"{selector.match} {selector.code!r} {verb} {len(found.codes)} codes"
    if found.odd:
        tops = _tops(selector.system, found.odd)
        named = "; ".join(
            f"{code} {dictionary.terms_of(selector.system, code)[0]}" for code in tops[:_SHOWN]
        )
        more = f"; and {len(tops) - _SHOWN} more" if len(tops) > _SHOWN else ""
        text = f"{head} of {dictionary.name}, {len(found.odd)} of them odd: {named}{more}"
        repair = "read them: exclude what does not belong, or list the codes one by one"
        yield _finding("reaches-odd", text, repair, selector, file)
    elif len(found.codes) >= FAR:
        text = f"{head} of {dictionary.name}"
        yield _finding("reaches-far", text, "read them all once", selector, file)


def _finding(code: str, text: str, repair: str, selector: Selector, file: str) -> Finding:
    return finding(
        code,
        text,
        repair,
        file=file,
        line=selector.line,
        where="code",
        row_code=selector.code,
    )


def _tops(system: System, codes: Sequence[str]) -> list[str]:
    """The codes that stand below no other of them."""
    tops: list[str] = []
    for code in sorted(codes, key=lambda code: (_stem(system, code), code)):
        if not (tops and _stem(system, code).startswith(_stem(system, tops[-1]))):
            tops.append(code)
    return tops


def _stem(system: System, code: str) -> str:
    return read_codes.stem(code) if system is System.READ_V2 else code
