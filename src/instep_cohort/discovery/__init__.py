"""Discovery: what a codelist covers of an extract, what it may lack, and codes found by words."""

from instep_cohort.discovery.coverage_result import Coverage
from instep_cohort.discovery.covering import coverage
from instep_cohort.discovery.search_result import SearchResult
from instep_cohort.discovery.searching import search

__all__ = ["Coverage", "SearchResult", "coverage", "search"]
