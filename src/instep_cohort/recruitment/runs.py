"""A run folder as recruitment takes it: one practice's candidates, and the hash naming the run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.opening import open_run
from instep_cohort.cohort.result import Cohort
from instep_cohort.errors import UsageError


@dataclass(frozen=True, repr=False)
class PracticeRun:
    """A saved run, and of it the candidates of one practice. It shows nothing of them.

    Attributes:
        folder: the run folder.
        cohort: the whole run, with the people of every practice that was searched.
        candidates: the Arrow table of this practice's candidates, in the order of patient_id.
        practice: the practice's id, as the extract has it.
        sha256: of the run's manifest.json: it names the run in workbooks, ledger and mail files.
    """

    folder: Path
    cohort: Cohort
    candidates: pa.Table
    practice: str
    sha256: str

    @property
    def study(self) -> str:
        """The name of the study, as a ledger is made for it."""
        return str(self.cohort.manifest["study"]["name"])

    @property
    def search_date(self) -> date:
        """The day that was searched for."""
        return date.fromisoformat(self.cohort.manifest["search_date"])

    @property
    def patient_ids(self) -> list[str]:
        """The candidates' ids in the order of the table."""
        return [str(one) for one in self.candidates["patient_id"].to_pylist()]


def open_practice_run(folder: Path | str, practice: str | None = None) -> PracticeRun:
    """The run in that folder, narrowed to one practice, since each recruits for itself.

    Args:
        folder: what `identify --out` wrote.
        practice: whose candidates; it may be left out where the run is of one practice.

    Raises:
        UsageError: it is no run folder, or the run is of several practices and none is named, or
            not of the one that is.
        ExtractError: the run folder is damaged.
    """
    folder = Path(folder)
    cohort = open_run(folder)
    sha256 = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    candidates, facts = cohort.to_arrow(), cohort.to_arrow("facts")
    there = sorted(str(one) for one in pc.unique(facts["practice_id"]).to_pylist() if one)
    if practice is None and len(there) != 1:
        raise UsageError(
            f"{folder} is a run of {len(there)} practices, and each recruits for itself; name one "
            f"with --practice: {', '.join(there[:5])}{' …' if len(there) > 5 else ''}."  # noqa: PLR2004
        )
    chosen = there[0] if practice is None else practice
    if chosen not in there:
        raise UsageError(
            f"{folder} holds nobody of practice {chosen}, but of {', '.join(there[:5])}."
        )
    theirs = candidates.filter(pc.equal(candidates["practice_id"], chosen))
    return PracticeRun(folder, cohort, theirs, chosen, sha256)
