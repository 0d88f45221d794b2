"""What other systems call the codes of a made-up practice, as far as it is known.

`other_codes.csv` holds, for each Read v2 code that is used here, the CTV3 code, the SNOMED CT
concept, the dm+d id and the BNF chemical. They are single facts out of public lists: CTV3 codes by
the NHS map (term code 00), drug codes of CTV3 where that system has the very same code, and the
others as the project's own codelists hold them, for a product of the same name, strength and form.
A cell is empty where none was found; no code was made up.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

_FILE = Path(__file__).with_name("other_codes.csv")


class OtherCodes(NamedTuple):
    """The codes of one thing in other systems; empty where none is known."""

    ctv3: str = ""
    snomed_concept: str = ""
    dmd: str = ""
    bnf: str = ""

    @property
    def bnf_section(self) -> str:
        """The BNF code in the older form of eight digits: chapter, section, paragraph, part."""
        return f"{self.bnf[:6]}0{self.bnf[6]}" if self.bnf else ""


@cache
def other_codes() -> Mapping[str, OtherCodes]:
    """What is known of each Read v2 code, clinical or drug, by that code."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return MappingProxyType(
            {
                row["read_v2"]: OtherCodes(
                    row["ctv3"], row["snomed_concept"], row["dmd"], row["bnf"]
                )
                for row in csv.DictReader(lines)
            }
        )
