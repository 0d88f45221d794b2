"""Names for files, codelists and measures, made from the words of a search."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from unicodedata import normalize

_LONGEST = 48
# Windows makes no file or folder of these names
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}


def slug(words: str, otherwise: str) -> str:
    """Small letters, digits and hyphens of the words; ``otherwise`` where none is left.

    Example:
        >>> slug("Opioids (strong), Jan '26", "search")
        'opioids-strong-jan-26'
    """
    plain = normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-")
    if not made or made in _DEVICES:
        return f"{otherwise}-{made}".strip("-")
    return made


def short_hash(content: object) -> str:
    """Six characters that change with the content, the same on every machine."""
    return hashlib.sha256(repr(content).encode()).hexdigest()[:6]


def unused(name: str, taken: Collection[str], made: Callable[[str, int], str]) -> str:
    """The name, or the first of ``made(name, 2)``, ``made(name, 3)`` … that is not taken."""
    found, n = name, 1
    while found.casefold() in taken:
        n += 1
        found = made(name, n)
    return found


def identifier(words: str, otherwise: str) -> str:
    """A name that a measure can have: letters, digits and underscores, a letter first."""
    made = slug(words, otherwise).replace("-", "_")
    return made if made[0].isalpha() else f"{otherwise}_{made}"


def one_line(text: str) -> str:
    """The text as one line of signs that can be seen, to stand in a comment or a cell.

    Whatever a reader of YAML or CSV could take for the end of a line is a space.
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
