"""NHS numbers: checked wherever one is read, shown only where a practice asks for them."""

from __future__ import annotations

from instep_cohort.errors import UsageError


def read_nhs_number(text: str) -> str:
    """The ten digits of an NHS number, written in any of the usual ways (943 476 5919).

    The check digit is that of modulus 11 (NHS Data Dictionary, NHS NUMBER), as the package
    nhs-number checks it.

    Raises:
        UsageError: it is none; what stands there is not quoted.
    """
    from nhs_number.standardise import standardise_format
    from nhs_number.validate import is_valid

    digits = standardise_format(text)
    # the package takes the digits of every script, and so would two spellings of one number
    if not digits.isascii() or not is_valid(digits):
        raise UsageError(
            "This is no NHS number: ten digits are needed, the last of which is a check digit."
        )
    return str(digits)


def spaced(digits: str) -> str:
    """The ten digits in groups of three, three and four, as they are read out."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
