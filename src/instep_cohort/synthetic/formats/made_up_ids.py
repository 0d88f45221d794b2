"""Ids of a system's own dictionaries and rows, made up by position: none of them is a real one.

Long ids have the shape of SNOMED CT identifiers, of 18 digits, which no float holds: an item, the
namespace `NAMESPACE` that nobody was given as far as is known, the partition 11 of descriptions
(EMIS code ids are of that kind), and a right check digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMESPACE = "9999999"
#: The place of a code that is in no dictionary.
NO_CODE = 5_000_000
_FIRST_ITEM = 10_000_000
_PRACTICE_PLACES = 100_000

_DIHEDRAL = (
    *("0123456789", "1234067895", "2340178956", "3401289567", "4012395678"),
    *("5987604321", "6598710432", "7659821043", "8765932104", "9876543210"),
)
_SHUFFLED = "1576283094"
_INVERSE = "0432156789"


def code_id(place: int) -> str:
    """An id of 18 digits for the code or product in that place."""
    body = f"{_FIRST_ITEM + place}{NAMESPACE}11"
    return body + _check_digit(body)


def guids(kind: str, number: Any) -> Any:
    """A GUID in braces for each number of an Arrow array; ``kind`` is eight hexadecimal digits.

    They have the shape of version 4, and nothing random in them.
    """
    text = pc.utf8_lpad(pc.cast(number, pa.string()), 12, "0")
    opening = pa.scalar("{" + f"{kind}-0000-4000-8000-")
    return pc.binary_join_element_wise(opening, text, pa.scalar("}"), "")


def guid(kind: str, number: int) -> str:
    """The same GUID for a single number."""
    return "{" + f"{kind}-0000-4000-8000-{number:012d}" + "}"


def numbered(numbers: Sequence[int], practices: Sequence[int]) -> list[str]:
    """Patient ids as plain numbers, whose last five digits are the practice."""
    return [
        str(number * _PRACTICE_PLACES + practice)
        for number, practice in zip(numbers, practices, strict=True)
    ]


def shifted(number: Any, by: int) -> Any:
    """Row ids: each number of an Arrow array, raised by so much."""
    return pc.add(number, pa.scalar(by, pa.int64()))


def _check_digit(body: str) -> str:
    """The check digit of Verhoeff's scheme, which SNOMED CT identifiers end with."""
    state = 0
    for place, letter in enumerate(reversed(body), start=1):
        digit = int(letter)
        for _ in range(place % 8):
            digit = int(_SHUFFLED[digit])
        state = int(_DIHEDRAL[state][digit])
    return _INVERSE[state]
