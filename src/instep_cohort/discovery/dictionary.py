"""The codes of an extract, each with its words and with everything that it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import Any, NamedTuple

from instep_cohort.codelists.model import Kind
from instep_cohort.discovery.term_words import stems, telling
from instep_cohort.terminology.read_codes import read_code
from instep_cohort.terminology.systems import System
from instep_cohort.terminology.words import folded

Named = tuple[System, str]

_COLUMNS = {
    "read_v2": System.READ_V2,
    "ctv3": System.CTV3,
    "snomed_concept": System.SNOMED_CT,
    "dmd": System.DMD,
    "bnf": System.BNF,
}
_SYSTEMS = {str(system): system for system in System}
NAME_SYSTEM = "name"  # of products that are known by a name alone
_NAMES_JOINED_BY = " / "


class ExtractCode(NamedTuple):
    """One code of an extract.

    Attributes:
        code_key: its key in the store.
        system: its own system.
        code: the code.
        term: its term; of a medicine all its names.
        rows: how often it occurs.
        named: each name's words, all of them, in their order.
        called: what it is called in each system, by itself or by the extract's dictionary; Read
            v2 codes by their five characters.
        ingredients: of a medicine, without case.
    """

    code_key: int
    system: str
    code: str
    term: str
    rows: int
    named: tuple[tuple[str, ...], ...]
    called: frozenset[Named]
    ingredients: frozenset[str]

    def codes_in(self, system: System) -> list[str]:
        """What it is called in a system, sorted."""
        return sorted(code for of, code in self.called if of == system)


def codes_of(columns: Mapping[str, Sequence[Any]], kind: Kind) -> list[ExtractCode]:
    """The codes of one kind of a store's ``codes`` table, given as ``to_pydict`` gives it."""
    return [_code(columns, place) for place, found in enumerate(columns["kind"]) if found == kind]


def _code(columns: Mapping[str, Sequence[Any]], place: int) -> ExtractCode:
    system, code = columns["system"][place], columns["code"][place]
    term = columns["term"][place] or (code if system == NAME_SYSTEM else "")
    substance = columns["substance"][place] or ""
    is_medicine = columns["kind"][place] == "medicine"
    parts = term.split(_NAMES_JOINED_BY) if is_medicine else [term]
    return ExtractCode(
        columns["code_key"][place],
        system,
        code,
        term,
        columns["rows"][place] or 0,
        tuple(tuple(stems(part)) for part in parts),
        frozenset(_called(columns, place, system, code)),
        frozenset(ingredients(substance)) if substance else frozenset(),
    )


def _called(
    columns: Mapping[str, Sequence[Any]], place: int, system: str, code: str
) -> Iterator[Named]:
    if system in _SYSTEMS:
        yield from _codes(_SYSTEMS[system], code)
    for column, of in _COLUMNS.items():
        if said := columns[column][place]:
            yield from _codes(of, said)


def _codes(system: System, text: str) -> Iterator[Named]:
    for part in text.split("/"):
        one = part.strip()
        if system is System.READ_V2:
            found = read_code(one)
            one = found.five if found else ""
        if one:
            yield system, one


def ingredients(text: str) -> list[str]:
    """The ingredients in a dictionary's list of them, without case.

    Some dictionaries write the product's name there: what begins with a number, as *5ml oral
    solution* does, is none.
    """
    parts = (folded(part.strip()) for part in text.replace(";", "/").split("/"))
    return [part for part in parts if part and not part[0].isdigit()]


class WordWeights:
    """How much each word tells: the rarer it is among the names of an extract, the more."""

    def __init__(self, codes: Sequence[ExtractCode]) -> None:
        """Counts words over the distinct names of the codes."""
        names = {name for code in codes for name in code.named}
        self._often = Counter(word for name in names for word in set(name))
        self._names = len(names)

    def __getitem__(self, word: str) -> float:
        """The weight of a word, above 0: log of names to names that hold it."""
        return log(1 + (self._names + 1) / (self._often[word] + 1))


def telling_names(code: ExtractCode) -> set[frozenset[str]]:
    """The words of each of its names that say what it means; names without any are left out."""
    return {words for words in map(telling, code.named) if words}
