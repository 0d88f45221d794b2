"""The tables that a coverage is shown by, in a terminal and as HTML alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from instep_cohort.disclosure.small_numbers import Hidden
from instep_cohort.discovery.coverage_result import (
    Coverage,
    CoveredCode,
    ShownCode,
    hit_words,
    selector_words,
)
from instep_cohort.small_tables import shown
from instep_cohort.terminology.systems import System

_LEGEND = (
    "<5 is 1 to 4 patients. hidden is left out so that no such number can be worked out by "
    "subtraction; where a code has any, its years may be hidden too. The sum is over codes whose "
    "own numbers are shown."
)
_EXACT = "Small numbers are shown: keep this inside the practice."


class Table(NamedTuple):
    """A table with its caption; ``note`` stands below it."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    note: str = ""


def title(coverage: Coverage) -> str:
    """Which list in which extract."""
    return (
        f"{coverage.codelist} {coverage.version} ({coverage.status}) in the {coverage.profile} "
        f"extract of {coverage.extract_date.isoformat()}"
    )


def opening(coverage: Coverage) -> list[str]:
    """What must be known before the tables are read, a sentence or two each."""
    every, nothing = len(coverage.selectors), len(coverage.hit_nothing)
    together = coverage.together
    met = f"{every - nothing:,} of {every:,} selectors hit a code of this extract"
    taken, excluded = len(coverage.taken_in), len(coverage.excluded)
    lines = [
        f"{coverage.artefact_class}. {_EXACT if coverage.inside_practice else _LEGEND}",
        coverage.warning,
        f"{met}: {_plural(taken, 'code')} taken in, {excluded:,} excluded.",
    ]
    if together.codes:
        lines.append(f"{_together(coverage)} Every stored row counts, whatever its date.")
    return [line for line in lines if line]


def _together(coverage: Coverage) -> str:
    together = coverage.together
    patients, rows = (shown(number) for number in together.counts)
    left = f" ({_plural(together.left_out, 'code')} left out)" if together.left_out else ""
    codes = f"any of {_plural(together.codes, 'code')}{left}"
    about = "" if coverage.inside_practice else " or more (a multiple of 5)"
    return f"{patients} patients{about} have {codes}, in {rows} rows."


def tables(coverage: Coverage) -> Iterator[Table]:
    """Selectors by system, codes taken in, excluded, selectors that hit nothing, what may lack."""
    systems = [(name, every, every - none, none) for name, every, none in coverage.by_system()]
    yield Table("Selectors", ("system", "selectors", "hit a code", "hit nothing"), systems)
    yield from _covered(coverage)
    yield _nothing(coverage)
    yield _lacking(coverage)


def _covered(coverage: Coverage) -> Iterator[Table]:
    years = coverage.years
    wanted = [one for one in coverage.excluded if one.is_wanted]
    others = [one for one in coverage.excluded if not one.is_wanted]
    for caption, codes in (
        ("Codes taken in", coverage.taken_in),
        ("Codes left out by exclusions: without those the list would take them in", wanted),
        ("Other codes that exclusions name: the list would not take them in anyway", others),
    ):
        if codes:
            header = (*("code", "term", "category", "patients", "rows"), *years, "selectors")
            rows = [_covered_row(one, years) for one in codes]
            note = f"Years are patients with the code, from {coverage.year_from} on."
            yield Table(caption, header, rows, note)


def _covered_row(one: CoveredCode, years: Sequence[str]) -> tuple[object, ...]:
    by_year = [_in_year(one, year) for year in years]
    selectors = "; ".join(hit_words(one.hits))
    return (*_name(one.code), ", ".join(one.categories), *one.code.counts, *by_year, selectors)


def _in_year(one: CoveredCode, year: str) -> object:
    if one.years is None:
        return Hidden.APART
    return one.years[year].patients if year in one.years else 0


def _name(code: ShownCode) -> tuple[str, str]:
    return f"{code.system} {code.code}", code.term


def _nothing(coverage: Coverage) -> Table:
    """The selectors that hit nothing, those of systems in which others hit something first."""
    speak = {name for name, every, none in coverage.by_system() if none < every}
    words = {str(System.SUBSTANCE), str(System.PRODUCT_NAME)}
    selectors = sorted(
        coverage.hit_nothing, key=lambda one: (one.system not in speak, one.system in words)
    )
    rows = [(selector_words(one), one.category or "", one.term) for one in selectors]
    return Table("Selectors that hit nothing", ("selector", "category", "term"), rows)


def _lacking(coverage: Coverage) -> Table:
    header = ("score", "code", "term", "patients", "rows", "found by", "against")
    rows = [
        (
            f"{one.score:.2f}",
            *_name(one.code),
            *one.code.counts,
            "; ".join(map(str, one.ways)),
            "; ".join(one.against),
        )
        for one in coverage.lacking
    ]
    note = (
        "The score, 0 to 1, says how near a code stands to the list, not that it belongs to it: "
        "each way in which it was found takes its part of what the others leave open, and what "
        "speaks against it halves the score."
    )
    hidden = coverage.lacking_found - len(rows)
    if hidden:
        note += f" {_plural(hidden, 'code')} of lower rank not shown."
    return Table("What the list may lack", header, rows, note)


def _plural(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
