"""Tables of windows: what a study writes, a search date, and the days from and to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import yaml

import reference as ref
from generative.to_standard import study_text
from instep_cohort.study import compile_study, parse_study
from instep_cohort.study.plan import FixedWindow
from spec.clauses import Spec
from spec.tables import aligned, table
from spec.world import LISTS, study_of

_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Windows(Spec):
    """Windows, and the days that they reach from and to; an empty cell is: from ever."""

    TESTS = (
        "tests/spec/test_spec_windows.py::test_a_window_is_these_days",
        "tests/spec/test_spec_windows.py::test_the_reference_has_the_same_edges",
    )

    rows: str

    @cached_property
    def cases(self) -> Sequence[dict[str, str]]:
        """The lines of the table."""
        return table(self.rows)

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Yields the table."""
        yield "text", aligned(self.rows)


def _study(case: Mapping[str, str]) -> str:
    return f"measures: {{m: {{events: pain, {case['window']}}}}}"


def compiled(case: Mapping[str, str]) -> tuple[str, str]:
    """The days from and to that the library hands to every engine."""
    study = parse_study(study_text(study_of(_study(case))), "spec.yaml")
    window = compile_study(study, date.fromisoformat(case["on"])).measures["m"].window
    assert isinstance(window, FixedWindow)
    first = "" if window.first is None else str(_EPOCH + window.first * _DAY)
    return first, str(_EPOCH + window.last * _DAY)


def reference_edges(case: Mapping[str, str]) -> Iterator[tuple[date, bool, bool]]:
    """Yields each day at an edge, whether it should be inside, and whether the reference has it so."""
    on = date.fromisoformat(case["on"])
    spec = yaml.safe_load(_study(case))["measures"]["m"]
    rules, nobody = ref.Rules({"measures": {"m": spec}}, LISTS, on), ref.Person(ref.Patient(""))
    last = date.fromisoformat(case["to"])
    edges = [(last, True), (last + _DAY, last >= on)]
    if case["from"]:
        first = date.fromisoformat(case["from"])
        edges += [(first, True), (first - _DAY, False)]
    for day, inside in edges:
        if day <= on:  # what lies after the search date is left out before any window is asked
            yield day, inside, rules.in_window(day, spec, nobody)
