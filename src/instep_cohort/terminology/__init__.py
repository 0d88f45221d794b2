"""What a code is: the systems, the shape of a code in each, check digits, words and hierarchies."""

from instep_cohort.terminology.code_faults import CodeFault, fault
from instep_cohort.terminology.code_maps import CodeMap, MapColumns, read_code_map
from instep_cohort.terminology.hierarchies import Hierarchy
from instep_cohort.terminology.systems import Lineage, System, lineage

__all__ = [
    "CodeFault",
    "CodeMap",
    "Hierarchy",
    "Lineage",
    "MapColumns",
    "System",
    "fault",
    "lineage",
    "read_code_map",
]
