"""Studies that somebody has got wrong, one slip each, and what they are told.

The good study is one that a newcomer could write with the shipped codelists. A slip replaces one of
its lines, or is put behind one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from instep_cohort.codelists import Library
from instep_cohort.cohort.lists import pinned_lists
from instep_cohort.cohort.safety import OptOutAnswers, refuse_unless_safe
from instep_cohort.errors import InstepError
from instep_cohort.study import compile_study, parse_study

FILE = "my-study.yaml"
ON = date(2026, 11, 1)
GOOD = """\
study: back-pain
version: 1.0.0
title: People with a painful back who take opioids
codelists:
  chronic-pain: 1.0.0
  opioids: 1.0.0
  epilepsy: 1.0.0
  fit-notes: 1.0.0
  research-opt-out: 1.0.0
population:
  age: {min: 18, max: 64}
measures:
  back_pain: {events: chronic-pain, category: musculoskeletal, within: 2 years}
  opioid_use: {medicines: opioids, within: 182 days, at_least: 3}
include:
  in_pain: back_pain
  treated: opioid_use
opt_outs: {events: research-opt-out}
flags:
  off_sick: {fit_notes: fit-notes, within: 12 months}
"""


class Slip(NamedTuple):
    """What was meant, the lines of the good study, and what stands there instead."""

    title: str
    line: str
    instead: str


SLIPS: Sequence[Slip] = [
    Slip(
        "A key is misspelt",
        "  opioid_use: {medicines: opioids, within: 182 days, at_least: 3}",
        "  opioid_use: {medicines: opioids, withn: 182 days, at_least: 3}",
    ),
    Slip("A name is misspelt", "  treated: opioid_use", "  treated: opiod_use"),
    Slip(
        "A list is used and not pinned",
        "  back_pain: {events: chronic-pain, category: musculoskeletal, within: 2 years}",
        "  back_pain: {events: back-pain, within: 2 years}",
    ),
    Slip("A pin is misspelt", "  opioids: 1.0.0", "  opiods: 1.0.0"),
    Slip(
        "A list that is not there",
        "  fit-notes: 1.0.0",
        "  fit-notes: 1.0.0\n  chronic-pains: 1.0.0",
    ),
    Slip("A version that was never released", "  epilepsy: 1.0.0", "  epilepsy: 7.0.0"),
    Slip("Two numbers for a version", "version: 1.0.0", "version: 1.0"),
    Slip(
        "A tab for an indent",
        "  age: {min: 18, max: 64}",
        "\tage: {min: 18, max: 64}",
    ),
    Slip(
        "A colon in a title",
        "title: People with a painful back who take opioids",
        "title: Back pain: who takes opioids",
    ),
    Slip(
        "A span without a unit",
        "  opioid_use: {medicines: opioids, within: 182 days, at_least: 3}",
        "  opioid_use: {medicines: opioids, within: 182, at_least: 3}",
    ),
    Slip(
        "A span in words of one's own",
        "  opioid_use: {medicines: opioids, within: 182 days, at_least: 3}",
        "  opioid_use: {medicines: opioids, within: last 6 months, at_least: 3}",
    ),
    Slip(
        "A distance in months",
        "  back_pain: {events: chronic-pain, category: musculoskeletal, within: 2 years}",
        "  back_pain: {events: chronic-pain, within: 2 years, at_least: 2, apart: 3 months}",
    ),
    Slip(
        "Two windows",
        "  back_pain: {events: chronic-pain, category: musculoskeletal, within: 2 years}",
        "  back_pain: {events: chronic-pain, within: 2 years, after: 2024-01-01}",
    ),
    Slip(
        "`exactly` beside another bound",
        "  opioid_use: {medicines: opioids, within: 182 days, at_least: 3}",
        "  opioid_use: {medicines: opioids, within: 182 days, at_least: 3, exactly: 4}",
    ),
    Slip(
        "More days than the window has",
        "  opioid_use: {medicines: opioids, within: 182 days, at_least: 3}",
        "  opioid_use: {medicines: opioids, within: 1 week, at_least: 10}",
    ),
    Slip(
        "A window the wrong way round",
        "  back_pain: {events: chronic-pain, category: musculoskeletal, within: 2 years}",
        "  back_pain: {events: chronic-pain, between: {from: 6 months, to: 24 months}}",
    ),
    Slip(
        "A category that the list does not have",
        "  back_pain: {events: chronic-pain, category: musculoskeletal, within: 2 years}",
        "  back_pain: {events: chronic-pain, category: muskuloskeletal, within: 2 years}",
    ),
    Slip(
        "A value of a medicine",
        "  opioid_use: {medicines: opioids, within: 182 days, at_least: 3}",
        "  opioid_use: {medicines: opioids, within: 182 days, value: {min: 3}}",
    ),
    Slip(
        "A list where a criterion is meant",
        "  in_pain: back_pain",
        "  in_pain: [back_pain, opioid_use]",
    ),
    Slip(
        "A measure where a criterion is meant",
        "  in_pain: back_pain",
        "  in_pain: {events: chronic-pain, within: 2 years}",
    ),
    Slip(
        "`or` instead of `any`", "  in_pain: back_pain", "  in_pain: {or: [back_pain, opioid_use]}"
    ),
    Slip("Logic in words", "  in_pain: back_pain", "  in_pain: not back_pain"),
    Slip(
        "Lines without names",
        "  in_pain: back_pain\n  treated: opioid_use",
        "  - back_pain\n  - opioid_use",
    ),
    Slip(
        "Lines that name one another",
        "  in_pain: back_pain\n  treated: opioid_use",
        "  in_pain: {all: [back_pain, treated]}\n  treated: {any: [opioid_use, in_pain]}",
    ),
    Slip("A line that is called like a step", "  in_pain: back_pain", "  registered: back_pain"),
    Slip(
        "Inclusion that everybody passes",
        "  in_pain: back_pain\n  treated: opioid_use",
        "  in_pain: {any: [back_pain, {not: opioid_use}]}",
    ),
    Slip(
        "A parameter that is not declared",
        "  opioid_use: {medicines: opioids, within: 182 days, at_least: 3}",
        "  opioid_use: {medicines: opioids, within: 182 days, at_least: $issues}",
    ),
    Slip(
        "A parameter without a source",
        "population:",
        "parameters:\n  issues: {value: 3}\npopulation:",
    ),
    Slip("The search date in the file", "version: 1.0.0", "version: 1.0.0\non: 2026-11-01"),
    Slip("A key that stands twice", "  treated: opioid_use", "  in_pain: opioid_use"),
    Slip(
        "A flag on a list of another kind",
        "  off_sick: {fit_notes: fit-notes, within: 12 months}",
        "  off_sick: {fit_notes: epilepsy, within: 12 months}",
    ),
    Slip(
        "Nothing said of opt-outs",
        "opt_outs: {events: research-opt-out}",
        "# opt_outs: {events: research-opt-out}",
    ),
    Slip(
        "Several slips at once",
        "  back_pain: {events: chronic-pain, category: musculoskeletal, within: 2 years}\n"
        "  opioid_use: {medicines: opioids, within: 182 days, at_least: 3}\n"
        "include:\n"
        "  in_pain: back_pain",
        "  back_pain: {event: chronic-pain, within: 2 yrs}\n"
        "  opioid_use: {medicines: opiods, within: 182 days, at_least: three}\n"
        "include:\n"
        "  in_pain: {any: [bak_pain]}",
    ),
]
_KINDS = {2: "Wrong use", 3: "Wrong definition", 4: "Refused for safety"}


def text_of(slip: Slip) -> str:
    """The study with the slip in it."""
    if GOOD.count(f"{slip.line}\n") != 1:
        raise ValueError(f"not one line of the study: {slip.line!r}")
    return GOOD.replace(f"{slip.line}\n", f"{slip.instead}\n")


def told(text: str) -> str:
    """What whoever runs the study reads on the terminal; empty where it can be run."""
    try:
        study = parse_study(text, FILE)
        lists = pinned_lists(study, Library())
        categories = {name: tuple(one.categories) for name, one in lists.items()}
        plan = compile_study(study, ON, categories=categories)
        asked = plan.opt_outs.lists if plan.opt_outs else ()
        refuse_unless_safe(
            plan,
            [lists[name] for name in asked],
            OptOutAnswers(nobody_listed="A Partner, GP"),
            extract_date=ON,
            clinical_systems=[str(s) for name in asked for s in lists[name].systems],
            allow_stale=False,
        )
    except InstepError as error:
        return f"{_KINDS[error.exit_code]}: {error}"
    return ""
