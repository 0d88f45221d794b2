"""The columns of downloaded codelists and dictionaries, by the names that people give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from instep_cohort.terminology.systems import System

# Names without case, spaces and signs. CTV3ID is OpenSAFELY's, medcodeid and prodcodeid are CPRD's.
_CODES: Mapping[System, tuple[str, ...]] = {
    System.READ_V2: (
        *("readv2", "readv2code", "readcode", "readcodev2", "readcodesv2", "read2", "read2code"),
    ),
    System.CTV3: ("ctv3", "ctv3id", "ctv3code", "readv3", "readv3code", "read3", "readcode3"),
    System.SNOMED_CT: (
        *("snomed", "snomedct", "snomedid", "snomedcode", "snomedctid", "snomedctcode"),
        *("snomedctconceptid", "snomedconceptid", "conceptid"),
    ),
    System.DMD: ("dmd", "dmdid", "dmdcode"),
    System.BNF: ("bnf", "bnfcode"),
    System.EMIS_CODE_ID: ("emiscodeid", "medcodeid", "prodcodeid"),
    System.GEMSCRIPT: ("gemscript", "gemscriptcode"),
}
OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "codes", "id"),
    "system": ("system", "codingsystem", "codesystem", "terminology", "vocabulary", "vocabularyid"),
    "match": ("match",),
    "category": ("category", "cat", "classification"),
    "term": (
        *("term", "description", "desc", "name", "display", "rubric", "terminologydescription"),
        *("ctv3preferredtermdesc", "ctv3term", "ctvterm", "ctv3description", "ctv3name"),
        *("readterm", "readtermctv3preferredtermdesc", "preferredterm", "dmdname", "nm"),
        *("fullyspecifiedname", "label", "longname"),
    ),
    "note": ("note", "notes", "comment", "comments"),
}
_BY_NAME = {name: system for system, names in _CODES.items() for name in names}
_OTHER_BY_NAME = {name: column for column, names in OTHER_NAMES.items() for name in names}
_SIGNS = re.compile(r"[\W_]+")


class Columns(NamedTuple):
    """What the columns of a file hold.

    Attributes:
        systems: the place of each column that is named after the system of its codes.
        others: the place of each column of ours; ``code`` where no system is named.
        ignored: the names of the columns that hold neither.
        width: how many columns there are.
    """

    systems: Mapping[System, int]
    others: Mapping[str, int]
    ignored: tuple[str, ...]
    width: int


@lru_cache(1024)
def plain(name: str) -> str:
    """A name without case, spaces and signs, by which two spellings of it are the same.

    Example:
        >>> plain("SNOMED-CT code")
        'snomedctcode'
    """
    return _SIGNS.sub("", name.casefold())


def find_columns(header: Sequence[str]) -> Columns:
    """What the columns of a header hold; the first of two with one meaning counts."""
    systems: dict[System, int] = {}
    others: dict[str, int] = {}
    ignored = []
    for place, name in enumerate(header):
        known = plain(name)
        if (system := _BY_NAME.get(known)) and system not in systems:
            systems[system] = place
        elif (column := _OTHER_BY_NAME.get(known)) and column not in others:
            others[column] = place
        elif name.strip():
            ignored.append(name)
    return Columns(systems, others, tuple(ignored), len(header))


def system_in_name(path: Path) -> System | None:
    """The one system that a file is named after, such as ``read-v2-terms.csv``."""
    words = [word for word in _SIGNS.split(path.stem) if word]
    runs = ("".join(words[n:m]) for m in range(1, len(words) + 1) for n in range(m))
    found = {system for run in runs if (system := system_named(run))}
    return found.pop() if len(found) == 1 else None


def system_named(text: str) -> System | None:
    """The system that people call so (`SNOMED CT`, `read-v2`); ``None`` where it is none.

    Example:
        >>> system_named("SNOMED CT")
        <System.SNOMED_CT: 'snomed_ct'>
    """
    spelt = {plain(system.value): system for system in System}
    return spelt.get(plain(text)) or _BY_NAME.get(plain(text))
