"""What is known of a made-up practice beside its extract: the truth, the jobs, the opt-out list."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from instep_cohort.synthetic.answers import answer
from instep_cohort.synthetic.jobs import IN_WORK, NAMES, WORK_ENDS
from instep_cohort.synthetic.neutral import EPOCH
from instep_cohort.synthetic.register import NO_JOB
from instep_cohort.synthetic.sheet_files import write_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from instep_cohort.synthetic.formats.layout import Format
    from instep_cohort.synthetic.placing import Placed
    from instep_cohort.synthetic.register import Register

_TRUTH = ("patient_id", "archetype", "expected", "step")


def write_truth(folder: Path, placed: Placed, ids: Sequence[str], layout: Format, on: date) -> int:
    """Writes the known answers as this format can give them, `truth.parquet`.

    The `standard` profile has them as `truth.csv` too.

    Returns:
        how many of these people the study `instep` finds.
    """
    lines = []
    for position, kind in placed.who:
        known = answer(kind, layout.holds, on)
        lines.append((ids[position], kind.name, known.expected, known.step))
    columns = zip(*lines, strict=True)
    table = pa.table([pa.array(column, pa.string()) for column in columns], names=list(_TRUTH))
    pq.write_table(table, folder / "truth.parquet")
    if layout.name == "standard":
        write_lines(folder / "truth.csv", _TRUTH, lines)
    return sum(expected == "in" for _, _, expected, _ in lines)


def count_kinds(placed: Placed) -> Counter[str]:
    """How many people stand in for each archetype."""
    return Counter(kind.name for _, kind in placed.who)


def write_jobs(folder: Path, register: Register, ids: Sequence[str]) -> None:
    """Writes `jobs.csv`: what everybody of working age who is on the list today does.

    The answer is in the words that people give when they are asked.
    """
    write_lines(
        folder / "jobs.csv",
        ("patient_id", "answer", "job", "since", "before"),
        [
            (
                ids[position],
                "in work" if register.job[position] == IN_WORK else "not in work",
                NAMES[register.job[position]],
                _day_text(int(register.job_since[position])),
                NAMES[register.job_before[position]],
            )
            for position in _asked(register)
        ],
    )


def count_jobs(register: Register) -> Counter[str]:
    """How many of those people have each job."""
    return Counter(NAMES[register.job[position]] for position in _asked(register))


def _asked(register: Register) -> list[int]:
    working_age = (register.job != NO_JOB) & (register.age < WORK_ENDS)
    return np.flatnonzero(register.current & working_age).tolist()


def write_practice_list(
    folder: Path, register: Register, placed: Placed, ids: Sequence[str], seed: int
) -> None:
    """Writes the practice's own opt-out list: the archetypes on it, a dozen others, and two slips.

    One person stands on it twice, and one entry is of nobody in the extract (RULES.md §8).
    """
    rng = np.random.default_rng([seed, 4])
    anybody = np.flatnonzero(register.current & ~register.plain)
    drawn = anybody[np.argsort(rng.random(len(anybody)))[:12]].tolist()
    kinds = ["research"] * 6 + ["type_1"] * 2 + ["national"] * 4
    listed = [(ids[position], kind.listed) for position, kind in placed.who if kind.listed]
    listed += list(zip((ids[position] for position in drawn), kinds, strict=False))
    listed += [*listed[-1:], (ids[-1], "research")]
    ago = np.floor(rng.random(len(listed)) * 1500).astype(np.int64) + 30
    write_lines(
        folder / "opt-outs.csv",
        ("patient_id", "kind", "recorded_on"),
        sorted(
            (patient, kind, _day_text(register.on - int(days)))
            for (patient, kind), days in zip(listed, ago, strict=True)
        ),
    )


def _day_text(day: int) -> str:
    return date.fromordinal(day + EPOCH).isoformat()
