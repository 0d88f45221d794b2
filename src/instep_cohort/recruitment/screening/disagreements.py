"""On whom screeners disagree, as a file of the practice's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.handing_over import HandedOver, hand_over
from instep_cohort.recruitment.runs import PracticeRun
from instep_cohort.recruitment.screening.columns import TOKEN
from instep_cohort.recruitment.screening.importing import Import
from instep_cohort.recruitment.screening.merging import Outcome
from instep_cohort.small_tables import csv_table

_COLUMNS = (
    *(TOKEN, "file", "row", "decision", "reason_code", "knows_work_status"),
    *("screened_by", "screened_on", "stands"),
)


def write_disagreements(prepared: Import, run: PracticeRun, path: Path) -> HandedOver:
    """The file that was written: one row for each thing that was said, the one that stands last.

    Raises:
        UsageError: another file stands there, or none can be written.
    """
    rows = [row for outcome in prepared.disagreements for row in _rows(outcome)]
    text = csv_table(_COLUMNS, rows)
    return hand_over(
        path,
        ArtefactClass.PRACTICE_ONLY,
        columns=_COLUMNS,
        write=lambda out: _put(text.encode(), out),
        about={"study": run.study, "practice": run.practice, "run": run.sha256},
    )


def _rows(outcome: Outcome) -> Sequence[Sequence[object]]:
    return [
        [
            outcome.person,
            said.file,
            said.row or "",
            said.answer.decision.value,
            said.answer.reason or "",
            said.answer.knows_work_status or "",
            said.answer.screened_by,
            said.answer.screened_on,
            "yes" if said.answer == outcome.after else "",
        ]
        for said in outcome.opinions
    ]


def _put(text: bytes, out: BinaryIO) -> None:
    out.write(text)
