"""A codelist met with the codes of an extract: which selectors matched which codes, and how."""

from instep_cohort.codelists.resolving.code_index import CodeIndex
from instep_cohort.codelists.resolving.matching import resolve
from instep_cohort.codelists.resolving.resolution import (
    MatchedBy,
    MatchedCode,
    Resolution,
    ResolutionRow,
)

__all__ = ["CodeIndex", "MatchedBy", "MatchedCode", "Resolution", "ResolutionRow", "resolve"]
