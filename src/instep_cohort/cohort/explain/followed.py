"""The study as a run followed it, compiled again from what the manifest keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from instep_cohort.errors import DefinitionError, ExtractError, UsageError
from instep_cohort.study import Plan, Step, Study, compile_study, parse_study, steps_of


class Followed(NamedTuple):
    """What a run followed: the compiled study, and its steps in order."""

    plan: Plan
    steps: tuple[Step, ...]


def followed(manifest: Mapping[str, Any]) -> Followed:
    """The plan and the steps of the run that the manifest tells of.

    Raises:
        ExtractError: this version cannot read the study, or something is missing.
    """
    try:
        study = parse_study(manifest["study"]["text"], "study")
        on = date.fromisoformat(manifest["search_date"])
        plan = compile_study(study, on, overrides=_overrides(study, manifest["parameters"]))
        listed = manifest["answered_for"]["practice_list_rows"] is not None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ExtractError(
            f"The manifest of this run is not complete ({type(error).__name__}); identify again."
        ) from None
    except (DefinitionError, UsageError) as error:
        made_by = manifest.get("packages", {}).get("instep-cohort", "another version")
        raise ExtractError(
            f"The study of this run, made by instep-cohort {made_by}, means nothing to this "
            f"version ({error}); identify again."
        ) from None
    return Followed(plan, steps_of(plan, practice_list=listed))


def _overrides(study: Study, parameters: Mapping[str, Any]) -> dict[str, str]:
    """The values that differ from the study's text, as `--set` takes them."""
    own = {name: _comparable(one.value) for name, one in study.parameters.items()}
    return {
        name: value if isinstance(value, str) else json.dumps(_comparable(value))
        for name, value in ((name, one["value"]) for name, one in parameters.items())
        if _comparable(value) != own.get(name)
    }


def _comparable(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
