"""The code systems, and how each says what stands below a code."""

from __future__ import annotations

from enum import StrEnum


class System(StrEnum):
    """A code system that a selector can speak; the last two are words, not codes."""

    READ_V2 = "read_v2"
    CTV3 = "ctv3"
    SNOMED_CT = "snomed_ct"
    DMD = "dmd"
    BNF = "bnf"
    EMIS_CODE_ID = "emis_code_id"
    GEMSCRIPT = "gemscript"
    SUBSTANCE = "substance"
    PRODUCT_NAME = "product_name"


class Lineage(StrEnum):
    """How a system says what stands below a code."""

    PREFIX = "prefix"  # the code of a descendant begins with it
    TABLE = "table"  # a hierarchy table says so, the codes do not
    NONE = "none"  # nothing stands below anything


_LINEAGE = {
    System.READ_V2: Lineage.PREFIX,
    System.BNF: Lineage.PREFIX,
    System.CTV3: Lineage.TABLE,
    System.SNOMED_CT: Lineage.TABLE,
    System.DMD: Lineage.TABLE,
}

MEDICINE_ONLY = frozenset(
    {System.DMD, System.BNF, System.GEMSCRIPT, System.SUBSTANCE, System.PRODUCT_NAME}
)


def lineage(system: System) -> Lineage:
    """How this system says what stands below a code; what ``descendants`` needs there."""
    return _LINEAGE.get(system, Lineage.NONE)
