"""Data held against the model: every key and value that is not of the language, in plain words.

`fit` gives the study that is left when the wrong parts are taken out, so that what is asked of the
rest (`checking`) is asked in the same run, and a person mends a file once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pydantic import ValidationError

from instep_cohort.errors import Fault
from instep_cohort.study import model
from instep_cohort.study.nearest import nearest, nearest_name
from instep_cohort.study.references import below
from instep_cohort.study.values import REFUSAL, shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# Stands where something was that could not be read.
_UNREAD = "?"

_TAGGED: dict[str, type[model.Part]] = {
    part.TAG: part
    for part in (
        model.AnyOf,
        model.AllOf,
        model.NotOf,
        model.AtLeastOf,
        model.Anchored,
        model.FitNotes,
        model.WorkStatus,
    )
}
_LOGIC = (model.AnyOf, model.AllOf, model.NotOf, model.AtLeastOf)
_UNTAGGED = {"<name>", "<span>"}
_MEANT = {"or": "any", "and": "all", "none": "not"}
_SEARCH_DATE = {"on", "date", "search_date", "index_date"}
_WHY_MISSING = {
    "study": "the study's name",
    "version": "the study's version, such as 1.0.0",
    "source": "where the value comes from, or: project choice, no published criterion found",
    "value": "the value that $NAME stands for",
    "from": "the older bound, such as 24 months",
    "to": "the newer bound, such as 6 months",
    "span": "how long, such as 90 days",
    "events": "the opt-out codelist",
    "n": "how many of them",
    "of": "the criteria to count",
}
_NAMED = dict.fromkeys(("include", "exclude"), "each line has a name, such as in_pain: pain")
_ROUNDS = 8


class Fitted(NamedTuple):
    """The study without its wrong parts (``None`` where little is left), and a fault for each."""

    study: model.Study | None
    faults: Sequence[Fault]


def fit(data: dict[str, Any], written: Mapping[str, str] | None = None) -> Fitted:
    """The study that the data holds, and every fault of its structure.

    Args:
        data: a study as plain mappings and lists; wrong parts are taken out of it.
        written: the text of values that YAML reads as another.
    """
    faults: list[Fault] = []
    for round_ in range(_ROUNDS):
        try:
            return Fitted(model.Study.model_validate(data), faults)
        except ValidationError as error:
            errors = error.errors(include_url=False)
        # What later rounds find follows from what this one took out.
        if round_ == 0:
            faults = [_fault(detail, written or {}) for detail in errors]
        for detail in errors:
            _take_out(data, _path(detail), detail["type"])
    return Fitted(None, faults)


def _path(detail: ErrorDetails) -> list[str | int]:
    tags = _TAGGED.keys() | _UNTAGGED
    return [key for key in detail["loc"] if key not in tags]


def _fault(detail: ErrorDetails, written: Mapping[str, str]) -> Fault:
    path = _path(detail)
    where = ""
    for key in path:
        where = below(where, key)
    kind, value = detail["type"], detail["input"]
    last = str(path[-1]) if path else ""
    if kind == REFUSAL:
        found, repair = detail["ctx"]["found"], detail["ctx"]["repair"]
        if where in written:
            found = found.replace(shown(value), written[where], 1)
        return Fault(where, found, repair)
    if kind == "extra_forbidden":
        return Fault(where, "there is no such key", _key_repair(path, detail["loc"]))
    if kind == "missing":
        return Fault(where, f"{last} is missing", _WHY_MISSING[last])
    if kind == "union_tag_not_found":
        return Fault(where, *_shape(path, value))
    if kind == "tuple_type":
        return Fault(where, f"{shown(value)} stands where a list is meant", f"{last}: [...]")
    keys = ", ".join(_keys(_model_at(path, detail["loc"])))
    repair = f"its keys are {keys}" if keys else _NAMED.get(where, "name: value")
    return Fault(where, f"{shown(value)} stands where a mapping is meant", repair)


def _key_repair(path: Sequence[str | int], loc: Sequence[str | int]) -> str:
    key = str(path[-1])
    if len(path) == 1 and key in _SEARCH_DATE:
        return "the search date is given to each run, never in the file"
    holder = _model_at(path[:-1], loc[:-1])
    keys = _keys(holder)
    if holder in _LOGIC:
        return f"one of {', '.join(model.COMBINING)} to a mapping; put one inside the other"
    return nearest(key, keys)


def _shape(path: Sequence[str | int], value: object) -> tuple[str, str]:
    """What to say of a mapping that is none of those which may stand at the path."""
    keys = list(map(str, value)) if isinstance(value, Mapping) else []
    if path[0] == "flags":
        return f"{shown(value)} is not a flag", "a flag is {fit_notes: LIST} or {work_status: LIST}"
    found = f"{shown(value)} is not a criterion"
    if set(keys) & set(model.Measure.model_fields):
        return found, "declare it under measures and give its name here"
    near = next(filter(None, map(_combining, keys)), None)
    if near is not None:
        return found, f"did you mean {near}?"
    return found, "a criterion is a name, or one of any, all, not, at_least"


def _combining(key: str) -> str | None:
    """The word of logic that somebody may have meant."""
    return _MEANT.get(key.lower()) or nearest_name(key, model.COMBINING)


def _model_at(path: Sequence[str | int], loc: Sequence[str | int]) -> type[model.Part] | None:
    """The model of the mapping at a path; pydantic's own place tells which of several it is."""
    if loc and loc[-1] in _TAGGED:
        return _TAGGED[str(loc[-1])]
    if path and path[0] in ("include", "exclude"):
        return model.Choice if path[-1] == "at_least" else None
    named = path[0] in ("measures", "parameters") if path else False
    return _PLACES.get(".".join("*" if named and i == 1 else str(k) for i, k in enumerate(path)))


