"""What is wrong with the shape of a code, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from instep_cohort.terminology.code_shapes import SHAPES, is_sound
from instep_cohort.terminology.code_signs import ANYWHERE, FROM_SOURCE, SIGNS
from instep_cohort.terminology.systems import System


class CodeFault(NamedTuple):
    """What is wrong with a code.

    Attributes:
        name: a short name for the fault.
        text: one sentence.
        repair: what would mend it.
        candidates: every sound code that it may have been, where the damage leaves so few that
            they can be named; one of them where it leaves no doubt.
    """

    name: str
    text: str
    repair: str
    candidates: tuple[str, ...] = ()

    @property
    def mended(self) -> str | None:
        """The code as it was before the damage, ``None`` where that is not certain."""
        return self.candidates[0] if len(self.candidates) == 1 else None

    def __str__(self) -> str:
        """The sentence, and the repair behind it."""
        return f"{self.text} ({self.repair})"


def fault(system: System, code: str) -> CodeFault | None:
    """What is wrong with the shape of a code in its system, ``None`` where nothing is.

    Tells damage (lost dots, lost zeros, spreadsheet numbers, stray signs), ids with a wrong check
    digit, ids of another kind, and CTV3 codes among Read v2 ones. It knows no terminology: a code
    that nobody ever issued passes when its shape is right.

    Example:
        >>> str(fault(System.READ_V2, "1475"))
        "'1475' has lost its dots: a Read v2 code has five characters (write '1475.')"
    """
    if is_sound(system, code):
        return None
    for sign in (*ANYWHERE, *SIGNS[system]):
        if sign.seen(code):
            candidates = tuple(dict.fromkeys(_sound(system, code, sign.before(system, code))))
            repair = written(candidates) or sign.advice
            return CodeFault(sign.name, f"{code!r} {sign.text}", repair, candidates)
    return CodeFault("shape", f"{code!r} is not {SHAPES[system]}", FROM_SOURCE)


def damage(code: str) -> CodeFault | None:
    """What is wrong with a code in any system, without a repair; ``None`` where nothing is."""
    for sign in ANYWHERE:
        if sign.seen(code):
            return CodeFault(sign.name, f"{code!r} {sign.text}", sign.advice)
    return None


def written(candidates: Sequence[str]) -> str:
    """The advice to write a code, or one of several; empty where there is none."""
    if not candidates:
        return ""
    first, *others = map(repr, candidates)
    if not others:
        return f"write {first}"
    return f"{first} or {' or '.join(others)}: look which of them has the term"


def _sound(system: System, code: str, candidates: Sequence[str]) -> Iterator[str]:
    """Yields the sound ones; of a candidate with more damage of its own, what mends that."""
    for candidate in candidates:
        if is_sound(system, candidate):
            yield candidate
        elif candidate != code and (more := fault(system, candidate)):
            yield from more.candidates
