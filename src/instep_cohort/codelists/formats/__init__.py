"""Exchange formats: importing lists that others made, exporting ours, naming what gets lost."""

from instep_cohort.codelists.formats.exchange import EXCHANGE_RULES
from instep_cohort.codelists.formats.exporting import ExportedList, export_list
from instep_cohort.codelists.formats.importing import ImportedList, import_list
from instep_cohort.codelists.formats.registry import FORMATS, detect, exchange_format

__all__ = [
    "EXCHANGE_RULES",
    "FORMATS",
    "ExportedList",
    "ImportedList",
    "detect",
    "exchange_format",
    "export_list",
    "import_list",
]
