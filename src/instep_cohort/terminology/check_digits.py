"""The check digit and the kind of a SNOMED-shaped id (SNOMED CT, dm+d, EMIS code ids)."""

from __future__ import annotations

from enum import StrEnum

# Verhoeff 1969: multiplication in the dihedral group D5, and one permutation applied i times.
_TIMES = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_STEP = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)


def _permutations() -> tuple[tuple[int, ...], ...]:
    """The permutation applied 0 to 7 times; the eighth is the identity again."""
    rows = [tuple(range(10))]
    for _ in range(7):
        rows.append(tuple(_STEP[digit] for digit in rows[-1]))
    return tuple(rows)


_PERMUTED = _permutations()


class IdKind(StrEnum):
    """What a SNOMED-shaped id names, by the two digits before its check digit."""

    CONCEPT = "concept"
    DESCRIPTION = "description"
    RELATIONSHIP = "relationship"


_PARTITIONS = {
    "00": IdKind.CONCEPT,
    "10": IdKind.CONCEPT,
    "01": IdKind.DESCRIPTION,
    "11": IdKind.DESCRIPTION,
    "02": IdKind.RELATIONSHIP,
    "12": IdKind.RELATIONSHIP,
}


def _checksum(digits: str, first: int) -> int:
    """The Verhoeff sum of ASCII digits, the last of which stands at place ``first``."""
    total = 0
    for place, digit in enumerate(reversed(digits), first):
        total = _TIMES[total][_PERMUTED[place % 8][ord(digit) - 48]]
    return total


def is_digits(text: str) -> bool:
    """Whether the text is one or more ASCII digits and nothing else."""
    return text.isascii() and text.isdigit()


def has_check_digit(code: str) -> bool:
    """Whether the text is digits whose last one is the Verhoeff check digit of the others.

    Example:
        >>> has_check_digit("82423001"), has_check_digit("82423010")
        (True, False)
    """
    return is_digits(code) and _checksum(code, 0) == 0


def check_digit(digits: str) -> str:
    """The Verhoeff check digit that belongs behind these digits.

    Raises:
        ValueError: the text is not digits.

    Example:
        >>> check_digit("8242300")
        '1'
    """
    if not is_digits(digits):
        raise ValueError("digits are needed")
    return str(_INVERSE[_checksum(digits, 1)])


def id_kind(code: str) -> IdKind | None:
    """What the id names by its partition digits; ``None`` where they say nothing known.

    The check digit is not looked at.
    """
    return _PARTITIONS.get(code[-3:-1]) if is_digits(code) else None


def is_concept(code: str) -> bool:
    """Whether this is a well-made concept id: 6 to 18 digits, concept partition, check digit."""
    return (
        6 <= len(code) <= 18  # noqa: PLR2004
        and code[0] != "0"
        and id_kind(code) is IdKind.CONCEPT
        and has_check_digit(code)
    )
