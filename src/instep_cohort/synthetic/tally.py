"""Counting what is made, chunk by chunk, for the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from instep_cohort.synthetic import issues, products, records, vocabulary
from instep_cohort.synthetic.register import NEVER
from instep_cohort.synthetic.summary import PracticeSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from instep_cohort.synthetic.drawing import Rows, Weighted
    from instep_cohort.synthetic.formats.layout import Format
    from instep_cohort.synthetic.mess.planting import Planter
    from instep_cohort.synthetic.register import Register


class Tally:
    """Running counts of one practice."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._working_age = register.current & register.of_working_age
        self._opioid = np.zeros(len(register), dtype=np.bool_)
        self._gabapentinoid = np.zeros(len(register), dtype=np.bool_)
        self._work = np.zeros(len(register), dtype=np.bool_)
        self._may_be_fit = 0
        self._not_fit = 0
        self._unsaid = 0
        self.events = 0
        self.issues = 0
        self.untidy = 0

    def count_events(self, rows: Rows) -> None:
        """Adds these events."""
        self.events += len(rows.code)
        self._work[rows.person[_among(rows.code, vocabulary.WORK, records.PLACES)]] = True
        last_year = (rows.day > self._register.on - 365) & self._working_age[rows.person]
        recent = rows.code[last_year]
        self._may_be_fit += _count(recent, vocabulary.MAY_BE_FIT)
        self._not_fit += _count(recent, vocabulary.NOT_FIT)
        self._unsaid += _count(recent, vocabulary.MEANING_NOT_SAID)

    def count_issues(self, rows: Rows) -> None:
        """Adds these issues."""
        self.issues += len(rows.code)
        self._opioid[rows.person[_among(rows.code, products.OPIOIDS, issues.PLACES)]] = True
        given = rows.person[_among(rows.code, products.GABAPENTINOIDS, issues.PLACES)]
        self._gabapentinoid[given] = True

    def count_planted(self, planter: Planter) -> None:
        """Adds the rows that are faulty on purpose."""
        self.events += planter.event_rows
        self.issues += planter.issue_rows
        self.untidy += len(planter.planted)

    def summary(
        self,
        folder: Path,
        on: date,
        archetypes: Mapping[str, int],
        expected_in: int,
        jobs: Mapping[str, int],
        layout: Format,
    ) -> PracticeSummary:
        """The counts as the summary of the practice in that folder."""
        register, here = self._register, self._register.current
        said = self._may_be_fit + self._not_fit
        notes = said + self._unsaid
        gone = (register.end != NEVER) & (register.end <= register.on)
        return PracticeSummary(
            folder=folder,
            extract_date=on,
            patients=len(register),
            registered=int(here.sum()),
            events=self.events,
            issues=self.issues,
            untidy_rows=self.untidy,
            archetypes=dict(archetypes),
            expected_in=expected_in,
            jobs=dict(jobs),
            opioid_ever=_share(self._opioid, here),
            gabapentinoid_ever=_share(self._gabapentinoid, here),
            patients_per_fit_note=12 * int(self._working_age.sum()) / notes if notes else 0.0,
            may_be_fit=self._may_be_fit / said if said else 0.0,
            work_coded=_share(self._work, here & (register.age >= 18)),  # noqa: PLR2004
            left_or_died=float(gone.mean()),
            profile=layout.name,
            cannot_hold=layout.cannot_hold,
        )


def _among(
    code: NDArray[np.int64], group: Iterable[Weighted], places: Mapping[str, int]
) -> NDArray[np.bool_]:
    return np.isin(code, [places[entry.code] for entry in group])


def _count(code: NDArray[np.int64], group: Iterable[Weighted]) -> int:
    return int(_among(code, group, records.PLACES).sum())


def _share(hit: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(hit[among].mean()) if among.any() else 0.0
