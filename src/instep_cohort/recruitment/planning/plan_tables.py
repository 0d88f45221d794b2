"""A yield plan as text and as values: intervals, every input with its source, what matters."""

from __future__ import annotations

import textwrap
from typing import Any

from instep_cohort.recruitment.planning.inputs import NAMES, Input, Kind
from instep_cohort.recruitment.planning.published import UNUSED
from instep_cohort.recruitment.planning.simulating import Interval, Swing, YieldPlan
from instep_cohort.small_tables import text_table

LIMITS = (
    "The intervals hold chance and the ranges above. How far this study differs from the one that "
    "a published figure comes from is in none of them: where you doubt one, give a wider range "
    "with --assume. Participants are people who consent or are randomised, as the source counts."
)


def as_text(plan: YieldPlan) -> str:
    """Three tables and what the intervals do not hold."""
    mark = "PRACTICE-ONLY  " if uses_own(plan) else ""
    return "\n".join(
        [
            f"{mark}for {plan.participants:,} participants",
            f"({plan.draws:,} draws, seed {plan.seed})",
            text_table(
                "",
                ("", "median", "80% interval", "95% interval"),
                [_interval_row(name, one) for name, one in plan.intervals.items()],
            ),
            "",
            text_table(
                "",
                ("input", "whose", "value", "95% interval"),
                [_input_row(o) for o in plan.inputs],
            ),
            *(line for one in plan.inputs for line in _source(one)),
            "",
            text_table(
                "what matters most: one input at a time at both ends of its 95% interval, "
                "the others at their median",
                ("", *plan.intervals),
                [_swing_row(one) for one in plan.swings],
            ),
            "",
            textwrap.fill(LIMITS, 100),
        ]
    )


def as_values(plan: YieldPlan) -> dict[str, Any]:
    """The same as plain values, for JSON, with the published figures that were not used."""
    return {
        **({"class": "PRACTICE-ONLY"} if uses_own(plan) else {}),
        "participants": plan.participants,
        "draws": plan.draws,
        "seed": plan.seed,
        "intervals": {name: one._asdict() for name, one in plan.intervals.items()},
        "inputs": [one.as_values() for one in plan.inputs],
        "one_at_a_time": [one._asdict() for one in plan.swings],
        "limits": LIMITS,
        "published_and_not_used": [one._asdict() for one in UNUSED],
    }


def uses_own(plan: YieldPlan) -> bool:
    """Whether a figure of the practice is in it: small numbers are not hidden then."""
    return any(one.kind is Kind.OWN for one in plan.inputs)


def said(name: str, *values: float) -> str:
    """Values of a quantity in words: months to a tenth, letters and practices whole."""
    shape = ",.1f" if name == "months" else ",.0f"
    return " to ".join(format(value, shape) for value in values)


def _interval_row(name: str, one: Interval) -> tuple[str, ...]:
    return (
        *(name, said(name, one.median)),
        *(said(name, one.low_80, one.high_80), said(name, one.low_95, one.high_95)),
    )


def _input_row(one: Input) -> tuple[str, ...]:
    low, high = one.known.quantile(0.025), one.known.quantile(0.975)
    return one.name, str(one.kind), str(one.known), f"{low:.3g} to {high:.3g}"


def _source(one: Input) -> list[str]:
    text = f"{one.name}: {NAMES[one.name]}. Source: {one.source}."
    if one.caution:
        text += f" Caution: {one.caution}."
    return textwrap.wrap(text, 100, initial_indent="  ", subsequent_indent="    ")


def _swing_row(one: Swing) -> tuple[str, ...]:
    return one.name, *(_range(name, one.low[name], one.high[name]) for name in one.low)


def _range(name: str, *values: float) -> str:
    first, last = sorted(values)
    return "-" if said(name, first) == said(name, last) else said(name, first, last)
