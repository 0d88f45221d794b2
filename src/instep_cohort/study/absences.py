"""What a study leaves unsaid that has to be said."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from instep_cohort.errors import Fault
from instep_cohort.study.model import AgeRange, Anchored, Study, ValueRange
from instep_cohort.study.references import below


def absence_faults(study: Study, broken: Collection[str]) -> Iterator[Fault]:
    """Each thing that is missing, but where what was wrongly written may have been it.

    Args:
        study: a settled study.
        broken: the paths that were taken out of it.
    """
    for fault in _absences(study):
        if not any(f"{place}.".startswith(f"{fault.where}.") for place in broken):
            yield fault


def _absences(study: Study) -> Iterator[Fault]:
    yield from _range_absences("population.age", study.population.age)
    for name, measure in study.measures.items():
        where = below("measures", name)
        if measure.events is None and measure.medicines is None:
            repair = "give it events: LIST or medicines: LIST"
            yield Fault(where, "the measure names no codelist", repair)
        yield from _range_absences(below(where, "value"), measure.value)
        window = measure.within
        if isinstance(window, Anchored) and not (window.after or window.before or window.around):
            repair = "one of after, before or around: MEASURE.first or MEASURE.last"
            yield Fault(below(where, "within"), "the window hangs on nothing", repair)


def _range_absences(where: str, asked: AgeRange | ValueRange | None) -> Iterator[Fault]:
    if asked is not None and asked.min is None and asked.max is None:
        yield Fault(where, "neither min nor max is given", "give one of them, or leave it out")
