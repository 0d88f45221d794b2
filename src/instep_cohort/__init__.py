"""People to invite to a trial, found in general-practice records, with the evidence for each.

    import instep_cohort as ic

    store = ic.ingest("extract", profile="standard", extract_date=date(2026, 11, 1), out="store")
    cohort = ic.identify(ic.load_study("instep"), store, on=date(2026, 11, 1), ...)
    cohort.candidates

Names are imported when they are first used, so that `import instep_cohort` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from instep_cohort.codelists import Codelist, Library
    from instep_cohort.cohort import Cohort, identify, open_run
    from instep_cohort.discovery import Coverage, SearchResult, coverage, search
    from instep_cohort.errors import (
        DefinitionError,
        ExtractError,
        InstepError,
        SafetyRefusal,
        UsageError,
    )
    from instep_cohort.extracts import Store, ingest, open_store
    from instep_cohort.study import Study, load_study
    from instep_cohort.synthetic import make_practice

_HOME = {
    "Codelist": "codelists",
    "Cohort": "cohort",
    "Coverage": "discovery",
    "DefinitionError": "errors",
    "ExtractError": "errors",
    "InstepError": "errors",
    "Library": "codelists",
    "SafetyRefusal": "errors",
    "SearchResult": "discovery",
    "Store": "extracts",
    "Study": "study",
    "UsageError": "errors",
    "coverage": "discovery",
    "identify": "cohort",
    "ingest": "extracts",
    "load_study": "study",
    "make_practice": "synthetic",
    "open_run": "cohort",
    "open_store": "extracts",
    "search": "discovery",
}

__all__ = [
    "Codelist",
    "Cohort",
    "Coverage",
    "DefinitionError",
    "ExtractError",
    "InstepError",
    "Library",
    "SafetyRefusal",
    "SearchResult",
    "Store",
    "Study",
    "UsageError",
    "coverage",
    "identify",
    "ingest",
    "load_study",
    "make_practice",
    "open_run",
    "open_store",
    "search",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
