"""A run's study read anew against an extract: where every question asked once more begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from instep_cohort.codelists import Library
from instep_cohort.cohort.explain.followed import followed
from instep_cohort.cohort.lists import pinned_lists
from instep_cohort.cohort.preparing import Prepared, prepare
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.engine.uses import Uses, uses_of
from instep_cohort.extracts import Store
from instep_cohort.study import Plan, parse_study


class ReadAnew(NamedTuple):
    """The study of a run as of a day, met with an extract.

    Attributes:
        plan: the study, with the run's parameters.
        ready: its lists among the codes of the extract, the practice's own opt-outs, warnings.
        uses: its uses.
    """

    plan: Plan
    ready: Prepared
    uses: Uses


def plan_on(manifest: Mapping[str, Any], on: date) -> Plan:
    """The study of a run, with the run's parameters, as of another day.

    Raises:
        ExtractError: this version cannot read the run's study.
    """
    return followed({**manifest, "search_date": on.isoformat()}).plan


def read_anew(
    manifest: Mapping[str, Any],
    store: Store,
    *,
    on: date,
    answers: OptOutAnswers,
    codelists: Path | str | None = None,
    allow_stale: bool = False,
) -> ReadAnew:
    """The study of a run as of a day, where a search of this extract is as safe as the first.

    Args:
        manifest: of the run: its study, parameters and list versions are followed.
        store: the extract.
        on: the day.
        answers: what the caller says of opt-outs that no code holds.
        codelists: a folder of codelists; the shipped ones where none is given.
        allow_stale: accept an extract or opt-out list that is too old to write letters by.

    Raises:
        UsageError: the practice's list cannot be read.
        DefinitionError: a codelist is wrong or gone.
        SafetyRefusal: what `identify` would refuse of this extract.
        ExtractError: this version cannot read the run's study.
    """
    plan = plan_on(manifest, on)
    study = parse_study(manifest["study"]["text"], "study")
    lists = pinned_lists(study, Library(Path(codelists) if codelists else None))
    ready = prepare(
        plan, lists, store, answers, reading=plan, allow_stale=allow_stale, strict=False
    )
    return ReadAnew(plan, ready, uses_of(plan, ready.resolutions))
