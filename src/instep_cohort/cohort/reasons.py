"""One plain sentence for each candidate: what in the record brought them onto the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from instep_cohort.cohort.flags import Flags
from instep_cohort.engine.uses import Uses
from instep_cohort.study.plan import AtLeast, Line, LinePlan, Logic, Measured, Plan
from instep_cohort.study.spans import date_of


class LastTerms:
    """The term of the latest row behind each measure of each patient."""

    def __init__(self, evidence: pa.Table, uses: Uses, terms: list[str | None]) -> None:
        labels = evidence["label_key"].to_pylist()
        owners = zip(
            evidence["patient_key"].to_pylist(), evidence["use_key"].to_pylist(), strict=True
        )
        # rows are sorted by date within a use, undated ones last: those only speak if alone
        dated = evidence["day"].is_valid().to_pylist()
        self._last: dict[tuple[int, int], int] = {}
        for owner, label, has_day in zip(owners, labels, dated, strict=True):
            if has_day or owner not in self._last:
                self._last[owner] = label
        self._uses, self._terms = uses, terms

    def of(self, patient_key: int, use_key: int) -> str:
        """The term, or the code's list where the extract gives no term."""
        label = self._uses.labels[self._last[patient_key, use_key]]
        return self._terms[label.code_key] or label.codelist


def reason(
    plan: Plan, uses: Uses, person: Mapping[str, Any], terms: LastTerms, flags: Flags
) -> str:
    """The sentence of one candidate.

    Args:
        plan: the study.
        uses: its uses.
        person: the candidate's row of `people.people`.
        terms: the latest term behind each measure.
        flags: the candidate's flags.
    """
    parts = [
        _line(plan, uses, person, line, terms) for line in plan.lines if line.role == "include"
    ]
    sentence = "; ".join(parts)
    certified = flags.certified
    if certified and certified.certified_sickness:
        sentence += (
            f"; certified sickness: {_times(certified.fit_notes, 'fit note')}, "
            f"last {certified.fit_note_last} ({_words(certified.last_statement or '')})"
        )
    status = flags.status
    if status and status.work_status != "unknown":
        age = "stale" if status.work_status_stale else "fresh"
        sentence += (
            f"; work status: {_words(status.work_status)} on {status.work_status_date} ({age})"
        )
    return sentence[:1].upper() + sentence[1:] + "."


def _line(
    plan: Plan, uses: Uses, person: Mapping[str, Any], line: LinePlan, terms: LastTerms
) -> str:
    """The line's name and what of it is met; the name alone where only something absent met it."""
    met = ", ".join(_met(plan, uses, person, line, terms))
    return f"{_words(line.name)}: {met}" if met else _words(line.name)


def _met(
    plan: Plan, uses: Uses, person: Mapping[str, Any], line: LinePlan, terms: LastTerms
) -> Iterator[str]:
    for name in dict.fromkeys(_affirmed(plan, line.logic)):
        key = uses.measures[name]
        if not person[f"m{key}_met"] or not person[f"m{key}_count"]:
            continue
        unit = "row" if plan.measures[name].counting == "rows" else "date"
        last = person[f"m{key}_last"]
        when = f"last {date_of(last)}" if last is not None else "undated"
        term = terms.of(person["patient_key"], key)
        yield f"{_words(name)} ({_times(person[f'm{key}_count'], unit)}, {when}: {term})"


def _affirmed(plan: Plan, logic: Logic) -> Iterator[str]:
    """The measures that speak for the logic; what stands under `not` speaks against it."""
    match logic:
        case Measured(name):
            yield name
        case Line(name):
            yield from _affirmed(plan, plan.line(name).logic)
        case AtLeast(_, parts):
            for part in parts:
                yield from _affirmed(plan, part)
        case _:
            return


def _words(name: str) -> str:
    return name.replace("_", " ")


def _times(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
