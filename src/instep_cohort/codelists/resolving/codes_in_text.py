"""Codes of a list in rows that could not be read: a pattern for their raw text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from instep_cohort.codelists.model import Codelist, Match
from instep_cohort.terminology.read_codes import stem
from instep_cohort.terminology.systems import System


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
