"""Who of a made-up practice is in work: the truth that no extract holds.

The fit notes and the few codes about work are made to match published rates, and they are made
first. The job is then drawn given them, from a stream of its own, which is the same as drawing
both together and leaves every row of the extract where it is:

- by age, by persistent pain, and by fit notes of the last year. Weights multiply: a note makes
  some jobs more likely than others and rules none out, since its holder may well have a job;
- somebody with a code about work is still doing what the latest one says with a probability that
  fades with its age. Otherwise it was true on its day, and something has changed since.

Every weight here is **assumed for the demonstration**, with one bound that is published: of people
of working age with chronic pain 20 to 27% cannot take part in usual activities, work among them
(Holmes 2020, doi 10.1186/s40814-020-00588-z); as many are made long-term sick. Nothing may be
learned from these numbers about real people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from instep_cohort.synthetic.drawing import together
from instep_cohort.synthetic.register import NEVER, NO_JOB, YEAR
from instep_cohort.synthetic.vocabulary import CLINICAL, MAY_BE_FIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from instep_cohort.synthetic.drawing import Rows
    from instep_cohort.synthetic.register import Register

NOTED_DAYS = 365
WORK_BEGINS, WORK_ENDS = 16, 66


class Job(NamedTuple):
    """What people may be doing, and how likely it is; every number is assumed.

    ``shares`` are of the ages of `AGES`. The next three multiply the odds against being in work:
    ``pain`` for those with persistent pain, ``noted`` for those with a fit note in the last year,
    and ``may_be_fit`` once more where one of these notes says so, since that often means a job to
    go back to. ``years`` is how long it lasts on average. ``codes`` are what can be written of it.
    """

    name: str
    shares: tuple[float, ...]
    pain: float
    noted: float
    may_be_fit: float
    years: float
    codes: tuple[str, ...] = ()


AGES = (WORK_BEGINS, 25, 50, 60, WORK_ENDS)  # where each column of the shares begins
_LOST = ("13J3.", "13J8.")
_OUT = ("13J7.", "13J70", "13J71", *_LOST, "13Jk.")
_SICK = ("13JJ.", "13J6.", "13OD.", "9DQ1.")
JOBS = (
    Job("in work", (0.58, 0.82, 0.77, 0.56, 0.08), 1.0, 1.0, 1.0, 6, ("13JV.", "13JX.")),
    Job("unemployed", (0.08, 0.04, 0.03, 0.02, 0.0), 1.6, 2.0, 0.5, 2, _OUT),
    Job("long-term sick", (0.03, 0.04, 0.08, 0.11, 0.0), 4.0, 3.0, 0.4, 4, _SICK),
    Job("student", (0.26, 0.02, 0.0, 0.0, 0.0), 1.0, 0.3, 1.0, 2),
    Job("at home", (0.05, 0.08, 0.07, 0.06, 0.02), 1.2, 0.3, 1.0, 5),
    Job("retired", (0.0, 0.0, 0.05, 0.25, 0.9), 1.0, 0.2, 1.0, 6),
)
NAMES = tuple(job.name for job in JOBS)
IN_WORK, UNEMPLOYED, LONG_TERM_SICK = range(3)
UNEMPLOYED_BEFORE = 0.3  # of those in work, before the job that they have; others come out of work

_SHARES = np.array([job.shares for job in JOBS]).T
_PAIN = np.array([job.pain for job in JOBS])
_NOTED = np.array([job.noted for job in JOBS])
_MAY_BE_FIT = np.array([job.may_be_fit for job in JOBS])
_DAYS = np.array([job.years for job in JOBS]) * YEAR

_SAID = {code: place for place, job in enumerate(JOBS) for code in job.codes}
_SAID_BY = np.array([_SAID.get(entry.code, NO_JOB) for entry in CLINICAL])
_LOSES = np.array([entry.code in _LOST for entry in CLINICAL])
_MAY_BE_FIT_CODES = [CLINICAL.index(entry) for entry in MAY_BE_FIT]


class Held(NamedTuple):
    """What people do on the last day of their record, since when, and what they did before."""

    job: NDArray[np.int64]
    since: NDArray[np.int64]
    before: NDArray[np.int64]


def draw_jobs(
    rng: np.random.Generator, register: Register, people: slice, notes: Rows, codes: Rows
) -> None:
    """Gives those people of 16 and over a job on the last day of their record, where none is known.

    Sets the register's ``job``, ``job_since`` and ``job_before``. Whatever is written of somebody's
    work on or after ``job_since`` says that job.

    Args:
        rng: a stream that nothing else uses, so that jobs change no row.
        register: everybody; the jobs of some archetypes are known.
        people: whom to give a job.
        notes: their fit notes.
        codes: what is written of their work.
    """
    chance = rng.random((people.stop - people.start, 4))
    until = register.record_to[people]
    age = (until - register.birth[people]) / YEAR
    noted, may_be_fit = _noted(register, people, notes)
    weights = chances(age, in_pain=_in_pain(register, people), noted=noted, may_be_fit=may_be_fit)
    job = (np.cumsum(weights, axis=1) < chance[:, :1]).sum(axis=1)
    job = np.minimum(job, len(JOBS) - 1)
    first = np.minimum(first_day(register)[people], until)
    since = np.maximum(until - _lasted(chance[:, 1], job), first)
    before = np.where((job == IN_WORK) & (chance[:, 2] < UNEMPLOYED_BEFORE), UNEMPLOYED, IN_WORK)
    held = _given_codes(Held(job, since, before), chance[:, 1:], until, people, together([codes]))
    drawn = (register.job[people] == NO_JOB) & (age >= WORK_BEGINS)
    kept = (register.job, register.job_since, register.job_before)
    for known, new in zip(kept, held, strict=True):
        known[people] = np.where(drawn, new, known[people])


def chances(
    age: NDArray[np.float64],
    *,
    in_pain: NDArray[np.bool_],
    noted: NDArray[np.bool_],
    may_be_fit: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """The probability of each of `JOBS` (columns) for each person (rows); rows add up to 1."""
    band = np.clip(np.searchsorted(AGES, age, side="right") - 1, 0, None)
    weights = _SHARES[band]
    weights = weights * np.where(in_pain[:, None], _PAIN, 1.0)
    weights = weights * np.where(noted[:, None], _NOTED, 1.0)
    weights = weights * np.where((noted & may_be_fit)[:, None], _MAY_BE_FIT, 1.0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def first_day(register: Register) -> NDArray[np.int64]:
    """The first day on which anybody could have written down each person's work."""
    return np.maximum(register.record_from, register.birth + round(WORK_BEGINS * YEAR))


