"""One plain sentence for each candidate: what in the record brought them onto the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.flags import Flags
from instep_cohort.engine.uses import Uses
from instep_cohort.study.plan import AtLeast, Line, Logic, Measured, Plan
from instep_cohort.study.spans import date_of


class LastTerms:
    """The term of the latest row behind each measure of each patient."""

    def __init__(self, evidence: pa.Table, uses: Uses, terms: list[str | None]) -> None:
        # rows are sorted by date within a use, undated ones last: those only speak if alone
        dated = evidence["day"].is_valid()
        self._last: dict[tuple[int, int], int] = {}
        for owner, label in _owned(evidence.filter(pc.invert(dated))):
            self._last.setdefault(owner, label)
        self._last |= dict(_owned(_last_of_each(evidence.filter(dated))))
        self._uses, self._terms = uses, terms

    def of(self, patient_key: int, use_key: int) -> str:
        """The term, or the code's list where the extract gives no term."""
        label = self._uses.labels[self._last[patient_key, use_key]]
        return self._terms[label.code_key] or label.codelist


def _owned(rows: pa.Table) -> Iterator[tuple[tuple[int, int], int]]:
    owners = zip(rows["patient_key"].to_pylist(), rows["use_key"].to_pylist(), strict=True)
    return zip(owners, rows["label_key"].to_pylist(), strict=True)


def _last_of_each(rows: pa.Table) -> pa.Table:
    """Of rows that are sorted by patient and use, the last of each."""
    keys = rows.select(["patient_key", "use_key"])
    ends = [pc.not_equal(column[1:], column[:-1]) for column in keys.columns]
    is_last = pc.or_(*ends).combine_chunks() if rows.num_rows else pa.array([], pa.bool_())
    last_row = pa.array([True] * min(rows.num_rows, 1), pa.bool_())
    return rows.filter(pa.chunked_array([is_last, last_row]))


class _Said(NamedTuple):
    """A measure as a reason speaks of it, and the columns that it looks at."""

    words: str
    use_key: int
    unit: str
    met: str


class Reasons:
    """Writes the sentence of one candidate after the other."""

    def __init__(
        self,
        plan: Plan,
        uses: Uses,
        evidence: pa.Table,
        facts: pa.Table,
        terms: list[str | None],
    ) -> None:
        """Takes the study, the candidates' evidence and facts, and the extract's terms."""
        self._lines = [
            (_words(line.name), [_said(plan, uses, name) for name in measures])
            for line in plan.lines
            if line.role == "include"
            for measures in [dict.fromkeys(_affirmed(plan, line.logic))]
        ]
        spoken_of = {said.use_key for _, measures in self._lines for said in measures}
        keys = pa.array(sorted(spoken_of), pa.int32())
        evidence = evidence.filter(pc.is_in(evidence["use_key"], keys))
        self._terms = LastTerms(evidence, uses, terms)
        facts = facts.filter(pc.is_in(facts["use_key"], keys))
        owners = zip(facts["patient_key"].to_pylist(), facts["use_key"].to_pylist(), strict=True)
        counts = zip(facts["count"].to_pylist(), facts["last"].to_pylist(), strict=True)
        self._counted = dict(zip(owners, counts, strict=True))

    def of(self, person: Mapping[str, Any], flags: Flags) -> str:
        """The sentence of a candidate, from their row of `people.people` and their flags."""
        sentence = "; ".join(self._line(*line, person) for line in self._lines)
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

    def _line(self, words: str, measures: Sequence[_Said], person: Mapping[str, Any]) -> str:
        """The line and what of it is met; its name alone where only something absent met it."""
        patient_key = person["patient_key"]
        met = ", ".join(
            self._measure(said, patient_key)
            for said in measures
            if person[said.met] and (patient_key, said.use_key) in self._counted
        )
        return f"{words}: {met}" if met else words

    def _measure(self, said: _Said, patient_key: int) -> str:
        count, last = self._counted[patient_key, said.use_key]
        when = "undated" if last is None else f"last {date_of(last)}"
        term = self._terms.of(patient_key, said.use_key)
        return f"{said.words} ({_times(count, said.unit)}, {when}: {term})"


def _said(plan: Plan, uses: Uses, name: str) -> _Said:
    key = uses.measures[name]
    unit = "row" if plan.measures[name].counting == "rows" else "date"
    return _Said(_words(name), key, unit, f"m{key}_met")


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
