"""The issues of medicines in a made-up practice: repeats for years, courses, and pain medicines.

A chunk of patients at a time, so that any number of them fits in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from instep_cohort.synthetic import products
from instep_cohort.synthetic.drawing import (
    Choice,
    Rows,
    adults,
    how_many,
    in_pain,
    no_values,
    people_with,
    rounded,
    some_days,
    stage_of,
    together,
)
from instep_cohort.synthetic.products import PRODUCTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from instep_cohort.synthetic.register import Register

PLACES = {product.code: place for place, product in enumerate(PRODUCTS)}

REPEAT = Choice(products.REPEAT, PLACES)
ACUTE = Choice(products.ACUTE, PLACES)
WEAK_OPIOIDS = Choice(products.WEAK_OPIOIDS, PLACES)
STRONG_OPIOIDS = Choice(products.STRONG_OPIOIDS, PLACES)
GABAPENTINOIDS = Choice(products.GABAPENTINOIDS, PLACES)
OTHER_PAINKILLERS = Choice(products.OTHER_PAINKILLERS, PLACES)
COUGH_AND_BOWEL = Choice(products.COUGH_AND_BOWEL, PLACES)
ANTIEPILEPTICS = Choice(products.ANTIEPILEPTICS, PLACES)

MONTH = 28
REPEAT_SHARE = 0.8
ISSUES_PER_LINE = 26
GOING_ON_SHARE = 0.55
MONTHLY_SHARE = 0.78  # the others come every second month
STRONG_SHARE = 0.22
ANTIEPILEPTIC_SHARE = 0.8


class Lines(NamedTuple):
    """Repeat prescriptions: whose, of what, how many issues, how far apart, not before when."""

    person: NDArray[np.int64]
    code: NDArray[np.int64]
    issues: NDArray[np.int64]
    apart: NDArray[np.int64]
    not_before: NDArray[np.int64]


def make_issues(
    rng: np.random.Generator,
    register: Register,
    people: slice,
    per_patient: float,
    epileptic: NDArray[np.int64],
) -> Rows:
    """The issues of those people, by person and day.

    ``per_patient`` is the average over the whole register. Pain medicines are the same for every
    average; everything else makes up the number.
    """
    special = [
        _lasting_opioids(rng, register, people),
        _lasting_gabapentinoids(rng, register, people),
        _other_painkillers(rng, register, people),
        _passing(rng, register, people),
        _antiepileptics(rng, register, epileptic),
    ]
    spoken_for = sum(len(rows.person) for rows in special) / (people.stop - people.start)
    left = max(per_patient - spoken_for, 0.0)
    return together(
        [
            _repeats(rng, register, people, left * REPEAT_SHARE),
            _courses(rng, register, people, left * (1 - REPEAT_SHARE)),
            *special,
        ]
    )


def _repeats(
    rng: np.random.Generator, register: Register, people: slice, per_patient: float
) -> Rows:
    count = rounded(rng, register.issue_weight[people] * per_patient)
    lines = -(-count // ISSUES_PER_LINE)
    each, over = np.divmod(count, np.maximum(lines, 1))
    person = np.repeat(np.arange(people.start, people.stop), lines)
    order = np.arange(len(person)) - np.repeat(np.cumsum(lines) - lines, lines)
    issues = np.repeat(each, lines) + (order < np.repeat(over, lines))
    code = REPEAT.draw(rng, stage_of(register, person, register.record_to[person]))
    apart = np.where(rng.random(len(person)) < MONTHLY_SHARE, MONTH, 2 * MONTH)
    return _issue(rng, register, Lines(person, code, issues, apart, register.record_from[person]))


def _courses(
    rng: np.random.Generator, register: Register, people: slice, per_patient: float
) -> Rows:
    count = rounded(rng, register.issue_weight[people] * per_patient)
    person = np.repeat(np.arange(people.start, people.stop), count)
    return _scattered(rng, register, person, ACUTE)


def _lasting_opioids(rng: np.random.Generator, register: Register, people: slice) -> Rows:
    person = people.start + people_with(rng, in_pain(register, people), 0.62)
    stage = stage_of(register, person, register.record_to[person])
    strong = rng.random(len(person)) < STRONG_SHARE
    code = np.where(strong, STRONG_OPIOIDS.draw(rng, stage), WEAK_OPIOIDS.draw(rng, stage))
    return _pain_lines(rng, register, person, code, 12.0)


def _lasting_gabapentinoids(rng: np.random.Generator, register: Register, people: slice) -> Rows:
    person = people.start + people_with(rng, in_pain(register, people), 0.32)
    stage = stage_of(register, person, register.record_to[person])
    return _pain_lines(rng, register, person, GABAPENTINOIDS.draw(rng, stage), 9.0)


def _other_painkillers(rng: np.random.Generator, register: Register, people: slice) -> Rows:
    person = people.start + people_with(rng, in_pain(register, people), 0.8)
    stage = stage_of(register, person, register.record_to[person])
    return _pain_lines(rng, register, person, OTHER_PAINKILLERS.draw(rng, stage), 8.0)


def _pain_lines(
    rng: np.random.Generator,
    register: Register,
    person: NDArray[np.int64],
    code: NDArray[np.int64],
    more: float,
) -> Rows:
    issues = how_many(rng, len(person), 2, more)
    apart = np.where(rng.random(len(person)) < MONTHLY_SHARE, MONTH, 2 * MONTH)
    return _issue(rng, register, Lines(person, code, issues, apart, register.pain_since[person]))


def _passing(rng: np.random.Generator, register: Register, people: slice) -> Rows:
    """A course or two of a pain medicine, and opiates for a cough or the bowel."""
    grown = adults(register, people)
    briefly = grown & ~in_pain(register, people)
    parts = []
    for choice, among, share in (
        (WEAK_OPIOIDS, briefly, 0.41),
        (GABAPENTINOIDS, briefly, 0.065),
        (OTHER_PAINKILLERS, briefly, 0.4),
        (COUGH_AND_BOWEL, grown, 0.07),
    ):
        who = people.start + people_with(rng, among, share)
        parts.append(
            _scattered(rng, register, np.repeat(who, how_many(rng, len(who), 1, 0.7)), choice)
        )
    return together(parts)


def _antiepileptics(
    rng: np.random.Generator, register: Register, epileptic: NDArray[np.int64]
) -> Rows:
    person = epileptic[rng.random(len(epileptic)) < ANTIEPILEPTIC_SHARE]
    code = ANTIEPILEPTICS.draw(rng, stage_of(register, person, register.record_to[person]))
    issues = how_many(rng, len(person), 6, 40.0)
    apart = np.full(len(person), MONTH)
    return _issue(rng, register, Lines(person, code, issues, apart, register.record_from[person]))


def _scattered(
    rng: np.random.Generator, register: Register, person: NDArray[np.int64], choice: Choice
) -> Rows:
    day = some_days(rng, register.record_from[person], register.record_to[person])
    code = choice.draw(rng, stage_of(register, person, day))
    return Rows(person, day, code, no_values(len(person)))


def _issue(rng: np.random.Generator, register: Register, lines: Lines) -> Rows:
    """Every issue of the lines: back from the last one, as many as the record has room for."""
    until = register.record_to[lines.person]
    room = np.maximum(until - lines.not_before, 0)
    issues = np.minimum(lines.issues, room // lines.apart + 1)
    slack = room - (issues - 1) * lines.apart
    going_on = rng.random(len(until)) < GOING_ON_SHARE
    since_last = np.floor(
        rng.random(len(until)) * np.where(going_on, np.minimum(slack, MONTH), slack)
    ).astype(np.int64)
    back = np.arange(issues.sum()) - np.repeat(np.cumsum(issues) - issues, issues)
    early = np.floor(rng.random(len(back)) * 4).astype(np.int64)  # nobody comes on the very day
    day = np.repeat(until - since_last, issues) - back * np.repeat(lines.apart, issues) - early
    person = np.repeat(lines.person, issues)
    return Rows(
        person,
        np.maximum(day, register.record_from[person]),
        np.repeat(lines.code, issues),
        no_values(len(person)),
    )
