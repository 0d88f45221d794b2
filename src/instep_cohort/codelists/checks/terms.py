"""The codes and terms of a list against a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from instep_cohort.codelists.checks.prefixes import prefix_findings
from instep_cohort.codelists.findings import Finding, Mend, finding, write
from instep_cohort.codelists.model import Selector
from instep_cohort.terminology import read_codes
from instep_cohort.terminology.code_shapes import is_sound
from instep_cohort.terminology.dictionaries import Dictionary
from instep_cohort.terminology.systems import System

_OTHER = {System.READ_V2: System.CTV3, System.CTV3: System.READ_V2}
_SHOWN = 3


_WORDS = (System.SUBSTANCE, System.PRODUCT_NAME)


def dictionary_findings(
    selectors: Sequence[Selector],
    dictionary: Dictionary | None,
    list_words: Iterable[str],
    file: str,
) -> Iterator[Finding]:
    """Yields everything that a dictionary shows to be wrong with a list; nothing without one.

    Args:
        selectors: the rows of one version.
        dictionary: codes and terms.
        list_words: texts that say what the list is about, such as its title.
        file: the file's name in the findings.
    """
    if dictionary:
        medicines = (
            one.code for one in selectors if one.system in _WORDS and not one.match.excludes
        )
        yield from term_findings(selectors, dictionary, file)
        yield from prefix_findings(selectors, dictionary, [*list_words, *medicines], file)


def term_findings(
    selectors: Sequence[Selector], dictionary: Dictionary, file: str
) -> Iterator[Finding]:
    """Yields every row whose code or term the dictionary contradicts, or does not have.

    Rows whose code has a wrong shape are left out. A dictionary need not be whole, so a code that
    it lacks is a warning, and none where it holds few codes of that system; what it shows to be
    wrong is an error.
    """
    for selector in selectors:
        known = selector.system in dictionary.terms
        if known and is_sound(selector.system, selector.code):
            for judge in (_of_other_system, _look_alike, _unknown, _differing):
                if wrong := judge(selector, dictionary):
                    yield _finding(wrong, selector, file)
                    break


class _Said(NamedTuple):
    """What a check has to say: the kind of finding, the sentence, the repair."""

    code: str
    text: str
    repair: str
    mend: Mend | None = None


def _finding(said: _Said, selector: Selector, file: str) -> Finding:
    code, text, repair, mend = said
    return finding(
        code,
        text,
        repair,
        file=file,
        line=selector.line,
        where="term" if code == "term-differs" else "code",
        row_code=selector.code,
        mend=mend,
    )


def _of_other_system(selector: Selector, dictionary: Dictionary) -> _Said | None:
    other = _OTHER.get(selector.system)
    if other is None or dictionary.agrees(selector.system, selector.code, selector.term):
        return None
    text = _proof(selector, other, dictionary)
    return _Said("code-other-system", text, _instead(selector, other, dictionary)) if text else None


def _proof(selector: Selector, other: System, dictionary: Dictionary) -> str:
    """Why the code is of the other Read version; empty where nothing shows that it is.

    Two thirds of the codes are the same string in both, so being known in the other one is no
    proof. Proof is a term that only the other one gives the code, or a map that has no such Read v2
    code, or that has another CTV3 code for it.
    """
    system, code, term = selector.system, selector.code, selector.term
    if not dictionary.knows(other, code):
        return ""
    if dictionary.agrees(other, code, term) and dictionary.terms_of(system, code):
        own = _shown(dictionary.terms_of(system, code))
        return f"{code!r} with the term {term!r} is {other}: in {system} it is {own}"
    if dictionary.knows(system, code) or not dictionary.ctv3_of:
        return ""
    clinical = not code[:1].islower()  # the map holds no drug codes
    if system is System.READ_V2 and clinical:
        return f"{code!r} is a CTV3 code: there is no such Read v2 code"
    if system is System.CTV3 and dictionary.ctv3_of.get(read_codes.five(code)):
        return f"{code!r} is a Read v2 code: CTV3 has another one for it"
    return ""


def _instead(selector: Selector, other: System, dictionary: Dictionary) -> str:
    """The code of the row's own system, by the map or by the term."""
    table = dictionary.read_v2_of if selector.system is System.READ_V2 else dictionary.ctv3_of
    system, term = selector.system, selector.term
    found = [one for one in table.get(read_codes.five(selector.code), ()) if one != selector.code]
    found = [one for one in found if dictionary.agrees(system, one, term)] or found
    if term and not found:
        found = dictionary.with_term(system, term)
    move = f"put it under {other}"
    if not found:
        return f"{move}, and look up the code that {system} has for it"
    return f"{move}; {system} has {_codes(found)} for it"


def _look_alike(selector: Selector, dictionary: Dictionary) -> _Said | None:
    """Says that the one code that has the row's term looks like the code that is there.

    A dictionary, too, may have taken an I for an l; in case it is not known to be wrong.
    """
    system, code, term = selector.system, selector.code, selector.term
    contradicted = not dictionary.knows(system, code) or dictionary.terms_of(system, code)
    if not (term and contradicted) or dictionary.agrees(system, code, term):
        return None
    alike = dictionary.alike(system, code)
    found = [one for one in alike if dictionary.agrees(system, one, term)]
    if len(found) != 1:
        return None
    (other,) = found
    text = f"{term!r} is {system} {other!r}, not {code!r}"
    if other in dictionary.in_other_case(system, code):
        return _Said("code-wrong-case", text, f"write {other!r}", write(other))
    return _Said("code-look-alike", text, f"look whether {code!r} or {other!r} is right")


def _unknown(selector: Selector, dictionary: Dictionary) -> _Said | None:
    system, code = selector.system, selector.code
    if dictionary.knows(system, code) or not dictionary.covers(system):
        return None
    text = f"the {system} code {code!r} is not in {dictionary.name}"
    return _Said("code-unknown", text, _near(selector, dictionary))


def _near(selector: Selector, dictionary: Dictionary) -> str:
    system, code = selector.system, selector.code
    alike = [one for one in dictionary.alike(system, code) if one[:1].lower() == code[:1].lower()]
    if alike:
        known = ", ".join(
            f"{one!r} ({_shown(dictionary.terms_of(system, one))})" for one in alike[:_SHOWN]
        )
        return f"did you mean {known}?"
    if selector.term and (found := dictionary.with_term(system, selector.term)):
        return f"{selector.term!r} is {_codes(found)} there"
    other = _OTHER.get(system)
    if other and dictionary.knows(other, code):
        return f"it may be {other}: it is known there as {_shown(dictionary.terms_of(other, code))}"
    return "look it up: the dictionary may not be whole, or the code may be wrong"


def _differing(selector: Selector, dictionary: Dictionary) -> _Said | None:
    system, code, term = selector.system, selector.code, selector.term
    known = dictionary.terms_of(system, code)
    if not (term and known) or dictionary.agrees(system, code, term):
        return None
    found = [one for one in dictionary.with_term(system, term) if one != code]
    repair = f"{term!r} is {_codes(found)}: " if found else ""
    repair += "look whether the code or the term is wrong"
    return _Said("term-differs", f"{code!r} is {_shown(known)}, not {term!r}", repair)


def _shown(terms: Sequence[str]) -> str:
    more = f" and {len(terms) - _SHOWN} more" if len(terms) > _SHOWN else ""
    return " / ".join(map(repr, terms[:_SHOWN])) + more if terms else "a code without a term"


def _codes(codes: Sequence[str]) -> str:
    more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
    return " or ".join(map(repr, codes[:_SHOWN])) + more
