"""The register of a made-up practice: who is on it, since when, and who they are likely to be.

Arrays of one value per patient; a day is a whole number of days since 1970-01-01, ``NEVER`` where
there is none. The shapes (ages, length of registration, shares) are the project's own choice,
made to look like a practice, except where a source is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from instep_cohort.synthetic.practice import PUBLISHED_WORK_RECORDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NEVER = -(2**31)
YEAR = 365.25
RECORD_YEARS = 12
NO_JOB = -1
PEOPLE_PER_PRACTICE = 10_000

SEXES = ("F", "M", "I", "U")
PRECISIONS = ("day", "month", "year", "unknown")
KINDS = ("regular", "temporary", "other")
REGULAR, TEMPORARY, OTHER = range(3)

# Weight of each five-year band of age from 0-4 to 95-99: roughly the shape of the United Kingdom.
AGE_BANDS = (53, 59, 61, 57, 60, 65, 69, 68, 65, 61, 67, 68, 61, 51, 47, 41, 26, 16, 7, 2)

LEFT_SHARE = 0.1
DEAD_SHARE = 0.018
KEPT_YEARS = 5  # people who left or died stay in an extract for so long
TEMPORARY_SHARE = 0.009
TEMPORARY_DAYS = 90
TEMPORARY_ENDED_SHARE = 0.6
OTHER_SHARE = 0.002
TEST_SHARE = 0.0004
CONFIDENTIAL_SHARE = 0.001
FEMALE_SHARE = 0.505
WORKING_AGE = (18, 66)
# first fit note, chronic pain against none: Dorrington 2020, oemed-2019-106035
SICK_NOTE_PAIN_RATIO = 3.7


@dataclass(frozen=True)
class Register:
    """Everybody on the register; ``on`` is the day of the extract.

    ``record_from`` and ``record_to`` bound what is written down of a patient, ``pain_since`` is
    ``NEVER`` for those without persistent pain, ``plain`` marks people of whom only routine things
    are recorded (they stand in for the archetypes). ``job`` and ``job_before`` are places in
    `jobs.JOBS`, ``NO_JOB`` until they are drawn.
    """

    on: int
    number: NDArray[np.int64]
    sex: NDArray[np.int64]
    birth: NDArray[np.int64]
    birth_precision: NDArray[np.int64]
    death: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    kind: NDArray[np.int64]
    is_test: NDArray[np.bool_]
    is_confidential: NDArray[np.bool_]
    plain: NDArray[np.bool_]
    job: NDArray[np.int64]
    job_since: NDArray[np.int64]
    job_before: NDArray[np.int64]
    record_from: NDArray[np.int64]
    record_to: NDArray[np.int64]
    pain_since: NDArray[np.int64]
    work_coded: NDArray[np.bool_]  # at the published share
    event_weight: NDArray[np.float64]
    issue_weight: NDArray[np.float64]
    note_weight: NDArray[np.float64]

    def __len__(self) -> int:
        """The number of people."""
        return len(self.number)

    @property
    def age(self) -> NDArray[np.float64]:
        """Years of age on the day of the extract, those of the dead too."""
        return (self.on - self.birth) / YEAR

    @property
    def of_working_age(self) -> NDArray[np.bool_]:
        """Whether each is 18 to 65 years old on the day of the extract."""
        return np.asarray((self.age >= WORKING_AGE[0]) & (self.age < WORKING_AGE[1]))

    @property
    def current(self) -> NDArray[np.bool_]:
        """Whether each is alive and registered as a regular patient on the day of the extract."""
        open_end = (self.end == NEVER) | (self.end > self.on)
        here = (self.start <= self.on) & open_end & (self.kind == REGULAR)
        return np.asarray(here & ((self.death == NEVER) | (self.death > self.on)))

    @property
    def practice(self) -> NDArray[np.int64]:
        """The number, from 1, of the practice at which each is registered."""
        return np.arange(len(self)) // PEOPLE_PER_PRACTICE + 1


def make_register(patients: int, seed: int, on: int) -> Register:
    """A register of that many people, the same for the same arguments."""
    rng = np.random.default_rng([seed, 0])
    birth = on - np.floor(_ages(rng, patients) * YEAR).astype(np.int64)
    death = _deaths(rng, birth, on)
    start, end = _registrations(rng, birth, on)
    kind = _choose(rng, patients, (1 - TEMPORARY_SHARE - OTHER_SHARE, TEMPORARY_SHARE, OTHER_SHARE))
    brief = kind == TEMPORARY
    start = np.where(brief, np.maximum(birth, on - _days(rng, patients, 200)), start)
    ended = rng.random(patients) < TEMPORARY_ENDED_SHARE
    end = np.where(brief, np.where(ended, start + TEMPORARY_DAYS, NEVER), end)
    died = death != NEVER
    end = np.where(died, death, end)
    start = np.where(died, np.minimum(start, death), start)
    record_to = np.minimum(on, np.where(end == NEVER, on, end))
    record_from = np.maximum(birth, on - round(RECORD_YEARS * YEAR))
    record_from = np.minimum(np.where(brief, start, record_from), record_to)
    sex = _choose(rng, patients, (FEMALE_SHARE, 1 - FEMALE_SHARE - 0.001, 0.0002, 0.0008))
    pain_since = _persistent_pain(rng, birth, sex, record_from, record_to)
    adult = (record_to - birth) >= 18 * YEAR
    in_pain = pain_since != NEVER
    length = (record_to - record_from + 30) / (RECORD_YEARS * YEAR)
    age = (record_to - birth) / YEAR
    return Register(
        on=on,
        number=_numbers(rng, patients),
        sex=sex,
        birth=birth,
        birth_precision=_choose(rng, patients, (0.985, 0.01, 0.005)),
        death=death,
        start=start,
        end=end,
        kind=kind,
        is_test=rng.random(patients) < TEST_SHARE,
        is_confidential=rng.random(patients) < CONFIDENTIAL_SHARE,
        plain=np.zeros(patients, dtype=np.bool_),
        job=np.full(patients, NO_JOB),
        job_since=np.full(patients, NEVER),
        job_before=np.full(patients, NO_JOB),
        record_from=record_from,
        record_to=record_to,
        pain_since=pain_since,
        work_coded=rng.random(patients)
        < PUBLISHED_WORK_RECORDING * _relative(np.where(in_pain, 2.0, 1.0), adult),
        event_weight=_weights(
            rng, length * np.interp(age, (0, 4, 8, 30, 60, 80), (3, 1, 0.5, 0.8, 1.2, 2))
        ),
        issue_weight=_weights(
            rng, length * np.interp(age, (0, 6, 20, 45, 65, 80), (0.7, 0.3, 0.4, 0.9, 2, 3.2))
        ),
        note_weight=_relative(
            np.where(in_pain, SICK_NOTE_PAIN_RATIO, 1.0),
            (age > WORKING_AGE[0]) & (age < WORKING_AGE[1]),
        ),
    )


def _numbers(rng: np.random.Generator, patients: int) -> NDArray[np.int64]:
    """Distinct numbers from 1 up to 10^9, in no order: a patient id is made of such a number."""
    spare = patients + patients // 50 + 100
    numbers = np.unique(1 + np.floor(rng.random(spare) * (1e9 - 1)).astype(np.int64))
    return np.asarray(numbers[np.argsort(rng.random(len(numbers)))[:patients]])


def _ages(rng: np.random.Generator, patients: int) -> NDArray[np.float64]:
    band = _choose(rng, patients, AGE_BANDS)
    return 5 * band + 5 * rng.random(patients)


def _deaths(rng: np.random.Generator, birth: NDArray[np.int64], on: int) -> NDArray[np.int64]:
    age = (on - birth) / YEAR
    risk = np.exp(0.07 * age)
    died = rng.random(len(birth)) < DEAD_SHARE * risk / risk.mean()
    day = np.maximum(birth, on - _days(rng, len(birth), KEPT_YEARS * YEAR))
    return np.where(died, day, NEVER)


def _registrations(
    rng: np.random.Generator, birth: NDArray[np.int64], on: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    count = len(birth)
    left = rng.random(count) < LEFT_SHARE
    gone = np.maximum(birth, on - 1 - _days(rng, count, KEPT_YEARS * YEAR))
    until = np.where(left, gone, on)
    stayed = np.floor(-np.log1p(-rng.random(count)) * 11 * YEAR).astype(np.int64)
    return np.maximum(birth, until - stayed), np.where(left, gone, NEVER)


def _persistent_pain(
    rng: np.random.Generator,
    birth: NDArray[np.int64],
    sex: NDArray[np.int64],
    record_from: NDArray[np.int64],
    record_to: NDArray[np.int64],
) -> NDArray[np.int64]:
    age = (record_to - birth) / YEAR
    risk = np.interp(age, (17.9, 18, 30, 50, 70), (0, 0.05, 0.08, 0.15, 0.2))
    hit = rng.random(len(birth)) < risk * np.where(sex == 0, 1.15, 0.9)
    ago = np.floor((0.4 + 9 * rng.random(len(birth))) * YEAR).astype(np.int64)
    return np.where(hit, np.clip(record_to - ago, record_from, record_to), NEVER)


def _weights(rng: np.random.Generator, level: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much is recorded of each, around 1 on average: a few people take up most of the time."""
    uneven = level * (0.35 - 0.65 * np.log1p(-rng.random(len(level))))
    return np.asarray(uneven / uneven.mean())


def _relative(level: NDArray[np.float64], among: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The level against its mean among those people, and nothing for anybody else."""
    return np.where(among, level / level[among].mean(), 0.0)


def _choose(rng: np.random.Generator, count: int, weights: Sequence[float]) -> NDArray[np.int64]:
    bounds = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(bounds, rng.random(count) * bounds[-1], side="right")
    return np.asarray(np.minimum(found, len(bounds) - 1), dtype=np.int64)


def _days(rng: np.random.Generator, count: int, most: float) -> NDArray[np.int64]:
    return np.floor(rng.random(count) * most).astype(np.int64)
