"""When no list may be built at all (RULES.md §1, §8): each refusal says why, and what is right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from instep_cohort.codelists import Codelist
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.study.plan import Plan

STALE_EXTRACT_DAYS = 90
STALE_LIST_DAYS = 30


@dataclass(frozen=True)
class OptOutAnswers:
    """What the caller says of opt-outs that no code holds.

    Attributes:
        file: the practice's own list, if there is one.
        drawn_up: the day on which it was drawn up.
        nobody_listed: the name and role of whoever answers for running without such a list.
    """

    file: Path | None = None
    drawn_up: date | None = None
    nobody_listed: str | None = None

    def __post_init__(self) -> None:
        if self.file and self.nobody_listed is not None:
            raise UsageError(
                "--opt-outs and --no-opt-out-list contradict each other: give one of them."
            )
        if self.file and self.drawn_up is None:
            raise UsageError("--opt-outs needs --opt-outs-on DATE, the day the list was drawn up.")
        if self.drawn_up and not self.file:
            raise UsageError(
                "--opt-outs-on is the day of a list: give the list with --opt-outs FILE."
            )
        if self.nobody_listed is not None and not self.nobody_listed.strip():
            raise UsageError('--no-opt-out-list needs the "name, role" of whoever answers for it.')


def refuse_unless_safe(
    plan: Plan,
    opt_out_lists: Sequence[Codelist],
    answers: OptOutAnswers,
    *,
    extract_date: date,
    clinical_systems: Collection[str],
    allow_stale: bool,
) -> None:
    """Nothing, where a list may be built.

    Args:
        plan: the compiled study.
        opt_out_lists: the lists that its `opt_outs` names.
        answers: what the caller said of the practice's own list.
        extract_date: the day of the extract.
        clinical_systems: the code systems that occur among the extract's clinical events.
        allow_stale: whether an old extract or list is accepted.

    Raises:
        SafetyRefusal: a list could reach somebody who asked not to be written to.
    """
    if plan.opt_outs is None:
        raise SafetyRefusal(
            f"The study {plan.study} says nothing of opt-outs, so nobody who asked not to be "
            "written to would be left out. Add to it, for example:\n"
            "opt_outs: {events: research-opt-out}"
        )
    _refuse_stale(plan.on, extract_date, answers, allow_stale=allow_stale)
    _refuse_unsearchable(opt_out_lists, clinical_systems)
    _refuse_unanswered(opt_out_lists, answers)


def _refuse_stale(
    on: date, extract_date: date, answers: OptOutAnswers, *, allow_stale: bool
) -> None:
    if allow_stale:
        return
    age = (on - extract_date).days
    if age > STALE_EXTRACT_DAYS:
        raise SafetyRefusal(
            f"The extract of {extract_date} is {age} days old on the search date {on}; more than "
            f"{STALE_EXTRACT_DAYS} is too old to write to people by. Take a new extract, or give "
            "--allow-stale if no letter will be sent from this list."
        )
    if answers.drawn_up and (age := (on - answers.drawn_up).days) > STALE_LIST_DAYS:
        raise SafetyRefusal(
            f"The practice's opt-out list of {answers.drawn_up} is {age} days old on the search "
            f"date {on}; more than {STALE_LIST_DAYS} is too old. Ask the practice for a new one, "
            "or give --allow-stale if no letter will be sent from this list."
        )


def _refuse_unsearchable(lists: Sequence[Codelist], clinical_systems: Collection[str]) -> None:
    wanted = {str(selector.system) for one in lists for selector in one.selectors}
    if wanted & set(clinical_systems):
        return
    present = ", ".join(sorted(clinical_systems)) or "no code at all"
    raise SafetyRefusal(
        "Nobody's opt-out can be found in this extract: its clinical events are coded in "
        f"{present}, the opt-out list in {', '.join(sorted(wanted))}. Ingest the extract together "
        "with its code dictionary, or give the opt-out list selectors in the extract's system."
    )


def _refuse_unanswered(lists: Sequence[Codelist], answers: OptOutAnswers) -> None:
    coded = any(
        selector.category == "research_dissent" for one in lists for selector in one.selectors
    )
    if coded or answers.file or answers.nobody_listed:
        return
    raise SafetyRefusal(
        "The opt-out list holds no code for a refusal of research contact (no national one is "
        "known), so only the practice knows who asked not to be written to. Give its list with "
        "--opt-outs FILE --opt-outs-on DATE (a CSV: patient_id,kind,recorded_on; it may have no "
        'rows), or --no-opt-out-list "name, role" of whoever answers that there is none.'
    )
