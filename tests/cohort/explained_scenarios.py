"""Made-up scenarios as cohorts that can be explained, without files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generative.in_store import found_by
from generative.strategies import Scenario
from generative.to_standard import study_text
from instep_cohort.cohort import Cohort
from instep_cohort.engine.frames import engine_of


def manifest_of(scenario: Scenario) -> dict[str, Any]:
    """What `explain` reads of a manifest."""
    study = scenario.study
    return {
        "study": {
            "name": study["study"],
            "version": study["version"],
            "title": study["title"],
            "text": study_text(study),
            "settled_elsewhere": study.get("settled_elsewhere", {}),
        },
        "search_date": scenario.on.isoformat(),
        "parameters": study.get("parameters", {}),
        "answered_for": {
            "practice_list_rows": None if scenario.opt_outs is None else len(scenario.opt_outs),
            "practice_list_drawn_up": scenario.opt_outs_on and scenario.opt_outs_on.isoformat(),
            "no_opt_out_list": scenario.no_opt_out_list,
        },
        "warnings": [],
    }


def cohort_of(scenario: Scenario, folder: Path) -> Cohort:
    """The cohort that the library makes of the scenario."""
    with engine_of("duckdb") as engine:
        found = found_by(engine, scenario, folder)
    return Cohort(found.tables, manifest_of(scenario))
