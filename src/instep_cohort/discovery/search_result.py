"""What a search in an extract's dictionary found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.discovery.as_html import as_html
from instep_cohort.discovery.as_tables import Table
from instep_cohort.discovery.as_text import as_text
from instep_cohort.discovery.as_values import code_values
from instep_cohort.discovery.coverage_result import ShownCode
from instep_cohort.small_tables import csv_table
from instep_cohort.terminology.systems import System

_LIST_COLUMNS = ("system", "code", "match", "category", "term", "note")
_EXACT = "Small numbers are shown: keep this inside the practice."
_REST = "--most shows more, --csv and --json have all"
_MASKED = "<5 is 1 to 4 patients, hidden the rows behind them."


class FoundCode(NamedTuple):
    """A code whose name holds the words.

    Attributes:
        code: the code and its numbers, as they may be shown.
        kind: clinical or medicine.
        score: from 0 to 1, the part of its name that the words make up; less by synonyms.
        by: words of its name that were met by a synonym, each with the word that was asked for.
        called: what a codelist may name it by, as (system, code); empty where there is nothing.
    """

    code: ShownCode
    kind: str
    score: float
    by: Mapping[str, str]
    called: tuple[tuple[System, str], ...]


@dataclass(frozen=True, repr=False)
class SearchResult:
    """Candidate codes found by words, the nearest first; no patient's row.

    Attributes:
        words: what was asked for.
        also: other words, any of which would do.
        without: words that no name may hold.
        system: the code system that codes are given in; ``None``: each in its own.
        searched: each word with its synonyms that were searched too.
        extract_date: when the extract was taken.
        inside_practice: whether small numbers are shown.
        found: the codes.
        left_out: how many were found and have no code in the system that was asked for.
    """

    words: str
    also: tuple[str, ...]
    without: tuple[str, ...]
    system: System | None
    searched: Mapping[str, Sequence[str]]
    extract_date: date
    inside_practice: bool
    found: tuple[FoundCode, ...]
    left_out: int

    @property
    def artefact_class(self) -> ArtefactClass:
        """How far what is shown may travel."""
        inside, outside = ArtefactClass.PRACTICE_ONLY, ArtefactClass.RELEASABLE_COUNTS
        return inside if self.inside_practice else outside

    def codelist_rows(self) -> list[tuple[str, str, str, str, str, str]]:
        """Rows for a codelist's CSV, each code once: match exact, the category left to the author.

        A product that is known by a name alone is a row of ``product_name``. Codes of a system that
        no codelist speaks have none.
        """
        rows: dict[tuple[System, str], tuple[str, str, str, str, str, str]] = {}
        for one in self.found:
            for system, code in one.called:
                note = f"search: {self.words}; patients: {one.code.counts.patients}"
                row = (str(system), code, "exact", "", one.code.term, note)
                rows.setdefault((system, code), row)
        return list(rows.values())

    def as_csv(self) -> str:
        """`codelist_rows` with the header of a codelist."""
        return csv_table(_LIST_COLUMNS, self.codelist_rows())

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values, for JSON; a hidden number is text, `<5` or `hidden`."""
        return {
            "class": str(self.artefact_class),
            "words": self.words,
            "also": list(self.also),
            "without": list(self.without),
            "system": None if self.system is None else str(self.system),
            "searched": {word: list(others) for word, others in self.searched.items()},
            "extract_date": self.extract_date.isoformat(),
            "left_out": self.left_out,
            "found": [
                {
                    **code_values(one.code),
                    "kind": one.kind,
                    "score": round(one.score, 3),
                    "by_synonym": dict(one.by),
                    "codes": [{"system": str(s), "code": c} for s, c in one.called],
                }
                for one in self.found
            ],
        }

    def as_text(self, *, most: int = 50) -> str:
        """It for a terminal: the first codes, and how many more there are."""
        return "\n\n".join([*self._opening(), as_text(self._table(), most, rest=_REST)])

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_html_(self) -> str:
        from html import escape

        lines = "".join(f"<p>{escape(line)}</p>" for line in self._opening())
        return lines + as_html(self._table())

    def _opening(self) -> Iterator[str]:
        yield f"{self.artefact_class}. {_EXACT if self.inside_practice else _MASKED}"
        for word, others in self.searched.items():
            if others:
                yield f"{word}: {', '.join(others)} also searched"
        if self.left_out:
            yield f"{self.left_out:,} more have no {self.system} code in this extract."

    def _table(self) -> Table:
        also = "".join(f" or {words}" for words in self.also)
        without = f" without {', '.join(self.without)}" if self.without else ""
        header = ("code", "term", "patients", "rows", "by synonym")
        rows = [
            (
                "; ".join(f"{system} {code}" for system, code in self._named(one)),
                one.code.term,
                *one.code.counts,
                ", ".join(f"{word} for {asked}" for word, asked in one.by.items()),
            )
            for one in self.found
        ]
        return Table(f"Codes with {self.words}{also}{without}", header, rows)

    def _named(self, one: FoundCode) -> Sequence[tuple[str, str]]:
        return one.called if self.system else [(one.code.system, one.code.code)]
