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
    from instep_cohort.cohort.answers import work_answers
    from instep_cohort.cohort.monthly_notes import monthly_notes
    from instep_cohort.cohort.over_time import changes, crossings
    from instep_cohort.cohort.pictures import timeline
    from instep_cohort.discovery import Coverage, SearchResult, coverage, search
    from instep_cohort.errors import (
        DefinitionError,
        ExtractError,
        InstepError,
        SafetyRefusal,
        UsageError,
    )
    from instep_cohort.extracts import Store, ingest, load_mapping, open_store
    from instep_cohort.quality import Quality, quality
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
    "Quality": "quality",
    "SafetyRefusal": "errors",
    "SearchResult": "discovery",
    "Store": "extracts",
    "Study": "study",
    "UsageError": "errors",
    "changes": "cohort.over_time",
    "coverage": "discovery",
    "crossings": "cohort.over_time",
    "identify": "cohort",
    "ingest": "extracts",
    "load_mapping": "extracts",
    "load_study": "study",
    "make_practice": "synthetic",
    "monthly_notes": "cohort.monthly_notes",
    "open_run": "cohort",
    "open_store": "extracts",
    "quality": "quality",
    "search": "discovery",
    "timeline": "cohort.pictures",
    "work_answers": "cohort.answers",
}

__all__ = [
    "Codelist",
    "Cohort",
    "Coverage",
    "DefinitionError",
    "ExtractError",
    "InstepError",
    "Library",
    "Quality",
    "SafetyRefusal",
    "SearchResult",
    "Store",
    "Study",
    "UsageError",
    "changes",
    "coverage",
    "crossings",
    "identify",
    "ingest",
    "load_mapping",
    "load_study",
    "make_practice",
    "monthly_notes",
    "open_run",
    "open_store",
    "quality",
    "search",
    "timeline",
    "work_answers",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
