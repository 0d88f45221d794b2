"""Read v2 and CTV3 codes: five characters, their term code, and what stands above them."""

from __future__ import annotations

import re
from typing import NamedTuple

_FIVE = "|".join(rf"[0-9A-Za-z]{{{n}}}\.{{{5 - n}}}" for n in range(5, 0, -1))
_FIVE_CHARACTERS = re.compile(_FIVE)
_READ_V2 = re.compile(rf"(?P<five>{_FIVE})(?P<term_code>[0-9A-Za-z]{{2}})?")
_UNDOTTED = re.compile(r"[0-9A-Za-z]{1,4}\.{0,3}")

# Codes that systems made for themselves and keep in Read columns. Some are as long as a Read code
# with a term code, so the shape alone does not tell them (endeavourhealth/Transforms,
# ClinicalCodeTransformer). No code of the NHS Read v2 to CTV3 map begins with any of them.
_LOCAL = ("EMIS", "ESCT", "FUNDHC", "JHCC", "RAFME")

CODE_LENGTH = 5
LONG_CODE_LENGTH = 7


class ReadCode(NamedTuple):
    """A Read v2 code taken apart: its five characters and, where it has one, its term code."""

    five: str
    term_code: str | None


def five(code: str) -> str:
    """The five characters a Read v2 code is compared by, padded with dots.

    Example:
        >>> five("13J3.11"), five("1475")
        ('13J3.', '1475.')
    """
    return code[:CODE_LENGTH].ljust(CODE_LENGTH, ".")


def term_code(code: str) -> str | None:
    """The two-character term code of a seven-character Read v2 code, ``None`` where it has none.

    ``00`` is the preferred term, ``11`` and on are synonyms.
    """
    return code[CODE_LENGTH:] if len(code) == LONG_CODE_LENGTH else None


def stem(code: str) -> str:
    """What every descendant of a Read v2 code begins with: its five characters before the dots.

    Example:
        >>> stem("N05..")
        'N05'
    """
    return code[:CODE_LENGTH].rstrip(".")


def parent(code: str) -> str | None:
    """The Read v2 code one level above, as five characters; ``None`` for a chapter.

    Example:
        >>> parent("N05zL"), parent("N....")
        ('N05z.', None)
    """
    above = stem(code)[:-1]
    return above.ljust(CODE_LENGTH, ".") if above else None


def is_five(code: str) -> bool:
    """Whether the text is five letters or digits, padded on the right with dots."""
    return _FIVE_CHARACTERS.fullmatch(code) is not None


def is_local(code: str) -> bool:
    """Whether this is a code that EMIS or a practice made, kept where Read codes are kept."""
    return code.startswith(_LOCAL)


def read_code(text: str) -> ReadCode | None:
    """The Read v2 code in a field of an extract, ``None`` where the text is none.

    Missing dots are added, since an undotted code can mean nothing else. Local codes (``EMISNQ12``,
    ``ESCTAB1``), and text of another shape, are not Read v2 codes and are never cut to five.
    """
    if is_local(text):
        return None
    if found := _READ_V2.fullmatch(text):
        return ReadCode(found["five"], found["term_code"])
    return ReadCode(five(text), None) if _UNDOTTED.fullmatch(text) else None
