"""How a practice is made: the register, the archetypes on it, then the rows, chunk by chunk."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from instep_cohort.synthetic.drawing import Rows, together
from instep_cohort.synthetic.issues import make_issues
from instep_cohort.synthetic.jobs import IN_WORK, NAMES, WORK_ENDS
from instep_cohort.synthetic.placing import Placed, day_of, place
from instep_cohort.synthetic.records import Averages, Streams, make_events
from instep_cohort.synthetic.register import NO_JOB, Register, make_register, patient_ids
from instep_cohort.synthetic.tally import Tally
from instep_cohort.synthetic.untidy import NO_SUCH_PATIENT, untidy_events, untidy_issues
from instep_cohort.synthetic.writing import (
    Parts,
    day_text,
    events_table,
    issues_table,
    odd_events_table,
    odd_issues_table,
    words,
    write_lines,
    write_patients,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from instep_cohort.synthetic.summary import PracticeSummary

MOST_PEOPLE_AT_ONCE = 5_000
ROWS_AT_ONCE = 500_000
ROWS_PER_PART = 2_000_000


class Order(NamedTuple):
    """What is to be made; the averages are rows per patient."""

    patients: int
    seed: int
    on: date
    events_per_patient: float
    issues_per_patient: float
    work_recording: float

    @property
    def people_at_once(self) -> int:
        """How many patients are made together, so that memory stays bounded."""
        each = self.events_per_patient + self.issues_per_patient
        return max(1, min(MOST_PEOPLE_AT_ONCE, int(ROWS_AT_ONCE / max(each, 1))))

    def chunks_per_part(self, average: float) -> int | None:
        """How many chunks go into one file, or ``None`` where all do."""
        if self.patients * average <= ROWS_PER_PART:
            return None
        return max(1, int(ROWS_PER_PART / (self.people_at_once * average)))


class People(NamedTuple):
    """Everybody on the register, the ids in its order, and who stands in for which archetype."""

    register: Register
    ids: list[str]
    placed: Placed


def make(folder: Path, order: Order, tell: Callable[[str], None], named: Path) -> PracticeSummary:
    """Writes every file into the folder; the summary calls it by the name it will have."""
    tell(f"making a register of {order.patients:,} people")
    register = make_register(order.patients, order.seed, day_of(order.on))
    ids = patient_ids(register.number)
    people = People(register, ids, place(register, ids, order.seed, order.on))
    tally = _make_rows(folder, order, people, tell)
    write_lines(
        folder / "opt-outs.csv",
        ("patient_id", "kind", "recorded_on"),
        _practice_list(people, order.seed),
    )
    jobs = _known_jobs(people)
    write_lines(folder / "jobs.csv", ("patient_id", "answer", "job", "since", "before"), jobs)
    who = people.placed.who
    write_lines(
        folder / "truth.csv",
        ("patient_id", "archetype", "expected", "step"),
        [(ids[position], kind.name, kind.expected, kind.step) for position, kind in who],
    )
    return tally.summary(
        named,
        order.on,
        Counter(kind.name for _, kind in who),
        sum(kind.expected == "in" for _, kind in who),
        Counter(job for _, _, job, _, _ in jobs),
    )


def _make_rows(
    folder: Path,
    order: Order,
    people: People,
    tell: Callable[[str], None],
) -> Tally:
    register, ids, placed = people
    tally = Tally(register)
    texts = words(ids, register.on)
    write_patients(folder, register, texts)
    with (
        Parts(folder, "events", order.chunks_per_part(order.events_per_patient)) as events,
        Parts(folder, "medicines", order.chunks_per_part(order.issues_per_patient)) as medicines,
    ):
        for number, chunk in enumerate(_chunks(order)):
            happened, issued = _make_chunk(order, register, placed, chunk, number)
            tally.count_events(happened)
            events.write(events_table(happened, texts))
            tally.count_issues(issued)
            medicines.write(issues_table(issued, texts))
            tell(f"made {chunk.stop:,} of {order.patients:,} patients")
        untidy = untidy_events(register, ids, order.seed)
        events.add(odd_events_table([*placed.odd_events, *untidy]))
        untidy_medicines = untidy_issues(register, ids, order.seed)
        medicines.add(odd_issues_table([*placed.odd_issues, *untidy_medicines]))
    tally.events += len(placed.odd_events) + len(untidy)
    tally.issues += len(placed.odd_issues) + len(untidy_medicines)
    tally.untidy += len(untidy) + len(untidy_medicines)
    return tally


def _chunks(order: Order) -> Iterator[slice]:
    for first in range(0, order.patients, order.people_at_once):
        yield slice(first, min(first + order.people_at_once, order.patients))


def _make_chunk(
    order: Order, register: Register, placed: Placed, people: slice, number: int
) -> tuple[Rows, Rows]:
    rng, jobs, recording = (np.random.default_rng([order.seed, n, number]) for n in (3, 4, 5))
    events, epileptic = make_events(
        Streams(rng, jobs, recording),
        register,
        people,
        Averages(order.events_per_patient, order.work_recording),
    )
    issued = make_issues(rng, register, people, order.issues_per_patient, epileptic)
    return (
        together([events, _of(placed.events, people)]),
        together([issued, _of(placed.issues, people)]),
    )


def _known_jobs(people: People) -> list[tuple[str, str, str, str, str]]:
    """The job of everybody of working age who is on the list today: id, answer, job, since, before.

    The answer is in the words that people give when they are asked.
    """
    register, ids, _ = people
    working_age = (register.job != NO_JOB) & (register.age < WORK_ENDS)
    asked = np.flatnonzero(register.current & working_age)
    return [
        (
            ids[position],
            "in work" if register.job[position] == IN_WORK else "not in work",
            NAMES[register.job[position]],
            day_text(int(register.job_since[position])),
            NAMES[register.job_before[position]],
        )
        for position in asked.tolist()
    ]


def _of(rows: Rows, people: slice) -> Rows:
    first, last = np.searchsorted(rows.person, (people.start, people.stop))
    within = slice(first, last)
    return Rows(rows.person[within], rows.day[within], rows.code[within], rows.value[within])


def _practice_list(people: People, seed: int) -> list[tuple[str, str, str]]:
    """The practice's own opt-out list: the archetypes on it, a dozen others, and two slips.

    One person stands on it twice, and one entry is of nobody in the extract (RULES.md §8).
    """
    register, ids, placed = people
    rng = np.random.default_rng([seed, 4])
    anybody = np.flatnonzero(register.current & ~register.plain)
    drawn = anybody[np.argsort(rng.random(len(anybody)))[:12]].tolist()
    kinds = ["research"] * 6 + ["type_1"] * 2 + ["national"] * 4
    listed = [(ids[position], kind.listed) for position, kind in placed.who if kind.listed]
    listed += list(zip((ids[position] for position in drawn), kinds, strict=False))
    listed += [*listed[-1:], (NO_SUCH_PATIENT, "research")]
    ago = np.floor(rng.random(len(listed)) * 1500).astype(np.int64) + 30
    return sorted(
        (patient, kind, day_text(register.on - int(days)))
        for (patient, kind), days in zip(listed, ago, strict=True)
    )
