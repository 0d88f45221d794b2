"""Codes of a list in rows that could not be read: a pattern for their raw text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from instep_cohort.codelists.model import Codelist, Match
from instep_cohort.codelists.resolving.resolution import Resolution
from instep_cohort.terminology.read_codes import stem
from instep_cohort.terminology.systems import System

_DISSENTS = ("type_1_dissent", "research_dissent")


def dissents_in_text(raw: Any, codelist: Codelist, resolution: Resolution, codes: Any) -> int:
    """How many of these rows, which could not be read, may be a dissent by the code in them.

    Args:
        raw: the rows as they stand, as Arrow text.
        codelist: an opt-out list.
        resolution: what it met among the codes of the extract.
        codes: the extract's codes as an Arrow table, indexed by code_key.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    met = pa.array(list(resolution.categories_by_key), pa.int64())
    pattern = codes_in_text(codelist, _DISSENTS, codes["code"].take(met).to_pylist())
    return pc.sum(pc.match_substring_regex(raw, pattern)).as_py() or 0


def codes_in_text(codelist: Codelist, categories: Collection[str], own: Iterable[str] = ()) -> str:
    """A pattern (RE2) that finds the codes of these categories, whatever stands around them.

    Read v2 codes are found with and without their dots and with a term code. It is for a warning:
    a text may hold such a code and mean something else.

    Args:
        codelist: the list.
        categories: whose codes are looked for.
        own: further codes: those of the extract that the list met by its dictionary.
    """
    found = {re.escape(code) for code in own}
    for row in codelist.selectors:
        if row.category in categories and row.match in (Match.EXACT, Match.DESCENDANTS):
            if row.system is System.READ_V2:
                found.add(rf"{re.escape(stem(row.code))}\.*\w{{0,2}}")
            else:
                found.add(re.escape(row.code))
    return rf"(?:^|[^\w.])(?:{'|'.join(sorted(found))})(?:\W|$)" if found else r"a\A"
