"""The words of a name: how product names and ingredients are compared."""

from __future__ import annotations

import re
from unicodedata import is_normalized, normalize

_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """The text without case, its accents in one form, so that equal words are equal strings.

    Example:
        >>> folded("CODEINE Phosphate")
        'codeine phosphate'
    """
    if text.isascii():
        return text.lower()
    # Folding can take an accented letter apart again, hence the second pass.
    once = normalize("NFC", text).casefold()
    return once if is_normalized("NFC", once) else normalize("NFC", once)


def words(text: str) -> list[str]:
    """The runs of letters and digits in a text, without case, in their order.

    Example:
        >>> words("MST Continus® 10mg/5ml")
        ['mst', 'continus', '10mg', '5ml']
    """
    return _WORD.findall(folded(text))
