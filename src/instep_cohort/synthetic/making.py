"""How a practice is made: the register, the archetypes on it, then the rows, chunk by chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from instep_cohort.synthetic import neutral
from instep_cohort.synthetic.drawing import Rows, together
from instep_cohort.synthetic.formats.facts import Facts, facts_of
from instep_cohort.synthetic.issues import make_issues
from instep_cohort.synthetic.known import (
    count_jobs,
    count_kinds,
    write_jobs,
    write_practice_list,
    write_truth,
)
from instep_cohort.synthetic.mess.levels import mess_of
from instep_cohort.synthetic.mess.odd_people import plant_people
from instep_cohort.synthetic.mess.planting import Planter, write_planted
from instep_cohort.synthetic.placing import Placed, day_of, place
from instep_cohort.synthetic.records import Averages, Streams, make_events
from instep_cohort.synthetic.register import Register, make_register
from instep_cohort.synthetic.sheet_files import SheetFiles
from instep_cohort.synthetic.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from instep_cohort.synthetic.formats.layout import Format
    from instep_cohort.synthetic.mess.levels import Mess
    from instep_cohort.synthetic.summary import PracticeSummary

MOST_PEOPLE_AT_ONCE = 5_000
ROWS_AT_ONCE = 500_000
ROWS_PER_PART = 2_000_000


class Order(NamedTuple):
    """What is to be made; the averages are rows per patient, ``mess`` is a level."""

    patients: int
    seed: int
    on: date
    events_per_patient: float
    issues_per_patient: float
    work_recording: float
    mess: int

    @property
    def people_at_once(self) -> int:
        """How many patients are made together, so that memory stays bounded."""
        each = self.events_per_patient + self.issues_per_patient
        return max(1, min(MOST_PEOPLE_AT_ONCE, int(ROWS_AT_ONCE / max(each, 1))))

    def chunks_per_part(self, layout: Format) -> dict[str, int]:
        """How many chunks go into one file of each sheet that is divided into several."""
        averages = {"events": self.events_per_patient, "issues": self.issues_per_patient}
        return {
            sheet.name: max(1, int(ROWS_PER_PART / (self.people_at_once * average)))
            for sheet in layout.sheets
            if (average := averages.get(sheet.rows, 0)) * self.patients > ROWS_PER_PART
        }


def make(
    folder: Path, order: Order, layout: Format, tell: Callable[[str], None], named: Path
) -> PracticeSummary:
    """Writes every file into the folder; the summary calls it by the name it will have."""
    tell(f"making a register of {order.patients:,} people")
    register = make_register(order.patients, order.seed, day_of(order.on))
    placed = place(register, order.seed, order.on)
    ids = layout.ids([*register.number.tolist(), 0], [*register.practice.tolist(), 1])
    facts = facts_of(register, ids)
    mess = mess_of(order.mess, register, order.seed, layout)
    tally = _make_rows(folder, order, layout, facts, placed, mess, tell)
    for name, text in layout.beside.items():
        (folder / name).write_text(text, encoding="utf-8")
    write_practice_list(folder, register, placed, ids, order.seed)
    write_jobs(folder, register, ids)
    expected_in = write_truth(folder, placed, ids, layout, order.on)
    return tally.summary(
        named, order.on, count_kinds(placed), expected_in, count_jobs(register), layout
    )


def _make_rows(
    folder: Path,
    order: Order,
    layout: Format,
    facts: Facts,
    placed: Placed,
    mess: Mess,
    tell: Callable[[str], None],
) -> Tally:
    register = facts.register
    tally = Tally(register)
    with SheetFiles(folder, layout, order.chunks_per_part(layout), mess.files, order.on) as files:
        files.write(layout.register(facts))
        for number, chunk in enumerate(_chunks(order)):
            happened, issued = _make_chunk(order, register, placed, chunk, number)
            files.write(layout.events(facts, neutral.events(happened, tally.events)))
            tally.count_events(happened)
            files.write(layout.issues(facts, neutral.issues(issued, tally.issues)))
            tally.count_issues(issued)
            tell(f"made {chunk.stop:,} of {order.patients:,} patients")
        odd = neutral.odd_events(placed.odd_events, tally.events)
        files.add(layout.events(facts, odd))
        tally.events += len(odd)
        odd = neutral.odd_issues(placed.odd_issues, tally.issues)
        files.add(layout.issues(facts, odd))
        tally.issues += len(odd)
        planter = Planter(files, layout, facts)
        if mess.people:
            plant_people(planter, layout, facts)
        planter.events(mess.events, tally.events)
        planter.issues(mess.issues, tally.issues)
    tally.count_planted(planter)
    planter.whole_files(mess.files)
    write_planted(folder, planter.planted)
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


def _of(rows: Rows, people: slice) -> Rows:
    first, last = np.searchsorted(rows.person, (people.start, people.stop))
    within = slice(first, last)
    return Rows(rows.person[within], rows.day[within], rows.code[within], rows.value[within])
