"""The codes of an extract, laid out so that each selector finds its own at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from instep_cohort.codelists.model import Kind
from instep_cohort.terminology.identifying_codes import identifying_places
from instep_cohort.terminology.read_codes import read_code
from instep_cohort.terminology.systems import System
from instep_cohort.terminology.words import folded, words

# The system that each dictionary column of the codes table speaks.
_COLUMNS = {
    System.READ_V2: "read_v2",
    System.CTV3: "ctv3",
    System.SNOMED_CT: "snomed_concept",
    System.DMD: "dmd",
    System.BNF: "bnf",
}
_NAME_SYSTEM = "name"  # of rows that have a product's name and no code
_NAMES_JOINED_BY = " / "
_NAME_END = "\n"  # no word, so a run of words cannot reach over it


class CodeRow(NamedTuple):
    """One code of the extract as the results show it."""

    code_key: int
    system: str
    code: str
    term: str
    rows: int


class Places(NamedTuple):
    """Where a code stands: places of codes that are it, and of those the dictionary calls so."""

    own: Sequence[int]
    dictionary: Sequence[int]


class CodeIndex:
    """All codes of an extract. What a selector needs is laid out when the first one asks."""

    def __init__(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Takes the columns of the ``codes`` table; see ``from_columns``."""
        self._columns = columns
        self._kinds: dict[Kind, KindIndex] = {}

    @classmethod
    def from_columns(cls, columns: Mapping[str, Sequence[Any]]) -> CodeIndex:
        """The index of a ``codes`` table given column by column, as ``to_pydict`` gives it.

        Args:
            columns: code_key, kind, system, code, term, read_v2, ctv3, snomed_concept, dmd, bnf,
                substance, rows; all as long as each other. Text may be ``None``; several values of
                a dictionary column are joined by ``/``, ingredients by ``/`` or ``;``.
        """
        return cls(columns)

    def of(self, kind: Kind) -> KindIndex:
        """The codes of that kind."""
        if kind not in self._kinds:
            self._kinds[kind] = KindIndex(self._columns, kind)
        return self._kinds[kind]