def said_by(code: NDArray[np.int64]) -> NDArray[np.int64]:
    """The job that each code (a place in the vocabulary) says, ``NO_JOB`` for any other code."""
    return np.asarray(_SAID_BY[code])


def _given_codes(
    held: Held,
    chance: NDArray[np.float64],
    until: NDArray[np.int64],
    people: slice,
    codes: Rows,
) -> Held:
    """The jobs of people with a code about work, the latest of which is true or was; see above."""
    is_last = np.append(codes.person[1:] != codes.person[:-1], True)[: len(codes.person)]
    last = np.flatnonzero(is_last)
    if not len(last):
        return held
    who, day, said = codes.person[last] - people.start, codes.day[last], said_by(codes.code[last])
    earlier = np.maximum(last - 1, 0)  # the code before that one, if it is of the same person
    has_earlier = (last > 0) & (codes.person[earlier] == codes.person[last])
    not_before = np.where(has_earlier, codes.day[earlier] + 1, held.since.min())
    same_day = has_earlier & (codes.day[earlier] == day)
    ends = until[who]
    is_still = chance[who, 2] < np.exp(-(ends - day) / _DAYS[said])
    is_still = (is_still | (day == ends)) & ~same_day
    began = np.where(_LOSES[codes.code[last]], day, day - _lasted(chance[who, 0], said))
    began = np.minimum(np.maximum(began, not_before), day)
    changed = ends - np.floor(chance[who, 0] * np.maximum(ends - day, 1)).astype(np.int64)
    job, since, before = (column.copy() for column in held)
    job[who] = np.where(is_still, said, job[who])
    since[who] = np.where(is_still, began, changed)
    before[who] = np.where(is_still, before[who], said)
    return Held(job, since, before)


def _lasted(chance: NDArray[np.float64], job: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.floor(-np.log1p(-chance) * _DAYS[job]).astype(np.int64)


def _in_pain(register: Register, people: slice) -> NDArray[np.bool_]:
    """Those with persistent pain; archetypes have it, one way or another."""
    return np.asarray((register.pain_since[people] != NEVER) | register.plain[people])


def _noted(
    register: Register, people: slice, notes: Rows
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who of these people had a note in the last year, and who one that says "may be fit"."""
    noted, may_be_fit = np.zeros((2, people.stop - people.start), dtype=np.bool_)
    recent = notes.day > register.record_to[notes.person] - NOTED_DAYS
    noted[notes.person[recent] - people.start] = True
    may_be_fit[notes.person[recent & np.isin(notes.code, _MAY_BE_FIT_CODES)] - people.start] = True
    return noted, may_be_fit
