"""What is said of opt-outs where several stores are searched: an answer for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.errors import SafetyRefusal, UsageError

_Answer = TypeVar("_Answer")


def answers_of_each(
    names: Sequence[str],
    opt_outs: Path | str | Mapping[str, Path | str] | None,
    opt_outs_on: date | Mapping[str, date] | None,
    no_opt_out_list: str | Mapping[str, str] | None,
) -> dict[str, OptOutAnswers]:
    """The answers by the store's name.

    Args:
        names: what the stores are called.
        opt_outs: one list for all of them, or a list by the store's name.
        opt_outs_on: the day on which it was drawn up, or the days by name.
        no_opt_out_list: who answers that there is no list, for all or by name.

    Raises:
        UsageError: an answer is for a store that is not there, or a store has two that contradict.
        SafetyRefusal: some of the stores are answered for and others are not.
    """
    lists: dict[str, Path | str] = _by_name(names, opt_outs, "--opt-outs")
    days = _by_name(names, opt_outs_on, "--opt-outs-on")
    nobody = _by_name(names, no_opt_out_list, "--no-opt-out-list")
    if isinstance(opt_outs_on, date):  # of whichever stores have a list
        days = {name: day for name, day in days.items() if name in lists} or days
    answers = {}
    for name in names:
        file = lists.get(name)
        try:
            answers[name] = OptOutAnswers(
                Path(file) if file else None, days.get(name), nobody.get(name)
            )
        except UsageError as error:
            if len(names) == 1:
                raise
            raise UsageError(f"Of the store {name}: {error}") from None
    _refuse_unanswered(answers)
    return answers


def _by_name(
    names: Sequence[str], given: _Answer | Mapping[str, _Answer] | None, option: str
) -> dict[str, _Answer]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        return dict.fromkeys(names, given)
    if unknown := sorted(set(given) - set(names)):
        raise UsageError(
            f"{option} is given for {', '.join(unknown)}, which is none of the stores "
            f"{', '.join(names)}."
        )
    return dict(given)


def _refuse_unanswered(answers: Mapping[str, OptOutAnswers]) -> None:
    answered = [name for name, one in answers.items() if one.file or one.nobody_listed]
    if answered and len(answered) < len(answers):
        without = ", ".join(name for name in answers if name not in answered)
        raise SafetyRefusal(
            f"Nobody answers for the opt-outs of {without}: {', '.join(answered)} has an opt-out "
            "list, or the name of whoever says that there is none. Give --opt-outs STORE=FILE "
            'with --opt-outs-on STORE=DATE, or --no-opt-out-list STORE="name, role", for each.'
        )


def answered_for(by_store: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The manifest's `answered_for` of all stores together, from those of each.

    Rows add up; of anything else the stores' answers stand side by side where they differ.
    """
    together: dict[str, Any] = {}
    for key in next(iter(by_store.values())):
        said = {name: one[key] for name, one in by_store.items() if one[key] is not None}
        if key == "practice_list_rows":
            together[key] = sum(said.values()) if said else None
        elif len(said) == len(by_store) and len(set(said.values())) == 1:
            together[key] = next(iter(said.values()))
        else:
            together[key] = "; ".join(f"{name}: {one}" for name, one in said.items()) or None
    return together