class KindIndex:
    """The codes of one kind. A *place* is a code's number in the table it came from."""

    def __init__(self, columns: Mapping[str, Sequence[Any]], kind: Kind) -> None:
        """Takes the columns of ``CodeIndex`` and the kind whose rows it keeps."""
        self._columns = columns
        self.kind = kind
        identifying = identifying_places(columns) if kind == "clinical" else ()
        self._places = [
            n for n, found in enumerate(columns["kind"]) if found == kind and n not in identifying
        ]
        self._lookups: dict[System, Lookup] = {}

    def key(self, place: int) -> int:
        """The ``code_key`` of the code at a place."""
        key: int = self._columns["code_key"][place]
        return key

    def row(self, code_key: int) -> CodeRow:
        """The code with that key."""
        place, columns = self._place_by_key[code_key], self._columns
        return CodeRow(
            code_key,
            columns["system"][place],
            columns["code"][place],
            columns["term"][place] or "",
            columns["rows"][place] or 0,
        )

    @cached_property
    def _place_by_key(self) -> Mapping[int, int]:
        return {self.key(place): place for place in self._places}

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """The extract's own systems of these codes, sorted."""
        own = self._columns["system"]
        return tuple(sorted({own[place] for place in self._places}))

    def lookup(self, system: System) -> Lookup:
        """The codes by what they are called in a system, the dictionary's word included.

        Read v2 codes are kept by their five characters.
        """
        if system not in self._lookups:
            self._lookups[system] = Lookup(
                self._by_code(self._own(system), system), self._by_code(self._said(system), system)
            )
        return self._lookups[system]

    def read_codes(self, place: int, five: str) -> tuple[list[str | None], list[str | None]]:
        """The term codes with which a code has these five characters: its own, its dictionary's."""
        own = self._columns["code"][place] if self._is_own(place, System.READ_V2) else None
        said = self._columns["read_v2"][place]
        return _term_codes(own, five), _term_codes(said, five)

    @cached_property
    def ingredients(self) -> Mapping[str, Sequence[int]]:
        """The places of products by each of their ingredients, without case."""
        lists = _grouped((self._columns["substance"][n], n) for n in self._places)
        return _regrouped(
            lists, lambda text: (folded(part.strip()) for part in _parts(text.replace(";", "/")))
        )

    def named(self, run: str) -> Iterator[int]:
        """Yields the places of products whose name holds these words in a row."""
        wanted = words(run)
        rarest = min((self._names_by_word.get(word, ()) for word in wanted), key=len, default=())
        needle = f" {' '.join(wanted)} "
        for name in rarest:
            if needle in name:
                yield from self._names[name]

    @cached_property
    def _names(self) -> Mapping[str, Sequence[int]]:
        """The places of products by their name, as words with a space before and behind each."""
        if self.kind != "medicine":
            return {}
        terms, codes = self._columns["term"], self._columns["code"]
        names = [(terms[place], place) for place in self._places]
        names += [(codes[n], n) for n in self._places if self._columns["system"][n] == _NAME_SYSTEM]
        found: dict[str, list[int]] = {}
        for text, places in _grouped(names).items():
            parts = text.split(_NAMES_JOINED_BY)
            found.setdefault(
                _NAME_END.join(f" {' '.join(words(part))} " for part in parts), []
            ).extend(places)
        return found

    @cached_property
    def _names_by_word(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for name in self._names:
            for word in set(name.split()):
                found.setdefault(word, []).append(name)
        return found

    def _is_own(self, place: int, system: System) -> bool:
        return bool(self._columns["system"][place] == system)

    def _own(self, system: System) -> Iterator[tuple[str | None, int]]:
        systems, codes = self._columns["system"], self._columns["code"]
        return ((codes[n], n) for n in self._places if systems[n] == system)

    def _said(self, system: System) -> Iterator[tuple[str | None, int]]:
        if system not in _COLUMNS:
            return iter(())
        column = self._columns[_COLUMNS[system]]
        return ((column[n], n) for n in self._places)

    def _by_code(
        self, cells: Iterable[tuple[str | None, int]], system: System
    ) -> dict[str, list[int]]:
        found = _grouped(cells)
        if system is System.READ_V2:
            return _regrouped(found, lambda text: [_five(part) for part in _parts(text)])
        joined = {text: found.pop(text) for text in [text for text in found if "/" in text]}
        for code, places in _regrouped(joined, _parts).items():
            found.setdefault(code, []).extend(places)
        return found


class Lookup:
    """The places of codes by their code in one system."""

    def __init__(self, own: Mapping[str, Sequence[int]], said: Mapping[str, Sequence[int]]) -> None:
        """Takes places by the extract's own code, and by the dictionary's."""
        self._own = own
        self._said = said

    def equal(self, code: str) -> Places:
        """The places of exactly this code."""
        return Places(self._own.get(code, ()), self._said.get(code, ()))

    def below(self, prefix: str) -> Places:
        """The places of every code that begins with the prefix."""
        return Places(
            _beginning(self._own, self._own_sorted, prefix),
            _beginning(self._said, self._said_sorted, prefix),
        )

    @cached_property
    def _own_sorted(self) -> Sequence[str]:
        return sorted(self._own)

    @cached_property
    def _said_sorted(self) -> Sequence[str]:
        return sorted(self._said)


def _beginning(places: Mapping[str, Sequence[int]], codes: Sequence[str], prefix: str) -> list[int]:
    found: list[int] = []
    for n in range(bisect_left(codes, prefix), len(codes)):
        if not codes[n].startswith(prefix):
            break
        found.extend(places[codes[n]])
    return found


def _grouped(cells: Iterable[tuple[str | None, int]]) -> dict[str, list[int]]:
    """The places by text, without those that have none: many codes share one dictionary text."""
    found: dict[str, list[int]] = {}
    for text, place in cells:
        if text:
            found.setdefault(text, []).append(place)
    return found


def _regrouped(
    places_by_text: Mapping[str, Sequence[int]], codes: Callable[[str], Iterable[str]]
) -> dict[str, list[int]]:
    """The places by each code that a text stands for."""
    found: dict[str, list[int]] = {}
    for text, places in places_by_text.items():
        for code in set(codes(text)):
            if code:
                found.setdefault(code, []).extend(places)
    return found


def _parts(text: str) -> list[str]:
    """The values that one field holds, joined by ``/``."""
    return [part.strip() for part in text.split("/")] if "/" in text else [text]


def _five(text: str) -> str:
    """The five characters of a Read v2 code, "" where the text is none."""
    found = read_code(text)
    return found.five if found else ""


def _term_codes(text: str | None, five: str) -> list[str | None]:
    found = map(read_code, _parts(text)) if text else ()
    return [code.term_code for code in found if code and code.five == five]