_PLACES: dict[str, type[model.Part]] = {
    "": model.Study,
    "population": model.Population,
    "population.age": model.AgeRange,
    "population.registered": model.Registered,
    "parameters.*": model.Parameter,
    "opt_outs": model.OptOuts,
    "measures.*": model.Measure,
    "measures.*.value": model.ValueRange,
    "measures.*.between": model.Between,
}


def _keys(part: type[model.Part] | None) -> list[str]:
    fields = part.model_fields if part else {}
    return [field.alias or name for name, field in fields.items()]


def _take_out(data: dict[str, Any], path: Sequence[str | int], kind: str) -> None:
    """Removes what is wrong, or puts something harmless where something has to stand."""
    *above, last = path
    holder: Any = data
    for key in above:
        inside = isinstance(holder, list) or (isinstance(holder, dict) and key in holder)
        holder = holder[key] if inside else None
    if not isinstance(holder, dict | list):
        return  # gone with something above it
    stand_in = _stand_in(path)
    if kind != "extra_forbidden" and stand_in is not None:
        cast("dict[object, object]", holder)[last] = stand_in
    elif kind == "missing":
        _take_out(data, above, kind="value")
    else:
        cast("dict[object, object]", holder).pop(last, None)


def _stand_in(path: Sequence[str | int]) -> object:  # noqa: PLR0911 - one row to each place
    match list(path):
        case ["study"]:
            return _UNREAD
        case ["version"] | ["codelists", _] | ["parameters", _, "source"]:
            return "0.0.0"
        case ["parameters", _, "value"]:
            return 0
        case ["parameters", _]:
            return {"value": 0, "source": _UNREAD}
        case ["measures", _]:
            return {}
        case ["include" | "exclude", _, *_, "n"]:
            return 1
        case ["include" | "exclude", _, *_, "at_least"]:
            return {"n": 1, "of": [_UNREAD]}
        case ["include" | "exclude", _, *_, "any" | "all" | "of"]:
            return [_UNREAD]
        case ["include" | "exclude", _, *_]:
            return _UNREAD
    return None
