"""Every fault of a study at once: what is not of the language, and what cannot be meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from instep_cohort.errors import Fault
from instep_cohort.study.absences import absence_faults
from instep_cohort.study.logic_faults import logic_faults, selects_everybody, unknown_names
from instep_cohort.study.measure_faults import (
    anchor_faults,
    day_span_faults,
    measure_faults,
    range_faults,
)
from instep_cohort.study.model import STUDY_KEYS, FitNotes, Study
from instep_cohort.study.nearest import nearest_name
from instep_cohort.study.references import NAME, below, referred, substitute
from instep_cohort.study.steps import AFTER_LINES, BEFORE_LINES
from instep_cohort.study.structure import fit

_NAMED_SECTIONS = ("parameters", "measures", "include", "exclude", "flags")
_LINES = ("include", "exclude")
_DECIDING = ("measures", *_LINES)
_FACT_COLUMNS = ("patient_id", "practice_id", "dropped_at")
_MEASURE_COLUMNS = ("met", "count", "first", "last")


class Examined(NamedTuple):
    """The study with its parameters put in (``None``: unreadable), and every fault of it."""

    study: Study | None
    faults: Sequence[Fault]


def examine(
    data: Mapping[str, object],
    written: Mapping[str, str] | None = None,
    found: Sequence[Fault] = (),
) -> Examined:
    """The study that the data holds once its parameters are put in, and every fault of it.

    Args:
        data: a study as plain mappings and lists.
        written: the text of values that YAML reads as another.
        found: faults known before, which are given back first.
    """
    filled = substitute(data)
    faults = [*found, *filled.faults]
    study, wrong = fit(filled.data, written)
    faults += _others(wrong, faults)
    if study is not None:
        faults += _others(_meaning_faults(study, {fault.where for fault in faults}), faults)
    return Examined(study, [_with_parameter(fault, filled.stands_at) for fault in faults])


def _others(faults: Sequence[Fault], known: Sequence[Fault]) -> Sequence[Fault]:
    """The faults of places of which nothing is said yet: one mistake is one fault."""
    places = {fault.where for fault in known}
    return [fault for fault in faults if fault.where not in places]


def _with_parameter(fault: Fault, stands_at: Mapping[str, str]) -> Fault:
    name = stands_at.get(fault.where)
    if name is None:
        return fault
    found = f"{fault.found}; it is the value of ${name}"
    return Fault(fault.where, found, fault.repair, fault.file, fault.line)


def _meaning_faults(study: Study, broken: Collection[str]) -> Sequence[Fault]:
    """What cannot be meant in a settled study, of which the ``broken`` places are left out."""
    stray = any(_section(place) not in STUDY_KEYS for place in broken)

    def known(section: str) -> bool:
        """Whether the section is there as it was meant, so that a name can be missed in it."""
        return section not in broken and not (stray and section not in study.model_fields_set)

    faults = [
        *_name_faults(study),
        *_population_faults(study),
        *_measure_faults(study),
        *absence_faults(study, broken),
        *_flag_faults(study),
        *logic_faults(study),
        *(unknown_names(study, broken) if known("measures") else ()),
    ]
    if study.opt_outs is not None and study.opt_outs.events == ():
        faults.append(Fault("opt_outs.events", "the list is empty", "name the opt-out codelist"))
    if known("codelists"):
        faults.extend(_pin_faults(study))
    touched = {_section(place) for place in (*broken, *(fault.where for fault in faults))}
    sections_known = known("include") and known("measures")
    if sections_known and touched.isdisjoint(_DECIDING) and selects_everybody(study):
        found = "this study selects everybody: its inclusion holds for a patient with no record"
        faults.append(Fault("include", found, "ask for something that a record has to hold"))
    return faults


def _section(where: str) -> str:
    return re.split(r"[.\[]", where, maxsplit=1)[0]


def _name_faults(study: Study) -> Iterator[Fault]:
    plain: dict[tuple[str, str], str] = {}
    for section in _NAMED_SECTIONS:
        kind = "line" if section in _LINES else section
        for name in getattr(study, section):
            where = below(section, name)
            if not re.fullmatch(NAME, name):
                repair = "letters, digits, _ and -, beginning with a letter"
                yield Fault(where, f'"{name}" cannot be a name', repair)
            twin = plain.setdefault((kind, name.casefold()), name)
            if twin != name:
                yield Fault(where, f"{name} and {twin} differ only by case", "rename one")
    taken = {
        f"{name}_{part}".casefold(): name for name in study.measures for part in _MEASURE_COLUMNS
    }
    for section in _LINES:
        for name in getattr(study, section):
            yield from _line_name_faults(study, below(section, name), name, taken)


def _line_name_faults(
    study: Study, where: str, name: str, taken: Mapping[str, str]
) -> Iterator[Fault]:
    if where.startswith("exclude") and name in study.include:
        yield Fault(where, f"include has a line {name} already", "rename one of them")
    if name in BEFORE_LINES or name in AFTER_LINES:
        yield Fault(where, f"{name} is a step of every study", "choose another name")
    if name.casefold() in _FACT_COLUMNS:
        yield Fault(where, f"{name} is a column of every result", "choose another name")
    if name.casefold() in taken:
        found = f"{name} is also the column of a result of measure {taken[name.casefold()]}"
        yield Fault(where, found, "choose another name")


def _population_faults(study: Study) -> Iterator[Fault]:
    age = study.population.age
    if age is not None:
        yield from range_faults("population.age", age.min, age.max)
    if study.population.registered.kind == ():
        repair = "leave it out for regular registration"
        yield Fault("population.registered.kind", "the list is empty", repair)


def _measure_faults(study: Study) -> Iterator[Fault]:
    for name, measure in study.measures.items():
        yield from measure_faults(below("measures", name), measure)
    yield from anchor_faults(study.measures)


def _flag_faults(study: Study) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for name, flag in study.flags.items():
        where = below("flags", name)
        kind = "fit_notes" if isinstance(flag, FitNotes) else "work_status"
        other = first.setdefault(kind, name)
        if other != name:
            yield Fault(where, f"{other} is a flag of {kind} already", "keep one of each kind")
        if isinstance(flag, FitNotes):
            yield from day_span_faults(below(where, "gap"), flag.gap)
            yield from day_span_faults(below(where, "issue_gap"), flag.issue_gap)


def _pin_faults(study: Study) -> Iterator[Fault]:
    """Each list that a rule names and `codelists` does not pin."""
    for where, codelist in lists_named(study):
        if codelist not in study.codelists and not referred(codelist):
            found = f"the codelist {codelist} is not pinned"
            near = nearest_name(codelist, study.codelists)
            pin = f"add {codelist}: VERSION under codelists"
            yield Fault(where, found, f"did you mean {near}, which is? Else {pin}" if near else pin)


def lists_named(study: Study) -> Iterator[tuple[str, str]]:
    """Every codelist that a rule names, with the path of the key that names it."""
    for name, measure in study.measures.items():
        for key in ("events", "medicines"):
            for codelist in getattr(measure, key) or ():
                yield f"measures.{name}.{key}", codelist
    for codelist in study.opt_outs.events if study.opt_outs else ():
        yield "opt_outs.events", codelist
    for name, flag in study.flags.items():
        if isinstance(flag, FitNotes):
            yield f"flags.{name}.fit_notes", flag.fit_notes
        else:
            yield f"flags.{name}.work_status", flag.work_status
