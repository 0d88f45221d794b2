"""People as a study sees them when its search has not found them: the exclusions, all the same.

Population, exclude lines and opt-outs hold for whoever is named. The include lines (the pain that
is coded, the medicine that was issued) are what the other routes are there to look past: which of
them are not met is told to the screener and bars nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path

import pyarrow.compute as pc

from instep_cohort.cohort.exclusions_alone import LookedAt, exclusions_alone
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.extracts import Store
from instep_cohort.recruitment.runs import PracticeRun


def look_at(
    run: PracticeRun,
    store: Store,
    patient_ids: Collection[str],
    *,
    on: date,
    answers: OptOutAnswers,
    codelists: Path | None = None,
    allow_stale: bool = False,
    engine: str = "duckdb",
    progress: Callable[[str], None] = lambda _: None,
) -> LookedAt:
    """Which of these people the run's study would leave out now, whatever its include lines say.

    Args:
        run: the run whose study it is, and whose practice.
        store: the extract, that of the run or a newer one.
        patient_ids: who is asked about.
        on: the day for which ages, registrations and opt-outs are looked at.
        answers: the practice's own opt-out list, or who answers that there is none.
        codelists: a folder of codelists; the shipped ones where none is given.
        allow_stale: accept an extract or opt-out list that is too old to write letters by.
        engine: duckdb, polars or spark.
        progress: told what is being done.

    Raises:
        UsageError: the store is of other practices, the day is before that of the extract, the
            practice's list cannot be read, or the run writes ids as PRACTICE/ID.
        DefinitionError: a codelist of the study is not there.
        SafetyRefusal: nobody can say who asked not to be written to, or the data are too old, or
            older than those of the run.
        ExtractError: the run or the store cannot be read.
    """
    refuse_unanswered(answers)
    refuse_qualified(run)
    searched = date.fromisoformat(run.cohort.manifest["store"]["extract_date"])
    if store.extract_date < searched:
        raise SafetyRefusal(
            f"The store is of {store.extract_date}, the run of an extract of {searched}: opt-outs "
            "that came in between are not in it. Give the practice's latest extract."
        )
    # looked at as of an earlier day, an opt-out that the extract holds would not count yet
    if on < store.extract_date:
        raise UsageError(
            f"{on} is before the extract of {store.extract_date}, which was then not taken yet: "
            "give the day on which people are looked at."
        )
    return exclusions_alone(
        run.cohort.manifest,
        store,
        patient_ids,
        practice=run.practice,
        on=on,
        answers=answers,
        codelists=codelists,
        allow_stale=allow_stale,
        engine=engine,
        progress=progress,
    )


def refuse_unanswered(answers: OptOutAnswers) -> None:
    """Nothing, where somebody says who has asked the practice not to be contacted, as of now.

    A run's answer is of its own day; whoever is approached later is looked up again (S3).

    Raises:
        SafetyRefusal: nobody says so.
    """
    if not answers.file and not answers.nobody_listed:
        raise SafetyRefusal(
            "Only the practice knows who has asked since not to be contacted for research. Give "
            "its list with --opt-outs FILE --opt-outs-on DATE (a CSV: patient_id,kind,recorded_on; "
            'it may have no rows), or --no-opt-out-list "name, role" of whoever answers that '
            "there is none."
        )


def refuse_qualified(run: PracticeRun) -> None:
    """Nothing, where the run has patient ids as the practice has them.

    A run of several stores may write them as ``PRACTICE/ID``. A form and an appointment book do
    not, and somebody under two ids would have two tokens, of which one knows no opt-out.

    Raises:
        UsageError: it writes them so.
    """
    ids = run.cohort.to_arrow("facts")["patient_id"]
    theirs = pc.starts_with(ids, f"{run.practice}/")
    if pc.any(theirs).as_py():
        raise UsageError(
            f"{run.folder} has its patients as PRACTICE/ID; forms and appointment books have the "
            "number alone. Identify the practice's own store without --qualify-ids."
        )
