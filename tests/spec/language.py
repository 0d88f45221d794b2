"""The sections of the study language, in order, and their tables by kind."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TypeVar

from spec.clauses import Clause, Section, Spec

_SECTIONS = (
    "section_1_studies",
    "section_2_rows",
    "section_3_dates",
    "section_4_measures",
    "section_5_logic",
    "section_6_attrition",
    "section_7_flags",
    "section_8_opt_outs",
    "section_9_faults",
)
SECTIONS: Sequence[Section] = [import_module(f"spec.sections.{name}").SECTION for name in _SECTIONS]
CLAUSES: Sequence[Clause] = [clause for section in SECTIONS for clause in section.clauses]
SPECS: Sequence[Spec] = [spec for section in SECTIONS for spec in section.specs]

Kind = TypeVar("Kind", bound=Spec)


def specs_of(*kinds: type[Kind]) -> list[Kind]:
    """The tables of these kinds, in the order of the language."""
    return [spec for spec in SPECS if isinstance(spec, kinds)]


def name_of(spec: Spec) -> str:
    """What a table is called in the tests: its first clause and its title, in plain letters."""
    return f"{spec.ids[0]}: {spec.title}".removeprefix("§")
