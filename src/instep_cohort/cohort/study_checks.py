"""Everything that is wrong with a study, and everything its author should know, before any run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from instep_cohort.codelists import Codelist, Library
from instep_cohort.errors import DefinitionError, Fault
from instep_cohort.study import Study, bind, compile_study, load_study, plan_warnings
from instep_cohort.study.advice import Advice, ListFacts, advice
from instep_cohort.study.categories import category_faults
from instep_cohort.study.windows import date_faults

# four years hold every length of month and year that a window can meet
_FOUR_YEARS = 1461


def check_study(
    study: str | Path | Study, *, days: Sequence[date], codelists: Path | str | None = None
) -> list[Advice]:
    """Every error, warning and note on a study, in the order of its file.

    A study that can be read is held against the library and against each of the days as a search
    date. What is wrong on every one of them is an error; what is wrong on some is a warning that
    names the first, since a run on another day is right.

    Args:
        study: a study, or the name or file of one.
        days: the search dates to try, at least one; `coming_days` gives many.
        codelists: a folder of codelists; the shipped ones where none is given.

    Raises:
        UsageError: there is no such file or folder, or no day.

    Example:
        >>> from datetime import date
        >>> found = check_study("instep", days=[date(2026, 11, 1)])
        >>> [one for one in found if one.severity == "error"]
        []
    """
    try:
        loaded = study if isinstance(study, Study) else load_study(study)
        bound = bind(loaded)
        library = Library(codelists)
    except DefinitionError as error:
        return [Advice("error", fault) for fault in error.faults]
    lists, faults = _pinned(loaded, library)
    categories = {name: tuple(one.categories) for name, one in lists.items()}
    faults += category_faults(bound, categories)
    always, sometimes = _on_days(bound, days)
    faults += always
    found = [Advice("error", fault) for fault in faults]
    found += [Advice("warning", fault) for fault in sometimes]
    if not faults:
        on = next((day for day in days if not list(date_faults(bound, day))), None)
        plan = compile_study(bound, on) if on else None
        said = plan_warnings(plan, categories) if plan else []
        found += [Advice("warning", Fault("codelists", text)) for text in said]
    placed = [_placed(loaded, one) for one in found]
    facts = {name: _facts(one, library) for name, one in lists.items()}
    return sorted([*placed, *advice(loaded, facts)], key=lambda one: one.fault.line or 0)


def coming_days(first: date) -> list[date]:
    """The day and all days of the four years after it: every length of month and year."""
    return [first + timedelta(days=number) for number in range(_FOUR_YEARS)]


def _pinned(study: Study, library: Library) -> tuple[dict[str, Codelist], list[Fault]]:
    """The lists that a study pins, and every fault of those that cannot be had."""
    lists: dict[str, Codelist] = {}
    faults: list[Fault] = []
    for name, version in study.codelists.items():
        try:
            lists[name] = library.get(name, version)
        except DefinitionError as error:
            faults += error.faults
    return lists, faults


def _on_days(study: Study, days: Sequence[date]) -> tuple[list[Fault], list[Fault]]:
    """What is wrong on every one of the days, and what is wrong on some."""
    first: dict[str, tuple[date, Fault]] = {}
    number: dict[str, int] = {}
    for day in days:
        for fault in date_faults(study, day):
            first.setdefault(fault.where, (day, fault))
            number[fault.where] = number.get(fault.where, 0) + 1
    always = [fault for _, fault in first.values() if number[fault.where] == len(days)]
    return always, [
        Fault(
            fault.where,
            f"no run on {number[fault.where]} of {len(days)} search dates, first on {day}: "
            f"{fault.found}",
            fault.repair,
        )
        for day, fault in first.values()
        if number[fault.where] < len(days)
    ]


def _placed(study: Study, one: Advice) -> Advice:
    """The advice with the study's file and line, unless it speaks of a line of another file."""
    return one if one.fault.file else Advice(one.severity, *study._origin.placed([one.fault]))


def _facts(codelist: Codelist, library: Library) -> ListFacts:
    given = {one.category for one in codelist.selectors if one.category is not None}
    return ListFacts(library.versions(codelist.id)[-1], codelist.is_draft, given)
