"""Searching the dictionary of an extract by words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from instep_cohort.codelists.column_names import system_named
from instep_cohort.codelists.model import Kind
from instep_cohort.disclosure.small_numbers import shown_patients
from instep_cohort.discovery.counting import Counts
from instep_cohort.discovery.covering import shown_code
from instep_cohort.discovery.dictionary import NAME_SYSTEM, ExtractCode, WordWeights, codes_of
from instep_cohort.discovery.search_result import FoundCode, SearchResult
from instep_cohort.discovery.search_words import Alternative, Pattern, Vocabulary, patterns, wanted
from instep_cohort.discovery.synonyms import SYNONYMS
from instep_cohort.discovery.term_words import stems
from instep_cohort.errors import UsageError
from instep_cohort.extracts import Store
from instep_cohort.terminology.systems import System

KINDS: tuple[Kind, ...] = ("clinical", "medicine")
_BY_SYNONYM = 0.8  # what a word is worth that was met by a synonym
_SYSTEMS = {str(system): system for system in System}

Name = tuple[str, ...]


def search(
    store: Store,
    words: str,
    *,
    also: Sequence[str] = (),
    without: Sequence[str] = (),
    system: System | str | None = None,
    kind: Kind | str | None = None,
    synonyms: bool = True,
    inside_practice: bool = False,
) -> SearchResult:
    """Candidate codes whose term holds the words, from the extract's own dictionary.

    All of the words must stand in one term, or all of one of `also`, each as a whole word in
    singular or plural, or as a synonym; `neuralg*` is the beginning of a word and `*algia` its end.
    A term with any word of `without`, just as it is written there, is left out. So more words never
    find more, and neither do more words of `without`.

    Args:
        store: the extract.
        words: the words, such as ``back pain``.
        also: other words that would do instead.
        without: words that no term may hold.
        system: give codes of this system, each code's own or the one that the dictionary says; a
            code without one is left out.
        kind: clinical or medicine codes only.
        synonyms: search synonyms too.
        inside_practice: show numbers of 1 to 4 patients too; for the practice only.

    Raises:
        UsageError: there is no word to search by, or no such system or kind.
        ExtractError: the store is damaged.
    """
    spoken = _system(system)
    kinds = KINDS if kind is None else (_kind(kind),)
    table = SYNONYMS if synonyms else {}
    alternatives = [wanted(one, table) for one in (words, *also)]
    refused = [pattern for one in without for pattern in patterns(one)]
    store = store.held()
    columns = store.codes().to_pydict()
    found: list[FoundCode] = []
    left_out = 0
    for one in kinds:
        met = _Search(codes_of(columns, one), alternatives, refused).met()
        kept = [(code, how) for code, how in met if spoken is None or code.codes_in(spoken)]
        left_out += len(met) - len(kept)
        counts = Counts(store, one, {code.code_key for code, _ in kept})
        for code, how in kept:
            shown = shown_code(code, counts, inside_practice=inside_practice)
            called = _called(code, spoken) if shown.code == code.code else ()
            found.append(FoundCode(shown, one, how.score, how.by, tuple(called)))
    found.sort(key=lambda one: (-round(one.score, 6), -shown_patients(one.code.counts)))
    return SearchResult(
        words=words,
        also=tuple(also),
        without=tuple(without),
        system=spoken,
        searched={
            one.asked.text: tuple(other.text for other in one.others)
            for alternative in alternatives
            for one in alternative.wanted
        },
        extract_date=store.extract_date,
        inside_practice=inside_practice,
        found=tuple(found),
        left_out=left_out,
    )


class _Met(NamedTuple):
    """How a name was met: the part of it that the words make up, and what met by synonym."""

    score: float
    by: Mapping[str, str]


class _Search:
    """The words laid out for one kind of codes."""

    def __init__(
        self,
        codes: Sequence[ExtractCode],
        alternatives: Sequence[Alternative],
        refused: Sequence[Pattern],
    ) -> None:
        self._codes = codes
        self._names = {code.code_key: tuple(_names(code)) for code in codes}
        self._weights = WordWeights(codes)
        vocabulary = Vocabulary(name for names in self._names.values() for name in names)
        # of each word that was asked for: the words that are it, and those that are its synonyms
        self._alternatives = [
            [
                (
                    one.asked.text,
                    vocabulary.meant(one.asked),
                    frozenset().union(*map(vocabulary.meant, one.others)),
                )
                for one in alternative.wanted
            ]
            for alternative in alternatives
        ]
        self._refused = frozenset().union(*map(vocabulary.meant, refused))

    def met(self) -> list[tuple[ExtractCode, _Met]]:
        """The codes of which any name has the words, each with its best name."""
        found = []
        for code in self._codes:
            names = self._names[code.code_key]
            if any(self._refused.intersection(name) for name in names):
                continue
            met = [one for name in names for one in self._ways(name)]
            if met:
                found.append((code, max(met, key=lambda one: one.score)))
        return found

    def _ways(self, name: Name) -> Iterator[_Met]:
        present = set(name)
        for words in self._alternatives:
            worth: dict[str, float] = {}
            by: dict[str, str] = {}
            for asked, own, others in words:
                if not (met := present & own):
                    met = present & others
                    by |= dict.fromkeys(sorted(met), asked)
                if not met:
                    break
                worth |= {word: _BY_SYNONYM if word in by else 1.0 for word in met}
            else:
                yield _Met(self._part(worth, present), by)

    def _part(self, worth: Mapping[str, float], present: Iterable[str]) -> float:
        every = sum(self._weights[word] for word in sorted(present))
        return sum(self._weights[word] * worth[word] for word in sorted(worth)) / every


def _names(code: ExtractCode) -> Iterator[Name]:
    """The words of each name; those of a medicine with its ingredients behind them."""
    ingredients = tuple(word for one in sorted(code.ingredients) for word in stems(one))
    for name in code.named:
        yield (*name, *ingredients)


def _called(code: ExtractCode, system: System | None) -> list[tuple[System, str]]:
    """What a codelist may name it by, in a system, or by itself where none is asked for."""
    if system is not None:
        return [(system, one) for one in code.codes_in(system)]
    if code.system == NAME_SYSTEM:
        return [(System.PRODUCT_NAME, code.code)]
    return [(_SYSTEMS[code.system], code.code)] if code.system in _SYSTEMS else []


def _system(text: System | str | None) -> System | None:
    if text is None:
        return None
    if found := system_named(text):
        return found
    codes = [name for name in _SYSTEMS if name not in (System.SUBSTANCE, System.PRODUCT_NAME)]
    raise UsageError(f"there is no code system {text!r}: one of {', '.join(codes)}")


def _kind(text: str) -> Kind:
    for kind in KINDS:
        if text == kind:
            return kind
    raise UsageError(f"there is no kind {text!r}: clinical or medicine")
