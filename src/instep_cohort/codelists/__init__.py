"""Codelists: the model, the library with its lock, checking, and meeting a list with an extract."""

from instep_cohort.codelists.checking import check
from instep_cohort.codelists.code_index import CodeIndex
from instep_cohort.codelists.describing import describe
from instep_cohort.codelists.findings import RULES, Finding, Rule, Severity
from instep_cohort.codelists.library import Library
from instep_cohort.codelists.lock import lock_findings, write_lock
from instep_cohort.codelists.model import Codelist, Match, Release, Selector, Source
from instep_cohort.codelists.resolution import MatchedBy, MatchedCode, Resolution, ResolutionRow
from instep_cohort.codelists.resolving import resolve

__all__ = [
    "RULES",
    "CodeIndex",
    "Codelist",
    "Finding",
    "Library",
    "Match",
    "MatchedBy",
    "MatchedCode",
    "Release",
    "Resolution",
    "ResolutionRow",
    "Rule",
    "Selector",
    "Severity",
    "Source",
    "check",
    "describe",
    "lock_findings",
    "resolve",
    "write_lock",
]
