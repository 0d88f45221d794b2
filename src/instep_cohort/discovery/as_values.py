"""A coverage as plain values, for JSON, and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from instep_cohort.codelists.model import Selector
from instep_cohort.discovery.coverage_result import Coverage, CoveredCode, LackingCode, ShownCode
from instep_cohort.small_tables import csv_table

COVERAGE_COLUMNS = (
    *("part", "system", "code", "term", "category", "selector_system", "selector_code", "match"),
    *("matched_by", "year", "patients", "rows", "score", "found_by", "against"),
)


def coverage_csv(coverage: Coverage) -> str:
    """One table; ``part`` is taken_in, excluded, year, hit_nothing or may_lack."""
    rows = ([row.get(column, "") for column in COVERAGE_COLUMNS] for row in _rows(coverage))
    return csv_table(COVERAGE_COLUMNS, rows)


def _rows(coverage: Coverage) -> Iterator[dict[str, Any]]:
    for part, codes in (("taken_in", coverage.taken_in), ("excluded", coverage.excluded)):
        for one in codes:
            yield from _hit_rows(part, one)
    for one in (*coverage.taken_in, *coverage.excluded):
        name = {"part": "year", "system": one.code.system, "code": one.code.code}
        for year, count in (one.years or {}).items():
            yield {**name, "term": one.code.term, "year": year, **count._asdict()}
    for selector in coverage.hit_nothing:
        yield {"part": "hit_nothing", "term": selector.term, **_selector_cells(selector)}
    for code in coverage.lacking:
        yield {
            "part": "may_lack",
            **code_values(code.code),
            "score": f"{code.score:.2f}",
            "found_by": "; ".join(map(str, code.ways)),
            "against": "; ".join(code.against),
        }


def _hit_rows(part: str, one: CoveredCode) -> Iterator[dict[str, Any]]:
    for hit in one.hits:
        cells = _selector_cells(hit.selector)
        yield {"part": part, **code_values(one.code), **cells, "matched_by": str(hit.matched_by)}


def _selector_cells(selector: Selector) -> dict[str, str]:
    return {
        "selector_system": str(selector.system),
        "selector_code": selector.code,
        "match": str(selector.match),
        "category": selector.category or "",
    }


def code_values(code: ShownCode) -> dict[str, Any]:
    """A code with its numbers as plain values; a hidden number is text."""
    patients, rows = code.counts
    name = {"system": code.system, "code": code.code, "term": code.term}
    return {**name, "patients": _plain(patients), "rows": _plain(rows)}


def _plain(number: object) -> int | str:
    return number if isinstance(number, int) else str(number)


def coverage_values(coverage: Coverage) -> dict[str, Any]:
    """The coverage as plain values; ``class`` says how far they may travel."""
    together = coverage.together
    return {
        "class": str(coverage.artefact_class),
        "codelist": coverage.codelist,
        "version": coverage.version,
        "status": coverage.status,
        "kind": coverage.kind,
        "extract": {
            "profile": coverage.profile,
            "extract_date": coverage.extract_date.isoformat(),
        },
        "warning": coverage.warning,
        "year_from": coverage.year_from,
        "selectors": len(coverage.selectors),
        "together": {
            "codes": together.codes,
            "codes_left_out": together.left_out,
            "patients": _plain(together.counts.patients),
            "patients_rounded_down_to": 1 if coverage.inside_practice else 5,
            "rows": _plain(together.counts.rows),
        },
        "taken_in": list(map(_covered_values, coverage.taken_in)),
        "excluded": list(map(_covered_values, coverage.excluded)),
        "hit_nothing": [{"term": s.term, **_selector_cells(s)} for s in coverage.hit_nothing],
        "may_lack": list(map(_lacking_values, coverage.lacking)),
        "may_lack_found": coverage.lacking_found,
    }


def _covered_values(one: CoveredCode) -> dict[str, Any]:
    return {
        **code_values(one.code),
        "categories": list(one.categories),
        "selectors": [
            {**_selector_cells(hit.selector), "matched_by": str(hit.matched_by)} for hit in one.hits
        ],
        "years": None if one.years is None else _year_values(one.years),
    }


def _year_values(years: Mapping[str, Any]) -> dict[str, dict[str, int | str]]:
    return {
        year: {"patients": _plain(count.patients), "rows": _plain(count.rows)}
        for year, count in years.items()
    }


def _lacking_values(one: LackingCode) -> dict[str, Any]:
    return {
        **code_values(one.code),
        "score": round(one.score, 3),
        "found_by": [
            {"way": str(way.found_by), "strength": round(way.strength, 3), "why": way.why}
            for way in one.ways
        ],
        "against": list(one.against),
    }
