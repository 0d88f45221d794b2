"""The words of a term as they are compared: plural as singular, spellings as one, words that say.

Light on purpose: a rule that a reader cannot foresee would find what nobody looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from instep_cohort.terminology.words import words

# Words that say nothing of what a term means, the tags of SNOMED CT among them.
_FILLERS = (
    "a an and any as at by due for from in into is nec nos of on or other part patient situation "
    "specified than that the to type unspecified with within disorder finding procedure observable "
    "entity event regime therapy context dependent category qualifier value elsewhere classified "
    "disease syndrome condition problem symptom form level present non"
)
# What a medicine comes in, and as which salt: the same words stand in every second product.
_FORMS = (
    "tablet tab capsule cap oral solution soln suspension susp liquid syrup elixir elix linctus "
    "mixture injection inj infusion ampoule vial filled pre syringe jet minijet parenteral "
    "intravenous subcutaneous intramuscular disposable device unit dose sugar free dispersible "
    "effervescent soluble sachet powder granule gastro resistant modified release prolonged "
    "immediate sublingual buccal nasal spray patch transdermal cream ointment gel suppository "
    "lozenge drop orodispersible concentrate use strong forte mg ml mcg microgram gram hour min "
    "hydrochloride hcl sulfate sulf phosphate tartrate citrate acetate maleate sodium"
)
_SAYS_NOTHING = frozenset(f"{_FILLERS} {_FORMS}".split())

# Words that turn a state into a mention of it: of somebody else, not there, looked for, feared.
_MENTIONS = (
    "no not without never absent negative deny excluded exclusion family fh history screening "
    "suspected query fear risk resolved prevention monitoring invitation declined refused advice "
    "referral"
)
MENTIONS = frozenset(_MENTIONS.split())

_AS_PLURAL_ES = ("sses", "tches", "nches", "rches", "shes", "xes")  # aches: of ache
_SHORTEST_PLURAL = 4
_NO_PLURAL = frozenset(
    {"diabetes", "herpes", "ascites", "rabies", "scabies", "caries", "series", "species", "mumps"}
)


def stem(word: str) -> str:
    """A word as it is compared: a plural as its singular, British and American spelling as one.

    Example:
        >>> stem("tablets"), stem("neuropathies"), stem("sulphate"), stem("arthritis")
        ('tablet', 'neuropathy', 'sulfate', 'arthritis')
    """
    return _one_spelling(_singular(word))


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word in _NO_PLURAL:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(_AS_PLURAL_ES):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


def _one_spelling(word: str) -> str:
    for british, american in (("ae", "e"), ("oe", "e"), ("sulph", "sulf"), ("isation", "ization")):
        if british in word:
            word = word.replace(british, american)
    return word[:-3] + "or" if word.endswith("mour") else word


_HISTORY_OF = re.compile(r"\bh/o\b", re.IGNORECASE)
_STEMS: dict[str, str] = {}


def stems(text: str) -> list[str]:
    """The words of a text in their order, each as `stem` gives it; *H/O* is *history*.

    Example:
        >>> stems("H/O: backaches")
        ['history', 'backache']
    """
    found = words(_HISTORY_OF.sub("history", text) if "/" in text else text)
    for word in found:
        if word not in _STEMS:
            _STEMS[word] = stem(word)  # an extract has few words and many terms
    return [_STEMS[word] for word in found]


def telling(found: Iterable[str]) -> frozenset[str]:
    """Those of a term's words that say what it means: no numbers, no single letters, no filler.

    Example:
        >>> sorted(telling(stems("[X]Other specified disorders of the knee joint")))
        ['joint', 'knee']
    """
    return frozenset(
        word
        for word in found
        if len(word) > 1 and word not in _SAYS_NOTHING and not word[0].isdigit()
    )
