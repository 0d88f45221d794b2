"""Tokens and invitation ids: random, without meaning, proof against a slip of the pen.

Both are written in 23 letters and digits of which no two look alike. 23 is a prime, so a weighted
sum modulo 23 finds every single wrong character and every two characters that changed places.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from instep_cohort.errors import UsageError

# No vowels, so that no word arises; none of B 8, G 6, I L 1, O Q 0, S 5, U V, Z 2 beside its twin.
ALPHABET = "23456789CDFHJKMNPRTVWXY"
_PLACES = {letter: place for place, letter in enumerate(ALPHABET)}
_LETTER = f"[{ALPHABET}]"
TOKEN_PATTERN = rf"^{_LETTER}{{4}}-{_LETTER}{{4}}-{_LETTER}{{4}}$"
INVITE_ID_PATTERN = rf"^{_LETTER}{{5}}-{_LETTER}{{5}}$"

_TOKEN_GROUPS = (4, 4, 4)
_INVITE_ID_GROUPS = (5, 5)


def new_tokens(count: int, *, taken: Collection[str] = frozenset()) -> list[str]:
    """So many new tokens, such as ``3K7P-WX2M-9DHC``: random, not derived from anything.

    Args:
        count: how many.
        taken: tokens that are given out already.
    """
    return _new(count, _TOKEN_GROUPS, taken)


def new_invite_ids(count: int, *, taken: Collection[str] = frozenset()) -> list[str]:
    """So many new invitation ids, such as ``7KXPW-M2D9H``, to be made before they are needed.

    Args:
        count: how many.
        taken: ids that are given out already, here or in another practice.
    """
    return _new(count, _INVITE_ID_GROUPS, taken)


def read_invite_id(text: str) -> str:
    """An invitation id as somebody typed it, in its one form: capitals, hyphen in the middle.

    Raises:
        UsageError: it is none, or its check character says that it was mistyped.

    Example:
        >>> made = new_invite_ids(1)[0]
        >>> read_invite_id(f" {made.lower().replace('-', ' ')} ") == made
        True
    """
    return _read(text, _INVITE_ID_GROUPS, "an invitation id")


def read_token(text: str) -> str:
    """A token as somebody typed it, in its one form.

    Raises:
        UsageError: it is none, or its check character says that it was mistyped.
    """
    return _read(text, _TOKEN_GROUPS, "a token")


def check_character(letters: str) -> str:
    """The character that belongs behind these letters of the alphabet.

    The sum of all characters, each times its place from the right, is a multiple of 23.
    """
    return ALPHABET[-_weighted(letters, last_place=2) % len(ALPHABET)]


def _weighted(letters: str, last_place: int) -> int:
    places = enumerate(reversed(letters), last_place)
    return sum(place * _PLACES[letter] for place, letter in places)


def _new(count: int, groups: tuple[int, ...], taken: Collection[str]) -> list[str]:
    made: dict[str, None] = {}
    given = frozenset(taken)
    while len(made) < count:
        letters = _random_letters(sum(groups) - 1)
        one = _grouped(letters + check_character(letters), groups)
        if one not in given:
            made[one] = None
    return list(made)


def _random_letters(count: int) -> str:
    """So many letters, any of them as likely as any other: one draw, taken apart."""
    number, letters = secrets.randbelow(len(ALPHABET) ** count), ""
    for _ in range(count):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return letters


def _grouped(letters: str, groups: tuple[int, ...]) -> str:
    parts, start = [], 0
    for size in groups:
        parts.append(letters[start : start + size])
        start += size
    return "-".join(parts)


def _read(text: str, groups: tuple[int, ...], what: str) -> str:
    letters = "".join(text.split()).replace("-", "").upper()
    well_made = len(letters) == sum(groups) and set(letters) <= set(ALPHABET)
    if not well_made or _weighted(letters, last_place=1) % len(ALPHABET):
        raise UsageError(
            f"This is not {what}: look for a mistyped character; the letters used are {ALPHABET}."
        )
    return _grouped(letters, groups)
