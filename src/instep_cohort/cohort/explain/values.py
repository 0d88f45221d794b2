"""An explanation as values: what a study asked of one person, what it found, and what follows.

Nothing here reads a run or renders anything: `explaining` builds these values, `explanation_text`
and `explanation_html` show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, Literal

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.study.steps import StepKind


@dataclass(frozen=True)
class EvidenceRow:
    """One row of the record that was used; ``date`` is None where it is undated.

    ``weaker_match`` tells a match by five characters, substance or product name.
    """

    date: date | None
    term: str | None
    system: str
    code: str
    codelist: str
    version: str
    category: str
    matched_by: str
    weaker_match: bool
    value: float | None
    unit: str | None


@dataclass(frozen=True)
class MeasureFound:
    """A measure of one person.

    Attributes:
        name: its name.
        asks: what it asks, in English.
        met: whether that was found.
        count: how many dates or rows were counted; under ``apart`` it stops at a cap.
        first: the first date; None where no row has one.
        last: the last date.
        found: what was found, such as ``2 dates, 61 days apart``.
        needed: what is needed of that, such as ``90 needed``.
        window: the dates of a window that hangs on another measure; "" where it does not.
        counted: the dates that ``apart`` or ``in_any`` counted; empty for every other measure.
        evidence: its rows, oldest first, undated ones last.
    """

    name: str
    asks: str
    met: bool
    count: int
    first: date | None
    last: date | None
    found: str
    needed: str
    window: str
    counted: tuple[date, ...]
    evidence: tuple[EvidenceRow, ...]

    @property
    def compared(self) -> str:
        """What was found against what is needed."""
        return f"{self.found}; {self.needed}"


NodeKind = Literal["measure", "line", "not", "any", "all", "at_least"]


@dataclass(frozen=True)
class Node:
    """A piece of logic and whether it is met.

    Attributes:
        kind: what it is.
        met: whether it holds.
        name: of a measure or line; "" for what has none.
        needed: how many of the parts have to be met; None where there are no such parts.
        parts: of ``not`` the one part, of ``any``, ``all`` and ``at_least`` the parts in order; a
            line that another names is told where it stands.
        measure: what was found, for a measure.
    """

    kind: NodeKind
    met: bool
    name: str = ""
    needed: int | None = None
    parts: tuple[Node, ...] = ()
    measure: MeasureFound | None = None


@dataclass(frozen=True)
class Change:
    """What would have to be otherwise: the text itself, or so many of the parts."""

    text: str
    needed: int = 0
    parts: tuple[Change, ...] = ()


@dataclass(frozen=True)
class StepFound:
    """A step of the attrition table, for one person.

    Attributes:
        name: the step.
        kind: population, include, exclude or opt_out.
        text: what it asks, in English.
        passed: whether the person passes it; None where the run does not tell.
        dropped_here: whether it is the step at which the person was left out.
        note: what is known beside that; "" for nothing.
        logic: what an include or exclude line asks, judged; an exclude line passes when it is not
            met.
        change: what would have had to be otherwise, where the step is not passed.
    """

    name: str
    kind: StepKind
    text: str
    passed: bool | None
    dropped_here: bool = False
    note: str = ""
    logic: Node | None = None
    change: Change | None = None


@dataclass(frozen=True)
class FlagFound:
    """A flag of one person: its columns as RULES.md §7 names them, and what they say.

    ``spells`` are rows as in spells.parquet, without the patient.
    """

    name: str
    kind: Literal["fit_notes", "work_status"]
    asks: str
    says: tuple[str, ...]
    columns: Mapping[str, Any]
    spells: tuple[Mapping[str, Any], ...]
    evidence: tuple[EvidenceRow, ...]


@dataclass(frozen=True)
class Caution:
    """A word of the candidate's cautions, and what it means."""

    name: str
    meaning: str


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why one person is on the list, or not: for the practice only.

    ``str()`` and a notebook show it whole. Its ``repr`` tells nothing of the person, since a
    ``repr`` is what ends up in logs.

    Attributes:
        patient_id: who.
        practice_id: their practice.
        study: the study's name.
        version: its version.
        title: its title; None where it has none.
        on: the search date.
        candidate: whether the person is on the list.
        dropped_at: the step that left them out; "" for a candidate.
        reason: the sentence of the candidate list; "" for everybody else.
        steps: every step in order.
        other_measures: measures that no include or exclude line leads to.
        flags: the declared flags, worked out for everybody.
        tier: A, B, C or X; None without flags, and for those left out.
        tier_rule: what the tier means.
        cautions: the candidate's; None for everybody else, for whom they are not worked out.
        opt_outs: the opt-out codes on record.
        remarks: what else must be known to read it rightly.
        settled_elsewhere: what no record can settle, and who does.
    """

    patient_id: str
    practice_id: str
    study: str
    version: str
    title: str | None
    on: date
    candidate: bool
    dropped_at: str
    reason: str
    steps: tuple[StepFound, ...]
    other_measures: tuple[MeasureFound, ...]
    flags: tuple[FlagFound, ...]
    tier: str | None
    tier_rule: str
    cautions: tuple[Caution, ...] | None
    opt_outs: tuple[EvidenceRow, ...]
    remarks: tuple[str, ...]
    settled_elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[StepFound, ...]:
        """The steps that are known not to be passed, the one that left the person out first."""
        return tuple(step for step in self.steps if step.passed is False)

    @property
    def unknown(self) -> tuple[StepFound, ...]:
        """The steps of which the run does not tell whether they are passed."""
        return tuple(step for step in self.steps if step.passed is None)

    def as_dict(self) -> dict[str, Any]:
        """The explanation as plain mappings, lists, text and numbers, ready for JSON.

        The keys are the names of the attributes, and stay: `class` (PRACTICE-ONLY), `patient_id`,
        `practice_id`, `study`, `version`, `title`, `on`, `candidate`, `dropped_at`, `reason`,
        `steps` (`StepFound`, with `logic` a tree of `Node` and `change` a tree of `Change`),
        `other_measures` (`MeasureFound`), `flags` (`FlagFound`), `tier`, `tier_rule`, `cautions`
        (`Caution`), `opt_outs` (`EvidenceRow`), `remarks`, `settled_elsewhere`. Dates are ISO
        text; what is not there is null.
        """
        return {"class": str(ArtefactClass.PRACTICE_ONLY), **_plain(self)}

    def as_text(self, *, width: int = 100, plain: bool = False) -> str:
        """The explanation for a terminal, without a line end at its end.

        Args:
            width: the most characters on a line; single words may be longer.
            plain: ASCII marks, for a terminal that has no others.
        """
        from instep_cohort.cohort.explain.as_text import as_text

        return as_text(self, width=width, plain=plain)

    def __str__(self) -> str:
        return self.as_text()

    def __repr__(self) -> str:
        return "<Explanation of one person; print() shows it>"

    def _repr_html_(self) -> str:
        from instep_cohort.cohort.explain.as_html import as_html

        return as_html(self)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
