"""A study's windows on one search date, and what nobody can meet in them (RULES.md §3)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from instep_cohort.errors import Fault
from instep_cohort.study.measure_faults import anchor_of
from instep_cohort.study.model import Anchored, FitNotes, Measure, Study
from instep_cohort.study.plan import AnchoredWindow, FixedWindow
from instep_cohort.study.references import below
from instep_cohort.study.spans import Span, day_number
from instep_cohort.study.values import day, number, span


def window_of(measure: Measure, on: date) -> FixedWindow | AnchoredWindow:
    """The days that a measure looks at; ``measure`` is settled and has no fault on that date."""
    if isinstance(measure.within, Anchored):
        return _anchored(measure, measure.within)
    search_day = day_number(on)
    if measure.within is not None:
        return FixedWindow(first_day(measure.within, on), search_day)
    if measure.between is not None:
        between = measure.between
        return FixedWindow(first_day(between.from_, on), first_day(between.to, on))
    after, before = day(measure.after), day(measure.before)
    return FixedWindow(
        None if after is None else day_number(after),
        search_day if before is None else min(day_number(before), search_day),
    )


def first_day(written: str, on: date) -> int:
    """The day number that lies a span before the search date."""
    return day_number(Span.parse(written).before(on))


def days_in(written: str | None) -> int | None:
    """The days of a span in days or weeks."""
    length = span(written)
    return None if length is None else length.in_days


def date_faults(study: Study, on: date) -> Iterator[Fault]:
    """Each fault of a settled study that only the search date shows."""
    unreachable = set()
    for where, written in _spans_before(study):
        try:
            Span.parse(written).before(on)
        except OverflowError:
            unreachable.add(where)
            yield Fault(where, f"{written} before {on} is before the calendar begins")
    for name, measure in study.measures.items():
        where = below("measures", name)
        if any(place.startswith(f"{where}.") for place in unreachable):
            continue
        faults = list(_order_faults(where, measure, on))
        yield from faults or _reach_faults(where, measure, on)


def _anchored(measure: Measure, window: Anchored) -> AnchoredWindow:
    direction, anchor = anchor_of(measure)
    base, _, edge = (anchor or "").rpartition(".")
    length = Span.parse(window.span).in_days
    return AnchoredWindow(
        anchor=base,
        edge="first" if edge == "first" else "last",
        before=0 if direction == "after" else length,
        after=0 if direction == "before" else length,
    )


def _spans_before(study: Study) -> Iterator[tuple[str, str]]:
    """Every span that is counted back from the search date, with its path."""
    if study.population.registered.for_ is not None:
        yield "population.registered.for", study.population.registered.for_
    for name, measure in study.measures.items():
        where = below("measures", name)
        if isinstance(measure.within, str):
            yield below(where, "within"), measure.within
        if measure.between is not None:
            yield below(where, "between.from"), measure.between.from_
            yield below(where, "between.to"), measure.between.to
    for name, flag in study.flags.items():
        where = below("flags", name)
        if not isinstance(flag, FitNotes):
            yield below(where, "fresh_for"), flag.fresh_for
        elif flag.within is not None:
            yield below(where, "within"), flag.within


def _order_faults(where: str, measure: Measure, on: date) -> Iterator[Fault]:
    if measure.between is not None:
        older, newer = (Span.parse(s) for s in (measure.between.from_, measure.between.to))
        if older.before(on) > newer.before(on):
            found = f"nobody can meet it: on {on} {older} back is later than {newer} back"
            yield Fault(below(where, "between"), found, f"write from: {newer}, to: {older}")
    after = day(measure.after)
    if after is not None and after > on:
        found = f"nobody can meet it: {after} is later than the search date {on}"
        yield Fault(below(where, "after"), found)


def _reach_faults(where: str, measure: Measure, on: date) -> Iterator[Fault]:
    """Bounds that the window, or the pick of one date, cannot hold."""
    days = 1 if measure.pick else _length(measure, on)
    repair = "pick leaves one date" if measure.pick else "ask for less, or look longer"
    spanning = days_in(measure.spanning)
    if spanning is not None and days <= spanning:
        found = f"nobody can meet it: {days} days cannot span {spanning} from first to last"
        yield Fault(where, found, repair)
    least = number(measure.exactly if measure.exactly is not None else measure.at_least)
    most = _most_dates(measure, days)
    if measure.counting == "dates" and least is not None and least > most:
        found = f"nobody can meet it: {least} dates are asked for, and there can be {most}"
        yield Fault(where, found, repair)


def _length(measure: Measure, on: date) -> int | float:
    """How many days the window has."""
    window = window_of(measure, on)
    if isinstance(window, AnchoredWindow):
        return window.before + window.after + 1
    return math.inf if window.first is None else window.last - window.first + 1


def _most_dates(measure: Measure, days: float) -> int | float:
    """The largest count of dates that any patient can have in so many days."""
    apart, in_any = days_in(measure.apart), days_in(measure.in_any)
    if apart is not None and days != math.inf:
        return 1 + (int(days) - 1) // apart
    return days if in_any is None else min(days, in_any)
