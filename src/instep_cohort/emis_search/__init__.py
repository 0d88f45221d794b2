"""EMIS Web searches: an XML export made into codelists and studies, and what cannot be said."""

from instep_cohort.emis_search.codes_below import CodesBelow, read_codes_below
from instep_cohort.emis_search.findings import Effect, NotCarried
from instep_cohort.emis_search.folder import write_import
from instep_cohort.emis_search.importing import Imported, ImportedSearch, read_searches
from instep_cohort.emis_search.value_sets import Code, ValueSet

__all__ = [
    "Code",
    "CodesBelow",
    "Effect",
    "Imported",
    "ImportedSearch",
    "NotCarried",
    "ValueSet",
    "read_codes_below",
    "read_searches",
    "write_import",
]
