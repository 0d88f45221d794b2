"""A dictionary of codes and terms: what the codes of a list are held against."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from instep_cohort.terminology import read_codes
from instep_cohort.terminology.systems import System
from instep_cohort.terminology.words import folded

# Terms of 30 and 60 characters are the shorter forms that some systems keep of longer ones; what is
# shorter than this may be another term that only begins alike.
SHORTEST_CUT = 25
# A crosswalk of one subject holds some tens of codes, a dictionary of a system tens of thousands.
LEAST_CODES = 1_000

# read 0 for O, and 1 or I for l: a public list has XaCIT for XaClT
_LOOK_ALIKES = str.maketrans({"0": "o", "1": "l", "i": "l"})


@dataclass(frozen=True)
class Dictionary:
    """The codes of some systems with their terms; it need not know all of them.

    Attributes:
        name: where it comes from, for messages.
        terms: for each system, each code with its terms; none where only the code is known.
        ctv3_of: the CTV3 codes of the preferred terms of each Read v2 code, where a map was given.
    """

    name: str
    terms: Mapping[System, Mapping[str, tuple[str, ...]]]
    ctv3_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def covers(self, system: System) -> bool:
        """Whether it knows so many codes of the system that one it lacks is worth a word."""
        return len(self.terms.get(system, ())) >= LEAST_CODES

    def knows(self, system: System, code: str) -> bool:
        """Whether it has the code; a Read v2 code is looked up by its five characters."""
        return compared(system, code) in self.terms.get(system, {})

    def terms_of(self, system: System, code: str) -> tuple[str, ...]:
        """The terms of a code; none where it has no term, or not the code."""
        return self.terms.get(system, {}).get(compared(system, code), ())

    def agrees(self, system: System, code: str, term: str) -> bool:
        """Whether a term is one of those of the code, but for case, spacing and cut ends."""
        said = plain(term)
        return bool(said) and any(_same(said, plain(one)) for one in self.terms_of(system, code))

    def alike(self, system: System, code: str) -> list[str]:
        """Known codes that differ from this one by case or by look-alike characters, sorted."""
        own = compared(system, code)
        return [one for one in self._by_looks.get((system, _looks(own)), ()) if one != own]

    def in_other_case(self, system: System, code: str) -> list[str]:
        """Known codes that differ from this one by case alone, sorted."""
        own = compared(system, code).lower()
        return [one for one in self.alike(system, code) if one.lower() == own]

    def with_term(self, system: System, term: str) -> list[str]:
        """The codes of a system that have this term."""
        return self._by_term.get((system, plain(term)), [])

    @cached_property
    def read_v2_of(self) -> Mapping[str, tuple[str, ...]]:
        """The Read v2 codes whose preferred term the map sends to each CTV3 code."""
        back: dict[str, list[str]] = {}
        for code, targets in self.ctv3_of.items():
            for target in targets:
                back.setdefault(target, []).append(code)
        return {code: tuple(sorted(found)) for code, found in back.items()}

    @cached_property
    def _by_looks(self) -> Mapping[tuple[System, str], Sequence[str]]:
        found: dict[tuple[System, str], list[str]] = {}
        for system, codes in self.terms.items():
            for code in sorted(codes):
                found.setdefault((system, _looks(code)), []).append(code)
        return found

    @cached_property
    def _by_term(self) -> Mapping[tuple[System, str], list[str]]:
        found: dict[tuple[System, str], list[str]] = {}
        for system, codes in self.terms.items():
            for code, terms in codes.items():
                for term in dict.fromkeys(map(plain, terms)):
                    found.setdefault((system, term), []).append(code)
        return found


def merged(dictionaries: Iterable[Dictionary]) -> Dictionary:
    """One dictionary that knows what each of them knows."""
    every = list(dictionaries)
    terms: dict[System, dict[str, tuple[str, ...]]] = {}
    ctv3_of: dict[str, tuple[str, ...]] = {}
    for one in every:
        for system, codes in one.terms.items():
            known = terms.setdefault(system, {})
            for code, said in codes.items():
                known[code] = tuple(dict.fromkeys((*known.get(code, ()), *said)))
        ctv3_of.update(one.ctv3_of)
    name = every[0].name if len(every) == 1 else "the dictionaries"
    return Dictionary(name, terms, ctv3_of)


def compared(system: System, code: str) -> str:
    """What a code is looked up by: of Read v2 the five characters."""
    return read_codes.five(code) if system is System.READ_V2 else code


_SPACING = re.compile(r"\s+")


def plain(term: str) -> str:
    """A term without case and doubled spaces."""
    return _SPACING.sub(" ", folded(term)).strip()


def _same(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    return short == long or (len(short) >= SHORTEST_CUT and long.startswith(short))


def _looks(code: str) -> str:
    """What codes have in common that people, fonts and spreadsheets take for one another."""
    return code.lower().translate(_LOOK_ALIKES)
