"""Runs of one person, made by hand: a study, the rows behind it, and the facts they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from instep_cohort.cohort import Cohort
from instep_cohort.cohort.finding import ATTRITION
from instep_cohort.engine.evidence import EVIDENCE
from instep_cohort.study import compile_study, describe_step, parse_study, steps_of

ON = date(2026, 11, 1)
WHO = "00ZQ77"

HEAD = """\
study: made
version: 2.1.0
title: A study made by hand
codelists: {aches: 1.2.0, pills: 1.0.0, wishes: 1.0.0, notes: 1.0.0, jobs: 1.0.0}
"""


def used(used_by: str, day: str, **others: Any) -> dict[str, Any]:
    """A row of evidence.parquet; `day` is ISO or `undated`."""
    given = {
        "patient_id": WHO,
        "used_by": used_by,
        "date": None if day == "undated" else date.fromisoformat(day),
        "system": "read_v2",
        "code": "AC1..",
        "term": "Back ache",
        "codelist": "aches",
        "version": "1.2.0",
        "category": "back",
        "matched_by": "code",
        "value": None,
        "unit": None,
    }
    return given | others


def made(
    rules: str,
    facts: Mapping[str, Any],
    evidence: Sequence[Mapping[str, Any]] = (),
    *,
    answered: Mapping[str, Any] | None = None,
    candidate: Mapping[str, Any] | None = None,
) -> Cohort:
    """A cohort of one person.

    Args:
        rules: the study below its head.
        facts: for a measure `count`, or `(count, met)`, or `(count, met, first, last)`; for a line
            whether it holds; `dropped_at`.
        evidence: rows, as `used` makes them.
        answered: who answered for what, as in the manifest.
        candidate: the person's row of the candidate list, where they are on it.
    """
    text = HEAD + rules
    plan = compile_study(parse_study(text, "made.yaml"), ON)
    answers = {
        "practice_list_rows": None,
        "practice_list_drawn_up": None,
        "no_opt_out_list": "A Partner, practice manager",
    } | dict(answered or {})
    steps = steps_of(plan, practice_list=answers["practice_list_rows"] is not None)
    row: dict[str, Any] = {"patient_id": WHO, "practice_id": "P1"}
    for name, measure in plan.measures.items():
        given = facts.get(name, 0)
        count, met, first, last = (
            (*given, None, None)[:4]
            if isinstance(given, tuple)
            else (
                *(given, given >= (measure.at_least or 0)),
                *(None, None),
            )
        )
        dates = [one["date"] for one in evidence if one["used_by"] == name and one["date"]]
        row |= {
            f"{name}_met": met,
            f"{name}_count": count,
            f"{name}_first": first or min(dates, default=None),
            f"{name}_last": last or max(dates, default=None),
        }
    row |= {line.name: facts[line.name] for line in plan.lines}
    row["dropped_at"] = facts.get("dropped_at", "")
    blank = {"age": 40, "birth_precision": "day", "cautions": "", "reason": "Made by hand."}
    on_list = [{"patient_id": WHO, **blank, **(candidate or {})}] if candidate is not None else []
    attrition = [
        {"step": step.name, "kind": step.kind, "text": describe_step(plan, step)} for step in steps
    ]
    return Cohort(
        {
            "facts": pa.Table.from_pylist([row]),
            "evidence": pa.Table.from_pylist(list(evidence), schema=EVIDENCE),
            "candidates": pa.Table.from_pylist(
                on_list, schema=None if on_list else pa.schema([("patient_id", pa.string())])
            ),
            "attrition": pa.Table.from_pylist(attrition, schema=ATTRITION),
        },
        {
            "study": {"title": "A study made by hand", "text": text, "settled_elsewhere": {}},
            "search_date": ON.isoformat(),
            "parameters": {},
            "answered_for": answers,
        },
    )
