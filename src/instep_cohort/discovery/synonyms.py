"""Words that mean the same, so that a search by one finds the terms written with another.

Our own compilation, kept to what is certain from the words themselves: an adjective beside its
noun, Latin or Greek beside English. A `*` stands for any letters. What was searched beside the
words that were asked for is always shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from instep_cohort.discovery.term_words import stem

_GROUPS: tuple[tuple[str, ...], ...] = (
    (
        *("pain", "painful", "ache", "aching", "backache", "earache", "headache", "stomachache"),
        *("toothache", "*algia", "*dynia"),
    ),
    ("kidney", "renal", "nephr*"),
    ("liver", "hepatic", "hepat*"),
    ("heart", "cardiac"),
    ("lung", "pulmonary"),
    ("stomach", "gastric"),
    ("brain", "cerebral"),
    ("skin", "cutaneous", "dermat*"),
    ("bone", "osseous", "oste*"),
    ("joint", "articular", "arthr*"),
    ("muscle", "muscular", "myalgia", "myopathy", "myositis"),
    ("nerve", "neural", "neuralgia", "neuritis", "neuropathy", "neuropathic"),
    ("back", "backache"),
    ("head", "headache"),
    ("foot", "feet"),
    ("tooth", "teeth", "dental"),
    ("child", "children"),
    ("unemployed", "unemployment"),
    ("medicine", "medication"),
)


def _table() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in _GROUPS:
        words = [word if "*" in word else stem(word) for word in group]
        for word in words:
            if "*" not in word:
                others = (one for one in words if one != word)
                found[word] = tuple(dict.fromkeys((*found.get(word, ()), *others)))
    return found


#: The words that are searched beside each word; words as `stem` gives them.
SYNONYMS: Mapping[str, Sequence[str]] = _table()
