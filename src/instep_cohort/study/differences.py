"""What changed in meaning between two studies, whatever their text (`instep-cohort study diff`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from instep_cohort.study.meaning import (
    ROLE,
    Content,
    Contents,
    Names,
    flag_contents,
    line_contents,
    measure_contents,
    opt_out_contents,
    parameter_contents,
    population_contents,
    single,
)
from instep_cohort.study.model import Study
from instep_cohort.study.parameters import bind

Kind = Literal["added", "removed", "changed", "renamed", "moved"]

_ABSENT = {
    "at least": "no bound",
    "at most": "no bound",
    "category": "any",
    "counting": "dates",
    "window": "ever",
}


class Change(NamedTuple):
    """One difference in meaning.

    Attributes:
        section: the section of the study, such as ``measures``.
        name: what changed in it, by its old name; empty where it is the section itself.
        kind: added, removed, changed, renamed or moved.
        key: which of its properties changed; empty where it has only one, or is there as a whole.
        before: what it was, empty where it was not there.
        after: what it is, empty where it is no longer there.
    """

    section: str
    name: str
    kind: Kind
    key: str
    before: str
    after: str

    def __str__(self) -> str:
        """The change on one line."""
        place = f"{self.section}.{self.name}" if self.name else self.section
        if self.kind in ("added", "removed"):
            return f"{place}: {self.kind} ({self.before or self.after})"
        if self.kind == "renamed":
            return f"{place}: renamed to {self.after}, otherwise the same"
        key = f"{self.key}: " if self.key else ""
        return f"{place}: {key}{self.before} → {self.after}"


def differences(old: Study, new: Study) -> list[Change]:
    """Every change in meaning from one study to another, in the order of a study's sections.

    Wording (title, protocol, the source of a parameter), layout and the spelling of a value are no
    meaning: a study that was only written anew gives an empty list. What has another name and the
    same content is renamed, not removed and added.

    Raises:
        DefinitionError: one of the studies is wrong.

    Example:
        >>> from instep_cohort.study import load_study
        >>> differences(load_study("instep"), load_study("instep"))
        []
    """
    old, new = bind(old), bind(new)
    measures = _renames(lambda names: measure_contents(old, names), measure_contents(new))
    pairs = {
        "codelists": (single(old.codelists), single(new.codelists)),
        "parameters": (parameter_contents(old), parameter_contents(new)),
        "population": (population_contents(old), population_contents(new)),
        "measures": (measure_contents(old, measures), measure_contents(new)),
        "opt_outs": (opt_out_contents(old), opt_out_contents(new)),
        "flags": (flag_contents(old), flag_contents(new)),
        "settled_elsewhere": (single(old.settled_elsewhere), single(new.settled_elsewhere)),
    }
    found = [change for section, pair in pairs.items() for change in _changes(section, *pair)]
    found += [Change("measures", was, "renamed", "", was, now) for was, now in measures.items()]
    found += _line_changes(old, new, measures)
    order = [*Study.model_fields]
    return sorted(found, key=lambda change: order.index(change.section))


def _line_changes(old: Study, new: Study, measures: Names) -> Iterator[Change]:
    names = _renames(lambda names: line_contents(old, measures, names), line_contents(new))
    was, now = line_contents(old, measures, names), line_contents(new)
    for before, after in names.items():
        yield Change(now[after][ROLE], before, "renamed", "", before, after)
    for change in _changes("", was, now):
        content = now.get(change.name) or was[change.name]
        yield change._replace(section=content[ROLE])
    for role in ("include", "exclude"):
        yield from _moves(role, was, now)


def _renames(old_with: Callable[[Names], Contents], new: Contents) -> dict[str, str]:
    """Old names to new ones, for what is gone under one name and has come under another.

    A new name can make more contents equal (a window that hangs on it, a line that names it), so
    it is asked again until nothing more is found.
    """
    renames: dict[str, str] = {}
    while True:
        old = old_with(renames)
        come = [name for name in new if name not in old]
        found: dict[str, str] = {}
        for name in (name for name in old if name not in new):
            same = [n for n in come if new[n] == old[name] and n not in found.values()]
            if same:
                found[name] = same[0]
        if not found:
            return renames
        renames |= found


def _changes(section: str, old: Contents, new: Contents) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield Change(section, name, "removed", "", _whole(old[name]), "")
        elif name not in old:
            yield Change(section, name, "added", "", "", _whole(new[name]))
        else:
            for key in dict.fromkeys([*old[name], *new[name]]):
                was, now = (
                    content.get(key, _ABSENT.get(key, "nothing"))
                    for content in (old[name], new[name])
                )
                if was != now:
                    yield Change(section, name, "changed", key, was, now)


def _whole(content: Content) -> str:
    shown = {key: words for key, words in content.items() if key != ROLE}
    return ", ".join(f"{key}: {words}" if key else words for key, words in shown.items())


def _moves(role: str, old: Contents, new: Contents) -> Iterator[Change]:
    """The change of order among the lines of one role that both have."""
    stay = {name for name in old.keys() & new.keys() if old[name][ROLE] == new[name][ROLE] == role}
    was, now = ([name for name in lines if name in stay] for lines in (old, new))
    if was != now:
        yield Change(role, "", "moved", "order", ", ".join(was), ", ".join(now))
