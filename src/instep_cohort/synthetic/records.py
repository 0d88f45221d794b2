"""The events of a made-up practice: consultations, painful conditions, fit notes, opt-outs.

A chunk of patients at a time, so that any number of them fits in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from instep_cohort.synthetic import vocabulary
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
from instep_cohort.synthetic.jobs import draw_jobs
from instep_cohort.synthetic.register import NEVER, YEAR, Register
from instep_cohort.synthetic.vocabulary import CLINICAL
from instep_cohort.synthetic.work_codes import as_recorded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from instep_cohort.synthetic.vocabulary import Clinical

PLACES = {entry.code: place for place, entry in enumerate(CLINICAL)}

NOTES_PER_MONTH = 1 / 48  # patients aged 18 to 65, England 2016-17: NHS Digital
MAY_BE_FIT_SHARE = 0.065  # the same
ANOTHER_NOTE = 0.53  # so that 0.53^3 = 15% of absences need a fourth note; 14.7% last > 12 weeks
NOTES_PER_ABSENCE = 0.96 / (1 - ANOTHER_NOTE)  # the end of the record cuts some off
NOTE_YEARS = 5
SAME_CONDITION_SHARE = 0.7
UNSAID_SHARE = 0.05  # of notes, by codes that do not say what they certify
DUPLICATE_SHARE = 0.02
TYPE_1_SHARE = 0.025
TYPE_1_WITHDRAWN_SHARE = 0.08
LENGTH_CODED_SHARE = 0.4  # of people; the length of a note is usually not to be had

ROUTINE = Choice(vocabulary.ROUTINE, PLACES)
PAINFUL = Choice(vocabulary.PAINFUL, PLACES)
EXPLICIT = Choice(vocabulary.EXPLICIT, PLACES)
NOT_FIT = Choice(vocabulary.NOT_FIT, PLACES)
MAY_BE_FIT = Choice(vocabulary.MAY_BE_FIT, PLACES)
MEANING_NOT_SAID = Choice(vocabulary.MEANING_NOT_SAID, PLACES)
WORK = Choice(vocabulary.WORK, PLACES)
EPILEPSY = Choice(vocabulary.EPILEPSY, PLACES)
PALLIATIVE = Choice(vocabulary.PALLIATIVE, PLACES)

_MEAN = np.array([np.nan if entry.mean is None else entry.mean for entry in CLINICAL])
_SPREAD = np.array([entry.spread for entry in CLINICAL])
_SCALE = np.array([10.0**entry.decimals for entry in CLINICAL])


class Streams(NamedTuple):
    """Where the draws come from: jobs and their recording change no other row."""

    rows: np.random.Generator
    jobs: np.random.Generator
    recording: np.random.Generator


class Averages(NamedTuple):
    """How much is written down: events per patient, and the share of adults with a work code."""

    events: float
    work_recording: float


def make_events(
    streams: Streams, register: Register, people: slice, averages: Averages
) -> tuple[Rows, NDArray[np.int64]]:
    """The events of those people, by person and day, and who of them has epilepsy.

    Gives everybody of them a job on the way, once fit notes and codes about work are known. The
    averages are over the whole register. What is recorded of pain, work and opt-outs is the same
    for every average of events; the routine around it makes up the number.
    """
    rng = streams.rows
    epileptic, epilepsy = _epilepsy(rng, register, people)
    before = [epilepsy, _painful(rng, register, people), _explicit(rng, register, people)]
    notes = _fit_notes(rng, register, people)
    in_passing = _work(rng, register, people)
    draw_jobs(streams.jobs, register, people, notes, in_passing)
    after = [_palliative(rng, register, people), _opt_outs(rng, register, people)]
    special = [*before, notes, in_passing, *after]
    spoken_for = sum(len(rows.person) for rows in special) / (people.stop - people.start)
    routine = _routine(rng, register, people, max(averages.events - spoken_for, 0.0))
    work = as_recorded(streams.recording, register, people, in_passing, averages.work_recording)
    return together([routine, *before, notes, *work, *after]), epileptic


def _rows(
    rng: np.random.Generator,
    register: Register,
    person: NDArray[np.int64],
    day: NDArray[np.int64],
    choice: Choice,
) -> Rows:
    code = choice.draw(rng, stage_of(register, person, day))
    return Rows(person, day, code, no_values(len(person)))


def _routine(
    rng: np.random.Generator, register: Register, people: slice, per_patient: float
) -> Rows:
    count = rounded(rng, register.event_weight[people] * per_patient)
    visits = np.maximum(count // 3, 1)  # about three things are written down each time
    visitor = np.repeat(np.arange(people.start, people.stop), visits)
    visit_day = some_days(rng, register.record_from[visitor], register.record_to[visitor])
    person = np.repeat(np.arange(people.start, people.stop), count)
    first_visit = np.repeat(np.cumsum(visits) - visits, count)
    which = np.floor(rng.random(len(person)) * np.repeat(visits, count)).astype(np.int64)
    rows = _rows(rng, register, person, visit_day[first_visit + which], ROUTINE)
    return rows._replace(value=_values(rng, rows.code))


def _values(rng: np.random.Generator, code: NDArray[np.int64]) -> NDArray[np.float64]:
    mean = _MEAN[code]
    value = mean + _SPREAD[code] * rng.standard_normal(len(code))
    scale = _SCALE[code]
    return np.asarray(np.round(np.maximum(value, mean / 5) * scale) / scale)


def _painful(rng: np.random.Generator, register: Register, people: slice) -> Rows:
    lasting = people.start + np.flatnonzero(in_pain(register, people))
    mentions = how_many(rng, len(lasting), 2, 5.0)
    person = np.repeat(lasting, mentions)
    day = some_days(rng, register.pain_since[person], register.record_to[person])
    # a condition keeps its name, with a second one beside it now and then
    main = PAINFUL.draw(rng, stage_of(register, lasting, register.record_to[lasting]))
    code = np.where(
        rng.random(len(person)) < SAME_CONDITION_SHARE,
        np.repeat(main, mentions),
        PAINFUL.draw(rng, stage_of(register, person, day)),
    )
    grown = adults(register, people) & ~in_pain(register, people)
    passing = people.start + people_with(rng, grown, 0.32)
    once = np.repeat(passing, how_many(rng, len(passing), 1, 0.6))
    when = some_days(rng, register.record_from[once], register.record_to[once])
    return together(
        [
            Rows(person, day, code, no_values(len(person))),
            _rows(rng, register, once, when, PAINFUL),
        ]
    )


def _explicit(rng: np.random.Generator, register: Register, people: slice) -> Rows:
    told = people.start + people_with(rng, in_pain(register, people), 0.35)
    person = np.repeat(told, how_many(rng, len(told), 1, 1.2))
    day = some_days(rng, register.pain_since[person], register.record_to[person])
    return _rows(rng, register, person, day, EXPLICIT)


def _fit_notes(rng: np.random.Generator, register: Register, people: slice) -> Rows:
    """Absences from work and their notes, each from the end of the one before."""
    birth, until = register.birth[people], register.record_to[people]
    opens = np.maximum(birth + round(18 * YEAR), until - round(NOTE_YEARS * YEAR))
    opens = np.maximum(opens, register.record_from[people])
    closes = np.minimum(until, birth + round(66 * YEAR))
    months = np.where(register.plain[people], 0, np.maximum(closes - opens, 0) / (YEAR / 12))
    expected = months * register.note_weight[people] * NOTES_PER_MONTH / NOTES_PER_ABSENCE
    often = -np.log1p(-rng.random(len(expected)))  # the same people come back
    absences = rounded(rng, expected * often)
    who = np.repeat(np.arange(people.start, people.stop), absences)
    begins = some_days(rng, np.repeat(opens, absences), np.repeat(closes, absences))
    notes = 1 + np.floor(np.log1p(-rng.random(len(who))) / np.log(ANOTHER_NOTE)).astype(np.int64)
    person = np.repeat(who, notes)
    length = np.array([7, 14, 28])[np.floor(rng.random(len(person)) * 2.6).astype(np.int64)]
    before = np.cumsum(length) - length
    day = np.repeat(begins, notes) + before - np.repeat(before[np.cumsum(notes) - notes], notes)
    code = _meanings(rng, register, person, day)
    coded = np.repeat(rng.random(people.stop - people.start) < LENGTH_CODED_SHARE, absences)
    value = np.where(np.repeat(coded, notes), length.astype(np.float64), np.nan)
    issued = day <= np.repeat(np.repeat(closes, absences), notes)
    rows = Rows(person[issued], day[issued], code[issued], value[issued])
    return together([rows, _duplicates(rng, rows)])


def _meanings(
    rng: np.random.Generator,
    register: Register,
    person: NDArray[np.int64],
    day: NDArray[np.int64],
) -> NDArray[np.int64]:
    stage = stage_of(register, person, day)
    not_fit, may_be, unsaid = (
        choice.draw(rng, stage) for choice in (NOT_FIT, MAY_BE_FIT, MEANING_NOT_SAID)
    )
    said = np.where(rng.random(len(person)) < MAY_BE_FIT_SHARE, may_be, not_fit)
    return np.where(rng.random(len(person)) < UNSAID_SHARE, unsaid, said)


def _duplicates(rng: np.random.Generator, notes: Rows) -> Rows:
    """A reprint of a few notes, on the same day."""
    again = rng.random(len(notes.person)) < DUPLICATE_SHARE
    count = int(again.sum())
    place = PLACES[vocabulary.DUPLICATE_NOTE[0].code]
    return Rows(notes.person[again], notes.day[again], np.full(count, place), no_values(count))


def _work(rng: np.random.Generator, register: Register, people: slice) -> Rows:
    coded = people.start + np.flatnonzero(register.work_coded[people] & ~register.plain[people])
    person = np.repeat(coded, how_many(rng, len(coded), 1, 0.5))
    grown = register.birth[person] + round(16 * YEAR)
    first = np.maximum(register.record_from[person], grown)
    return _rows(rng, register, person, some_days(rng, first, register.record_to[person]), WORK)


def _epilepsy(
    rng: np.random.Generator, register: Register, people: slice
) -> tuple[NDArray[np.int64], Rows]:
    has = people.start + people_with(rng, ~register.plain[people], 0.008)
    person = np.repeat(has, how_many(rng, len(has), 1, 2.0))
    day = some_days(rng, register.record_from[person], register.record_to[person])
    return has, _rows(rng, register, person, day, EPILEPSY)


def _palliative(rng: np.random.Generator, register: Register, people: slice) -> Rows:
    dead = register.death[people] != NEVER
    old = (register.record_to[people] - register.birth[people]) >= 70 * YEAR
    share = np.where(
        dead, 0.25, np.where(old, 0.012, 0.0008)
    )  # in all 0.34 to 1.44%: rw251/gm-idcr
    has = people.start + people_with(rng, ~register.plain[people], share)
    person = np.repeat(has, how_many(rng, len(has), 1, 1.0))
    last_year = np.maximum(register.record_from[person], register.record_to[person] - 365)
    day = some_days(rng, last_year, register.record_to[person])
    return _rows(rng, register, person, day, PALLIATIVE)


def _opt_outs(rng: np.random.Generator, register: Register, people: slice) -> Rows:
    """Dissents, a few withdrawn again, and consents and dissents of another kind."""
    dissents = _one_code(rng, register, people, TYPE_1_SHARE, vocabulary.TYPE_1_DISSENT)
    changed = rng.random(len(dissents.person)) < TYPE_1_WITHDRAWN_SHARE
    count = int(changed.sum())
    later = some_days(rng, dissents.day[changed] + 1, register.record_to[dissents.person[changed]])
    withdrawn = Rows(
        dissents.person[changed],
        later,
        np.full(count, PLACES[vocabulary.TYPE_1_WITHDRAWN.code]),
        no_values(count),
    )
    others: Sequence[tuple[Clinical, float]] = (
        (vocabulary.SHARING_DISSENT, 0.008),
        (vocabulary.SHARING_CONSENT, 0.05),
        (vocabulary.SUMMARY_DISSENT, 0.01),
    )
    beside = [_one_code(rng, register, people, share, entry) for entry, share in others]
    return together([dissents, withdrawn, *beside])


def _one_code(
    rng: np.random.Generator,
    register: Register,
    people: slice,
    share: float,
    entry: Clinical,
) -> Rows:
    person = people.start + people_with(rng, ~register.plain[people], share)
    day = some_days(rng, register.record_from[person], register.record_to[person])
    return Rows(person, day, np.full(len(person), PLACES[entry.code]), no_values(len(person)))
