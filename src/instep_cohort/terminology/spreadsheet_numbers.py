"""Codes that a spreadsheet took for numbers: which digits are still there."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?P<whole>\d+)(?:\.(?P<part>\d+))?(?:[eE](?P<exponent>[+-]?\d{1,3}))?")
EXACT_DIGITS = 15  # what a spreadsheet keeps of a number


def is_number(code: str) -> bool:
    """Whether this is a number as a spreadsheet or a data frame writes it, not plain digits.

    Example:
        >>> is_number("2126000.0"), is_number("1.00E+15"), is_number("2126000")
        (True, True, False)
    """
    found = _NUMBER.fullmatch(code)
    if not found:
        return False
    part = found["part"]
    return found["exponent"] is not None or (part is not None and not part.strip("0"))


def digits_left(number: str) -> str | None:
    """The digits of a whole number, ``None`` where some of them are lost.

    They are lost where the number was rounded for show (``1.00E+15``), and where it has more than
    the 15 digits that a spreadsheet keeps. Zeros in front of it are lost in any case: they are in
    no number.

    Example:
        >>> digits_left("2126000.0"), digits_left("8.2423001E+07"), digits_left("1.00E+15")
        ('2126000', '82423001', None)
    """
    found = _NUMBER.fullmatch(number)
    if not found:
        return None
    part, exponent = found["part"] or "", int(found["exponent"] or 0)
    if exponent:
        # every digit is shown only where the fraction is as long as the exponent
        digits = found["whole"] + part if len(part) == exponent else ""
    else:
        digits = found["whole"] if not part.strip("0") else ""
    return digits if 0 < len(digits) <= EXACT_DIGITS else None
