"""The shape of a code in each system."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from instep_cohort.terminology import read_codes
from instep_cohort.terminology.check_digits import IdKind, has_check_digit, id_kind, is_digits
from instep_cohort.terminology.systems import System
from instep_cohort.terminology.words import words

GEMSCRIPT_DIGITS = 8
_BNF = re.compile(r"\d{2,7}|\d{7}[0-9A-Z]{1,8}", re.ASCII)
# 1 to 15 are those of the book; 18 to 23 hold diagnostics, other preparations and appliances, and
# there is no 16 or 17 (NHS Digital, practice level prescribing, glossary of terms)
_BNF_CHAPTERS = frozenset(f"{n:02}" for n in (*range(1, 16), *range(18, 24)))


def is_sound(system: System, code: str) -> bool:
    """Whether the code has the shape of its system, check digits included."""
    return _SOUND[system](code)


def looks_like_ctv3(code: str) -> bool:
    """Whether a code begins as only CTV3 codes do: ``X`` or ``U`` and a letter (``Ua0V9``)."""
    return code[:1] == "X" or (code[:1] == "U" and code[1:2].isalpha())


def is_bare(code: str) -> bool:
    """Whether there is something, and no space around it."""
    return bool(code) and code == code.strip()


def _is_read_v2(code: str) -> bool:
    parts = read_codes.read_code(code)
    return (
        parts is not None
        and code == parts.five + (parts.term_code or "")
        and not looks_like_ctv3(code)
    )


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


def _is_bnf(code: str) -> bool:
    return _BNF.fullmatch(code) is not None and code[:2] in _BNF_CHAPTERS


def _is_product_name(code: str) -> bool:
    return is_bare(code) and bool(words(code))


def _is_substance(code: str) -> bool:
    return is_bare(code) and bool(words(code)) and not set(code) & set("/;")


_SOUND: Mapping[System, Callable[[str], bool]] = {
    System.READ_V2: _is_read_v2,
    System.CTV3: _is_ctv3,
    System.SNOMED_CT: _is_id(IdKind.CONCEPT, 18),
    System.DMD: _is_id(IdKind.CONCEPT, 18),
    System.BNF: _is_bnf,
    # All 433 ids in the files of alexpate30/rcprd are description ids with a right check digit.
    System.EMIS_CODE_ID: _is_id(IdKind.DESCRIPTION, 19),
    System.GEMSCRIPT: lambda code: len(code) == GEMSCRIPT_DIGITS and is_digits(code),
    System.SUBSTANCE: _is_substance,
    System.PRODUCT_NAME: _is_product_name,
}

SHAPES: Mapping[System, str] = {
    System.READ_V2: "a Read v2 code: five letters or digits padded with dots, such as 'N05..', "
    "and at most a two-character term code behind them",
    System.CTV3: "a CTV3 code: five letters or digits padded with dots, such as 'XaX1E'",
    System.SNOMED_CT: "a SNOMED CT concept id: 6 to 18 digits",
    System.DMD: "a dm+d id: 6 to 18 digits",
    System.BNF: "a BNF code or the beginning of one: up to 15 digits and capitals, the first seven "
    "digits, the first two a chapter (01 to 15, 18 to 23), such as '0408010G0'",
    System.EMIS_CODE_ID: "an EMIS code id: 6 to 19 digits",
    System.GEMSCRIPT: "a Gemscript code: 8 digits",
    System.SUBSTANCE: "the name of one ingredient",
    System.PRODUCT_NAME: "a run of words of a product's name",
}
