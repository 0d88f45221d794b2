"""What cannot be meant in a measure, whatever the search date (RULES.md §3, §4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from instep_cohort.errors import Fault
from instep_cohort.study.graphs import cycles
from instep_cohort.study.model import Anchored, Measure
from instep_cohort.study.nearest import nearest
from instep_cohort.study.references import below, referred
from instep_cohort.study.values import day, number, span

_EDGES = ("first", "last")
_DAYS_OR_WEEKS = "write it in days or weeks"


def measure_faults(where: str, measure: Measure) -> Iterator[Fault]:
    """Each fault that one measure shows by itself; ``where`` is its path."""
    yield from _source_faults(where, measure)
    yield from _value_faults(where, measure)
    yield from _window_faults(where, measure)
    yield from _bound_faults(where, measure)
    yield from _shape_faults(where, measure)


def anchor_faults(measures: Mapping[str, Measure]) -> Iterator[Fault]:
    """Each anchor that is no measure's first or last date, and each cycle of anchors."""
    hangs_on: dict[str, list[str]] = {}
    for name, measure in measures.items():
        key, anchor = anchor_of(measure)
        if anchor is None or referred(anchor):
            continue
        base, _, edge = anchor.rpartition(".")
        where = f"measures.{name}.within.{key}"
        if not base or edge not in _EDGES:
            example = base if base in measures else anchor if anchor in measures else "MEASURE"
            repair = f"write {example}.first or {example}.last"
            yield Fault(where, f'"{anchor}" is not the first or last of a measure', repair)
        elif base not in measures:
            yield Fault(where, f"there is no measure {base}", nearest(base, measures))
        else:
            hangs_on[name] = [base]
    for cycle in cycles(hangs_on):
        found = f"the windows hang on one another in a circle: {' → '.join(cycle)}"
        repair = "give one of them a window that counts from the search date"
        yield Fault(f"measures.{cycle[0]}.within", found, repair)


def anchor_of(measure: Measure) -> tuple[str, str | None]:
    """Where a measure's window lies and on what it hangs: ``after`` and ``opioid_use.first``."""
    window = measure.within
    if isinstance(window, Anchored):
        for key in ("after", "before", "around"):
            if (anchor := getattr(window, key)) is not None:
                return key, anchor
    return "", None


def met_by_no_rows(measure: Measure) -> bool:
    """Whether a patient without any row meets it."""
    if measure.exactly is not None:
        return measure.exactly == 0
    return measure.at_least is None and measure.at_most is not None


def _source_faults(where: str, measure: Measure) -> Iterator[Fault]:
    if measure.events is not None and measure.medicines is not None:
        found = "the measure reads both events and medicines"
        yield Fault(where, found, "make two measures of it and join them with any")
    for key in ("events", "medicines", "category"):
        if getattr(measure, key) == ():
            yield Fault(below(where, key), "the list is empty", "name one, or leave the key out")


def _value_faults(where: str, measure: Measure) -> Iterator[Fault]:
    if measure.value is None:
        return
    where = below(where, "value")
    if measure.medicines is not None and measure.events is None:
        yield Fault(where, "medicines have no value", "value goes with events only")
    yield from range_faults(where, measure.value.min, measure.value.max)


def range_faults(
    where: str, least: float | str | None, most: float | str | None
) -> Iterator[Fault]:
    """The fault of a pair of bounds between which nothing lies."""
    low, high = number(least), number(most)
    if low is not None and high is not None and low > high:
        yield Fault(where, f"nobody can meet it: min {low:g} is above max {high:g}")


def _window_faults(where: str, measure: Measure) -> Iterator[Fault]:
    given = [key for key in ("within", "between", "after", "before") if getattr(measure, key)]
    if len(given) > 1 and given != ["after", "before"]:
        found = f"there is more than one window: {', '.join(given)}"
        yield Fault(where, found, "keep one; only after and before go together")
    after, before = day(measure.after), day(measure.before)
    if after and before and after > before:
        yield Fault(where, f"nobody can meet it: after {after} is later than before {before}")
    window = measure.within
    if not isinstance(window, Anchored):
        return
    where = below(where, "within")
    anchors = [key for key in ("after", "before", "around") if getattr(window, key) is not None]
    if len(anchors) > 1:
        yield Fault(where, f"the window hangs on {' and '.join(anchors)}", "keep one of them")
    yield from day_span_faults(below(where, "span"), window.span)


def day_span_faults(where: str, written: str | None, least: int = 0) -> Iterator[Fault]:
    """Faults of a span that has to be a fixed number of days, and at least so many."""
    length = span(written)
    if length is None:
        return
    if length.unit not in ("day", "week"):
        yield Fault(where, f'"{written}" has no fixed number of days', _DAYS_OR_WEEKS)
    elif length.n < least:
        yield Fault(where, f'"{written}" is too short', f"at least {least} day")


def _bound_faults(where: str, measure: Measure) -> Iterator[Fault]:
    least, most = number(measure.at_least), number(measure.at_most)
    if least == 0:
        found = "at_least: 0 asks for nothing"
        yield Fault(below(where, "at_least"), found, "1 or more; for no rows write exactly: 0")
    if measure.exactly is not None:
        for key in ("at_least", "at_most"):
            if getattr(measure, key) is not None:
                yield Fault(below(where, key), f"exactly stands alone, without {key}", "keep one")
    if least is not None and most is not None and least > most:
        found = f"nobody can meet it: at_least {least} is above at_most {most}"
        yield Fault(where, found)


def _shape_faults(where: str, measure: Measure) -> Iterator[Fault]:
    shapes = [key for key in ("apart", "in_any", "spanning") if getattr(measure, key) is not None]
    for key in shapes:
        yield from day_span_faults(below(where, key), getattr(measure, key), least=1)
    if len(shapes) > 1:
        found = f"{' and '.join(shapes)} exclude one another"
        yield Fault(where, found, "keep one, or make two measures of it")
    for key in shapes:
        if key != "spanning" and measure.counting == "rows":
            yield Fault(below(where, key), f"{key} counts dates, not rows", "leave counting out")
    for key in ("at_most", "exactly"):
        if "spanning" in shapes and getattr(measure, key) is not None:
            found = f"spanning does not go with {key}"
            yield Fault(below(where, key), found, "keep one, or make two measures of it")
