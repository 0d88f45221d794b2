"""The signs by which a damaged code is known, and what it may have been before."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from instep_cohort.terminology import read_codes
from instep_cohort.terminology.check_digits import IdKind, has_check_digit, id_kind, is_digits
from instep_cohort.terminology.code_shapes import (
    GEMSCRIPT_DIGITS,
    is_bare,
    is_sound,
    looks_like_ctv3,
)
from instep_cohort.terminology.spreadsheet_numbers import EXACT_DIGITS, digits_left, is_number
from instep_cohort.terminology.systems import System

FROM_SOURCE = "take the code again from its source, as text"
# chapter, section, paragraph, sub-paragraph, chemical, product, strength and form, equivalent
_BNF_LEVELS = (2, 4, 6, 7, 9, 11, 13, 15)
_LOST = f"cannot be repaired: digits are lost; {FROM_SOURCE}"


def _none(_: System, __: str) -> tuple[str, ...]:
    return ()


class Sign(NamedTuple):
    """One way for a code to be wrong: how it is seen, what is said, what it may have been."""

    name: str
    seen: Callable[[str], bool]
    text: str
    before: Callable[[System, str], Sequence[str]] = _none
    advice: str = FROM_SOURCE


def _mending(mend: Callable[[str], str]) -> Callable[[System, str], Sequence[str]]:
    return lambda _, code: (mend(code),)


def _is_invisible(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cf", "Cc") and not sign.isspace()


def _visible(code: str) -> str:
    return "".join(sign for sign in code if not _is_invisible(sign))


def _of_number(system: System, code: str) -> Sequence[str]:
    digits = digits_left(code)
    if digits is None:
        return ()
    match system:
        case System.READ_V2 | System.CTV3:
            return _read_of_digits(digits)
        case System.BNF:
            return (digits, _with_zero(digits))
        case System.GEMSCRIPT:
            return (_with_zeros(digits),)
        case _:
            return (digits,)


def _read_of_digits(digits: str) -> Sequence[str]:
    """The Read codes that can have become so many digits.

    A short one may have lost a zero in front too: `0147.` is a number to a spreadsheet, and `147..`
    is none but for somebody who took its dots off. None of the 89,676 codes of the NHS map of Read
    v2 to CTV3 is five digits of which the first is 0, and none begins with 00, so four digits leave
    no doubt.
    """
    if len(digits) >= 4:  # noqa: PLR2004
        return (read_codes.five(digits) if len(digits) < read_codes.CODE_LENGTH else digits,)
    return (read_codes.five(digits), read_codes.five(f"0{digits}"))


def _dotted(_: System, code: str) -> Sequence[str]:
    return _read_of_digits(code) if is_digits(code) else (read_codes.five(code),)


# Looked for in this order, in every system, once a code is known to be wrong.
ANYWHERE = (
    Sign("empty", lambda code: not code.strip(), "is empty", advice="write the code"),
    Sign(
        "invisible",
        lambda code: any(map(_is_invisible, code)),
        "holds a character that is not seen",
        _mending(_visible),
    ),
    Sign(
        "spaces",
        lambda code: not is_bare(code),
        "has a space around it",
        _mending(str.strip),
    ),
    Sign(
        "spreadsheet-number",
        lambda code: is_number(code) and digits_left(code) is None,
        "is a number that a spreadsheet has rounded, not a code",
        advice=_LOST,
    ),
    Sign(
        "spreadsheet-number",
        is_number,
        "is a number as a spreadsheet writes it, not a code",
        _of_number,
    ),
    Sign(
        "stray-sign",
        lambda code: code[0] in "#^'\"=",
        "begins with a sign that belongs to no code",
        # ="N05.." is how a spreadsheet is made to keep text
        _mending(lambda code: code.lstrip("#^'\"=").rstrip("'\"")),
    ),
)

_LOCAL_CODE = Sign(
    "local-code",
    read_codes.is_local,
    "is a code that one system made for itself",
    advice="leave it out: it means nothing elsewhere",
)
_LOST_DOTS = Sign(
    "missing-dots",
    lambda code: read_codes.is_five(read_codes.five(code)) and len(code) < read_codes.CODE_LENGTH,
    "has lost its dots: a {} code has five characters",
    _dotted,
)
_ROUNDED = Sign(
    "rounded-id",
    lambda code: (
        len(code) > EXACT_DIGITS
        and is_digits(code)
        and not code[EXACT_DIGITS:].strip("0")
        and not has_check_digit(code)
    ),
    "was rounded to 15 digits by a spreadsheet: its end is lost",
    advice=_LOST,
)
_WRONG_CHECK_DIGIT = Sign(
    "check-digit",
    lambda code: 6 <= len(code) <= 19 and is_digits(code) and not has_check_digit(code),  # noqa: PLR2004
    "has a wrong check digit: at least one of its digits is not right",
)
# With spaces within, only a check digit shows that the rest is one code and not two.
_SPACES_WITHIN = Sign(
    "spaces",
    lambda code: len(code.split()) > 1 and is_digits("".join(code.split())),
    "has a space within",
    _mending(lambda code: "".join(code.split())),
)


def _wrong_kind(kind: IdKind, text: str, advice: str) -> Sign:
    return Sign("id-kind", lambda code: id_kind(code) is kind, text, advice=advice)


def _concept_signs(what: str) -> tuple[Sign, ...]:
    return (
        _ROUNDED,
        _WRONG_CHECK_DIGIT,
        _wrong_kind(
            IdKind.DESCRIPTION,
            f"is a description id, not {what}",
            "give the id of its concept; an EMIS code id belongs under emis_code_id",
        ),
        _wrong_kind(
            IdKind.RELATIONSHIP, f"is a relationship id, not {what}", "give the id of a concept"
        ),
        _SPACES_WITHIN,
    )


def _with_zero(code: str) -> str:
    """The BNF code with a zero before it; empty where it has not the length of a level."""
    return f"0{code}" if len(code) + 1 in _BNF_LEVELS and code[:1].isdigit() else ""


def _is_bnf_but_for_a_zero(code: str) -> bool:
    return is_sound(System.BNF, code) or is_sound(System.BNF, _with_zero(code))


def _with_zeros(code: str) -> str:
    """The Gemscript code at its full width."""
    return code.zfill(GEMSCRIPT_DIGITS)


SIGNS: Mapping[System, tuple[Sign, ...]] = {
    System.READ_V2: (
        _LOCAL_CODE,
        Sign(
            "ctv3-code",
            looks_like_ctv3,
            "is no Read v2 code: only CTV3 codes begin with X or Ua",
            advice="put it under ctv3, and give the Read v2 code here",
        ),
        _LOST_DOTS._replace(text=_LOST_DOTS.text.format("Read v2")),
    ),
    System.CTV3: (
        Sign(
            "term-code",
            lambda code: len(code) == read_codes.LONG_CODE_LENGTH and read_codes.is_five(code[:5]),
            "carries a term code: CTV3 codes have none",
            lambda _, code: (code[:5],) if looks_like_ctv3(code) else (),
            "put it under read_v2 if it is a Read v2 code, else leave its term code out",
        ),
        Sign(
            "wrong-case",
            lambda code: code.startswith("UA"),
            "is in the wrong case: CTV3 codes begin with 'Ua', never with 'UA'",
            # with another capital, the whole code may have been put into capitals
            lambda _, code: (f"Ua{code[2:]}",) if not any(map(str.isupper, code[2:])) else (),
            "look it up by its term: codes that differ only by case are different codes",
        ),
        _LOST_DOTS._replace(text=_LOST_DOTS.text.format("CTV3")),
    ),
    System.SNOMED_CT: _concept_signs("a concept id"),
    System.DMD: _concept_signs("a dm+d id"),
    System.BNF: (
        Sign(
            "wrong-case",
            lambda code: code != code.upper() and _is_bnf_but_for_a_zero(code.upper()),
            "is in the wrong case: BNF codes have capitals",
            _mending(str.upper),
        ),
        Sign(
            "lost-zero",
            lambda code: is_sound(System.BNF, _with_zero(code)),
            "has lost the zero in front: BNF chapters have two digits",
            _mending(_with_zero),
        ),
        Sign(
            "bnf-signs",
            lambda code: any(sign in code for sign in "./ "),
            "has signs between its digits",
            advice="write the digits of one code alone, each level at its full width: "
            "4.7.2 is '040702'",
        ),
    ),
    System.EMIS_CODE_ID: (
        _ROUNDED,
        _WRONG_CHECK_DIGIT,
        _wrong_kind(
            IdKind.CONCEPT,
            "is a concept id: EMIS code ids are description ids",
            "put it under snomed_ct, and give the id that EMIS uses here",
        ),
        _wrong_kind(
            IdKind.RELATIONSHIP,
            "is a relationship id: EMIS code ids are description ids",
            "give the id that EMIS uses",
        ),
        _SPACES_WITHIN,
    ),
    System.GEMSCRIPT: (
        Sign(
            "lost-zero",
            lambda code: is_sound(System.GEMSCRIPT, _with_zeros(code)),
            "has lost the zeros in front: Gemscript codes have 8 digits",
            _mending(_with_zeros),
        ),
    ),
    System.SUBSTANCE: (
        Sign(
            "several-ingredients",
            lambda code: bool(set(code) & set("/;")),
            "names several ingredients",
            advice="one ingredient a row; a product with several matches by any of them",
        ),
    ),
    System.PRODUCT_NAME: (),
}
