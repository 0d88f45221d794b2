"""A made-up practice with known answers, in the files of one system, and the truth beside them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from instep_cohort.errors import UsageError
from instep_cohort.synthetic.archetypes import archetypes
from instep_cohort.synthetic.folders import check_folder, replace_earlier
from instep_cohort.synthetic.formats import find_format
from instep_cohort.synthetic.summary import PracticeSummary

FEWEST = 200
MOST_MESS = 3
PUBLISHED_WORK_RECORDING = 0.061  # of adults: Davies 2024, jech-2024-222396


def make_practice(
    out: Path | str,
    *,
    patients: int = 10_000,
    seed: int = 1,
    extract_date: date = date(2026, 11, 1),
    events_per_patient: float = 50.0,
    issues_per_patient: float = 30.0,
    work_recording: float = PUBLISHED_WORK_RECORDING,
    profile: str = "standard",
    mess: int = 1,
    progress: Callable[[str], None] | None = None,
) -> PracticeSummary:
    """What was made: a practice of invented patients, written into the folder ``out``.

    Files of the extract, as the system of that profile writes them: for `standard`, UTF-8 CSV with
    a header, ``patients.csv``, ``events.csv``, ``medicines.csv``. More than two million rows go
    into numbered parts instead (``events/part-00001.csv`` …). Beside them, whatever the profile:

    - ``opt-outs.csv``: the practice's own list (patient_id, kind, recorded_on).
    - ``truth.parquet`` (for `standard` also ``truth.csv``): patient_id, archetype, expected (``in``
      or ``out``) and step (what drops them, empty for ``in``) of the people with a known answer for
      the study `instep`, searched on the day of the extract with that list. Patient ids are those
      of the store that the profile makes. What a format cannot hold may change an answer.
    - ``jobs.csv``: patient_id, answer (``in work`` or ``not in work``), job (in work, unemployed,
      long-term sick, student, at home, retired), since and before, of every registered patient
      aged 16 to 65: what is true on the day of the extract, whatever the record says. The jobs are
      assumed for the demonstration (`instep_cohort.synthetic.jobs`).
    - ``mess.parquet``: file, line (0 for a whole file), kind and becomes, of every fault that was
      planted.
    - ``made-up.json``: the arguments, and the files that were written.

    The same arguments give the same bytes. A practice made here earlier is replaced once the new
    one is whole; other data are not touched. Memory grows with the patients, not with the rows.

    Args:
        out: the folder; it is made where it is missing.
        patients: how many people the register holds, those who left or died among them.
        seed: 0 or more; another one gives other people.
        extract_date: the day of the extract; nothing but a few rows on purpose is dated later.
        events_per_patient: average number of events (pain, work and opt-outs are always there).
        issues_per_patient: average number of issues (pain medicines are always there).
        work_recording: of adults, the share of whom work is written down, from 0 to 1. Up to the
            published 6.1% in passing, at any time in the record; above that by asking, in the last
            12 months: 1.0 asks everybody. It changes no other row, and nobody's job. There is no
            code to write down for students, people at home and the retired.
        profile: whose files to write, one of `instep_cohort.synthetic.formats.FORMATS`.
        mess: the faults in them, from 0 to 3; each level has those of the one before. 0: none. 1: a
            few rows as they are in any practice, without a day or with an impossible one, without a
            number, of nobody, before birth or after death, and copies. 2: codes and people too:
            damaged ids, codes of no dictionary, rows after the extract, rows taken back, people who
            are odd. 3: files too: headers, packing, parts, and lines that cannot be read.
        progress: told what is being done.

    Raises:
        UsageError: fewer than 200 patients, a negative seed or average, a share outside 0 to 1, a
            profile that nothing is made up for, or a folder with anything in it that was not made
            up here.
    """
    out = Path(out)
    _check_numbers(patients, seed, extract_date, min(events_per_patient, issues_per_patient))
    if not 0 <= work_recording <= 1:
        raise UsageError(f"a work_recording of {work_recording}: it is a share, from 0 to 1")
    if not 0 <= mess <= MOST_MESS:
        raise UsageError(f"a mess of {mess}: it is a level, from 0 (none) to {MOST_MESS}")
    layout = find_format(profile)
    earlier = check_folder(out)
    out.mkdir(parents=True, exist_ok=True)
    # numpy and pyarrow take their time to import, and most who import this package make nothing
    from instep_cohort.synthetic.making import Order, make

    order = Order(
        patients, seed, extract_date, events_per_patient, issues_per_patient, work_recording, mess
    )
    with tempfile.TemporaryDirectory(prefix=".making-", dir=out) as folder:
        summary = make(Path(folder), order, layout, progress or _say_nothing, out)
        replace_earlier(
            Path(folder),
            out,
            earlier,
            {
                "profile": profile,
                "patients": patients,
                "seed": seed,
                "extract_date": extract_date.isoformat(),
                "events_per_patient": events_per_patient,
                "issues_per_patient": issues_per_patient,
                "work_recording": work_recording,
                "mess": mess,
            },
        )
    return summary


def _say_nothing(_: str) -> None:
    pass


def _check_numbers(patients: int, seed: int, on: date, average: float) -> None:
    if patients < FEWEST:
        raise UsageError(
            f"a practice of {patients} patients is too small: at least {FEWEST} are needed, so "
            f"that there is room for {len(archetypes(on))} kinds of people with a known answer"
        )
    if seed < 0:
        raise UsageError(f"the seed is {seed}: it must be 0 or more")
    if average < 0:
        raise UsageError(f"an average of {average} rows per patient: it must be 0 or more")
