"""Tables of selectors and codes: which code of an extract a codelist takes in, and how.

A selector is `system match code [= category]`, several with ` + ` between; a code is `system code`
with what the extract's dictionary says of it: `emis_code_id 9; read_v2=1M52.`. Codes are made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from codelists.brute_force import resolve as by_brute_force
from codelists.made_lists import code, codes_table, made_list, select
from instep_cohort.codelists import CodeIndex, resolve
from instep_cohort.errors import DefinitionError
from spec.clauses import Spec
from spec.tables import aligned, table

NOT_AT_ALL = "-"
OUT = "excluded"


@dataclass(frozen=True, kw_only=True)
class Matches(Spec):
    """Selectors, a code, and how the one meets the other; ``-``: not at all."""

    TESTS = (
        "tests/spec/test_spec_codes.py::test_a_selector_meets_a_code",
        "tests/spec/test_spec_codes.py::test_looking_at_everything_says_the_same",
    )

    rows: str
    kind: str = "clinical"

    @cached_property
    def cases(self) -> Sequence[dict[str, str]]:
        """The lines of the table."""
        return table(self.rows)

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Yields the table."""
        if self.kind != "clinical":
            yield "note", "codes of medicines"
        yield "text", aligned(self.rows)


def matched(case: Mapping[str, str], kind: str) -> str:
    """How the library meets the code of a line, or the words of its refusal."""
    columns = _columns(case, kind)
    try:
        found = resolve(_list(case, kind), CodeIndex.from_columns(columns))
    except DefinitionError as error:
        return f"error: {error.faults[0].found}"
    return _shown(found.matched_by_key, found.categories_by_key, set(found.excluded))


def matched_by_reference(case: Mapping[str, str], kind: str) -> str:
    """How looking at every selector and code meets the code of a line."""
    columns = _columns(case, kind)
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    categories, matched, excluded = by_brute_force(_list(case, kind).selectors, rows, kind)
    return _shown(matched, categories, excluded)


def _columns(case: Mapping[str, str], kind: str) -> dict[str, list[object]]:
    return codes_table(code(case["code of the extract"]), kind=kind)


def _list(case: Mapping[str, str], kind: str) -> Any:
    selectors = case["selectors"].split(" + ")
    return made_list(*(select(text.strip()) for text in selectors), kind=kind)


def _shown(matched: Mapping[int, str], categories: Mapping[int, Any], excluded: set[int]) -> str:
    if excluded:
        return OUT
    if not matched:
        return NOT_AT_ALL
    return f"{matched[0]}: {', '.join(sorted(categories[0]))}"
