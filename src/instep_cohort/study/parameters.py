"""Parameters put into their places, with what a run sets them to (RULES.md §1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep_cohort.errors import DefinitionError, UsageError
from instep_cohort.study.checking import examine
from instep_cohort.study.model import Study
from instep_cohort.study.nearest import nearest
from instep_cohort.study.reading import read_value


def bind(study: Study, overrides: Mapping[str, str] | None = None) -> Study:
    """The study with every ``$name`` replaced, fully checked.

    Its ``parameters`` hold the values of this run. A study that was bound is given back as it is.

    Args:
        study: as it was loaded or built.
        overrides: parameter name to the text of its value, read as YAML.

    Raises:
        UsageError: an override names no parameter, or is no value.
        DefinitionError: the study is wrong, with these values or with any.
    """
    if study._bound:
        if overrides:
            raise UsageError(f"{', '.join(overrides)} has its value already: bind the study once")
        return study
    data = study.data()
    for name, text in (overrides or {}).items():
        _override(data, name, text)
    bound, faults = examine(data)
    if faults or bound is None:
        raise DefinitionError(study._origin.placed(faults))
    bound._origin = study._origin
    bound._bound = True
    return bound


def _override(data: dict[str, Any], name: str, text: str) -> None:
    declared = data.get("parameters", {})
    if name not in declared:
        choice = nearest(name, declared) or "the study has no parameters"
        raise UsageError(f"the study has no parameter {name} to set ({choice})")
    try:
        value = read_value(text)
    except ValueError as error:
        raise UsageError(f"{name} cannot be set to {text!r}: {error}") from None
    was = declared[name]["value"]
    source = f"set for this run; the study has {was}: {declared[name]['source']}"
    declared[name] = {"value": value, "source": source}
