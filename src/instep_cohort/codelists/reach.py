"""Which selectors of a list meet every code that another selector meets, by what is written."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile
from operator import itemgetter

from instep_cohort.codelists.model import Selector
from instep_cohort.terminology import read_codes
from instep_cohort.terminology.systems import Lineage, System, lineage
from instep_cohort.terminology.words import folded, words


def spelling(selector: Selector) -> str:
    """The code as it is compared, so that two spellings of one selector are one."""
    match selector.system:
        case System.SUBSTANCE:
            return folded(selector.code.strip())
        case System.PRODUCT_NAME:
            return " ".join(words(selector.code))
        case _:
            return selector.code


def stem(selector: Selector) -> str:
    """What every code at or below the selector's begins with, in Read v2 and BNF."""
    if selector.system is System.READ_V2:
        return read_codes.stem(selector.code)
    return selector.code


def ends_here(selector: Selector) -> bool:
    """Whether the selector meets its own code and nothing below it."""
    full = selector.system is System.READ_V2 and len(stem(selector)) == read_codes.CODE_LENGTH
    return full or not selector.match.goes_down


class Reach:
    """Selectors laid out so that those which cover another one are found at once.

    Only what the codes themselves say is known: prefixes in Read v2 and BNF, the five characters
    of a Read v2 code with a term code, and words within a product's name. What stands below a code
    of CTV3, SNOMED CT or dm+d is in no list, so it is not seen here.
    """

    def __init__(self, selectors: Iterable[Selector]) -> None:
        """Takes selectors of one list."""
        self._equal: dict[tuple[System, str], list[Selector]] = {}
        self._below: dict[tuple[System, str], list[Selector]] = {}
        stems: dict[System, list[tuple[str, Selector]]] = {}
        for one in selectors:
            self._equal.setdefault((one.system, spelling(one)), []).append(one)
            if lineage(one.system) is Lineage.PREFIX:
                stems.setdefault(one.system, []).append((stem(one), one))
                if one.match.goes_down:
                    self._below.setdefault((one.system, stem(one)), []).append(one)
        self._stems = {system: sorted(found) for system, found in stems.items()}

    def covering(self, selector: Selector) -> Iterator[Selector]:
        """Yields the selectors that meet every code which this one meets, the widest first."""
        if lineage(selector.system) is Lineage.PREFIX:
            own = stem(selector)
            for end in range(1, len(own) + 1):
                yield from self._below.get((selector.system, own[:end]), ())
        for code in _spellings_that_meet(selector):
            for one in self._equal.get((selector.system, code), ()):
                if one.match.goes_down:
                    if lineage(one.system) is Lineage.TABLE:
                        yield one
                elif ends_here(selector):
                    yield one

    def below(self, selector: Selector) -> list[Selector]:
        """The selectors whose code stands below this one's, where this one goes down by prefix."""
        if not selector.match.goes_down or lineage(selector.system) is not Lineage.PREFIX:
            return []
        own, stems = stem(selector), self._stems.get(selector.system, [])
        first = bisect_left(stems, own, key=itemgetter(0))
        run = takewhile(lambda pair: pair[0].startswith(own), islice(stems, first, None))
        return [one for below, one in run if below != own]


def _spellings_that_meet(selector: Selector) -> list[str]:
    """The codes of selectors that meet whatever this selector's own code meets."""
    own = spelling(selector)
    if selector.system is System.READ_V2:
        return list(dict.fromkeys([read_codes.five(own), own]))
    if selector.system is System.PRODUCT_NAME:
        parts = own.split(" ")
        ends = range(1, len(parts) + 1)
        runs = {" ".join(parts[start:end]) for end in ends for start in range(end)}
        return sorted(runs, key=lambda run: (len(run), run))
    return [own]
