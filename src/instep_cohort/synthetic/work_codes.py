"""How much of people's work is written down: hardly anything in passing, or what all answer.

In passing, a code says what was true on its day, which may be long ago. Asked within the last year,
people say what is true on the day of asking. No code with words is known in Read v2 for students,
people at home and the retired, so their answer is not written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from instep_cohort.synthetic.drawing import GROWN_UP, Rows, no_values
from instep_cohort.synthetic.jobs import IN_WORK, LONG_TERM_SICK, UNEMPLOYED, first_day
from instep_cohort.synthetic.practice import PUBLISHED_WORK_RECORDING
from instep_cohort.synthetic.register import YEAR
from instep_cohort.synthetic.vocabulary import CLINICAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from instep_cohort.synthetic.register import Register

ASKED_DAYS = 365
_PLACES = {entry.code: place for place, entry in enumerate(CLINICAL)}
_ANSWERS = {
    IN_WORK: _PLACES["13JV."],
    UNEMPLOYED: _PLACES["13J7."],
    LONG_TERM_SICK: _PLACES["13JJ."],
}


def as_recorded(
    rng: np.random.Generator,
    register: Register,
    people: slice,
    in_passing: Rows,
    recording: float,
) -> list[Rows]:
    """The rows of work that end up in the record.

    Args:
        rng: a stream that nothing else uses, so that recording changes no other row.
        register: everybody, with their jobs.
        people: the people of this chunk.
        in_passing: what is written down of them at the published share.
        recording: of adults, the share whose work is written down. Below the published share
            fewer are, in passing; above it the others are asked, in the last year.
    """
    chance = rng.random((people.stop - people.start, 2))
    if recording < PUBLISHED_WORK_RECORDING:
        written = recording / PUBLISHED_WORK_RECORDING
        kept = chance[in_passing.person - people.start, 0] < written
        return [Rows(*(column[kept] for column in in_passing))]
    asking = (recording - PUBLISHED_WORK_RECORDING) / (1 - PUBLISHED_WORK_RECORDING)
    grown = register.on - register.birth[people] >= GROWN_UP * YEAR
    asked = np.flatnonzero(register.current[people] & grown & (chance[:, 0] < asking))
    return [in_passing, _answers(register, people.start + asked, chance[asked, 1])]


def _answers(register: Register, person: NDArray[np.int64], chance: NDArray[np.float64]) -> Rows:
    """What those people say when they are asked, one row for each answer that has a code."""
    last = register.record_to[person]
    first = np.maximum(last - ASKED_DAYS + 1, first_day(register)[person])
    day = last - np.floor(chance * (np.maximum(last - first, 0) + 1)).astype(np.int64)
    is_now = day >= register.job_since[person]
    job = np.where(is_now, register.job[person], register.job_before[person])
    code = np.full(len(person), -1)
    for answer, place in _ANSWERS.items():
        code[job == answer] = place
    said = code >= 0
    return Rows(person[said], day[said], code[said], no_values(int(said.sum())))
