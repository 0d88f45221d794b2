"""Codelists: the model, the library with its lock, checking, and meeting a list with an extract."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from instep_cohort.codelists.describing import describe
from instep_cohort.codelists.findings import RULES, Finding, Rule, Severity
from instep_cohort.codelists.library import Library
from instep_cohort.codelists.lock import lock_findings, write_lock
from instep_cohort.codelists.model import Codelist, Match, Release, Selector, Source
from instep_cohort.codelists.resolving import (
    CodeIndex,
    MatchedBy,
    MatchedCode,
    Resolution,
    ResolutionRow,
    resolve,
)

if TYPE_CHECKING:
    from instep_cohort.codelists.checks.checking import check
    from instep_cohort.codelists.checks.copies import RepairedCopy, repaired_copy
    from instep_cohort.codelists.checks.dictionary_files import read_dictionaries
    from instep_cohort.codelists.checks.showing import findings_text
    from instep_cohort.codelists.comparing import Comparison, compare
    from instep_cohort.codelists.crosswalking import (
        Crosswalk,
        CrosswalkRow,
        Standing,
        crosswalk,
    )
    from instep_cohort.codelists.drafting import new_codelist
    from instep_cohort.codelists.releasing import Released, lock_releases, release, review

__all__ = [
    "RULES",
    "CodeIndex",
    "Codelist",
    "Comparison",
    "Crosswalk",
    "CrosswalkRow",
    "Finding",
    "Library",
    "Match",
    "MatchedBy",
    "MatchedCode",
    "Release",
    "Released",
    "RepairedCopy",
    "Resolution",
    "ResolutionRow",
    "Rule",
    "Selector",
    "Severity",
    "Source",
    "Standing",
    "check",
    "compare",
    "crosswalk",
    "describe",
    "findings_text",
    "lock_findings",
    "lock_releases",
    "new_codelist",
    "read_dictionaries",
    "release",
    "repaired_copy",
    "resolve",
    "review",
    "write_lock",
]

# A study needs nothing that checks, writes or compares lists: these are imported when asked for.
_HOME = {
    "Comparison": "comparing",
    "Crosswalk": "crosswalking",
    "CrosswalkRow": "crosswalking",
    "Released": "releasing",
    "RepairedCopy": "checks.copies",
    "Standing": "crosswalking",
    "check": "checks.checking",
    "compare": "comparing",
    "crosswalk": "crosswalking",
    "findings_text": "checks.showing",
    "lock_releases": "releasing",
    "new_codelist": "drafting",
    "read_dictionaries": "checks.dictionary_files",
    "release": "releasing",
    "repaired_copy": "checks.copies",
    "review": "releasing",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
