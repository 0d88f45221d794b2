"""What is wrong with the shape of a code, and what would mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from instep_cohort.terminology import read_codes
from instep_cohort.terminology.check_digits import IdKind, has_check_digit, id_kind, is_digits
from instep_cohort.terminology.systems import System
from instep_cohort.terminology.words import words


class CodeFault(NamedTuple):
    """What is wrong with a code: a short name for the fault, one sentence, and the repair."""

    name: str
    text: str
    repair: str

    def __str__(self) -> str:
        """The sentence, and the repair behind it."""
        return f"{self.text} ({self.repair})"


def fault(system: System, code: str) -> CodeFault | None:
    """What is wrong with the shape of a code in its system, ``None`` where nothing is.

    Tells damage (lost dots, spreadsheet numbers, stray signs), ids with a wrong check digit, ids of
    another kind, and CTV3 codes among Read v2 ones. It knows no terminology: a code that nobody
    ever issued passes when its shape is right.

    Example:
        >>> str(fault(System.READ_V2, "1475"))
        "'1475' has lost its dots: a Read v2 code has five characters (write '1475.')"
    """
    if _SOUND[system](code):
        return None
    for sign in (*_ANYWHERE, *_SIGNS[system]):
        if sign.seen(code):
            return CodeFault(
                sign.name, f"{code!r} {sign.text}", _repair(system, sign.mended(code), sign.advice)
            )
    return CodeFault("shape", f"{code!r} is not {_SHAPES[system]}", _FROM_SOURCE)


_FROM_SOURCE = "take the code again from its source, as text"
_NUMBER = re.compile(r"\d+\.0+|\d+(\.\d+)?[eE][+-]?\d+")
_BNF = re.compile(r"\d{2,7}|\d{7}[0-9A-Z]{1,8}", re.ASCII)
_EXACT_DIGITS = 15  # what a spreadsheet keeps of a number
_GEMSCRIPT_DIGITS = 8


class _Sign(NamedTuple):
    """One way for a code to be wrong: how it is seen, what is said, what it may have been."""

    name: str
    seen: Callable[[str], bool]
    text: str
    mended: Callable[[str], str] = str
    advice: str = _FROM_SOURCE


def _repair(system: System, candidate: str, advice: str) -> str:
    return f"write {candidate!r}" if _SOUND[system](candidate) else advice


def _is_bare(code: str) -> bool:
    return bool(code) and code == code.strip()


def _is_read_v2(code: str) -> bool:
    parts = read_codes.read_code(code)
    return (
        parts is not None
        and code == parts.five + (parts.term_code or "")
        and not _looks_like_ctv3(code)
    )


def _looks_like_ctv3(code: str) -> bool:
    """Whether a code begins as only CTV3 codes do: ``X`` or ``U`` and a letter (``Ua0V9``)."""
    return code[:1] == "X" or (code[:1] == "U" and code[1:2].isalpha())


def _is_ctv3(code: str) -> bool:
    return read_codes.is_five(code) and not code.startswith("UA")


def _is_id(kind: IdKind, longest: int) -> Callable[[str], bool]:
    """Whether a code is a SNOMED-shaped id of that kind, up to so many digits."""
    return lambda code: (
        6 <= len(code) <= longest  # noqa: PLR2004
        and code[0] != "0"
        and has_check_digit(code)
        and id_kind(code) is kind
    )


def _is_product_name(code: str) -> bool:
    return _is_bare(code) and bool(words(code))


def _is_substance(code: str) -> bool:
    return _is_bare(code) and bool(words(code)) and not set(code) & set("/;")


_SOUND: Mapping[System, Callable[[str], bool]] = {
    System.READ_V2: _is_read_v2,
    System.CTV3: _is_ctv3,
    System.SNOMED_CT: _is_id(IdKind.CONCEPT, 18),
    System.DMD: _is_id(IdKind.CONCEPT, 18),
    System.BNF: lambda code: _BNF.fullmatch(code) is not None,
    # All 433 ids in the files of alexpate30/rcprd are description ids with a right check digit.
    System.EMIS_CODE_ID: _is_id(IdKind.DESCRIPTION, 19),
    System.GEMSCRIPT: lambda code: len(code) == _GEMSCRIPT_DIGITS and is_digits(code),
    System.SUBSTANCE: _is_substance,
    System.PRODUCT_NAME: _is_product_name,
}

_SHAPES: Mapping[System, str] = {
    System.READ_V2: "a Read v2 code: five letters or digits padded with dots, such as 'N05..', "
    "and at most a two-character term code behind them",
    System.CTV3: "a CTV3 code: five letters or digits padded with dots, such as 'XaX1E'",
    System.SNOMED_CT: "a SNOMED CT concept id: 6 to 18 digits",
    System.DMD: "a dm+d id: 6 to 18 digits",
    System.BNF: "a BNF code or the beginning of one: up to 15 digits and capitals, the first seven "
    "digits, such as '0408010G0'",
    System.EMIS_CODE_ID: "an EMIS code id: 6 to 19 digits",
    System.GEMSCRIPT: "a Gemscript code: 8 digits",
    System.SUBSTANCE: "the name of one ingredient",
    System.PRODUCT_NAME: "a run of words of a product's name",
}

# Looked for in this order, in every system, once a code is known to be wrong.
_ANYWHERE = (
    _Sign("empty", lambda code: not code.strip(), "is empty", advice="write the code"),
    _Sign("spaces", lambda code: not _is_bare(code), "has a space around it", str.strip),
    _Sign(
        "spreadsheet-number",
        lambda code: _NUMBER.fullmatch(code) is not None,
        "is a number as a spreadsheet writes it, not a code",
    ),
    _Sign(
        "stray-sign",
        lambda code: code[0] in "#^'\"",
        "begins with a sign that belongs to no code",
        lambda code: code.lstrip("#^'\""),
    ),
)

_LOCAL_CODE = _Sign(
    "local-code",
    read_codes.is_local,
    "is a code that one system made for itself",
    advice="leave it out: it means nothing elsewhere",
)
_LOST_DOTS = _Sign(
    "missing-dots",
    lambda code: read_codes.is_five(read_codes.five(code)) and len(code) < read_codes.CODE_LENGTH,
    "has lost its dots: a {} code has five characters",
    read_codes.five,
)
_ROUNDED = _Sign(
    "rounded-id",
    lambda code: (
        len(code) > _EXACT_DIGITS
        and is_digits(code)
        and not code[_EXACT_DIGITS:].strip("0")
        and not has_check_digit(code)
    ),
    "was rounded to 15 digits by a spreadsheet: its end is lost",
)
_WRONG_CHECK_DIGIT = _Sign(
    "check-digit",
    lambda code: 6 <= len(code) <= 19 and is_digits(code) and not has_check_digit(code),  # noqa: PLR2004
    "has a wrong check digit: at least one of its digits is not right",
)


def _wrong_kind(kind: IdKind, text: str, advice: str) -> _Sign:
    return _Sign("id-kind", lambda code: id_kind(code) is kind, text, advice=advice)


def _concept_signs(what: str) -> tuple[_Sign, ...]:
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
    )


_SIGNS: Mapping[System, tuple[_Sign, ...]] = {
    System.READ_V2: (
        _LOCAL_CODE,
        _Sign(
            "ctv3-code",
            _looks_like_ctv3,
            "is no Read v2 code: only CTV3 codes begin with X or Ua",
            advice="put it under ctv3, and give the Read v2 code here",
        ),
        _LOST_DOTS._replace(text=_LOST_DOTS.text.format("Read v2")),
    ),
    System.CTV3: (
        _Sign(
            "term-code",
            lambda code: len(code) == read_codes.LONG_CODE_LENGTH and read_codes.is_five(code[:5]),
            "carries a term code: CTV3 codes have none",
            read_codes.five,
        ),
        _Sign(
            "wrong-case",
            lambda code: code.startswith("UA"),
            "is in the wrong case: CTV3 codes begin with 'Ua', never with 'UA'",
            lambda code: f"Ua{code[2:]}",
        ),
        _LOST_DOTS._replace(text=_LOST_DOTS.text.format("CTV3")),
    ),
    System.SNOMED_CT: _concept_signs("a concept id"),
    System.DMD: _concept_signs("a dm+d id"),
    System.BNF: (
        _Sign(
            "wrong-case",
            lambda code: _BNF.fullmatch(code.upper()) is not None,
            "is in the wrong case: BNF codes have capitals",
            str.upper,
        ),
        _Sign(
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
    ),
    System.GEMSCRIPT: (),
    System.SUBSTANCE: (
        _Sign(
            "several-ingredients",
            lambda code: bool(set(code) & set("/;")),
            "names several ingredients",
            advice="one ingredient a row; a product with several matches by any of them",
        ),
    ),
    System.PRODUCT_NAME: (),
}
