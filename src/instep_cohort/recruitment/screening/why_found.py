"""Why each person is on the list, in one line: the lines of the study, and what met them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instep_cohort.cohort.explain.followed import followed
from instep_cohort.recruitment.runs import PracticeRun
from instep_cohort.recruitment.screening.evidence_lines import affirmed_by


def why_found(run: PracticeRun, people: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """By patient id, such as ``chronic pain: explicit pain; pain medicine: opioid use``.

    For the nominated, whom the search did not find, it is what their row gives as the reason.

    Args:
        run: their run.
        people: their rows of its candidates.
    """
    plan = followed(run.cohort.manifest).plan
    lines = [
        (line.name, list(dict.fromkeys(affirmed_by(plan, line.logic))))
        for line in plan.lines
        if line.role == "include"
    ]
    names = list(dict.fromkeys(name for _, measures in lines for name in measures))
    facts = run.cohort.to_arrow("facts")
    patients = facts["patient_id"].to_pylist()
    columns = [facts[f"{name}_met"].to_pylist() for name in names]
    rows = list(zip(*columns, strict=True)) if names else [()] * len(patients)
    met = dict(zip(patients, rows, strict=True))
    searched = set(run.cohort.to_arrow()["patient_id"].to_pylist())
    said: dict[tuple[bool, ...], str] = {}  # few combinations, many people
    found = {}
    for person in people:
        patient = person["patient_id"]
        if patient not in searched:
            found[patient] = person["reason"] or ""
            continue
        holds = met[patient]
        if holds not in said:
            said[holds] = _why({n for n, h in zip(names, holds, strict=True) if h}, lines)
        found[patient] = said[holds]
    return found


def _why(met: set[str], lines: Sequence[tuple[str, Sequence[str]]]) -> str:
    parts = []
    for line, measures in lines:
        by = ", ".join(_words(name) for name in measures if name in met)
        parts.append(f"{_words(line)}: {by}" if by else _words(line))
    return "; ".join(parts)


def _words(name: str) -> str:
    return name.replace("_", " ")
