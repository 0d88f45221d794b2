"""What cannot be meant in the lines of include and exclude (RULES.md §5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from instep_cohort.errors import Fault
from instep_cohort.study.graphs import cycles
from instep_cohort.study.measure_faults import anchor_of, met_by_no_rows
from instep_cohort.study.model import AllOf, AnyOf, AtLeastOf, Criterion, NotOf, Study
from instep_cohort.study.nearest import nearest
from instep_cohort.study.references import below


def logic_faults(study: Study) -> Iterator[Fault]:
    """Each combination of criteria that cannot be meant, and each circle of lines."""
    for path, part in _parts(study):
        yield from _part_faults(path, part)
    for cycle in cycles(named_lines(study)):
        section = "include" if cycle[0] in study.include else "exclude"
        found = f"the lines name one another in a circle: {' → '.join(cycle)}"
        yield Fault(f"{section}.{cycle[0]}", found, "one of them has to say what it means")


def unknown_names(study: Study, broken: Collection[str]) -> Iterator[Fault]:
    """Each name in the lines that is no measure and no line.

    Args:
        study: a settled study.
        broken: the paths that were taken out of it; what stands there now is not its author's.
    """
    known = study.measures.keys() | lines_of(study).keys()
    for path, part in _parts(study):
        if isinstance(part, str) and part not in known and not _within(path, broken):
            yield Fault(path, f"there is no measure or line {part}", _name_repair(part, known))


def _name_repair(written: str, known: Collection[str]) -> str:
    """What would be right; logic in words is not answered with a name that says the reverse."""
    words = written.lower().split()
    for word, key in (("or", "any: [...]"), ("and", "all: [...]"), ("not", "not: NAME")):
        if word in words and len(words) > 1:
            return f"write {{{key}}}"
    return nearest(written, known)


def selects_everybody(study: Study) -> bool:
    """Whether every line of include holds for a patient with no record at all.

    The study has no other fault: names are known, and no line leads back to itself.
    """
    lines = lines_of(study)

    def holds(criterion: Criterion) -> bool:
        match criterion:
            case AnyOf(any=parts):
                return any(map(holds, parts))
            case AllOf(all=parts):
                return all(map(holds, parts))
            case NotOf(not_=part):
                return not holds(part)
            case AtLeastOf(at_least=choice):
                return sum(map(holds, choice.of)) >= choice.n
            case name if name in study.measures:
                return met_by_no_rows(study.measures[name])
            case name:
                return holds(lines[name])

    return all(map(holds, study.include.values()))


def lines_of(study: Study) -> Mapping[str, Criterion]:
    """Every line by its name, those of include first."""
    return {**study.include, **{k: v for k, v in study.exclude.items() if k not in study.include}}


def named_lines(study: Study) -> Mapping[str, list[str]]:
    """The lines that each line names; a name means the measure where there is one."""
    lines = lines_of(study)
    named: dict[str, list[str]] = {}
    for name, criterion in lines.items():
        parts = dict.fromkeys(part for _, part in _walk("", criterion) if isinstance(part, str))
        named[name] = [part for part in parts if part not in study.measures and part in lines]
    return named


def measures_named(study: Study) -> set[str]:
    """The measures that a line names, or on which another measure's window hangs."""
    named = {part for _, part in _parts(study) if isinstance(part, str) and part in study.measures}
    return named | {(anchor_of(m)[1] or "").rpartition(".")[0] for m in study.measures.values()}


def _within(path: str, places: Collection[str]) -> bool:
    return any(path == place or path.startswith((f"{place}.", f"{place}[")) for place in places)


def _parts(study: Study) -> Iterator[tuple[str, Criterion]]:
    """Every criterion of every line, whole and in parts, with its path."""
    for section in ("include", "exclude"):
        for name, criterion in getattr(study, section).items():
            yield from _walk(below(section, name), criterion)


def _walk(where: str, criterion: Criterion) -> Iterator[tuple[str, Criterion]]:
    """The criterion and everything in it, each with its path."""
    yield where, criterion
    match criterion:
        case AnyOf(any=parts):
            yield from _walk_all(below(where, "any"), parts)
        case AllOf(all=parts):
            yield from _walk_all(below(where, "all"), parts)
        case NotOf(not_=part):
            yield from _walk(below(where, "not"), part)
        case AtLeastOf(at_least=choice):
            yield from _walk_all(below(below(where, "at_least"), "of"), choice.of)


def _walk_all(where: str, parts: tuple[Criterion, ...]) -> Iterator[tuple[str, Criterion]]:
    for index, part in enumerate(parts):
        yield from _walk(below(where, index), part)


def _part_faults(where: str, part: Criterion) -> Iterator[Fault]:
    match part:
        case AnyOf(any=()):
            yield Fault(below(where, "any"), "any of nothing never holds", "name a criterion")
        case AllOf(all=()):
            yield Fault(below(where, "all"), "all of nothing always holds", "name a criterion")
        case AtLeastOf(at_least=choice):
            where = below(where, "at_least")
            if not choice.of:
                yield Fault(below(where, "of"), "there is nothing to count", "name a criterion")
            elif not 1 <= choice.n <= len(choice.of):
                found = f"{choice.n} of {len(choice.of)} cannot be meant"
                yield Fault(below(where, "n"), found, f"n is from 1 to {len(choice.of)}")
