"""Tables of people: one patient a line, what is recorded of them, and what a study finds.

What goes in: ``rows`` (``2026-01-01 ache 7.5 kg``, ``2026-05 ache``, ``undated ache``, joined by
commas), ``issues`` (the same, of medicines), ``born``, ``died``, ``registered`` (``2020-01-01 to
2026-03-05 temporary, 2026-03-06 on``), ``test``, ``confidential``, ``listed`` (kinds on the
practice's own list). Every other column is what must come out. Everybody has one undated row
`seen` besides, so that the base study finds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import reference as ref
from spec.clauses import Spec
from spec.tables import aligned, lines_of, table
from spec.world import ON

INPUTS = ("patient", "measure", "criterion", "rows", "issues", "born", "died", "registered")
INPUTS += ("test", "confidential", "listed")
BORN, REGISTERED = "1980-06-15", "2000-01-01 on"


@dataclass(frozen=True, kw_only=True)
class Facts(Spec):
    """What measures and criteria find. ``measures`` is YAML; ``m`` is the one that is looked at.

    A column ``measure`` gives each line a measure ``m`` of its own; a column ``criterion`` gives it
    a criterion ``line``, whose column is ``holds``.
    """

    TESTS = (
        "tests/spec/test_spec_people.py::test_the_reference_says_so",
        "tests/spec/test_spec_people.py::test_the_library_says_so",
    )

    rows: str
    measures: str = "{}"
    lines: str = "{}"
    on: str = ON

    @cached_property
    def cases(self) -> Sequence[dict[str, str]]:
        """The lines of the table."""
        return table(self.rows)

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Yields the measures and the table."""
        for name, text in (("measures", self.measures), ("include", self.lines)):
            if text != "{}":
                yield "yaml", f"{name}:\n" + _indented(text)
        yield "text", aligned(self.rows)


@dataclass(frozen=True, kw_only=True)
class People(Spec):
    """What a whole study finds. ``study`` is YAML, laid over the base study.

    ``attrition`` is a table of the steps that the study has, where it is asked for.
    """

    TESTS = (
        "tests/spec/test_spec_people.py::test_the_reference_says_so",
        "tests/spec/test_spec_people.py::test_the_library_says_so",
    )

    rows: str
    study: str = "{}"
    on: str = ON
    extracted: str = ON
    practice_list: bool = False
    attrition: str = ""

    @cached_property
    def cases(self) -> Sequence[dict[str, str]]:
        """The lines of the table."""
        return table(self.rows)

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Yields the study, the table, and the attrition."""
        if self.study != "{}":
            yield "yaml", lines_of(self.study)
        days = [f"searched on {self.on}"] if self.on != ON else []
        days += [f"extracted on {self.extracted}"] if self.extracted != ON else []
        days += ["with a practice list"] if self.practice_list and not self._listed() else []
        if days:
            yield "note", ", ".join(days)
        yield "text", aligned(self.rows)
        if self.attrition:
            yield "text", aligned(self.attrition)

    def _listed(self) -> bool:
        return "listed" in self.cases[0]


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in lines_of(text).splitlines())


@dataclass(frozen=True)
class MadePerson:
    """One patient of a table, as the reference takes them."""

    patient: ref.Patient
    stays: Sequence[ref.Registration]
    events: Sequence[ref.Row]
    medicines: Sequence[ref.Row]
    listed: Sequence[str]


def made_person(patient_id: str, case: Mapping[str, str]) -> MadePerson:
    """The patient whom a line of a table describes."""
    birth, precision = _birth(case.get("born", BORN))
    patient = ref.Patient(
        patient_id,
        birth=birth,
        birth_precision=precision,
        death=date.fromisoformat(case["died"]) if case.get("died") else None,
        is_test=case.get("test") == "yes",
        is_confidential=case.get("confidential") == "yes",
    )
    return MadePerson(
        patient,
        [_stay(patient_id, text) for text in _parts(case.get("registered", REGISTERED))],
        [_row(patient_id, text) for text in [*_parts(case.get("rows", "")), "undated seen"]],
        [_row(patient_id, text) for text in _parts(case.get("issues", ""))],
        _parts(case.get("listed", "")),
    )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _birth(text: str) -> tuple[date | None, str | None]:
    if not text:
        return None, None
    precision = {4: "year", 7: "month", 10: "day"}[len(text)]
    return date.fromisoformat(text + "-01-01"[: 10 - len(text)]), precision


def _stay(patient_id: str, text: str) -> ref.Registration:
    """`2020-01-01 to 2026-03-05 temporary`, `2020-01-01 on`, `? on`."""
    parts = re.fullmatch(r"(\S+) (?:on|to (\S+))(?: (\w+))?", text)
    assert parts, text
    start = None if parts[1] == "?" else date.fromisoformat(parts[1])
    end = date.fromisoformat(parts[2]) if parts[2] else None
    return ref.Registration(patient_id, start, end, parts[3] or "regular")


def _row(patient_id: str, text: str) -> ref.Row:
    when, code, *rest = text.split()
    value = float(rest[0]) if rest else None
    unit = rest[1] if len(rest) > 1 else None
    return ref.row(patient_id, "" if when == "undated" else when, code, value, unit)


def expected_columns(case: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields each column of a line that must come out, with its cell."""
    yield from ((name, cell) for name, cell in case.items() if name not in INPUTS)


def shown(value: Any) -> str:
    """A value as a table writes it: nothing as an empty cell, true and false as yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
