"""Tables of studies and what their authors are told: ``right``, or every fault of each.

A block is lines of a study, then a line ``-> place: what was found (what would be right)`` for each
fault. ``measures.m``, ``include.l`` and ``flags.f`` add one thing to a section of the base study;
any other key stands for a whole section, and ``- key`` leaves it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from instep_cohort.errors import DefinitionError
from instep_cohort.study import compile_study, parse_study
from spec.clauses import Spec
from spec.tables import lines_of
from spec.world import CATEGORIES, LISTS, ON

BASE: Mapping[str, str] = {
    "study": "spec",
    "version": "1.0.0",
    "codelists": "{" + ", ".join(f"{name}: 1.0.0" for name in LISTS) + "}",
    "parameters": "{n: {value: 3, source: a paper}, span: {value: 2 years, source: a paper}}",
    "measures": "{ache: {events: pain}, burnt: {events: burns}}",
    "include": "{in_pain: ache}",
    "opt_outs": "{events: opt-outs}",
}
MORE = {
    "measures.m": ("measures", "{{ache: {{events: pain}}, burnt: {{events: burns}}, m: {}}}"),
    "include.l": ("include", "{{in_pain: ache, l: {}}}"),
    "flags.f": ("flags", "{{f: {}}}"),
}
RIGHT = "right"


class Judged(NamedTuple):
    """A study of a table, and its faults; none where it is right."""

    written: str
    text: str
    faults: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Faults(Spec):
    """Studies, and what their authors are told.

    ``by_reference``: the reference judges them too. It knows what cannot be meant, and not what is
    no study at all.
    """

    TESTS = (
        "tests/spec/test_spec_definitions.py::test_the_author_is_told",
        "tests/spec/test_spec_definitions.py::test_the_reference_finds_a_fault_or_none",
    )

    studies: str
    on: str = ON
    by_reference: bool = False

    @cached_property
    def judged(self) -> Sequence[Judged]:
        """Each study of the table."""
        return [_judged(block) for block in lines_of(self.studies).split("\n\n")]

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Yields the studies, each with its faults."""
        if self.on != ON:
            yield "note", f"searched on {self.on}"
        yield "text", lines_of(self.studies)


def _judged(block: str) -> Judged:
    lines = block.splitlines()
    written = [line for line in lines if not line.startswith("-> ") and line != RIGHT]
    faults = [line.removeprefix("-> ") for line in lines if line.startswith("-> ")]
    if bool(faults) == (RIGHT in lines):
        raise ValueError(f"neither right nor wrong, or both: {block}")
    return Judged("\n".join(written), study_text(written), faults)


def study_text(changes: Sequence[str]) -> str:
    """The base study as YAML with these lines laid over it."""
    sections = dict(BASE)
    last = ""
    for line in changes:
        if line.startswith("- "):
            sections.pop(line.removeprefix("- "))
        elif line.startswith(" "):
            sections[last] += "\n" + line
        else:
            place, _, body = line.partition(":")
            last, more = MORE.get(place, (place, "{}"))
            sections[last] = more.format(body.strip())
    return "".join(f"{key}: {value}\n" for key, value in sections.items())


def faults_of(text: str, on: str) -> list[str]:
    """Every fault of a study on a search date, as its author reads it but for file and line."""
    try:
        study = parse_study(text, "spec.yaml")
        compile_study(study, date.fromisoformat(on), categories=CATEGORIES)
    except DefinitionError as error:
        return [
            f"{fault.where}: {fault.found}" + (f" ({fault.repair})" if fault.repair else "")
            for fault in error.faults
        ]
    return []
